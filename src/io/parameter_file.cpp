#include "io/parameter_file.hpp"

#include "io/json_parameter_reader.hpp"
#include "io/json_value.hpp"
#include "io/text_file.hpp"
#include "models/known_models.hpp"
#include "models/shared_parameters.hpp"

namespace margingate::io {
namespace {

std::vector<HaircutTier> read_haircut_tiers(JsonObject& members) {
  std::vector<HaircutTier> tiers;
  const auto list = members.optional("haircut_tiers");
  if (!list) return tiers;
  for (const JsonValue& value : list->array()) {
    value.object([&](JsonObject& tier) {
      tiers.push_back({tier.required("from").number_in(0.0, 1e12),
                       tier.required("added_haircut").number_in(0.0, 1.0)});
    });
  }
  return tiers;
}

double optional_rate(JsonObject& members, const char* name, double max) {
  const auto value = members.optional(name);
  return value ? value->number_in(0.0, max) : 0.0;
}

// "haircuts" is the older name: a haircut alone.
std::vector<models::Collateral> read_collateral(JsonObject& members) {
  std::vector<models::Collateral> collateral;
  for (const char* const name : {"haircuts", "collateral"}) {
    const auto list = members.optional(name);
    if (!list) continue;
    for (const JsonValue& value : list->array()) {
      value.object([&](JsonObject& entry) {
        models::Collateral one;
        one.asset = entry.required("asset").text();
        one.terms.haircut = entry.required("haircut").number_in(0.0, 1.0);
        one.terms.haircut_tiers = read_haircut_tiers(entry);
        const auto in_value = entry.optional("tiers_in_value");
        one.terms.tiers_in_value = in_value && in_value->boolean();
        one.terms.borrow_initial_rate = optional_rate(entry, "borrow_initial_rate", 10.0);
        one.terms.borrow_maintenance_rate = optional_rate(entry, "borrow_maintenance_rate", 10.0);
        collateral.push_back(std::move(one));
      });
    }
  }
  return collateral;
}

models::MinimumEquity read_minimum_equity(JsonObject& members) {
  constexpr double most = 1e12;
  models::MinimumEquity minimum;
  const auto given = members.optional("minimum_equity");
  if (!given) return minimum;
  given->object([&](JsonObject& entry) {
    minimum.to_keep = entry.required("to_keep").number_in(0.0, most);
    minimum.to_enter = entry.required("to_enter").number_in(minimum.to_keep, most);
  });
  return minimum;
}

}  // namespace

models::ParameterSet parse_parameter_file(const std::string& file, std::string_view text) {
  models::ParameterSet set;
  const JsonDocument document(file, text);
  document.root().object([&](JsonObject& members) {
    set.name = members.required("name").text();
    const std::size_t at = members.required("model").one_of(models::model_names());
    const models::KnownModel& model = models::known_models()[at];
    set.model = model.name;
    set.date = members.required("date").text();
    set.source = members.required("source").text();
    set.confidence = members.required("confidence").text();
    set.collateral = read_collateral(members);
    set.minimum_equity = read_minimum_equity(members);
    JsonParameterReader reader(members);
    if (reader.has("bands")) set.bands = models::read_bands(reader, "bands");
    set.numbers = model.read(reader);
  });
  return set;
}

models::ParameterSet read_parameter_file(const std::string& path) {
  return parse_parameter_file(path, read_text_file(path));
}

}  // namespace margingate::io
