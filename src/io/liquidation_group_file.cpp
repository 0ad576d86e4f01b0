#include "io/liquidation_group_file.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "io/file_error.hpp"
#include "io/json_value.hpp"
#include "io/text_file.hpp"
#include "liquidation_groups/validate_parameter_set.hpp"

namespace margingate::io {
namespace {

using namespace liquidation_groups;

constexpr std::array<std::string_view, 5> aggregations = {"average", "maximum", "median", "minimum",
                                                          "sum"};
constexpr std::array<std::string_view, 3> measure_kinds = {"filtered", "stress", "event"};
constexpr std::array<std::string_view, 3> rights = {"none", "call", "put"};
constexpr double quantity_max = 1e9;
constexpr std::int64_t days_max = 100'000;

double number_or(JsonObject& members, const char* key, double otherwise) {
  const auto value = members.optional(key);
  return value ? value->number() : otherwise;
}

bool flag_or_false(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  return value && value->boolean();
}

std::size_t count_or_one(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  if (!value) return 1;
  return static_cast<std::size_t>(
      value->integer_in(1, static_cast<std::int64_t>(scenario_count_max)));
}

int bucket_or_zero(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  return value ? static_cast<int>(value->integer_in(0, days_max)) : 0;
}

OptionRight right_of(JsonObject& members) {
  const auto value = members.optional("right");
  return value ? static_cast<OptionRight>(value->one_of(rights)) : OptionRight::none;
}

Aggregation aggregation_or(JsonObject& members, const char* key, Aggregation otherwise) {
  const auto value = members.optional(key);
  return value ? static_cast<Aggregation>(value->one_of(aggregations)) : otherwise;
}

template <class ReadOne>
void each_object(const JsonValue& list, const ReadOne& read) {
  for (const JsonValue& value : list.array()) value.object(read);
}

std::vector<double> numbers_of(const JsonValue& list) {
  std::vector<double> numbers;
  for (const JsonValue& value : list.array()) numbers.push_back(value.number());
  return numbers;
}

std::vector<std::vector<double>> rows_of(const JsonValue& list) {
  std::vector<std::vector<double>> rows;
  for (const JsonValue& row : list.array()) rows.push_back(numbers_of(row));
  return rows;
}

double weight_of(JsonObject& members) {
  const auto fraction = members.optional("weight");
  const auto percent = members.optional("weight_percent");
  if (fraction && percent) members.fail("weight or weight_percent, not both");
  if (percent) return weight_of_percent(percent->number_in(0.0, 100.0));
  return fraction ? fraction->number() : 1.0;
}

CorrelationBreak read_correlation_break(JsonObject& members) {
  CorrelationBreak terms;
  terms.window = static_cast<std::size_t>(
      members.required("window").integer_in(1, static_cast<std::int64_t>(scenario_count_max)));
  terms.confidence = members.required("confidence").number();
  terms.cap = members.required("cap").number();
  terms.floor = members.required("floor").number();
  terms.multiplier = members.required("multiplier").number();
  return terms;
}

RiskMeasure read_measure(JsonObject& members) {
  RiskMeasure measure;
  measure.name = members.required("name").text();
  measure.kind = static_cast<RiskMeasureKind>(members.required("kind").one_of(measure_kinds));
  measure.scenarios = count_or_one(members, "scenarios");
  measure.sub_samples = count_or_one(members, "sub_samples");
  if (measure.kind == RiskMeasureKind::event) {
    measure.worst_scenarios = count_or_one(members, "worst_scenarios");
  } else {
    measure.confidence = members.required("confidence").number();
    measure.robustness = number_or(members, "robustness", 1.0);
    if (const auto terms = members.optional("correlation_break")) {
      terms->object([&](JsonObject& m) { measure.correlation_break = read_correlation_break(m); });
    }
  }
  if (const auto terms = members.optional("diversification")) {
    terms->object([&](JsonObject& m) {
      measure.diversification =
          Diversification{m.required("confidence").number(), m.required("floor").number()};
    });
  }
  measure.adjusts_time_to_expiry = flag_or_false(members, "adjusts_time_to_expiry");
  measure.sub_sample_aggregation =
      aggregation_or(members, "sub_sample_aggregation", Aggregation::average);
  measure.weight = weight_of(members);
  return measure;
}

Split read_split(JsonObject& members) {
  Split split;
  split.name = members.required("name").text();
  split.aggregation = aggregation_or(members, "aggregation", Aggregation::maximum);
  each_object(members.required("measures"),
              [&](JsonObject& m) { split.measures.push_back(read_measure(m)); });
  if (const auto buckets = members.optional("time_to_expiry")) {
    each_object(*buckets, [&](JsonObject& m) {
      split.time_to_expiry.push_back(
          {static_cast<int>(m.required("business_days").integer_in(0, days_max)),
           m.required("hedging_weight").number()});
    });
  }
  return split;
}

class Reader {
 public:
  ParameterSet read(JsonObject& members) {
    set_.name = members.required("name").text();
    set_.business_date = members.required("business_date").text();
    each_object(members.required("groups"), [&](JsonObject& m) { read_group(m); });
    if (const auto classes = members.optional("liquidity_classes")) {
      each_object(*classes, [&](JsonObject& m) { read_liquidity_class(m); });
    }
    if (const auto capacities = members.optional("market_capacities")) {
      each_object(*capacities, [&](JsonObject& m) { read_market_capacity(m); });
    }
    each_object(members.required("instruments"), [&](JsonObject& m) { read_instrument(m); });
    return std::move(set_);
  }

 private:
  void read_group(JsonObject& members) {
    Group group;
    group.name = members.required("name").text();
    group.currency = members.required("currency").text();
    each_object(members.required("splits"), [&](JsonObject& m) {
      group.splits.push_back(read_split(m));
      splits_[group.splits.back().name] = {set_.groups.size(), group.splits.size() - 1};
    });
    set_.groups.push_back(std::move(group));
  }

  void read_liquidity_class(JsonObject& members) {
    LiquidityClass entry;
    entry.name = members.required("name").text();
    each_object(members.required("points"), [&](JsonObject& m) {
      entry.points.push_back(
          {m.required("relative_size_percent").number(), m.required("factor").number()});
    });
    classes_[entry.name] = set_.liquidity_classes.size();
    set_.liquidity_classes.push_back(std::move(entry));
  }

  void read_market_capacity(JsonObject& members) {
    MarketCapacity entry;
    entry.product = members.required("product").text();
    entry.expiry_bucket = bucket_or_zero(members, "expiry_bucket");
    entry.moneyness_bucket = bucket_or_zero(members, "moneyness_bucket");
    entry.right = right_of(members);
    entry.contracts = members.required("contracts").number();
    set_.market_capacities.push_back(std::move(entry));
  }

  void read_instrument(JsonObject& members) {
    Instrument instrument;
    instrument.name = members.required("instrument").text();
    instrument.product = members.required("product").text();
    const JsonValue split = members.required("split");
    const auto at = splits_.find(split.text());
    if (at == splits_.end()) split.fail("the name of a split");
    std::tie(instrument.group, instrument.split) = at->second;
    instrument.right = right_of(members);
    instrument.is_premium_style = flag_or_false(members, "premium_style");
    instrument.is_cash_settled = flag_or_false(members, "cash_settled");
    if (const auto days = members.optional("business_days_to_expiry")) {
      instrument.business_days_to_expiry = static_cast<int>(days->integer_in(0, days_max));
    }
    read_prices(members, instrument);
    read_liquidity(members, instrument);
    read_scenarios(members, instrument);
    set_.instruments.push_back(std::move(instrument));
  }

  static void read_prices(JsonObject& members, Instrument& instrument) {
    instrument.trade_unit_value = members.required("trade_unit_value").number();
    instrument.neutral_price = members.required("neutral_price").number();
    instrument.settlement_price = number_or(members, "settlement_price", instrument.neutral_price);
    instrument.reference_price = number_or(members, "reference_price", 0.0);
    instrument.fx_rate = number_or(members, "fx_rate", 1.0);
  }

  void read_liquidity(JsonObject& members, Instrument& instrument) const {
    instrument.expiry_bucket = bucket_or_zero(members, "expiry_bucket");
    instrument.moneyness_bucket = bucket_or_zero(members, "moneyness_bucket");
    if (const auto name = members.optional("liquidity_class")) {
      const auto at = classes_.find(name->text());
      if (at == classes_.end()) name->fail("the name of a liquidity class");
      instrument.liquidity_class = at->second;
    }
    instrument.individual_risk = number_or(members, "individual_risk", 0.0);
    instrument.individual_risk_base =
        number_or(members, "individual_risk_base", instrument.individual_risk);
    instrument.liquidity_premium_basis_points =
        number_or(members, "liquidity_premium_basis_points", 0.0);
  }

  void read_scenarios(JsonObject& members, Instrument& instrument) const {
    const auto& measures = set_.groups[instrument.group].splits[instrument.split].measures;
    std::map<std::string, InstrumentScenarios> by_measure;
    each_object(members.required("scenarios"), [&](JsonObject& m) {
      const JsonValue name = m.required("measure");
      InstrumentScenarios scenarios;
      scenarios.prices = rows_of(m.required("prices"));
      if (const auto rates = m.optional("fx_rates")) scenarios.fx_rates = rows_of(*rates);
      const auto errors = m.optional("compression_errors");
      scenarios.compression_errors =
          errors ? numbers_of(*errors) : std::vector<double>(scenarios.prices.size());
      if (!by_measure.emplace(name.text(), std::move(scenarios)).second) {
        name.fail("each measure once");
      }
    });
    for (const RiskMeasure& measure : measures) {
      const auto at = by_measure.find(measure.name);
      if (at == by_measure.end()) members.fail("scenarios of the measure " + measure.name);
      instrument.scenarios.push_back(std::move(at->second));
      by_measure.erase(at);
    }
    if (!by_measure.empty()) {
      members.fail("scenarios of measures of its split, found " + by_measure.begin()->first);
    }
  }

  ParameterSet set_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> splits_;
  std::map<std::string, std::size_t> classes_;
};

}  // namespace

ParameterSet parse_liquidation_groups(const std::string& file, std::string_view text) {
  const JsonDocument document(file, text);
  ParameterSet set;
  document.root().object([&](JsonObject& members) { set = Reader().read(members); });
  const auto issues = validate_parameter_set(set);
  if (!issues.empty()) {
    const std::size_t more = issues.size() - 1;
    const std::string rest = more == 0 ? "" : " (and " + std::to_string(more) + " more issues)";
    throw FileError(file, issues.front().place, issues.front().expected + rest);
  }
  return set;
}

ParameterSet read_liquidation_groups(const std::string& path) {
  return parse_liquidation_groups(path, read_text_file(path));
}

LiquidationGroupPositions parse_liquidation_group_positions(const std::string& file,
                                                            std::string_view text,
                                                            const ParameterSet& set) {
  std::map<std::string_view, std::size_t> instruments;
  for (std::size_t i = 0; i < set.instruments.size(); ++i) {
    instruments[set.instruments[i].name] = i;
  }
  const JsonDocument document(file, text);
  LiquidationGroupPositions result;
  std::set<std::size_t> seen;
  document.root().object([&](JsonObject& members) {
    result.account = members.required("account").text();
    each_object(members.required("positions"), [&](JsonObject& m) {
      const JsonValue name = m.required("instrument");
      const auto at = instruments.find(name.text());
      if (at == instruments.end()) name.fail("an instrument of the parameters");
      if (!seen.insert(at->second).second) name.fail("each instrument once");
      result.positions.push_back(
          {at->second, m.required("quantity").number_in(-quantity_max, quantity_max)});
    });
  });
  return result;
}

LiquidationGroupPositions read_liquidation_group_positions(const std::string& path,
                                                           const ParameterSet& set) {
  return parse_liquidation_group_positions(path, read_text_file(path), set);
}

}  // namespace margingate::io
