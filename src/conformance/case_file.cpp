#include "conformance/case_file.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace margingate::conformance {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::size_t from = 1;
  for (std::size_t at = row.find('|', from); at != std::string::npos; at = row.find('|', from)) {
    cells.push_back(trimmed(row.substr(from, at - from)));
    from = at + 1;
  }
  return cells;
}

bool is_separator(const std::string& row) {
  return row.find_first_not_of("|-: ") == std::string::npos;
}

}  // namespace

std::vector<Case> parse_cases(const std::string& path, const std::string& text) {
  const std::string stem = std::filesystem::path(path).stem().string();
  std::vector<Case> cases;
  std::istringstream lines(text);
  std::string line, kind;
  const auto fail = [&](int number, const std::string& expected) {
    throw std::runtime_error(path + ":" + std::to_string(number) + ": expected " + expected);
  };
  for (int number = 1; std::getline(lines, line); ++number) {
    line = trimmed(line);
    if (line.starts_with("### ")) {
      char id[32];
      std::snprintf(id, sizeof id, "/%02zu", cases.size() + 1);
      cases.push_back({stem + id, line.substr(4), {}, {}});
      kind.clear();
    } else if (line.starts_with("Source: ") && !cases.empty()) {
      cases.back().source = line.substr(8);
    } else if (line.starts_with("|") && !is_separator(line)) {
      const std::vector<std::string> cells = cells_of(line);
      if (cells.size() != 3) fail(number, "a row of three cells");
      if (cells[1] == "step") continue;  // the heading of the table
      if (cases.empty()) fail(number, "a heading '### case' before the first row");
      if (!cells[0].empty()) kind = cells[0];
      if (kind != "given" && kind != "when" && kind != "then") fail(number, "given, when or then");
      cases.back().steps.push_back({number, kind, cells[1], cells[2]});
    }
  }
  for (const Case& c : cases) {
    if (c.steps.empty()) throw std::runtime_error(path + ": case '" + c.name + "' has no steps");
  }
  return cases;
}

std::vector<Case> read_cases(const std::string& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const bool is_cases = entry.path().extension() == ".md" && entry.path().stem() != "README";
    if (is_cases) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> all;
  for (const auto& path : paths) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path.string() + ": cannot be opened");
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    for (Case& c : parse_cases(path.string(), text)) all.push_back(std::move(c));
  }
  if (all.empty()) throw std::runtime_error(directory + ": expected files with cases (*.md)");
  return all;
}

}  // namespace margingate::conformance
