// The steps in their order; each is named as on the model's page.
#include "risk_arrays/account_margin.hpp"

#include <algorithm>

#include "risk_arrays/commodity_state.hpp"
#include "risk_arrays/inter_commodity.hpp"
#include "risk_arrays/intra_commodity.hpp"

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;

// Step 15.
void set_requirement(const AccountFactors& factors, CommodityState& state) {
  CommodityMargin& result = state.result;
  if (state.is_merged()) {
    // All of it counts in the target.
    result.tiers.clear();
    result.scan_risk = result.volatility_risk = result.time_risk = result.price_risk = zero;
    result.short_option_minimum = result.intra_charge = result.spot_charge = zero;
    result.super_credit = result.inter_credit = result.exchange_credit = zero;
    result.moved_charges = result.net_option_value = zero;
    return;
  }
  const FixedDecimal risk = result.scan_risk + result.intra_charge + result.spot_charge +
                            result.moved_charges - result.super_credit - result.inter_credit -
                            result.exchange_credit;
  result.risk_requirement = std::max({risk, result.short_option_minimum, zero});
  result.maintenance = result.risk_requirement * factors.maintenance;
  result.initial = result.risk_requirement * factors.initial;
}

struct Pool {
  FixedDecimal maintenance;  // of commodities that share their option value
  FixedDecimal initial;
  FixedDecimal option_value;
  CurrencyMargin margin;
};

void add_to_pool(const CombinedCommodity& terms, const CommodityMargin& commodity, Pool& pool) {
  pool.margin.currency = commodity.currency;
  pool.margin.risk_requirement += commodity.risk_requirement;
  pool.margin.net_option_value += commodity.net_option_value;
  if (terms.limit_option_value) {
    const auto after_value = [&](FixedDecimal requirement) {
      return std::max(zero, requirement - commodity.net_option_value);
    };
    pool.margin.maintenance_margin += after_value(commodity.maintenance);
    pool.margin.initial_margin += after_value(commodity.initial);
  } else {
    pool.maintenance += commodity.maintenance;
    pool.initial += commodity.initial;
    pool.option_value += commodity.net_option_value;
  }
}

// Step 16.
CurrencyMargin currency_margin(const ParameterSet& set, const Pool& pool) {
  CurrencyMargin margin = pool.margin;
  margin.maintenance_margin += std::max(zero, pool.maintenance - pool.option_value);
  margin.initial_margin += std::max(zero, pool.initial - pool.option_value);
  const auto places = set.currency_places.find(margin.currency);
  if (places != set.currency_places.end()) {
    margin.maintenance_margin = rounded(margin.maintenance_margin, places->second);
    margin.initial_margin = rounded(margin.initial_margin, places->second);
  }
  return margin;
}

}  // namespace

AccountMargin margin_account(const ParameterSet& set, const AccountPositions& account) {
  AccountMargin margin;
  CommodityStates states = group_positions(set, account);  // 1 to 3
  for (auto& [code, state] : states) {
    scan(set.scenarios, state);       // 4 to 6
    weigh_price_risk(state);          // 7, 8
    set_short_option_minimum(state);  // 9
  }
  const bool spreads = !account.is_gross;
  if (spreads) form_spreads(set, set.super_spreads, SpreadStage::super, states, margin);  // 10
  for (auto& [code, state] : states) {
    if (state.is_merged()) continue;
    if (spreads) charge_intra_spreads(state);  // 11
    charge_spot_months(state);                 // 12
  }
  if (spreads) {
    form_spreads(set, set.inter_spreads, SpreadStage::inter, states, margin);        // 13
    form_spreads(set, set.exchange_spreads, SpreadStage::exchange, states, margin);  // 14
  }
  std::map<std::string, Pool> pools;
  for (auto& [code, state] : states) {
    set_requirement(state.terms->factors[static_cast<std::size_t>(account.type)], state);
    for (const PeriodState& period : state.periods) state.result.deltas.push_back(period.delta);
    add_to_pool(*state.terms, state.result, pools[state.result.currency]);
    margin.commodities.push_back(std::move(state.result));
  }
  for (const auto& [currency, pool] : pools)
    margin.currencies.push_back(currency_margin(set, pool));
  return margin;
}

}  // namespace margingate::risk_arrays
