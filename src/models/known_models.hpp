// Every margin model that a parameter file may name.
//
// Shape    a table: name, how its parameters are read, what its charges are called.
// Units    none.
// Sign     none.
// Range    none.
// Errors   none.
// Threads  pure.
// Cost     cold.
// Source   docs/models/ has one page per model.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/charge_names.hpp"
#include "models/parameter_reader.hpp"
#include "models/parameter_set.hpp"

namespace margingate::models {

struct KnownModel {
  std::string_view name;
  ModelParameters (*read)(ParameterReader& reader);
  ChargeNames charges;
  // What it charges nothing for is left out.
  bool has_options = true;
  bool has_futures = true;
};

[[nodiscard]] std::span<const KnownModel> known_models();

// nullptr when there is none.
[[nodiscard]] const KnownModel* find_model(std::string_view name);

[[nodiscard]] std::vector<std::string_view> model_names();

}  // namespace margingate::models
