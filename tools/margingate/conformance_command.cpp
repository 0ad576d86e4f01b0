// margingate conformance: the public pack of cases, run through the gate's public API.
#include <fmt/color.h>
#include <fmt/core.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "conformance/case_file.hpp"
#include "conformance/run_case.hpp"
#include "run/run_options.hpp"

namespace margingate::tool {
namespace {

using conformance::Case;
using conformance::CaseResult;

struct ConformanceOptions {
  std::string directory;
  std::vector<std::string> only;
  bool json = false;
  bool quiet = false;
  bool list = false;
  bool grammar = false;
};

bool is_selected(const ConformanceOptions& options, const Case& test) {
  if (options.only.empty()) return true;
  for (const std::string& part : options.only) {
    if (test.id.find(part) != std::string::npos) return true;
  }
  return false;
}

void print_grammar() {
  for (const conformance::GrammarLine& line : conformance::grammar()) {
    fmt::print("{}\n    {}\n", line.pattern, line.meaning);
  }
}

std::string subject_of(const std::string& id) { return id.substr(0, id.find('/')); }

void print_results(const std::vector<CaseResult>& results, bool is_quiet) {
  const bool has_colour = isatty(STDOUT_FILENO) != 0;
  const auto mark = [&](bool passed) {
    if (!has_colour) return std::string(passed ? "pass" : "FAIL");
    return passed ? fmt::format(fg(fmt::color::green), "pass")
                  : fmt::format(fg(fmt::color::red), "FAIL");
  };
  std::map<std::string, std::pair<int, int>> subjects;  // cases, passed
  std::size_t passed = 0;
  for (const CaseResult& result : results) {
    auto& [cases, good] = subjects[subject_of(result.id)];
    ++cases;
    good += result.passed;
    passed += result.passed;
    if (!is_quiet) fmt::print("{} {:<26} {}\n", mark(result.passed), result.id, result.name);
    if (result.passed) continue;
    if (is_quiet) fmt::print("{} {:<26} {}\n", mark(false), result.id, result.name);
    fmt::print("     {}\n", result.failure);
  }
  fmt::print("\n{:<24} {:>6} {:>6}\n", "subject", "cases", "passed");
  for (const auto& [subject, counts] : subjects) {
    fmt::print("{:<24} {:>6} {:>6}\n", subject, counts.first, counts.second);
  }
  fmt::print("{:<24} {:>6} {:>6}\n", "all", results.size(), passed);
}

void print_json(const std::vector<CaseResult>& results, const std::vector<Case>& cases) {
  nlohmann::ordered_json document;
  std::size_t passed = 0;
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    passed += results[i].passed;
    list.push_back({{"id", results[i].id},
                    {"name", results[i].name},
                    {"source", cases[i].source},
                    {"passed", results[i].passed},
                    {"failure", results[i].failure}});
  }
  document["cases"] = results.size();
  document["passed"] = passed;
  document["results"] = list;
  fmt::print("{}\n", document.dump(2));
}

void run_conformance(const ConformanceOptions& options) {
  if (options.grammar) return print_grammar();
  std::vector<Case> cases;
  const std::string directory = run::find_directory(options.directory, "conformance");
  for (Case& test : conformance::read_cases(directory)) {
    if (is_selected(options, test)) cases.push_back(std::move(test));
  }
  if (options.list) {
    for (const Case& test : cases) fmt::print("{:<26} {}\n", test.id, test.name);
    return;
  }
  std::vector<CaseResult> results;
  bool all_passed = !cases.empty();
  for (const Case& test : cases) {
    results.push_back(conformance::run_case(test, conformance::make_margingate));
    all_passed = all_passed && results.back().passed;
  }
  if (options.json) {
    print_json(results, cases);
  } else {
    print_results(results, options.quiet);
  }
  if (!all_passed) throw CLI::RuntimeError(exit_negative);
}

}  // namespace

CLI::App* add_conformance_command(CLI::App& app) {
  const auto options = std::make_shared<ConformanceOptions>();
  CLI::App* command = app.add_subcommand(
      "conformance", "The public pack of cases: given, when, then; each run against the gate");
  command->add_option("--cases", options->directory, "Directory of case files");
  command->add_option("--only", options->only, "Only cases whose id contains this");
  command->add_flag("--json", options->json, "Print the results as JSON");
  command->add_flag("--quiet", options->quiet, "Only what failed, and the totals");
  command->add_flag("--list", options->list, "Name the cases, run none");
  command->add_flag("--grammar", options->grammar, "Every step a case may have");
  command->callback([options] { run_conformance(*options); });
  return command;
}

}  // namespace margingate::tool
