#include "parameter_text.hpp"

#include <cstddef>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "io/parameter_file.hpp"

namespace margingate::tool {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json, std::size_t indent) {
  constexpr std::size_t columns = 98;
  const std::string begin = "\n" + std::string(indent + 2, ' ');
  if (!json.is_structured() || json.empty()) return json.dump();
  std::string text;
  if (json.is_array() && json.front().is_number()) {
    std::size_t column = columns;
    for (const Json& number : json) {
      const std::string next = (text.empty() ? "" : ", ") + number.dump();
      column += next.size();
      if (column > columns && !text.empty()) {
        text += "," + begin + number.dump();
        column = indent + 2 + number.dump().size();
        continue;
      }
      if (text.empty()) column = indent + 2 + next.size();
      text += next;
    }
    return "[" + begin + text + "]";
  }
  for (const auto& [key, value] : json.items()) {
    text += (text.empty() ? "" : ",") + begin;
    if (json.is_object()) text += Json(key).dump() + ": ";
    text += written(value, indent + 2);
  }
  const std::string end = "\n" + std::string(indent, ' ');
  return (json.is_object() ? "{" : "[") + text + end + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string parameter_text(const Json& json) { return written(json, 0) + "\n"; }

void write_parameters(const std::string& path, const Json& json) {
  const std::string text = parameter_text(json);
  static_cast<void>(io::parse_parameter_file("calibrated parameters", text));
  if (path.empty()) {
    std::cout << text;
    return;
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

}  // namespace margingate::tool
