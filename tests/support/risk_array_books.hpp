// Random books under risk arrays: three combined commodities, positions and working orders.
#pragma once

#include <random>
#include <vector>

#include "risk_arrays/fill_bounds.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {

struct RiskArrayBook {
  risk_arrays::ParameterSet set;
  risk_arrays::AccountPositions account;
  std::vector<risk_arrays::ContractOrder> orders;  // at most ten
};

class DiceRoll {
 public:
  explicit DiceRoll(unsigned seed) : engine_(seed) {}
  int between(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<unsigned>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937 engine_;
};

[[nodiscard]] RiskArrayBook random_risk_array_book(unsigned seed, bool with_charges,
                                                   bool with_credits);

// The account once the orders whose bit is set have traded completely.
[[nodiscard]] risk_arrays::AccountPositions filled(const RiskArrayBook& book, unsigned subset);

}  // namespace margingate::testing
