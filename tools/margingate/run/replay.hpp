// Repeats a recorded run and compares its verdicts.
#pragma once

#include <cstdint>
#include <string>

#include "run/run_options.hpp"
#include "run/universe.hpp"

namespace margingate::run {

struct ReplayReport {
  RunOptions options;
  std::string header;
  std::uint64_t entries = 0;
  std::uint64_t decisions = 0;
  std::uint64_t tables = 0;
  std::uint64_t adoptions = 0;
  std::uint64_t decisions_recorded = 0;
  std::uint64_t hash = 0;
  std::uint64_t hash_recorded = 0;
  double wall_seconds = 0.0;
  std::string difference;  // empty: everything went as recorded

  [[nodiscard]] bool passed() const noexcept {
    return difference.empty() && hash == hash_recorded && decisions == decisions_recorded;
  }
};

struct ReplayInputs {
  std::string record_path;
  std::string data_directory;
  std::string params_directory;
  bool is_quiet = false;
};

// Throws RecordError or std::runtime_error for a record that cannot be read or repeated here.
ReplayReport replay(const ReplayInputs& inputs, const Universe& universe);

}  // namespace margingate::run
