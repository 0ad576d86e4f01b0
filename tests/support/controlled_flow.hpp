// A small gate under every control at every level, driven by random orders, fills, cancels and
// steering events, each answer judged by the reference.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reference/reference_controls.hpp"
#include "support/random.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {

struct ControlledFlowOptions {
  std::uint64_t seed = 1;
  bool steers = false;        // kill switches, overrides, reference prices, trading days
  bool moves_market = false;  // spot ticks and new tables
  bool judges = true;         // every answer by the reference, which is slow
  std::uint32_t working_max = 48;
};

class ControlledFlow {
 public:
  explicit ControlledFlow(const ControlledFlowOptions& options);

  // One random event; false at the first disagreement, which mismatch() describes.
  bool step();
  [[nodiscard]] reference::ReferenceControls& reference() { return *reference_; }
  [[nodiscard]] Gate& gate() { return tiny_->gate(); }
  [[nodiscard]] const std::string& mismatch() const { return mismatch_; }
  [[nodiscard]] std::string describe() const;
  // How often each reason was given, by number.
  [[nodiscard]] const std::vector<std::uint64_t>& reasons() const { return reasons_; }

  static constexpr std::uint32_t accounts = 8;
  // The contracts of the tiny gate, three combos of them and a quote group.
  static constexpr std::uint32_t instruments = tiny::instruments + 4;
  static constexpr InstrumentId protection{instruments - 1};
  static constexpr std::uint32_t scopes = accounts + 6;  // three desks, a firm, a member, the gate

  // Every exposure of every scope summed from plain arrays of this class, against the limit as
  // configured: the first that stands above it, in words. Only without steering and market moves.
  [[nodiscard]] std::string first_excess() const;

 private:
  struct Working {
    WorkingOrderHandle order;
    OrderIntent intent;  // with what is left of it
    std::int64_t value = 0;
  };
  struct Scope {
    std::uint32_t members = 0;  // bit per account
    ScopeLimits limits;
    std::string name;
  };
  // Of every account, at the worst fill of its orders.
  struct Exposure {
    std::int64_t buys[accounts][tiny::instruments] = {};
    std::int64_t sells[accounts][tiny::instruments] = {};
    std::int64_t up[accounts][3] = {};
    std::int64_t down[accounts][3] = {};
    std::int64_t value[accounts] = {};
    std::int64_t count[accounts] = {};
  };
  void set_scopes(const ControlsConfig& controls);
  void count(const Working& working, Exposure& all) const;
  [[nodiscard]] double fair(std::uint32_t instrument) const;
  [[nodiscard]] const Combo& combo(std::uint32_t instrument) const;
  [[nodiscard]] std::int64_t value_of(const OrderIntent& intent) const;
  bool order();
  bool replace();
  bool cancel();
  bool fill();
  bool fill_derived(std::size_t at);
  void traded(std::size_t at, std::int64_t quantity);
  // Calls that are no single order (controlled_calls.cpp).
  bool call();
  bool quote();
  bool trade();
  bool exercise();
  bool move_cash();
  bool show();
  bool cancel_all();
  void measured(AccountId account, const Verdict& verdict);
  bool agrees(Reason reason, const std::function<std::string()>& difference);
  [[nodiscard]] AccountId any_account();
  bool steer();
  void move_market();
  void remember_table();
  bool apply(const Event& event);
  bool judge(const OrderIntent& intent, std::optional<WorkingOrderHandle> replaced,
             const Verdict& verdict);
  [[nodiscard]] OrderIntent random_order();
  [[nodiscard]] bool chance(double probability) { return random_.uniform() < probability; }

  ControlledFlowOptions options_;
  Random random_;
  std::unique_ptr<TinyGate> tiny_;
  std::vector<std::pair<Epoch, PublishedTable>> tables_;
  std::vector<Price> live_;
  std::unique_ptr<reference::ReferenceControls> reference_;
  std::vector<Working> working_;
  std::int64_t nets_[accounts][tiny::instruments] = {};
  std::int64_t requirements_[accounts] = {};
  std::int64_t greeks_[tiny::instruments][3] = {};
  std::int64_t values_[tiny::instruments] = {};
  std::vector<Scope> scopes_;
  std::vector<std::uint64_t> reasons_;
  std::string mismatch_;
  OrderIntent last_;
  std::uint64_t steps_ = 0;
  double spot_ = 100.0;
};

}  // namespace margingate::testing
