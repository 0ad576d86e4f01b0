// The plots of a kept result, as SVG files.
#pragma once

#include <string>
#include <vector>

#include "report/bench_results.hpp"

namespace margingate::bench {

// Writes what the result has figures for; returns the files written.
std::vector<std::string> write_plots(const BenchResults& results, const std::string& directory);

}  // namespace margingate::bench
