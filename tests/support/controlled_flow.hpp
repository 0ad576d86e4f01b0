// A small gate under every control at every level, driven by random orders, fills, cancels and
// steering events, each answer judged by the reference.
#pragma once

#include <cstdint>
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
  void set_scopes(const ControlsConfig& controls);
  [[nodiscard]] static std::int64_t value_of(const OrderIntent& intent);
  bool order();
  bool replace();
  bool cancel();
  bool fill();
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
  std::vector<Scope> scopes_;
  std::vector<std::uint64_t> reasons_;
  std::string mismatch_;
  OrderIntent last_;
  std::uint64_t steps_ = 0;
  double spot_ = 100.0;
};

}  // namespace margingate::testing
