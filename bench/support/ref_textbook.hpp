// What a straightforward implementation does on every order: lock, find the account in a hash
// map, price every leg in every scenario with the C library, add up, compare.
//
// Shape    doubles in the numeraire; one account record per account; the portfolio model only.
// Units    quote currency.
// Sign     losses positive.
// Range    quote form, inverse instruments, models without deductibles or delta shock.
// Errors   measure.hpp's require when a book is outside that range.
// Threads  any; one mutex.
// Cost     legs * scenarios prices per decision.
// Source   docs/methodology.md MR-02 to MR-26, without the integers.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "support/loaded_gate.hpp"

namespace margingate::bench {

class RefTextbook {
 public:
  // Takes over accounts, positions and working quantities as they are now.
  explicit RefTextbook(LoadedGate& book);

  struct Decision {
    bool accepted = false;
    double initial_margin = 0.0;
    double equity = 0.0;
  };
  Decision check(const OrderIntent& intent);

  // The same, and counts the order as working when it is accepted.
  Decision reserve(const OrderIntent& intent);
  // Ends a working order that was reserved with this intent; filled: as a trade at its price.
  void end(const OrderIntent& intent, bool filled);

  // Moves every spot to this factor of the surface's, as LoadedGate::tick_all does.
  void tick_all(double factor);

 private:
  struct Leg {
    double net = 0.0, buys = 0.0, sells = 0.0;
    double entry_cash = 0.0;  // settlement asset
  };
  struct Account {
    std::unordered_map<std::uint32_t, Leg> legs;
    std::vector<double> wallets;
    double open_losses = 0.0;
    double holds = 0.0;
  };
  struct Unit {
    std::vector<double> losses;
    std::unordered_map<std::int64_t, std::pair<double, double>> expiries;  // hi, lo
    double added = 0.0, floor = 0.0, delta_lo = 0.0, delta_hi = 0.0;
    double scan = 0.0, expiry_charge = 0.0;
  };
  struct Margin {
    std::vector<Unit> units;
    double initial_margin = 0.0;
    double equity = 0.0;
  };
  struct Terms;  // of one long lot

  [[nodiscard]] Margin margin(const Account& account) const;
  void add_leg(std::uint32_t id, const Leg& leg, const Terms& terms, Unit& unit) const;
  [[nodiscard]] double open_loss(const OrderIntent& intent) const;
  Decision decide(Account& account, const OrderIntent& intent, bool keeps);
  [[nodiscard]] Terms price(std::uint32_t id) const;
  static bool worsens_nothing(const Margin& before, const Margin& after);

  const GateConfig& config_;
  const Market& market_;
  const std::vector<SpotTick>& table_spots_;
  double money_scale_ = 1.0;
  double price_scale_ = 1.0;
  std::vector<double> spots_;
  std::mutex mutex_;
  std::unordered_map<std::uint32_t, Account> accounts_;
};

// Ends the program unless gate and textbook decide these orders alike. Orders within a ten
// millionth of the boundary are passed over: there only integers are exact.
void require_same_decisions(LoadedGate& book, RefTextbook& textbook,
                            const std::vector<OrderIntent>& orders);

}  // namespace margingate::bench
