// Where the sums of one combined commodity can be, whichever orders fill.
//
// Shape    per month and per tier the lowest and the highest of what is linear in fills.
// Units    as in account_margin.hpp.
// Sign     as in account_margin.hpp.
// Range    low <= high.
// Errors   std::overflow_error beyond 10^18.
// Threads  one at a time.
// Cost     cold.
// Source   docs/models/risk-array.md, "exact and bound".
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "risk_arrays/commodity_state.hpp"
#include "risk_arrays/fill_bounds.hpp"

namespace margingate::risk_arrays {

struct DecimalRange {
  FixedDecimal low;
  FixedDecimal high;

  void add_held(FixedDecimal value) {
    low += value;
    high += value;
  }
  // What may come or not.
  void add_possible(FixedDecimal value) { (value > FixedDecimal() ? high : low) += value; }
};

// One contract with all of its orders.
struct ContractFills {
  const Contract* terms = nullptr;
  FixedDecimal held;
  FixedDecimal buys;
  FixedDecimal sells;  // magnitude
};

struct FillRange {
  const CombinedCommodity* terms = nullptr;
  std::vector<const Product*> products;  // of contracts
  std::vector<ContractFills> contracts;
  std::map<Period, DecimalRange> deltas;
  DecimalRange net_delta;
  // How the contracts spread over the scanning tiers.
  std::map<TierKey, std::vector<std::size_t>> tiers;
};

using FillRanges = std::map<std::string, FillRange>;

[[nodiscard]] FillRanges fill_ranges(const ParameterSet& set, const AccountPositions& account,
                                     const std::vector<ContractOrder>& orders);

// The largest sum over all fills of `of_one(contract)` per contract.
template <class OfOne>
[[nodiscard]] FixedDecimal largest_sum(const FillRange& range,
                                       const std::vector<std::size_t>& contracts,
                                       const OfOne& of_one) {
  FixedDecimal sum;
  for (const std::size_t i : contracts) {
    const ContractFills& fills = range.contracts[i];
    const FixedDecimal one = of_one(i);
    // Only orders that raise the sum fill.
    sum += fills.held * one + (one > FixedDecimal() ? fills.buys * one : -(fills.sells * one));
  }
  return sum;
}

}  // namespace margingate::risk_arrays
