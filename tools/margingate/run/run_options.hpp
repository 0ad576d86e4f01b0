// What a run was asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/parameter_set.hpp"

namespace margingate::run {

struct RunOptions {
  std::uint32_t accounts = 1'000;
  std::uint64_t orders = 200'000;
  std::uint64_t seed = 1;
  std::string model = "portfolio";
  std::vector<std::string> parameter_files;  // empty: those of the model in the params directory
  bool is_deterministic = false;
  bool audits = false;
  bool has_controls = false;  // limits in a hierarchy, and a desk that steers them
  // A gate of this model beside, to move accounts to and back; empty: one that fits when audited.
  std::string second_model;
  bool is_json = false;
  bool is_quiet = false;
  bool compares_models = true;
  std::string record_path;  // empty: nothing is recorded
  std::string data_directory;
  std::string params_directory;
};

inline constexpr std::uint32_t accounts_most = 1'000'000;
inline constexpr std::uint64_t orders_most = 100'000'000;

struct LoadedParameters {
  std::vector<models::ParameterSet> sets;
  std::vector<std::uint64_t> hashes;  // XXH64 of each file
};

// The sets of a model: the given files, or for each coin the model counts in, and once where it
// takes the market's numeraire, the newest in the directory. Throws std::runtime_error.
LoadedParameters load_parameters(const std::string& directory, const std::string& model,
                                 const std::vector<std::string>& files);

inline constexpr const char* no_second_model = "none";

// Sets of the model that accounts may move to, which may be none; `options.second_model` names it
// afterwards. Throws std::runtime_error when the one asked for has nothing that fits.
LoadedParameters load_second_parameters(RunOptions& options, const LoadedParameters& first);

// Of all gates of a session.
LoadedParameters both(LoadedParameters first, const LoadedParameters& second);

// XXH64 of a whole file. Throws std::runtime_error.
std::uint64_t file_hash(const std::string& path);

// The given directory, else the one in the source tree, the installed one, or the one beside the
// program. Throws std::runtime_error when there is none.
std::string find_directory(const std::string& given, const std::string& name);

}  // namespace margingate::run
