// What does a published table cost beyond its prices? Tables are built for the listed market and
// held against the pricing kernel alone on the same lanes; then accounts are handed over under a
// new table.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "margin/row_builder.hpp"
#include "margin/row_builder_lanes.hpp"
#include "support/loaded_gate.hpp"
#include "support/measure.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t part_rows = 200;

// One gate's terms as the revaluer sees them, without the gate.
struct TableBuild {
  io::GateSetup setup;
  std::vector<scenario::RiskUnitTerms> units;
  std::vector<scenario::InstrumentTerms> instruments;
  std::vector<margin::PricingInputs> inputs;
  std::vector<margin::RiskRow> rows;
  std::vector<std::int32_t> lanes;
  margin::RowSettings settings;
  margin::RowScratch scratch;
  std::size_t prices = 0;  // scenarios of all options

  // Options of the market are repeated until there are `count`; scenarios are cut or repeated.
  TableBuild(io::GateSetup source, std::size_t count, std::size_t scenarios);

  // Rows first .. first + count - 1.
  [[nodiscard]] std::int64_t build(std::size_t first_row, std::size_t count) {
    for (std::size_t i = first_row; i < first_row + count; ++i) {
      std::int32_t* const first = lanes.data() + i * 3 * scenario::lanes_max;
      const scenario::RiskUnitTerms& unit = units[instruments[i].risk_unit];
      const double spot = setup.market.spots[unit.underlying];
      const InstrumentQuote& quote = setup.market.quotes[quote_of[i]];
      inputs[i] = margin::prepare_pricing(instruments[i], unit, quote, spot, spot,
                                          setup.market.as_of, scratch.stretch);
      margin::build_row(
          instruments[i], unit, inputs[i], spot, 1.0, settings, margin::RowUse::published, scratch,
          {first, first + scenario::lanes_max, first + 2 * scenario::lanes_max}, rows[i]);
    }
    return rows[first_row].value;
  }

  // As many prices of the grid alone, option by option: shocked, with delta and gamma.
  [[nodiscard]] double price(std::size_t first_row, std::size_t count) {
    scratch.priced = {};
    double sum = 0.0;
    for (std::size_t i = first_row; i < first_row + count; ++i) {
      const scenario::InstrumentTerms& instrument = instruments[i];
      const scenario::ScenarioLanes& grid = units[instrument.risk_unit].lanes;
      settings.lanes->shock(grid, inputs[i], inputs[i].forward, instrument.strike, scratch);
      settings.kernel(
          lanes_of(grid), instrument.strike, instrument.is_call, settings.band,
          {scratch.call_value.data(), scratch.call_delta.data(), scratch.gamma_max.data()});
      sum += scratch.call_value[0];
    }
    return sum;
  }

  // The same, a call and a put of one strike at once: what building does.
  [[nodiscard]] double price_pairs(std::size_t first_row, std::size_t count) {
    scratch.priced = {};
    double sum = 0.0;
    for (std::size_t i = first_row; i < first_row + count; i += 2) {
      const scenario::InstrumentTerms& instrument = instruments[i];
      const scenario::ScenarioLanes& grid = units[instrument.risk_unit].lanes;
      settings.lanes->shock(grid, inputs[i], inputs[i].forward, instrument.strike, scratch);
      settings.pair_kernel(
          lanes_of(grid), instrument.strike, settings.band,
          {scratch.call_value.data(), scratch.call_delta.data(), scratch.put_value.data(),
           scratch.put_delta.data(), scratch.gamma_max.data()});
      sum += scratch.call_value[0] + scratch.put_value[0];
    }
    return sum;
  }

  [[nodiscard]] pricing::Black76Lanes lanes_of(const scenario::ScenarioLanes& grid) const {
    return {grid.lane_count, scratch.forward.data(), scratch.log_moneyness.data(),
            scratch.total_volatility.data()};
  }

  std::vector<std::uint32_t> quote_of;
};

TableBuild::TableBuild(io::GateSetup source, std::size_t count, std::size_t scenarios)
    : setup(std::move(source)) {
  const GateConfig& config = setup.config;
  for (std::uint32_t u = 0; u < config.model.units.size(); ++u) {
    RiskUnitModel model = config.model.units[u];
    std::vector<Scenario>& list = model.scan.scenarios;
    const std::size_t own = list.size();
    while (list.size() < scenarios) list.push_back(list[list.size() - own]);
    list.resize(scenarios);
    const bool coin_form = config.underlyings[u].asset == config.numeraire;
    units.push_back(scenario::prepare_risk_unit(model, u, coin_form, config.money_decimals,
                                                config.model.unrealised_profit));
  }
  const auto total = static_cast<std::uint32_t>(config.instruments.size());
  for (std::uint32_t i = 0; instruments.size() < count; i = (i + 1) % total) {
    const Instrument& instrument = config.instruments[i];
    if (instrument.kind != InstrumentKind::option) continue;
    const double reference = config.underlyings[instrument.underlying.value].reference_price;
    instruments.push_back(
        scenario::prepare_instrument(instrument, units[instrument.risk_unit.value], reference,
                                     config.money_decimals, config.price_decimals));
    quote_of.push_back(i);
  }
  inputs.resize(count);
  rows.resize(count);
  lanes.resize(count * 3 * scenario::lanes_max);
  settings = {best_instruction_set(), config.drift_band, config.reducing_open_loss_rate_max};
  prices = count * scenarios;
  static_cast<void>(build(0, count));
  std::size_t priced = 0;
  for (const margin::RiskRow& row : rows) priced += row.status == Reason::accepted;
  require(priced * 10 >= count * 9, "most rows of the table have no price");
}

using Maker = std::function<io::GateSetup()>;

void add_table(const std::string& name, const Maker& make, std::size_t count,
               std::size_t scenarios) {
  const std::string size =
      name + "/options:" + std::to_string(count) + "/scenarios:" + std::to_string(scenarios);
  benchmark::RegisterBenchmark(("revaluation/build_table/" + size).c_str(),
                               [=](benchmark::State& state) {
                                 TableBuild table(make(), count, scenarios);
                                 std::int64_t checksum = 0;
                                 run_batches(
                                     state, 1,
                                     [&](std::size_t) { checksum = table.build(0, count); }, [] {});
                                 state.counters["ns_per_price"] =
                                     state.counters["ns"].value / static_cast<double>(table.prices);
                                 state.counters["checksum"] = static_cast<double>(checksum);
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
  using Pricing = double (TableBuild::*)(std::size_t, std::size_t);
  const auto against = [&](const std::string& baseline, Pricing pricing, double at_most) {
    add_case("ratio/reval_publish/" + size + "/" + baseline, [=](benchmark::State& state) {
      TableBuild table(make(), count, scenarios);
      // In parts, so that few of them meet an interruption; medians pass over those.
      std::size_t part = 0;
      const auto next = [&] { part = (part + part_rows) % (count - part_rows); };
      run_pairs(
          state, {at_most, 0.0},
          Timed{std::size_t{1},
                [&](std::size_t) { benchmark::DoNotOptimize(table.build(part, part_rows)); }},
          Timed{std::size_t{1},
                [&](std::size_t) { benchmark::DoNotOptimize((table.*pricing)(part, part_rows)); }},
          next);
      state.counters["figure_ns"].value /= static_cast<double>(part_rows);
      state.counters["baseline_ns"].value /= static_cast<double>(part_rows);
    });
  };
  against("price_grid", &TableBuild::price, 1.5);
  // Against pricing that shares as much as building does: what rounding and bounds cost.
  against("price_pairs", &TableBuild::price_pairs, 3.0);
}

// A new table is published and every account is summed under it, handed over and adopted.
void add_sweep(std::uint32_t accounts, std::uint32_t legs) {
  const std::string name = "revaluation/hand_over/accounts:" + std::to_string(accounts) +
                           "/legs:" + std::to_string(legs);
  benchmark::RegisterBenchmark(name.c_str(),
                               [=](benchmark::State& state) {
                                 LoadedGate book(portfolio_setup(), {accounts, legs, 0, 1.02, 1});
                                 book.publish_only();
                                 std::size_t adopted = 0;
                                 run_batches(
                                     state, 1, [&](std::size_t) { adopted = book.adopt_all(); },
                                     [&] { book.publish_only(); });
                                 require(adopted == accounts, "not every account was handed over");
                                 state.counters["ns_per_account"] =
                                     state.counters["ns"].value / static_cast<double>(accounts);
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  add_table("portfolio", portfolio_setup, 4'000, 60);
  add_table("portfolio", portfolio_setup, 1'900, 35);
  add_table("coin", coin_setup, 1'900, 35);
  add_sweep(1'000, 8);
  add_sweep(10'000, 8);
  return run_cases(argc, argv);
}
