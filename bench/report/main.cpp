// Turns reports of the benchmarks into one kept result, one table, and plots.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "report/bench_results.hpp"
#include "report/plots.hpp"
#include "report/table.hpp"

namespace {

using namespace margingate::bench;
using nlohmann::json;

int usage() {
  std::fputs(
      "usage: bench_report keep RESULT KEY=VALUE... -- REPORT...   one file of many reports\n"
      "       bench_report table RESULT                            the table of gates\n"
      "       bench_report plot RESULT DIRECTORY                   SVG plots\n",
      stderr);
  return 2;
}

void keep(const std::vector<std::string>& arguments) {
  json kept;
  std::size_t i = 2;
  for (; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::size_t equals = arguments[i].find('=');
    kept[arguments[i].substr(0, equals)] = arguments[i].substr(equals + 1);
  }
  for (++i; i < arguments.size(); ++i) {
    kept["reports"][std::filesystem::path(arguments[i]).stem().string()] = read_json(arguments[i]);
  }
  std::ofstream file(arguments[1]);
  file << kept.dump(1) << '\n';
  if (!file) throw std::runtime_error("cannot write " + arguments[1]);
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return usage();
  if (arguments[0] == "keep" && arguments.size() > 3) {
    keep(arguments);
  } else if (arguments[0] == "table") {
    const BenchResults results = read_results(read_json(arguments[1]));
    std::fputs(table(results).c_str(), stdout);
    std::printf("%d missed\n", missed(results));
  } else if (arguments[0] == "plot" && arguments.size() == 3) {
    std::filesystem::create_directories(arguments[2]);
    for (const std::string& file :
         write_plots(read_results(read_json(arguments[1])), arguments[2])) {
      std::printf("wrote %s\n", file.c_str());
    }
  } else {
    return usage();
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_report: %s\n", error.what());
    return 1;
  }
}
