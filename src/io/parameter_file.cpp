#include "io/parameter_file.hpp"

#include "io/json_parameter_reader.hpp"
#include "io/json_value.hpp"
#include "io/text_file.hpp"
#include "models/known_models.hpp"

namespace margingate::io {
namespace {

std::vector<models::CollateralHaircut> read_haircuts(JsonObject& members) {
  std::vector<models::CollateralHaircut> haircuts;
  const auto list = members.optional("haircuts");
  if (!list) return haircuts;
  for (const JsonValue& value : list->array()) {
    value.object([&](JsonObject& entry) {
      haircuts.push_back(
          {entry.required("asset").text(), entry.required("haircut").number_in(0.0, 1.0)});
    });
  }
  return haircuts;
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
    set.haircuts = read_haircuts(members);
    JsonParameterReader reader(members);
    set.numbers = model.read(reader);
  });
  return set;
}

models::ParameterSet read_parameter_file(const std::string& path) {
  return parse_parameter_file(path, read_text_file(path));
}

}  // namespace margingate::io
