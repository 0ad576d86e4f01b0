#include "risk_arrays/fill_bounds.hpp"

#include "risk_arrays/charge_ceiling.hpp"
#include "risk_arrays/credit_floor.hpp"
#include "risk_arrays/fill_range.hpp"

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;

// What one long contract takes off a requirement.
FixedDecimal option_value(const FillRange& range, std::size_t contract) {
  return range.products[contract]->is_premium_style ? range.contracts[contract].terms->value : zero;
}

// The largest of factor * scan risk less weight * option value, tier by tier: within one scenario
// both are linear in fills, and no scenario is below one that loses nothing.
FixedDecimal largest_scan_risk(const FillRange& range, FixedDecimal factor, FixedDecimal weight) {
  FixedDecimal sum;
  for (const auto& [key, contracts] : range.tiers) {
    const auto less_value = [&](std::size_t contract, FixedDecimal loss) {
      return scaled_by_exponent(*range.terms, factor * loss) -
             weight * option_value(range, contract);
    };
    FixedDecimal worst =
        largest_sum(range, contracts, [&](std::size_t c) { return less_value(c, zero); });
    for (std::size_t i = 0; i < scenario_count; ++i) {
      worst = std::max(worst, largest_sum(range, contracts, [&](std::size_t c) {
                         return less_value(c, range.contracts[c].terms->array.losses[i]);
                       }));
    }
    sum += worst;
  }
  return sum;
}

// Of one contract: short options are counted where it is negative, a convex function of what
// fills, so that the largest is where all buys or all sells have filled.
FixedDecimal largest_minimum_of(const FillRange& range, std::size_t contract, FixedDecimal rate,
                                FixedDecimal weight) {
  const ContractFills& fills = range.contracts[contract];
  const FixedDecimal value = weight * option_value(range, contract);
  const auto at = [&](FixedDecimal quantity) {
    const FixedDecimal shorts = std::max(zero, -quantity) * fills.terms->delta_scaling;
    return rate * shorts - quantity * value;
  };
  return std::max(at(fills.held + fills.buys), at(fills.held - fills.sells));
}

// The largest of factor * short option minimum less weight * option value.
FixedDecimal largest_minimum(const FillRange& range, FixedDecimal factor, FixedDecimal weight) {
  const ShortOptionMinimum& terms = range.terms->short_option_minimum;
  std::vector<std::vector<std::size_t>> by_tier(terms.tiers.size() + 1);
  for (std::size_t i = 0; i < range.contracts.size(); ++i) {
    by_tier[terms.tier_of(range.contracts[i].terms->underlying_period)].push_back(i);
  }
  FixedDecimal sum;
  for (std::size_t tier = 0; tier < by_tier.size(); ++tier) {
    const FixedDecimal rate = scaled_by_exponent(*range.terms, factor * terms.rate_of(tier));
    const auto counting = [&](bool calls, bool puts) {
      FixedDecimal largest;
      for (const std::size_t i : by_tier[tier]) {
        const OptionRight right = range.contracts[i].terms->right;
        const bool counts =
            (right == OptionRight::call && calls) || (right == OptionRight::put && puts);
        largest += largest_minimum_of(range, i, counts ? rate : zero, weight);
      }
      return largest;
    };
    sum += terms.method == ShortOptionMethod::gross
               ? counting(true, true)
               : std::max(counting(true, false), counting(false, true));
  }
  return sum;
}

struct Pool {
  FixedDecimal shared;  // of commodities that share their option value
  FixedDecimal own;     // of those that keep it
};

FixedDecimal requirement_less_value(const FillRange& range, const CommodityBound& bound,
                                    FixedDecimal factor) {
  const FixedDecimal around = factor * (bound.intra_charge + bound.spot_charge - bound.credit);
  return std::max(largest_scan_risk(range, factor, 1) + around, largest_minimum(range, factor, 1));
}

void add(const FillRange& range, const CommodityBound& bound, FixedDecimal factor, Pool& pool) {
  const FixedDecimal requirement = requirement_less_value(range, bound, factor);
  if (range.terms->limit_option_value) {
    pool.own += std::max(zero, requirement);
  } else {
    pool.shared += requirement;
  }
}

FixedDecimal margin_of(const ParameterSet& set, const std::string& currency, const Pool& pool) {
  const FixedDecimal margin = pool.own + std::max(zero, pool.shared);
  const auto places = set.currency_places.find(currency);
  return places == set.currency_places.end() ? margin : rounded(margin, places->second);
}

}  // namespace

AccountBound bound_over_fills(const ParameterSet& set, const AccountPositions& account,
                              const std::vector<ContractOrder>& orders) {
  if (account.is_gross) throw PositionError("orders of gross accounts have no bound");
  const FillRanges ranges = fill_ranges(set, account, orders);
  const std::map<std::string, FixedDecimal> credits = credit_floors(set, ranges);
  AccountBound result;
  std::map<std::string, std::pair<Pool, Pool>> pools;  // maintenance, initial
  for (const auto& [code, range] : ranges) {
    CommodityBound bound;
    bound.code = code;
    bound.currency = range.terms->currency;
    bound.scan_risk = largest_scan_risk(range, 1, zero);
    bound.short_option_minimum = largest_minimum(range, 1, zero);
    bound.intra_charge = intra_charge_ceiling(range);
    bound.spot_charge = spot_charge_ceiling(range);
    bound.credit = credits.at(code);
    const AccountFactors& factors = range.terms->factors[static_cast<std::size_t>(account.type)];
    auto& [maintenance, initial] = pools[bound.currency];
    add(range, bound, factors.maintenance, maintenance);
    add(range, bound, factors.initial, initial);
    result.commodities.push_back(std::move(bound));
  }
  for (const auto& [currency, pool] : pools) {
    result.currencies.push_back(
        {currency, margin_of(set, currency, pool.first), margin_of(set, currency, pool.second)});
  }
  return result;
}

}  // namespace margingate::risk_arrays
