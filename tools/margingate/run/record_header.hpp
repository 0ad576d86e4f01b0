// What a record says about the session it came from, enough to build the same one.
#pragma once

#include <string>

#include "run/run_options.hpp"
#include "run/universe.hpp"

namespace margingate::run {

std::string record_header(const RunOptions& options, const Universe& universe,
                          const LoadedParameters& parameters);

// Options of the run that made the record. Throws std::runtime_error when the header is no
// header of this program.
RunOptions read_record_header(const std::string& header);

// Throws std::runtime_error naming the first data file or parameter set that is another one now.
void check_record_header(const std::string& header, const Universe& universe,
                         const LoadedParameters& parameters);

}  // namespace margingate::run
