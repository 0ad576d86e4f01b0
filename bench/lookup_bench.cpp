// What does finding one of a million things cost: by dense id, in the gate's open addressing, and
// in the standard hash map? One search after the other, in random order.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory_resource>
#include <string>
#include <unordered_map>
#include <vector>

#include "gate/leg_table.hpp"
#include "margingate/mimalloc_resource.hpp"
#include "support/measure.hpp"
#include "support/workload.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::uint32_t ids = 1'000'000;
constexpr std::uint32_t instrument = 7;
constexpr std::size_t batch = 1'024;

struct Tables {
  std::vector<LegEntry> dense;
  LegTable open;
  std::unordered_map<std::uint64_t, LegEntry> map;
  std::vector<std::uint32_t> stream;  // a power of two

  static std::uint64_t key(std::uint32_t id) { return std::uint64_t{id} << 32 | instrument; }

  Tables() : dense(ids), open(ids, ids, mimalloc_resource()) {
    map.reserve(ids);
    for (std::uint32_t id = 0; id < ids; ++id) {
      dense[id].state.net = id;
      open[open.find_or_insert(id, instrument)].state.net = id;
      map[key(id)].state.net = id;
    }
    Random random(3);
    for (std::size_t i = 0; i < std::size_t{1} << 18; ++i) {
      stream.push_back(static_cast<std::uint32_t>(random.below(ids)));
    }
    for (const std::uint32_t id : stream) {
      require(by_dense(id) == id && by_open(id) == id && by_map(id) == id, "a search went wrong");
    }
  }
  [[nodiscard]] std::int64_t by_dense(std::uint32_t id) const { return dense[id].state.net; }
  [[nodiscard]] std::int64_t by_open(std::uint32_t id) const {
    return open[open.find(id, instrument)].state.net;
  }
  [[nodiscard]] std::int64_t by_map(std::uint32_t id) const {
    return map.find(key(id))->second.state.net;
  }
};

template <std::int64_t (Tables::*Find)(std::uint32_t) const>
struct Search {
  const Tables* tables;
  std::size_t at;
  void operator()(std::size_t) {
    const std::uint32_t id = tables->stream[at++ & (tables->stream.size() - 1)];
    benchmark::DoNotOptimize((tables->*Find)(id));
    serialize();
  }
};

template <std::int64_t (Tables::*Find)(std::uint32_t) const>
void add_ratio(const std::string& name, double at_least) {
  add_case("ratio/lookup/ids:1000000/" + name + "/unordered_map", [=](benchmark::State& state) {
    static const Tables tables;
    run_pairs(state, {0.0, at_least}, Timed{batch, Search<Find>{&tables, 0}},
              Timed{batch, Search<&Tables::by_map>{&tables, tables.stream.size() / 2}}, [] {});
  });
}

}  // namespace

int main(int argc, char** argv) {
  add_ratio<&Tables::by_dense>("dense", 6.0);
  add_ratio<&Tables::by_open>("open_addressing", 1.8);
  return run_cases(argc, argv);
}
