#include "io/parameter_file.hpp"

#include <array>

#include "io/json_value.hpp"
#include "io/model_parameters.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

constexpr std::array<std::string_view, 4> model_names{"isolated", "cross", "portfolio", "deribit"};

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

models::ModelParameters read_numbers(std::size_t model, JsonObject& members) {
  switch (model) {
    case 0:
      return models::IsolatedParameters{read_rates(members)};
    case 1:
      return models::CrossParameters{read_rates(members)};
    case 2:
      return read_portfolio_parameters(members);
    default:
      return read_deribit_parameters(members);
  }
}

}  // namespace

models::ParameterSet parse_parameter_file(const std::string& file, std::string_view text) {
  models::ParameterSet set;
  const JsonDocument document(file, text);
  document.root().object([&](JsonObject& members) {
    set.name = members.required("name").text();
    const std::size_t model = members.required("model").one_of(model_names);
    set.model = model_names[model];
    set.date = members.required("date").text();
    set.source = members.required("source").text();
    set.confidence = members.required("confidence").text();
    set.haircuts = read_haircuts(members);
    set.numbers = read_numbers(model, members);
  });
  return set;
}

models::ParameterSet read_parameter_file(const std::string& path) {
  return parse_parameter_file(path, read_text_file(path));
}

}  // namespace margingate::io
