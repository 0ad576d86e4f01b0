// A gate whose every decision is checked against the reference before the next one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "support/universe.hpp"

namespace margingate::testing {

class AuditedGate {
 public:
  explicit AuditedGate(Universe universe, RevaluerOptions options = {});

  Verdict reserve(const OrderIntent& intent);
  Verdict check(const OrderIntent& intent);
  void tick(std::uint32_t underlying, double price, Timestamp time);
  void update_surface(const Market& market);
  // Publishes a table now and lets every account adopt it.
  void publish_and_adopt();
  // Publishes a table now; accounts stay where they are.
  void publish_only();

  [[nodiscard]] reference::ReferenceMarket market_of(Epoch epoch) const;
  [[nodiscard]] reference::ReferenceAccount account_of(AccountId account) const;

  Gate& gate() { return *gate_; }
  Revaluer& revaluer() { return *revaluer_; }
  const Universe& universe() const { return universe_; }
  const std::vector<Price>& spots() const { return spots_; }
  // First disagreement, in words; empty while gate and reference agree.
  [[nodiscard]] const std::string& mismatch() const { return mismatch_; }
  std::uint64_t decisions = 0;
  std::uint64_t by_interval = 0;
  std::uint64_t accepted = 0;
  std::uint64_t reducing = 0;

 private:
  void remember_newest();
  void audit(const OrderIntent& intent, const reference::ReferenceAccount& account,
             const Verdict& verdict);

  Universe universe_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  std::vector<Market> surfaces_;
  std::map<Epoch, PublishedTable> tables_;
  std::vector<Price> spots_;
  std::string mismatch_;
};

}  // namespace margingate::testing
