#include "risk_arrays/validate_parameter_set.hpp"

#include <algorithm>
#include <set>

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;
const FixedDecimal one = 1;
const FixedDecimal hundred = 100;
constexpr int delta_max = 100;  // of one contract: a combination may hold many

class Issues {
 public:
  explicit Issues(std::vector<ParameterIssue>& found) : found_(found) {}

  void require(bool condition, const std::string& place, const char* expected) {
    if (!condition && found_.size() < issue_count_max) found_.push_back({place, expected});
  }

 private:
  std::vector<ParameterIssue>& found_;
};

void check_scenarios(const ScenarioSet& set, Issues& issues) {
  for (std::size_t i = 0; i < scenario_count; ++i) {
    const Scenario& scenario = set.scenarios[i];
    const std::string place = "scenario " + std::to_string(i + 1);
    issues.require(scenario.weight > zero && scenario.weight <= one, place,
                   "a weight above 0 and at most 1");
    issues.require(scenario.price_denominator > 0, place, "a price fraction with a denominator");
    issues.require(scenario.paired < scenario_count && set.scenarios[scenario.paired].paired == i,
                   place, "a paired scenario that is paired with it");
  }
  for (const DeltaPoint& point : set.delta_points) {
    issues.require(point.weight >= zero && point.weight <= one && point.price_denominator > 0,
                   "delta points", "weights of 0 to 1 and price fractions with a denominator");
  }
}

void check_tiers(const std::vector<Tier>& tiers, const std::string& place, Issues& issues) {
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const Tier& tier = tiers[i];
    const std::string at = place + " " + std::to_string(tier.number);
    issues.require(tier.number > 0 && tier.first.is_set() && tier.first.month <= tier.last.month,
                   at, "a number above 0 and months in order");
    issues.require(tier.rate >= zero, at, "a rate of at least 0");
    for (std::size_t j = 0; j < i; ++j) {
      issues.require(tier.number != tiers[j].number, at, "each number once");
      issues.require(!tier.contains(tiers[j].first) && !tiers[j].contains(tier.first), at,
                     "no month in two tiers");
    }
  }
}

bool has_tier(const std::vector<Tier>& tiers, int number) {
  return std::any_of(tiers.begin(), tiers.end(),
                     [&](const Tier& tier) { return tier.number == number; });
}

void check_intra_spread(const CombinedCommodity& terms, const IntraSpread& spread,
                        const std::string& place, Issues& issues) {
  issues.require(!spread.legs.empty(), place, "at least one leg");
  issues.require(spread.rate >= zero, place, "a charge of at least 0");
  for (const IntraSpreadLeg& leg : spread.legs) {
    issues.require(leg.ratio > zero, place, "ratios above 0");
    issues.require(leg.tier.has_value() == spread.legs.front().tier.has_value(), place,
                   "legs that are all tiers or all months");
    issues.require(leg.tier ? has_tier(terms.intra_tiers, *leg.tier) : leg.period.is_set(), place,
                   "legs in a tier of the combined commodity, or in a month");
  }
}

void check_commodity(const CombinedCommodity& terms, Issues& issues) {
  const std::string place = "combined commodity " + terms.code;
  issues.require(!terms.code.empty(), place, "a code");
  issues.require(!terms.currency.empty(), place, "a currency");
  issues.require(
      terms.risk_exponent >= -risk_exponent_max && terms.risk_exponent <= risk_exponent_max, place,
      "a risk exponent of -9 to 9");
  check_tiers(terms.scan_tiers, place + ", scanning tier", issues);
  check_tiers(terms.intra_tiers, place + ", intra-commodity tier", issues);
  check_tiers(terms.inter_tiers, place + ", inter-commodity tier", issues);
  check_tiers(terms.short_option_minimum.tiers, place + ", short option minimum tier", issues);
  for (const IntraSpread& spread : terms.intra_spreads) {
    check_intra_spread(terms, spread,
                       place + ", spread of priority " + std::to_string(spread.priority), issues);
  }
  for (const SpotRate& rate : terms.spot_rates) {
    issues.require(rate.period.is_set() && rate.spread_rate >= zero && rate.outright_rate >= zero,
                   place + ", spot rates", "a month and rates of at least 0");
  }
  issues.require(terms.short_option_minimum.rate >= zero, place,
                 "a short option minimum of at least 0");
  issues.require(terms.price_scan_range >= zero, place, "a price scan range of at least 0");
  for (const AccountFactors& factors : terms.factors) {
    issues.require(factors.maintenance > zero && factors.initial > zero, place, "factors above 0");
  }
}

// Contracts ascend, so that equal ones stand side by side.
void check_contracts(const ParameterSet& set, Issues& issues) {
  std::optional<ContractKey> before;
  for (const Contract& contract : set.contracts) {
    if (contract.product >= set.products.size()) {
      issues.require(false, "contracts", "a product of the set");
      continue;
    }
    const ContractKey key = key_of(set, contract);
    const bool option = is_option(key.kind);
    if (option == (contract.right == OptionRight::none)) {
      issues.require(false, key.text(), "call or put for options, neither for others");
    }
    if (magnitude(contract.array.composite_delta) > FixedDecimal(delta_max) ||
        contract.delta_scaling <= zero) {
      issues.require(false, key.text(), "a delta of at most 100 and a delta scaling above 0");
    }
    if (before == key) issues.require(false, key.text(), "each contract once");
    before = key;
  }
}

bool overlap(const InterSpreadLeg& a, const InterSpreadLeg& b) {
  if (a.commodity != b.commodity) return false;
  const bool a_whole = !a.tier && !a.period.is_set();
  const bool b_whole = !b.tier && !b.period.is_set();
  return a_whole || b_whole || (a.tier == b.tier && a.period == b.period) ||
         a.tier.has_value() != b.tier.has_value();
}

void check_inter_spread(const ParameterSet& set, const InterSpread& spread,
                        const std::string& place, Issues& issues) {
  issues.require(!spread.legs.empty(), place, "at least one leg");
  issues.require(spread.legs_min >= 0 && spread.target_ratio > zero, place,
                 "a least number of legs of at least 0 and a target ratio above 0");
  issues.require((spread.method == InterSpreadMethod::scanning) == !spread.target.empty(), place,
                 "a target if scanning based, and only then");
  for (std::size_t i = 0; i < spread.legs.size(); ++i) {
    const InterSpreadLeg& leg = spread.legs[i];
    issues.require(leg.ratio > zero, place, "ratios above 0");
    issues.require(leg.rate >= zero && (spread.is_flat || leg.rate <= hundred), place,
                   "rates of at least 0, and at most 100 if in percent");
    for (std::size_t j = 0; j < i; ++j) {
      issues.require(!overlap(leg, spread.legs[j]), place, "legs without common deltas");
    }
    const auto commodity = find_commodity(set, leg.commodity);
    if (leg.tier && commodity) {
      issues.require(has_tier(set.combined_commodities[*commodity].inter_tiers, *leg.tier), place,
                     "legs in an inter-commodity tier of their combined commodity");
    }
  }
}

void check_inter_spreads(const ParameterSet& set, const std::vector<InterSpread>& spreads,
                         const char* stage, Issues& issues) {
  for (const InterSpread& spread : spreads) {
    if (!spread.not_computed.empty()) continue;
    check_inter_spread(
        set, spread, std::string(stage) + " spread of priority " + std::to_string(spread.priority),
        issues);
  }
}

void check_products(const ParameterSet& set, Issues& issues) {
  std::set<std::tuple<std::string, std::string, ContractKind>> known;
  for (const Product& product : set.products) {
    const std::string place = "product " + product.exchange + " " + product.code;
    issues.require(product.combined_commodity < set.combined_commodities.size(), place,
                   "a combined commodity of the set");
    issues.require(known.emplace(product.exchange, product.code, product.kind).second, place,
                   "each product once");
  }
}

}  // namespace

std::vector<ParameterIssue> validate_parameter_set(const ParameterSet& set) {
  std::vector<ParameterIssue> found;
  Issues issues(found);
  check_scenarios(set.scenarios, issues);
  std::set<std::string> codes;
  for (const CombinedCommodity& terms : set.combined_commodities) {
    check_commodity(terms, issues);
    issues.require(codes.insert(terms.code).second, "combined commodity " + terms.code,
                   "each code once");
  }
  check_products(set, issues);
  check_contracts(set, issues);
  check_inter_spreads(set, set.super_spreads, "super", issues);
  check_inter_spreads(set, set.inter_spreads, "inter-commodity", issues);
  check_inter_spreads(set, set.exchange_spreads, "inter-exchange", issues);
  for (const auto& [currency, places] : set.currency_places) {
    issues.require(places >= 0 && places <= FixedDecimal::places, "currency " + currency,
                   "0 to 8 decimals");
  }
  return found;
}

}  // namespace margingate::risk_arrays
