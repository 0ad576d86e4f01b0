// Numbers of a model that differ by underlying, with one set for those that are not named.
//
// Shape    `standard` under the key "default" of a parameter file, the others under their names.
// Units    of the numbers.
// Sign     of the numbers.
// Range    of the numbers.
// Errors   none; reading fails as the reader does.
// Threads  values.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include <map>
#include <string>

#include "models/parameter_reader.hpp"

namespace margingate::models {

template <class Numbers>
struct ByUnderlying {
  Numbers standard;
  std::map<std::string, Numbers> own;

  [[nodiscard]] const Numbers& of(const std::string& underlying) const {
    const auto at = own.find(underlying);
    return at == own.end() ? standard : at->second;
  }
};

template <class ReadOne>
[[nodiscard]] auto read_by_underlying(ParameterReader& reader, const std::string& key,
                                      const ReadOne& read_one) {
  ByUnderlying<decltype(read_one(reader))> numbers;
  reader.named_objects(key, "default", [&](const std::string& name, ParameterReader& entry) {
    if (name == "default") {
      numbers.standard = read_one(entry);
    } else {
      numbers.own[name] = read_one(entry);
    }
  });
  return numbers;
}

}  // namespace margingate::models
