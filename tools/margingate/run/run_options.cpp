#include "run/run_options.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "io/parameter_file.hpp"

namespace margingate::run {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> parameter_files_in(const std::string& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void require_model(const models::ParameterSet& set, const std::string& model,
                   const std::string& file) {
  if (set.model == model) return;
  throw std::runtime_error(
      fmt::format("{}: expected parameters of model {}, found {}", file, model, set.model));
}

std::vector<std::string> candidate_directories(const std::string& name) {
  std::vector<std::string> candidates;
#if defined(MARGINGATE_SOURCE_DIR)
  candidates.push_back(std::string(MARGINGATE_SOURCE_DIR) + "/" + name);
#endif
#if defined(MARGINGATE_INSTALL_DATA_DIR)
  candidates.push_back(std::string(MARGINGATE_INSTALL_DATA_DIR) + "/" + name);
#endif
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    candidates.push_back(
        (program.parent_path() / ".." / "share" / "margingate" / name).lexically_normal().string());
  }
  return candidates;
}

// Models that accounts may move to where nobody says which, the first that fits; else a second
// gate of the same, as when parameters change.
constexpr std::array<const char*, 3> second_models = {"cross", "portfolio", "deribit-standard"};

}  // namespace

LoadedParameters load_parameters(const std::string& directory, const std::string& model,
                                 const std::vector<std::string>& files) {
  LoadedParameters loaded;
  for (const std::string& file : files) {
    loaded.sets.push_back(io::read_parameter_file(file));
    loaded.hashes.push_back(file_hash(file));
    require_model(loaded.sets.back(), model, file);
  }
  if (!loaded.sets.empty()) return loaded;

  std::map<std::string, std::pair<models::ParameterSet, fs::path>> newest;  // by numeraire
  for (const fs::path& path : parameter_files_in(directory)) {
    models::ParameterSet set = io::read_parameter_file(path.string());
    if (set.model != model) continue;
    const std::string numeraire = models::required_numeraire(set);
    const auto at = newest.find(numeraire);
    if (at != newest.end() && at->second.first.date >= set.date) continue;
    newest.insert_or_assign(numeraire, std::pair(std::move(set), path));
  }
  if (newest.empty()) {
    throw std::runtime_error(
        fmt::format("{}: expected a parameter file of model {}", directory, model));
  }
  for (auto& [numeraire, found] : newest) {
    loaded.hashes.push_back(file_hash(found.second.string()));
    loaded.sets.push_back(std::move(found.first));
  }
  return loaded;
}

namespace {

// Sets of this model that count as the first ones do and cover the same kinds of contract.
LoadedParameters fitting_parameters(const std::string& directory, const std::string& model,
                                    const LoadedParameters& first) {
  LoadedParameters all = load_parameters(directory, model, {});
  LoadedParameters fitting;
  for (std::size_t i = 0; i < all.sets.size(); ++i) {
    const bool fits = std::any_of(first.sets.begin(), first.sets.end(), [&](const auto& one) {
      return models::may_move_between(one, all.sets[i]);
    });
    if (!fits) continue;
    fitting.sets.push_back(std::move(all.sets[i]));
    fitting.hashes.push_back(all.hashes[i]);
  }
  return fitting;
}

}  // namespace

LoadedParameters load_second_parameters(RunOptions& options, const LoadedParameters& first) {
  if (options.second_model == no_second_model) return {};
  if (!options.second_model.empty()) {
    LoadedParameters asked =
        fitting_parameters(options.params_directory, options.second_model, first);
    if (!asked.sets.empty()) return asked;
    throw std::runtime_error(
        fmt::format("no account can move between {} and {}: expected models that count in the "
                    "same money and cover the same kinds of contract",
                    options.model, options.second_model));
  }
  options.second_model = no_second_model;
  if (!options.audits) return {};
  std::vector<std::string> models;
  for (const char* model : second_models) {
    if (options.model != model) models.emplace_back(model);
  }
  models.push_back(options.model);
  for (const std::string& model : models) {
    LoadedParameters found = fitting_parameters(options.params_directory, model, first);
    if (found.sets.empty()) continue;
    options.second_model = model;
    return found;
  }
  return {};
}

LoadedParameters both(LoadedParameters first, const LoadedParameters& second) {
  first.sets.insert(first.sets.end(), second.sets.begin(), second.sets.end());
  first.hashes.insert(first.hashes.end(), second.hashes.begin(), second.hashes.end());
  return first;
}

std::uint64_t file_hash(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(fmt::format("{}: cannot be opened", path));
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return XXH64(bytes.data(), bytes.size(), 0);
}

std::string find_directory(const std::string& given, const std::string& name) {
  const std::vector<std::string> candidates =
      given.empty() ? candidate_directories(name) : std::vector<std::string>{given};
  std::error_code error;
  for (const std::string& candidate : candidates) {
    if (fs::is_directory(candidate, error)) return candidate;
  }
  std::string tried;
  for (const std::string& candidate : candidates) tried += "\n  " + candidate;
  throw std::runtime_error(fmt::format("no directory {}; looked at:{}", name, tried));
}

}  // namespace margingate::run
