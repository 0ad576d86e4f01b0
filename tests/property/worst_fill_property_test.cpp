// MR-12: with orders working, every risk unit is charged as in the worst of all 2^n ways in which
// they may fill. Each part of the requirement is that exactly by itself, all of them together are
// at least that. By how much: charge_bounds_test.cpp.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "reference/reference_requirement.hpp"

namespace margingate::reference {
namespace {

constexpr AssetId dollars{0};
constexpr AssetId coins{1};
constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr Timestamp clock{1'700'000'000'000'000'000};
constexpr std::size_t orders_max = 10;
constexpr std::size_t unit_count = 2;
constexpr int books_per_case = 10;

struct Order {
  std::size_t leg = 0;
  std::int64_t quantity = 0;  // signed, buys positive
};

struct Book {
  GateConfig config;
  Market surface;
  Price table_spot;
  Price live_spot;
  std::vector<std::int64_t> positions;  // one per instrument
  std::vector<Order> orders;

  [[nodiscard]] ReferenceMarket market() const {
    return {&config, &surface, clock, {table_spot}, {live_spot}, {}};
  }
};

// low <= result < high. At full size always: small cases come from small counts.
template <class T>
T in_range(T low, T high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

// low .. high in steps fine enough not to matter.
double real(double low, double high) { return low + (high - low) * (in_range(0, 1'000'001) / 1e6); }

Scenario random_scenario() {
  Scenario scenario;
  scenario.price_move = real(-0.7, 1.5);
  scenario.volatility.relative = real(-0.6, 1.0);
  scenario.volatility.short_power = real(0.0, 0.5);
  scenario.weight = *rc::gen::element(1.0, 1.0, 0.35, -0.5);
  scenario.deductible_quote = *rc::gen::element(0.0, 0.0, 5'000.0);
  return scenario;
}

ExposureCharge random_exposure() {
  ExposureCharge charge;
  using Kinds = std::vector<std::uint8_t>;
  charge.kinds = *rc::gen::element(Kinds{0, 1, 2, 3}, Kinds{3}, Kinds{1, 2});
  charge.long_rate = real(0.0, 0.01);
  charge.short_rate = real(0.0, 0.02);
  charge.long_mark_rate = *rc::gen::element(0.0, 0.5);
  charge.short_otm_base = *rc::gen::element(0.0, 0.15);
  charge.short_otm_minimum = *rc::gen::element(0.0, 0.1);
  return charge;
}

double random_share() { return *rc::gen::element(1.0, 0.0, real(0.0, 1.0)); }

Reducer random_reducer() {
  const auto kind =
      *rc::gen::element(ReducerKind::worst, ReducerKind::quantile, ReducerKind::tail_mean);
  return {kind, real(0.0, 0.999)};
}

// Several sets of scenarios, the last of any length.
ScenarioParts random_parts(std::size_t& count) {
  ScenarioParts parts;
  if (*rc::gen::element(false, false, true)) return parts;
  const auto more = in_range<std::uint32_t>(1, 4);
  for (std::uint32_t i = 0; i < more; ++i) parts.parts.push_back({8, random_reducer(), 0.25});
  parts.parts.push_back({static_cast<std::uint32_t>(count), random_reducer(), 0.25});
  parts.together = *rc::gen::element(PartsTogether::sum, PartsTogether::largest);
  count += 8 * more;
  return parts;
}

// Units that share their losses have the same number of scenarios, and leave the rest to the pool.
void pool_units(GateConfig& config) {
  ScanPool pool;
  auto count = in_range<std::size_t>(1, 9);
  pool.parts = random_parts(count);
  for (std::size_t u = 0; u < unit_count; ++u) {
    ScanRisk& scan = config.model.units[u].scan;
    scan = {};
    scan.alternatives = in_range<std::uint32_t>(1, 4);
    scan.at_least_zero = *rc::gen::element(false, false, true);
    for (std::size_t s = 0; s < count * scan.alternatives; ++s) {
      scan.scenarios.push_back(random_scenario());
      scan.scenarios.back().deductible_quote = 0.0;
    }
    const auto unit = static_cast<std::uint32_t>(u);
    if (pool.groups.empty() || *rc::gen::arbitrary<bool>()) {
      pool.groups.push_back({{}, random_share()});
    }
    pool.groups.back().units.push_back({unit});
  }
  pool.gain_share = random_share();
  if (pool.parts.parts.empty()) pool.reducer = random_reducer();
  pool.rounding_decimals = in_range(-1, config.money_decimals);
  config.model.pools = {pool};
}

// Another reducer, or alternatives, for a unit by itself.
void vary_scan(ScanRisk& scan) {
  scan.reducer = random_reducer();
  scan.alternatives = in_range<std::uint32_t>(1, 4);
  scan.at_least_zero = *rc::gen::element(false, false, true);
  while (scan.scenarios.size() % scan.alternatives != 0)
    scan.scenarios.push_back(random_scenario());
  if (scan.reducer.kind == ReducerKind::worst) return;
  for (Scenario& scenario : scan.scenarios) scenario.deductible_quote = 0.0;
}

RiskUnitModel random_model(int money_decimals) {
  RiskUnitModel model;
  const auto scenario_count = in_range<std::size_t>(1, 9);
  for (std::size_t s = 0; s < scenario_count; ++s) {
    model.scan.scenarios.push_back(random_scenario());
  }
  model.scan.rounding_decimals = in_range(-1, money_decimals);
  model.expiry_delta = {real(0.0, 0.01), real(0.0, 0.3)};
  model.delta_shock = {real(0.0, 1e-3), real(0.0, 5e5), real(0.0, 0.5)};
  model.added = {random_exposure(), random_exposure()};
  model.floor = {random_exposure()};
  model.delta_decay_minutes = *rc::gen::element(0.0, 4320.0);
  return model;
}

Instrument random_instrument(bool is_coin) {
  Instrument instrument;
  instrument.risk_unit = {in_range<std::uint32_t>(0, unit_count)};
  instrument.kind =
      *rc::gen::element(InstrumentKind::spot, InstrumentKind::perpetual, InstrumentKind::future,
                        InstrumentKind::option, InstrumentKind::option, InstrumentKind::option);
  const bool is_inverse = is_coin || *rc::gen::arbitrary<bool>();
  instrument.payoff = is_inverse ? Payoff::inverse : Payoff::linear;
  if (instrument.kind == InstrumentKind::spot && !is_coin) instrument.payoff = Payoff::linear;
  instrument.option_type = *rc::gen::element(OptionType::call, OptionType::put);
  instrument.settlement_asset = is_inverse ? coins : dollars;
  const bool is_size_in_dollars =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  instrument.contract_size = is_size_in_dollars ? 1'000.0 : 0.1;
  instrument.lots_per_contract = *rc::gen::element(1, 10);
  instrument.strike = real(25'000.0, 100'000.0);
  // Few dates, so that legs share them.
  instrument.expiry = clock + Duration{day_ns * *rc::gen::element<std::int64_t>(1, 7, 90)};
  return instrument;
}

void add_instruments(Book& book, bool is_coin) {
  const auto count = in_range<std::size_t>(1, 7);
  for (std::size_t i = 0; i < count; ++i) {
    book.config.instruments.push_back(random_instrument(is_coin));
    book.surface.quotes.push_back({real(45'000.0, 55'000.0), real(0.1, 1.5)});
    book.positions.push_back(in_range(-50, 51));
  }
}

// Some contracts have their losses given, and need no volatility then.
void deliver_some(Book& book) {
  for (std::uint32_t i = 0; i < book.config.instruments.size(); ++i) {
    if (*rc::gen::arbitrary<bool>()) continue;
    const Instrument& instrument = book.config.instruments[i];
    DeliveredRow row{{i}};
    const auto& unit = book.config.model.units[instrument.risk_unit.value];
    for (std::size_t s = 0; s < unit.scan.scenarios.size(); ++s) {
      row.losses_quote.push_back(real(-2'000.0, 2'000.0));
    }
    if (instrument.kind == InstrumentKind::option) {
      row.value_quote = real(0.0, 500.0);
      book.surface.quotes[i] = {};
    }
    row.delta_quote = real(-5'000.0, 5'000.0);
    row.expiry_delta_quote = real(-5'000.0, 5'000.0);
    book.config.model.delivered.push_back(row);
  }
}

void add_orders(Book& book) {
  const auto count = in_range<std::size_t>(0, orders_max + 1);
  for (std::size_t i = 0; i < count; ++i) {
    Order order;
    order.leg = in_range<std::size_t>(0, book.positions.size());
    order.quantity = in_range(1, 61) * *rc::gen::element(-1, 1);
    book.orders.push_back(order);
  }
}

Book random_book() {
  Book book;
  const bool is_coin = *rc::gen::arbitrary<bool>();
  book.config.numeraire = is_coin ? coins : dollars;
  book.config.money_decimals = is_coin ? 8 : 4;
  book.config.price_decimals = 2;
  book.config.assets.resize(2);
  book.config.underlyings = {{coins, 50'000.0}};
  for (std::size_t u = 0; u < unit_count; ++u) {
    book.config.model.units.push_back(random_model(book.config.money_decimals));
  }
  const auto shape = in_range(0, 3);
  if (shape == 1) {
    for (RiskUnitModel& unit : book.config.model.units) vary_scan(unit.scan);
  }
  if (shape == 2) {
    pool_units(book.config);
  } else {
    book.config.model.credits = {{RiskUnitId{0}, RiskUnitId{1}, real(0.0, 1.0)}};
  }
  book.surface.as_of = clock;
  book.surface.spots = {50'000.0};
  book.table_spot = {in_range(4'900'000, 5'100'001)};
  book.live_spot = {in_range(4'900'000, 5'100'001)};
  add_instruments(book, is_coin);
  if (!is_coin && *rc::gen::arbitrary<bool>()) deliver_some(book);
  add_orders(book);
  return book;
}

ReferenceAccount positions_only(const Book& book) {
  ReferenceAccount account;
  for (std::size_t i = 0; i < book.positions.size(); ++i) {
    account.legs.push_back({{static_cast<std::uint32_t>(i)}, book.positions[i], 0, 0, {}});
  }
  return account;
}

ReferenceAccount with_orders_working(const Book& book) {
  ReferenceAccount account = positions_only(book);
  for (const Order& order : book.orders) {
    ReferenceLeg& leg = account.legs[order.leg];
    (order.quantity > 0 ? leg.working_buys : leg.working_sells) += std::abs(order.quantity);
  }
  return account;
}

// Bit i of `filled` says that order i has traded completely; no order works any more.
ReferenceAccount with_orders_filled(const Book& book, std::size_t filled) {
  ReferenceAccount account = positions_only(book);
  for (std::size_t i = 0; i < book.orders.size(); ++i) {
    if ((filled >> i & 1U) != 0) account.legs[book.orders[i].leg].net += book.orders[i].quantity;
  }
  return account;
}

// The worst of all ways to fill, each amount by itself.
struct WorstUnit {
  std::int64_t scan_risk = 0;
  std::int64_t expiry_delta = 0;
  std::int64_t delta_shock = 0;
  std::int64_t added = 0;
  std::int64_t floor = 0;
  std::int64_t total = 0;
  std::int64_t delta_lo = INT64_MAX;
  std::int64_t delta_hi = INT64_MIN;
};

struct WorstFill {
  std::vector<WorstUnit> units = std::vector<WorstUnit>(unit_count);
  std::int64_t pool_scan_risk = 0;
  std::int64_t pool_total = 0;
  std::int64_t initial_margin = 0;
};

void take_worse(const ReferenceUnit& unit, WorstUnit& worst) {
  worst.scan_risk = std::max(worst.scan_risk, unit.scan_risk);
  worst.expiry_delta = std::max(worst.expiry_delta, unit.expiry_delta);
  worst.delta_shock = std::max(worst.delta_shock, unit.delta_shock);
  worst.added = std::max(worst.added, unit.added);
  worst.floor = std::max(worst.floor, unit.floor);
  worst.total = std::max(worst.total, unit.total);
  worst.delta_lo = std::min(worst.delta_lo, unit.delta_lo);
  worst.delta_hi = std::max(worst.delta_hi, unit.delta_hi);
}

WorstFill worst_of_all_fills(const Book& book, const ReferenceMarket& market,
                             std::span<const ReferenceRow> rows) {
  WorstFill worst;
  for (std::size_t filled = 0; filled < std::size_t{1} << book.orders.size(); ++filled) {
    const auto margin = reference_margin(market, with_orders_filled(book, filled), rows);
    for (std::size_t u = 0; u < unit_count; ++u) take_worse(margin.units[u], worst.units[u]);
    for (const ReferencePool& pool : margin.pools) {
      worst.pool_scan_risk = std::max(worst.pool_scan_risk, pool.scan_risk);
      worst.pool_total = std::max(worst.pool_total, pool.total);
    }
    worst.initial_margin = std::max(worst.initial_margin, margin.initial_margin.value);
  }
  return worst;
}

// The worst loss is exact: some fill has it. Other amounts of a tail, and losses whose fills need
// not be the same in every scenario, are bounds.
void expect_bound(const ReferenceUnit& unit, const WorstUnit& worst, bool is_exact) {
  RC_ASSERT(unit.scan_risk >= worst.scan_risk);
  RC_ASSERT(!is_exact || unit.scan_risk == worst.scan_risk);
  RC_ASSERT(unit.expiry_delta == worst.expiry_delta);
  RC_ASSERT(unit.delta_lo == worst.delta_lo);
  RC_ASSERT(unit.delta_hi == worst.delta_hi);
  RC_ASSERT(unit.delta_shock == worst.delta_shock);
  RC_ASSERT(unit.added == worst.added);
  RC_ASSERT(unit.floor == worst.floor);
  RC_ASSERT(unit.total >= worst.total);
}

// MR-12, MR-16, MR-17, MR-18, MR-19, MR-21, MR-22, MR-23.
RC_GTEST_PROP(WorstFill, TakesTheMaximumOverAllSubsetsOfFills, ()) {
  for (int i = 0; i < books_per_case; ++i) {
    const Book book = random_book();
    const ReferenceMarket market = book.market();
    const ReferenceAccount working = with_orders_working(book);
    const auto rows = reference_rows(market, working);
    const ReferenceMargin margin = reference_margin(market, working, rows);
    RC_ASSERT(margin.reason == Reason::accepted);
    const WorstFill worst = worst_of_all_fills(book, market, rows);
    const MarginModel& model = book.config.model;
    for (std::size_t u = 0; u < unit_count; ++u) {
      const bool is_exact = model.units[u].scan.reducer.kind == ReducerKind::worst;
      expect_bound(margin.units[u], worst.units[u], is_exact);
    }
    for (const ReferencePool& pool : margin.pools) {
      RC_ASSERT(pool.scan_risk >= worst.pool_scan_risk);
      RC_ASSERT(pool.total >= worst.pool_total);
      // Worst losses of several parts need not come from the same fills.
      const bool is_exact =
          model.pools[0].reducer.kind == ReducerKind::worst && model.pools[0].parts.parts.empty();
      RC_ASSERT(!is_exact || pool.scan_risk == worst.pool_scan_risk);
    }
    RC_ASSERT(margin.initial_margin.value >= worst.initial_margin);
  }
}

// MR-12: partial fills are no worse than complete ones.
RC_GTEST_PROP(WorstFill, KeepsTheBoundForPartialFills, ()) {
  const Book book = random_book();
  const ReferenceMarket market = book.market();
  const ReferenceAccount working = with_orders_working(book);
  const auto rows = reference_rows(market, working);
  ReferenceAccount filled = positions_only(book);
  for (const Order& order : book.orders) {
    const auto part = in_range<std::int64_t>(0, std::abs(order.quantity) + 1);
    filled.legs[order.leg].net += order.quantity > 0 ? part : -part;
  }
  const ReferenceMargin bound = reference_margin(market, working, rows);
  const ReferenceMargin after = reference_margin(market, filled, rows);
  for (std::size_t u = 0; u < unit_count; ++u) {
    const auto& losses = after.units[u].losses;
    for (std::size_t s = 0; s < losses.size(); ++s) {
      RC_ASSERT(losses[s] <= bound.units[u].losses[s]);
    }
  }
  RC_ASSERT(after.initial_margin <= bound.initial_margin);
  // Positions alone are charged the same under both names.
  RC_ASSERT(after.initial_margin == after.maintenance_margin);
}

}  // namespace
}  // namespace margingate::reference
