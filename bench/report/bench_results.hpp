// What a run of the benchmarks found: Google Benchmark reports and that of the open loop, read
// back.
//
// Shape    one Figure per case that gives a number, one Ratio per case that is held against a gate,
//          one Tail per distribution.
// Units    nanoseconds unless a name says otherwise.
// Sign     non-negative.
// Range    none.
// Errors   std::runtime_error names the file that cannot be read.
// Threads  values.
// Cost     reads and parses files.
// Source   tools/bench.sh writes them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace margingate::bench {

struct Ratio {
  std::string name;
  double figure = 0.0;
  double baseline = 0.0;
  double value = 0.0;
  double low_quartile = 0.0;
  double high_quartile = 0.0;
  double gate = 0.0;
  bool is_ceiling = true;  // must not pass the gate; otherwise must reach it
  double stolen_percent = 0.0;
  bool needs_two_cores = false;
};

// A claim that nothing differs.
struct Equality {
  std::string name;
  double compared = 0.0;
  double different = 0.0;
};

enum class Outcome { holds, missed, inconclusive };
[[nodiscard]] Outcome outcome(const Ratio& ratio);
[[nodiscard]] std::string to_string(Outcome outcome);

struct BenchResults {
  std::vector<Ratio> ratios;
  std::vector<Equality> equalities;
  std::map<std::string, double> figures;  // by case: its counter ns, or ns_per_price
  nlohmann::json tails = nlohmann::json::array();
  nlohmann::json header;  // commit, processor, compiler
};

// reports: by name, as in a kept result.
[[nodiscard]] BenchResults read_results(const nlohmann::json& kept);
[[nodiscard]] nlohmann::json read_json(const std::string& path);

}  // namespace margingate::bench
