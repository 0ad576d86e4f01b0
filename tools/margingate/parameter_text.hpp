// Parameter files as the commands that make them write them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace margingate::tool {

// Indented, but numbers of one array fill lines.
[[nodiscard]] std::string parameter_text(const nlohmann::ordered_json& json);

// Reads the text back first, so that nothing is written that cannot be used; to standard output
// where `path` is empty. std::runtime_error when the file cannot be written.
void write_parameters(const std::string& path, const nlohmann::ordered_json& json);

}  // namespace margingate::tool
