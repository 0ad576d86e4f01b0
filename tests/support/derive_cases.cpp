#include "support/derive_cases.hpp"

#include <stdexcept>

#include "io/json_value.hpp"
#include "io/parameter_file.hpp"
#include "io/text_file.hpp"

namespace margingate::testing {
namespace {

using io::JsonObject;
using io::JsonValue;

double number_or(JsonObject& members, const char* key, double otherwise) {
  const auto value = members.optional(key);
  return value ? value->number() : otherwise;
}

std::optional<double> maybe_number(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  return value ? std::optional<double>(value->number()) : std::nullopt;
}

void set_tail_weights(const JsonValue& weights, models::DeriveParameters& p) {
  const std::vector<JsonValue> list = weights.array();
  const std::size_t first = p.scenarios.size() - list.size();
  for (std::size_t i = 0; i < list.size(); ++i) p.scenarios[first + i].weight = list[i].number();
  // A scenario that counts nothing is none.
  std::erase_if(p.scenarios, [](const models::DeriveScenario& s) { return s.weight == 0.0; });
}

void change_parameters(JsonObject& m, models::DeriveParameters& p) {
  const auto set = [&](const char* key, double& field) { field = number_or(m, key, field); };
  set("minimum_volatility", p.minimum_volatility_up);
  set("skew_width", p.skew_width);
  set("skew_volatility", p.skew_volatility);
  set("skew_volatility_per_root_year", p.skew_volatility_per_root_year);
  set("basis_addition", p.basis_addition);
  set("basis_multiple", p.basis_multiple);
  set("stablecoin_price", p.stablecoin_price);
  set("long_rate_multiple", p.long_discount.rate_multiple);
  set("long_rate_addition", p.long_discount.rate_addition);
  if (p.short_discount) {
    set("short_rate_multiple", p.short_discount->rate_multiple);
    set("short_rate_addition", p.short_discount->rate_addition);
  }
  if (p.skew_scenarios.size() == 2) {
    set("linear_cap", p.skew_scenarios[0].cap);
    set("linear_weight", p.skew_scenarios[0].weight);
    set("absolute_cap", p.skew_scenarios[1].cap);
    set("absolute_weight", p.skew_scenarios[1].weight);
  }
  if (const auto weights = m.optional("tail_weights")) set_tail_weights(*weights, p);
}

DeriveOption read_option(const JsonValue& value) {
  const std::vector<JsonValue> fields = value.array();
  const bool is_call = fields.at(1).text() == "C";
  return {fields.at(0).number(), is_call ? OptionType::call : OptionType::put,
          fields.at(2).number(), fields.at(3).number()};
}

DeriveExpiry read_expiry(JsonObject& members) {
  DeriveExpiry expiry;
  expiry.seconds = members.required("seconds").integer_in(1, 1'000'000'000);
  expiry.forward = members.required("forward").number();
  expiry.rate = members.required("rate").number();
  expiry.settled = number_or(members, "settled", 0.0);
  for (const JsonValue& option : members.required("options").array()) {
    expiry.options.push_back(read_option(option));
  }
  return expiry;
}

// Collateral has a price in dollars, and the stablecoin has one too.
void read_collateral(JsonObject& members, double stablecoin, DeriveCase& result) {
  DeriveHolding holding{members.required("asset").text(), members.required("quantity").number(),
                        members.required("price").number() / stablecoin};
  const bool cancels = members.required("risk_cancelling").boolean();
  const models::DeriveCharge haircut{members.required("maintenance_haircut").number(),
                                     members.required("initial_haircut").number()};
  if (cancels) result.coin = holding.asset;
  result.parameters.collateral.push_back({holding.asset, haircut, cancels});
  result.holdings.push_back(std::move(holding));
}

DeriveExpected read_expected(JsonObject& members) {
  DeriveExpected expected;
  expected.maintenance = members.required("maintenance").number();
  expected.initial = members.required("initial").number();
  expected.mark_to_market = maybe_number(members, "mark_to_market");
  expected.worst = maybe_number(members, "worst");
  expected.basis = maybe_number(members, "basis");
  expected.maintenance_charges = maybe_number(members, "maintenance_charges");
  expected.initial_charges = maybe_number(members, "initial_charges");
  for (const char* stated : {"discount_positive", "discount_negative"}) {
    static_cast<void>(maybe_number(members, stated));
  }
  if (const auto scenarios = members.optional("scenarios")) {
    for (const JsonValue& profit : scenarios->array()) {
      expected.scenarios.push_back(profit.number());
    }
  }
  return expected;
}

DeriveCase read_case(JsonObject& members, const models::DeriveParameters& standard) {
  DeriveCase result;
  result.parameters = standard;
  result.id = members.required("id").text();
  result.coin = "COIN";
  result.spot = members.required("spot").number();
  result.cash = number_or(members, "cash", 0.0);
  const double stablecoin = number_or(members, "stablecoin", 1.00019088635);
  if (const auto perpetual = members.optional("perpetual")) {
    perpetual->object([&](JsonObject& m) {
      result.perpetual = {m.required("quantity").number(), m.required("mark").number(),
                          number_or(m, "profit", 0.0)};
    });
  }
  for (const JsonValue& expiry : members.required("expiries").array()) {
    expiry.object([&](JsonObject& m) { result.expiries.push_back(read_expiry(m)); });
  }
  if (const auto collateral = members.optional("collateral")) {
    for (const JsonValue& value : collateral->array()) {
      value.object([&](JsonObject& m) { read_collateral(m, stablecoin, result); });
    }
  }
  if (const auto confidence = members.optional("confidence")) {
    confidence->object([&](JsonObject& m) {
      result.perpetual_confidence = number_or(m, "perpetual", 1.0);
      result.option_confidence = number_or(m, "options", 1.0);
    });
  }
  if (const auto changed = members.optional("parameters")) {
    changed->object([&](JsonObject& m) { change_parameters(m, result.parameters); });
  }
  members.required("expected").object([&](JsonObject& m) { result.expected = read_expected(m); });
  return result;
}

}  // namespace

std::vector<DeriveCase> read_derive_cases(const std::string& cases, const std::string& parameters) {
  const std::string data = std::string(MARGINGATE_SOURCE_DIR) + "/tests/golden/data/";
  const auto set = io::read_parameter_file(data + parameters);
  const auto& standard = std::get<models::DeriveParameters>(set.numbers);
  const io::JsonDocument document(cases, io::read_text_file(data + cases));
  std::vector<DeriveCase> result;
  document.root().object([&](JsonObject& members) {
    static_cast<void>(members.required("source").text());
    for (const JsonValue& value : members.required("cases").array()) {
      value.object([&](JsonObject& m) { result.push_back(read_case(m, standard)); });
    }
  });
  return result;
}

}  // namespace margingate::testing
