#include "support/risk_array_sets.hpp"

#include <stdexcept>

namespace margingate::testing {

using namespace risk_arrays;

Losses future_losses(FixedDecimal range, FixedDecimal extreme_multiplier,
                     FixedDecimal cover_fraction) {
  constexpr std::array<int, 14> thirds = {0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3};
  Losses losses;
  for (std::size_t i = 0; i < thirds.size(); ++i) {
    losses[i] = FixedDecimal(-thirds[i]) * range / FixedDecimal(3);
  }
  losses[14] = -(range * extreme_multiplier * cover_fraction);
  losses[15] = range * extreme_multiplier * cover_fraction;
  return losses;
}

std::size_t add_commodity(ParameterSet& set, const std::string& code) {
  CombinedCommodity commodity;
  commodity.code = code;
  commodity.currency = "USD";
  const std::size_t index = set.combined_commodities.size();
  set.combined_commodities.push_back(commodity);
  set.products.push_back({"EX", code, ContractKind::future, false, 1, index});
  set.products.push_back({"EX", code, ContractKind::option_on_future, true, 1, index});
  return index;
}

std::size_t add_future(ParameterSet& set, std::size_t commodity, std::uint32_t month,
                       const Losses& losses) {
  Contract contract;
  contract.product = 2 * commodity;
  contract.period = contract.underlying_period = {month, 0};
  contract.array = {losses, 1};
  set.contracts.push_back(contract);
  return set.contracts.size() - 1;
}

std::size_t add_option(ParameterSet& set, std::size_t commodity, std::uint32_t month,
                       OptionRight right, FixedDecimal strike, const Losses& losses,
                       FixedDecimal delta, FixedDecimal value) {
  Contract contract;
  contract.product = 2 * commodity + 1;
  contract.period = contract.underlying_period = {month, 0};
  contract.right = right;
  contract.strike = strike;
  contract.array = {losses, delta};
  contract.value = value;
  set.contracts.push_back(contract);
  return set.contracts.size() - 1;
}

AccountPositions net_account(const std::vector<std::pair<std::size_t, FixedDecimal>>& positions) {
  AccountPositions account;
  for (const auto& [contract, quantity] : positions) {
    const bool is_long = quantity > FixedDecimal();
    account.positions.push_back(
        {contract, is_long ? quantity : FixedDecimal(), is_long ? FixedDecimal() : -quantity});
  }
  return account;
}

const CommodityMargin& commodity_margin(const AccountMargin& margin, const std::string& code) {
  for (const CommodityMargin& commodity : margin.commodities) {
    if (commodity.code == code) return commodity;
  }
  throw std::out_of_range("no combined commodity " + code);
}

PipelineExample pipeline_example() {
  PipelineExample example;
  ParameterSet& set = example.set;
  const FixedDecimal fraction = "0.33"_d;
  set.scenarios = classic_scenario_set(3, fraction);
  const std::size_t a = add_commodity(set, "A");
  const std::size_t b = add_commodity(set, "B");
  const std::size_t first = add_future(set, a, 202601, future_losses(3000, 3, fraction));
  const std::size_t second = add_future(set, a, 202602, future_losses(3000, 3, fraction));
  const std::size_t call = add_option(
      set, a, 202601, OptionRight::call, 100,
      {-180, 190, -820, -430, 290, 560, -1700, -1350, 640, 830, -2650, -2400, 880, 980, -2600, 900},
      "0.5"_d, 1900);
  const std::size_t other = add_future(set, b, 202601, future_losses(1200, 3, fraction));
  CombinedCommodity& terms = set.combined_commodities[a];
  terms.intra_tiers = {{1, {202601, 0}, {202601, 0}, {}}, {2, {202602, 0}, {202602, 0}, {}}};
  terms.intra_spreads = {{1, 200, {{1, {}, 1, Side::a}, {2, {}, 1, Side::b}}}};
  terms.spot_rates = {{{202601, 0}, 25, 40, true, true}};
  terms.short_option_minimum.rate = 50;
  InterSpread spread;
  spread.priority = 1;
  spread.legs = {{"A", {}, {}, 1, Side::a, false, 60}, {"B", {}, {}, 1, Side::b, false, 60}};
  set.inter_spreads = {spread};
  for (CombinedCommodity& commodity : set.combined_commodities) {
    commodity.factors.fill({1, "1.1"_d});
  }
  example.account = net_account({{first, 6}, {second, -2}, {call, -2}, {other, -3}});
  return example;
}

}  // namespace margingate::testing
