#include "inputs.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <vector>

#include "io/file_error.hpp"
#include "io/option_chain.hpp"
#include "io/parameter_file.hpp"
#include "models/known_models.hpp"

namespace margingate::tool {
namespace {

namespace fs = std::filesystem;

// The installed place first, then the source tree this was built in.
std::vector<fs::path> parameter_directories() {
  return {fs::path(MARGINGATE_INSTALL_DATA_DIR) / "params",
          fs::path(MARGINGATE_SOURCE_DIR) / "params"};
}

// Of the first directory that has any, in the order of their names.
std::vector<fs::path> bundled_files() {
  std::vector<fs::path> files;
  for (const fs::path& directory : parameter_directories()) {
    if (!fs::is_directory(directory)) continue;
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    if (!files.empty()) break;
  }
  std::sort(files.begin(), files.end());
  return files;
}

compare::CandidateSet read_candidate(const fs::path& file) {
  compare::CandidateSet candidate;
  candidate.name = file.stem().string();
  try {
    candidate.set = io::read_parameter_file(file.string());
    candidate.name = candidate.set->name;
    candidate.model = candidate.set->model;
  } catch (const std::exception& error) {
    candidate.refusal = error.what();
  }
  return candidate;
}

// The newest bundled set of the model; of one that counts in a coin, for that coin.
std::string newest_set(const std::string& model, const std::string& coin) {
  std::string newest, date;
  for (const fs::path& file : bundled_files()) {
    const compare::CandidateSet candidate = read_candidate(file);
    if (!candidate.set || candidate.model != model) continue;
    const std::string numeraire = models::required_numeraire(*candidate.set);
    if (!numeraire.empty() && numeraire != coin) continue;
    if (!newest.empty() && candidate.set->date <= date) continue;
    newest = file.string();
    date = candidate.set->date;
  }
  if (newest.empty()) throw std::runtime_error("no bundled parameter set of model " + model);
  return newest;
}

std::string find_set(const std::string& model, const std::string& parameters,
                     const std::string& coin) {
  if (parameters.empty()) return newest_set(model, coin);
  if (fs::exists(parameters)) return parameters;
  for (const fs::path& directory : parameter_directories()) {
    const fs::path path = directory / (parameters + ".json");
    if (fs::exists(path)) return path.string();
  }
  return parameters;
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

std::vector<std::string> model_choices() {
  const std::vector<std::string_view> names = models::model_names();
  return {names.begin(), names.end()};
}

io::MarketFile load_market(const std::string& path) {
  if (ends_with(path, ".csv") || ends_with(path, ".csv.gz")) {
    return io::chain_market(io::read_option_chain(path));
  }
  return io::read_market_file(path);
}

models::ParameterSet load_parameters(const std::string& model, const std::string& parameters,
                                     const std::string& coin) {
  const std::string path = find_set(model, parameters, coin);
  models::ParameterSet set = io::read_parameter_file(path);
  if (set.model != model) {
    throw io::FileError(path, "/model", "\"" + model + "\", found \"" + set.model + "\"");
  }
  return set;
}

std::vector<compare::CandidateSet> newest_sets() {
  std::map<std::string, compare::CandidateSet> newest;  // by model and coin
  for (const fs::path& file : bundled_files()) {
    compare::CandidateSet candidate = read_candidate(file);
    std::string key = candidate.name;
    if (candidate.set) {
      key = candidate.model + " " + models::required_numeraire(*candidate.set);
      const auto found = newest.find(key);
      if (found != newest.end() && found->second.set->date > candidate.set->date) continue;
    }
    newest[key] = std::move(candidate);
  }
  std::vector<compare::CandidateSet> sets;
  for (auto& [key, candidate] : newest) sets.push_back(std::move(candidate));
  return sets;
}

std::vector<compare::CandidateSet> named_sets(const std::vector<std::string>& names) {
  std::vector<compare::CandidateSet> sets;
  for (const std::string& name : names) {
    models::ParameterSet set = io::read_parameter_file(find_set("", name, ""));
    sets.push_back({set.name, set.model, std::move(set), ""});
  }
  return sets;
}

std::vector<compare::CandidateSet> choose_sets(const std::vector<std::string>& names,
                                               const std::vector<std::string>& models) {
  std::vector<compare::CandidateSet> sets = names.empty() ? newest_sets() : named_sets(names);
  if (!models.empty()) {
    std::erase_if(sets, [&](const compare::CandidateSet& candidate) {
      return std::find(models.begin(), models.end(), candidate.model) == models.end();
    });
  }
  return sets;
}

std::string bundled_file(const std::string& path) {
  const fs::path installed = fs::path(MARGINGATE_INSTALL_DATA_DIR) / path;
  return fs::exists(installed) ? installed.string()
                               : (fs::path(MARGINGATE_SOURCE_DIR) / path).string();
}

std::string first_underlying(const io::MarketFile& market, const io::PortfolioFile& portfolio) {
  if (!portfolio.positions.empty()) {
    return market.find_instrument(portfolio.positions.front().instrument)->underlying;
  }
  if (!portfolio.working_orders.empty()) {
    return market.find_instrument(portfolio.working_orders.front().instrument)->underlying;
  }
  return market.underlyings.empty() ? std::string() : market.underlyings.front().name;
}

}  // namespace margingate::tool
