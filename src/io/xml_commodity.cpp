#include "io/xml_commodity.hpp"

#include <algorithm>

namespace margingate::io {
namespace {

using namespace risk_arrays;

// The value of the first rate: files list the core rate first.
FixedDecimal first_rate(const XmlElement& element) {
  const std::vector<XmlElement> rates = element.all("rate");
  return rates.empty() ? FixedDecimal() : rates.front().decimal("val");
}

Side side_of(const XmlElement& leg) {
  const std::string side = leg.text("rs");
  if (side != "A" && side != "B") leg.fail("a side rs of A or B");
  return side == "A" ? Side::a : Side::b;
}

std::vector<Tier> read_tiers(const XmlElement& element, std::string_view list) {
  std::vector<Tier> tiers;
  for (const XmlElement& group : element.all(list)) {
    for (const XmlElement& item : group.all("tier")) {
      Tier tier;
      tier.number = item.integer("tn");
      tier.first = item.period("sPe");
      tier.last = item.period("ePe");
      if (!tier.first.is_set()) tier.first.month = 1;
      if (!tier.last.is_set()) tier.last.month = 9999'99;
      tiers.push_back(tier);
    }
  }
  return tiers;
}

// Tiers of the minimum may name a scanning tier instead of months.
void read_minimum(const XmlElement& element, CombinedCommodity& terms) {
  for (const XmlElement& group : element.all("somTiers")) {
    for (const XmlElement& item : group.all("tier")) {
      Tier tier;
      tier.number = item.integer("tn");
      tier.first = item.period("sPe");
      tier.last = item.period("ePe");
      tier.rate = first_rate(item);
      const auto scanned =
          std::find_if(terms.scan_tiers.begin(), terms.scan_tiers.end(),
                       [&](const Tier& other) { return other.number == tier.number; });
      if (!tier.first.is_set() && scanned != terms.scan_tiers.end()) {
        tier.first = scanned->first;
        tier.last = scanned->last;
      }
      if (tier.first.is_set()) {
        terms.short_option_minimum.tiers.push_back(tier);
      } else {
        terms.short_option_minimum.rate = std::max(terms.short_option_minimum.rate, tier.rate);
      }
    }
  }
}

IntraSpread read_intra_spread(const XmlElement& element, CombinedCommodity& terms) {
  IntraSpread spread;
  spread.priority = element.integer("spread");
  spread.rate = first_rate(element);
  if (const std::string method = element.text("chargeMeth"); method != "F") {
    terms.not_computed = "calendar spreads charged by method \"" + method + "\"";
  }
  for (const char* kind : {"tLeg", "pLeg"}) {
    for (const XmlElement& item : element.all(kind)) {
      IntraSpreadLeg leg;
      if (kind[0] == 't') {
        leg.tier = item.integer("tn");
      } else {
        leg.period = item.period("pe");
      }
      leg.ratio = item.decimal("i", 1);
      leg.side = side_of(item);
      spread.legs.push_back(leg);
    }
  }
  return spread;
}

void read_methods(const XmlElement& element, CombinedCommodity& terms) {
  const std::string price_risk = element.text("wfprMeth");
  if (price_risk == "SCANRANGE_CAP") {
    terms.price_risk_method = PriceRiskMethod::capped;
  } else if (price_risk == "SCANRANGE") {
    terms.price_risk_method = PriceRiskMethod::scan_range;
  } else if (!price_risk.empty() && price_risk != "NORMAL") {
    terms.not_computed = "weighted price risk method \"" + price_risk + "\"";
  }
  const std::string minimum = element.text("somMeth");
  if (minimum == "MAX") {
    terms.short_option_minimum.method = ShortOptionMethod::larger_side;
  } else if (!minimum.empty() && minimum != "GROSS") {
    terms.not_computed = "short option minimum method \"" + minimum + "\"";
  }
  const std::string spot = element.text("spotMeth");
  if (!spot.empty() && spot != "NORMAL" && spot != "NONE") {
    terms.not_computed = "spot charge method \"" + spot + "\"";
  }
  const std::string margin = element.text("marginMeth");
  if (!margin.empty() && margin != "SPAN") {
    terms.not_computed = "margin method \"" + margin + "\"";
  }
}

void read_factors(const XmlElement& element, const std::map<int, RateUse>& rates,
                  CombinedCommodity& terms) {
  for (const XmlElement& item : element.all("adjRate")) {
    const auto use = rates.find(item.integer("r"));
    if (use == rates.end()) continue;
    AccountFactors& factors = terms.factors[static_cast<std::size_t>(use->second.account)];
    (use->second.is_maintenance ? factors.maintenance : factors.initial) = item.decimal("val");
  }
}

FixedDecimal nearest_scan_range(const XmlElement& element) {
  std::optional<Period> nearest;
  FixedDecimal range;
  for (const XmlElement& group : element.all("rateTiers")) {
    for (const XmlElement& tier : group.all("tier")) {
      const std::vector<XmlElement> rates = tier.all("scanRate");
      const Period first = tier.period("sPe");
      if (rates.empty() || (nearest && !(first < *nearest))) continue;
      nearest = first;
      range = rates.front().decimal("priceScan");
    }
  }
  return range;
}

// Elements named so anywhere below: of spreads that are listed but not computed.
void collect_commodities(const XmlElement& element, InterSpread& spread) {
  for (const char* kind : {"tLeg", "pLeg", "sLeg", "homeLeg", "awayLeg"}) {
    for (const XmlElement& item : element.all(kind)) {
      if (const std::string code = item.text("cc"); !code.empty()) {
        InterSpreadLeg leg;
        leg.commodity = code;
        spread.legs.push_back(leg);
      }
      collect_commodities(item, spread);
    }
  }
}

void read_scanning_legs(const XmlElement& element, InterSpread& spread) {
  spread.method = InterSpreadMethod::scanning;
  spread.legs_min = 1;
  const FixedDecimal rate = first_rate(element);
  for (const XmlElement& item : element.all("sLeg")) {
    InterSpreadLeg leg;
    leg.commodity = item.required_text("cc");
    leg.is_required = item.integer("isRequired") != 0;
    leg.ratio = item.decimal("i", 1);
    leg.rate = rate;
    if (item.integer("isTarget") != 0) {
      spread.target = leg.commodity;
      spread.target_ratio = leg.ratio;
      spread.is_target_required = leg.is_required;
    } else {
      spread.legs.push_back(std::move(leg));
    }
  }
}

void read_delta_legs(const XmlElement& element, InterSpread& spread) {
  const FixedDecimal rate = first_rate(element);
  const std::string method = element.text("chargeMeth");
  spread.is_flat = method == "F";
  if (!method.empty() && method != "F" && method != "W") {
    spread.not_computed = "credit method \"" + method + "\"";
  }
  for (const char* kind : {"tLeg", "pLeg"}) {
    for (const XmlElement& item : element.all(kind)) {
      InterSpreadLeg leg;
      leg.commodity = item.required_text("cc");
      if (kind[0] == 't') {
        leg.tier = item.integer("tn");
      } else {
        leg.period = item.period("pe");
        if (!leg.period.is_set()) item.fail("a period pe");
      }
      leg.ratio = item.decimal("i", 1);
      leg.side = side_of(item);
      leg.rate = rate;
      spread.legs.push_back(std::move(leg));
    }
  }
}

Scenario read_scenario(const XmlElement& element, std::size_t own_index) {
  Scenario scenario;
  for (const XmlElement& price : element.all("priceScanDef")) {
    scenario.price_multiplier = price.decimal("mult", 1);
    scenario.price_numerator = price.integer("numerator");
    scenario.price_denominator = price.integer("denominator", 1);
  }
  for (const XmlElement& volatility : element.all("volScanDef")) {
    const FixedDecimal move = volatility.decimal("mult", 1) * volatility.decimal("numerator", 0);
    scenario.volatility_sign = move > FixedDecimal() ? 1 : move < FixedDecimal() ? -1 : 0;
  }
  scenario.weight = element.decimal("weight", 1);
  const int paired = element.integer("pairedPoint", static_cast<int>(own_index) + 1);
  if (paired < 1 || paired > static_cast<int>(scenario_count)) {
    element.fail("a pairedPoint of 1 to 16");
  }
  scenario.paired = static_cast<std::size_t>(paired) - 1;
  return scenario;
}

}  // namespace

CommodityElement read_commodity(const XmlElement& element, const std::map<int, RateUse>& rates) {
  CommodityElement result;
  CombinedCommodity& terms = result.terms;
  terms.code = element.required_text("cc");
  terms.currency = element.required_text("currency");
  terms.risk_exponent = element.integer("riskExponent");
  terms.limit_option_value = element.integer("capAnov") != 0;
  read_methods(element, terms);
  terms.scan_tiers = read_tiers(element, "scanTiers");
  terms.intra_tiers = read_tiers(element, "intraTiers");
  terms.inter_tiers = read_tiers(element, "interTiers");
  if (!terms.scan_tiers.empty()) terms.scan_method = ScanMethod::listed_tiers;
  read_minimum(element, terms);
  read_factors(element, rates, terms);
  terms.price_scan_range = nearest_scan_range(element);
  for (const XmlElement& spread : element.all("dSpread")) {
    terms.intra_spreads.push_back(read_intra_spread(spread, terms));
  }
  std::stable_sort(
      terms.intra_spreads.begin(), terms.intra_spreads.end(),
      [](const IntraSpread& a, const IntraSpread& b) { return a.priority < b.priority; });
  for (const XmlElement& item : element.all("spotRate")) {
    const Period period = item.period("pe");
    const bool is_listed = std::any_of(terms.spot_rates.begin(), terms.spot_rates.end(),
                                       [&](const SpotRate& rate) { return rate.period == period; });
    if (is_listed) continue;  // of a further rate id
    terms.spot_rates.push_back({period, item.decimal("sprd"), item.decimal("outr"), true, true});
  }
  for (const XmlElement& link : element.all("pfLink")) {
    result.links.push_back(
        {link.required_text("exch"), link.required_text("pfId"), link.decimal("sc", 1)});
  }
  return result;
}

InterSpread read_inter_spread(const XmlElement& element) {
  InterSpread spread;
  spread.priority = element.integer("spread");
  const std::string& name = element.node().name;
  if (name == "dSpread") {
    read_delta_legs(element, spread);
  } else if (name == "sSpread") {
    read_scanning_legs(element, spread);
  } else {
    spread.not_computed = name == "hSpread" ? "spreads of deltas and scans together"
                                            : "spreads with other clearing organisations";
    collect_commodities(element, spread);
  }
  return spread;
}

ScenarioSet read_scenario_set(const XmlElement& element) {
  ScenarioSet set;
  std::array<bool, scenario_count> seen{};
  for (const XmlElement& item : element.all("scanPointDef")) {
    const int point = item.integer("point");
    if (point < 1 || point > static_cast<int>(scenario_count)) item.fail("a point of 1 to 16");
    const auto index = static_cast<std::size_t>(point) - 1;
    if (seen[index]) item.fail("each point once");
    seen[index] = true;
    set.scenarios[index] = read_scenario(item, index);
  }
  if (std::count(seen.begin(), seen.end(), true) != static_cast<int>(scenario_count)) {
    element.fail("sixteen elements scanPointDef");
  }
  for (const XmlElement& item : element.all("deltaPointDef")) {
    DeltaPoint point;
    for (const XmlElement& price : item.all("priceScanDef")) {
      point.price_numerator = price.integer("numerator");
      point.price_denominator = price.integer("denominator", 1);
    }
    point.weight = item.decimal("weight");
    set.delta_points.push_back(point);
  }
  return set;
}

std::optional<RateUse> read_rate_use(const XmlElement& element) {
  RateUse use;
  const std::string account = element.text("acctType");
  if (account == "M") {
    use.account = AccountType::member;
  } else if (account == "H") {
    use.account = AccountType::hedger;
  } else if (account != "S") {
    return std::nullopt;
  }
  use.is_maintenance = element.integer("isM") != 0;
  return use;
}

}  // namespace margingate::io
