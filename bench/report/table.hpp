// The table of a run: name, figure, baseline, ratio, gate, verdict.
#pragma once

#include <string>

#include "report/bench_results.hpp"

namespace margingate::bench {

[[nodiscard]] std::string table(const BenchResults& results);

// How many gates are missed and equalities broken.
[[nodiscard]] int missed(const BenchResults& results);

}  // namespace margingate::bench
