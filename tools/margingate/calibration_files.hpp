// What every command that calibrates a parameter set reads and writes.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace margingate::tool {

struct CalibrationFiles {
  std::string pattern;  // a parameter file whose moves are replaced
  std::string data;     // daily closes
  std::string name;     // of the new set
  std::string output;   // empty: standard output
};

// The options of these files; `files` must outlive the command.
void add_calibration_files(CLI::App& command, CalibrationFiles& files);

}  // namespace margingate::tool
