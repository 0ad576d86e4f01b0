// One run from opening to report.
#pragma once

#include "run/run_options.hpp"
#include "run/run_report.hpp"
#include "run/session.hpp"
#include "run/universe.hpp"

namespace margingate::run {

// Throws std::runtime_error when the session cannot be built or the record cannot be written.
RunReport simulate(const RunOptions& options, const Universe& universe);

// What a run allows its gates; replay builds the same.
SessionLimits session_limits(const RunOptions& options);

}  // namespace margingate::run
