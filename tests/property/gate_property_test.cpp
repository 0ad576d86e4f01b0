// MR-12 on the gate itself: with orders working it asks for the worst of all 2^n ways to fill them,
// to the last unit; giving orders up gives everything back; books scale and mirror as they should.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"
#include "support/gate_text.hpp"
#include "support/random.hpp"
#include "support/universe.hpp"

namespace margingate::testing {
namespace {

constexpr AccountId working{0};  // positions and working orders
constexpr AccountId filled{1};   // the same positions, some of the orders as positions
constexpr std::size_t orders_max = 10;

struct Trade {
  InstrumentId instrument;
  std::int64_t lots = 0;  // signed, never zero
};

// low <= result < high. At full size always: small cases come from small counts.
template <class T>
T in_range(T low, T high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

// A gate without charges whose spot stays where its table is.
struct World {
  Universe universe;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Revaluer> revaluer;

  std::int64_t scan_risk(AccountId account) {
    const MarginStatement statement = gate->statement(account);
    EXPECT_EQ(statement.reason, Reason::accepted);
    std::int64_t sum = 0;
    for (const RiskUnitStatement& unit : statement.risk_units) sum += unit.scan_risk.value;
    EXPECT_EQ(sum, statement.initial_margin.value);
    return sum;
  }
  Price price_of(InstrumentId id) const {
    const Instrument& i = universe.config.instruments[id.value];
    const std::int64_t spot = universe.spots[i.underlying.value].value;
    if (i.kind != InstrumentKind::option) return {spot};
    return {i.payoff == Payoff::inverse ? 5'000'000 : spot / 20};
  }
  void transfer(AccountId account, const Trade& trade) {
    const Reason reason = gate->apply(
        PositionTransfer{account, trade.instrument, {trade.lots}, price_of(trade.instrument)});
    RC_ASSERT(reason == Reason::accepted);
  }
  Verdict reserve(AccountId account, const Trade& trade) {
    return gate->reserve({account,
                          trade.instrument,
                          trade.lots > 0 ? Side::buy : Side::sell,
                          {std::abs(trade.lots)},
                          price_of(trade.instrument),
                          universe_start});
  }
  // Back to flat: what works is cancelled, what is held is given away.
  void clear(AccountId account) {
    for (const Gate::Leg& leg : gate->legs(account)) {
      if (leg.net_quantity.value != 0) {
        transfer(account, {leg.instrument, -leg.net_quantity.value});
      }
    }
  }
};

World make_world(bool charges) {
  World world;
  Random random(in_range<std::uint64_t>(0, 1'000'000));
  UniverseOptions options;
  options.numeraire = *rc::gen::element(Numeraire::quote, Numeraire::coin);
  options.charges = charges;
  options.options_per_underlying = 8;
  world.universe = make_universe(random, options);
  world.universe.config.limits.accounts_max = 4;
  world.gate = Gate::create(world.universe.config).gate;
  RC_ASSERT(world.gate != nullptr);
  world.revaluer = std::make_unique<Revaluer>(*world.gate);
  RC_ASSERT(world.revaluer->update_surface(world.universe.surface));
  for (std::uint32_t u = 0; u < world.universe.spots.size(); ++u) {
    const SpotTick tick{{u}, world.universe.spots[u], universe_start};
    RC_ASSERT(world.gate->apply(tick) == Reason::accepted);
  }
  static_cast<void>(world.revaluer->run_once());
  world.gate->poll();
  RC_ASSERT(world.gate->newest_epoch() == 1);
  // Enough for anything, so that every order is accepted.
  for (std::uint32_t a = 0; a < 4; ++a) {
    const AssetId money = world.universe.config.numeraire;
    const Money fortune{std::int64_t{1} << 58};
    RC_ASSERT(world.gate->apply(CashMovement{{a}, money, fortune}) == Reason::accepted);
  }
  return world;
}

// Few instruments, so that orders meet on one leg.
std::vector<Trade> random_trades(const World& world, std::size_t count) {
  const std::size_t instruments = world.universe.config.instruments.size();
  std::vector<InstrumentId> some;
  for (int i = 0; i < 4; ++i) {
    some.push_back({static_cast<std::uint32_t>(in_range<std::size_t>(0, instruments))});
  }
  std::vector<Trade> trades;
  for (std::size_t i = 0; i < count; ++i) {
    Trade trade;
    trade.instrument = some[in_range<std::size_t>(0, some.size())];
    trade.lots = in_range<std::int64_t>(1, 2'000) * *rc::gen::element(-1, 1);
    trades.push_back(trade);
  }
  return trades;
}

RC_GTEST_PROP(GateWorstFill, IsTheMaximumOverAllSubsetsOfFills, ()) {
  World world = make_world(false);
  const auto positions = random_trades(world, in_range<std::size_t>(0, 6));
  const auto orders = random_trades(world, in_range<std::size_t>(0, orders_max + 1));
  for (const Trade& trade : positions) world.transfer(working, trade);
  Verdict last;
  for (const Trade& trade : orders) {
    last = world.reserve(working, trade);
    RC_ASSERT(last.accepted());
    RC_ASSERT(last.uncertainty.value == 0);
  }
  // Units need not be at their worst for the same fills, so each is compared by itself.
  const std::size_t units = world.universe.config.model.units.size();
  std::vector<std::int64_t> worst(units, 0);
  for (std::size_t subset = 0; subset < std::size_t{1} << orders.size(); ++subset) {
    for (const Trade& trade : positions) world.transfer(filled, trade);
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if ((subset >> i & 1U) != 0) world.transfer(filled, orders[i]);
    }
    for (const RiskUnitStatement& unit : world.gate->statement(filled).risk_units) {
      std::int64_t& so_far = worst[unit.risk_unit.value];
      so_far = std::max(so_far, unit.scan_risk.value);
    }
    world.clear(filled);
  }
  std::int64_t sum = 0;
  for (const RiskUnitStatement& unit : world.gate->statement(working).risk_units) {
    RC_ASSERT(unit.scan_risk.value == worst[unit.risk_unit.value]);
    sum += unit.scan_risk.value;
  }
  RC_ASSERT(sum == world.scan_risk(working));
  if (!orders.empty()) RC_ASSERT(last.requirement_after.value == sum);
}

// Whatever the charges, no fill of a working order raises the requirement by itself.
RC_GTEST_PROP(GateWorstFill, IsNeverExceededByAFill, ()) {
  World world = make_world(true);
  for (const Trade& trade : random_trades(world, 5)) world.transfer(working, trade);
  for (const Trade& trade : random_trades(world, in_range<std::size_t>(1, orders_max + 1))) {
    const Verdict verdict = world.reserve(working, trade);
    RC_ASSERT(verdict.accepted());
    const std::int64_t bound = world.gate->statement(working).initial_margin.value;
    const std::int64_t lots = std::abs(trade.lots);
    const std::int64_t part = in_range<std::int64_t>(1, lots + 1);
    const Price price = world.price_of(trade.instrument);
    RC_ASSERT(world.gate->apply(Fill{verdict.order, {part}, price}) == Reason::accepted);
    const std::int64_t after = world.gate->statement(working).initial_margin.value;
    RC_ASSERT(after <= bound);
    if (part < lots) RC_ASSERT(world.gate->release({verdict.order}) == Reason::accepted);
    RC_ASSERT(world.gate->statement(working).initial_margin.value <= after);
  }
}

RC_GTEST_PROP(GateRoundTrip, ReturnsToExactlyTheSameTotals, ()) {
  World world = make_world(true);
  for (const Trade& trade : random_trades(world, 5)) world.transfer(working, trade);
  const std::string before = account_text(*world.gate, working);
  std::vector<WorkingOrderHandle> handles;
  for (const Trade& trade : random_trades(world, in_range<std::size_t>(0, orders_max + 1))) {
    const Verdict verdict = world.reserve(working, trade);
    RC_ASSERT(verdict.accepted());
    handles.push_back(verdict.order);
  }
  while (!handles.empty()) {
    const auto at = in_range<std::size_t>(0, handles.size());
    if (*rc::gen::arbitrary<bool>()) {
      const Quantity quantity{in_range<std::int64_t>(1, 2'000)};
      const Price price = world.gate->working_order(handles[at])->price;
      RC_ASSERT(world.gate->replace({handles[at], quantity, price, universe_start}).accepted());
    }
    RC_ASSERT(world.gate->release({handles[at]}) == Reason::accepted);
    handles.erase(handles.begin() + static_cast<std::ptrdiff_t>(at));
  }
  RC_ASSERT(world.gate->totals_equal_recomputed(working));
  RC_ASSERT(account_text(*world.gate, working) == before);
}

// Without charges, deductibles and rounding the scan risk is homogeneous in the book. The factor
// keeps nine trades inside the position limit.
RC_GTEST_PROP(GateScaling, MultipliesScanRiskWithTheBook, ()) {
  World world = make_world(false);
  const auto factor = in_range<std::int64_t>(2, 10);
  for (const Trade& trade : random_trades(world, 6)) {
    world.transfer(working, trade);
    world.transfer(filled, {trade.instrument, trade.lots * factor});
  }
  for (const Trade& trade : random_trades(world, 3)) {
    RC_ASSERT(world.reserve(working, trade).accepted());
    RC_ASSERT(world.reserve(filled, {trade.instrument, trade.lots * factor}).accepted());
  }
  RC_ASSERT(world.scan_risk(filled) == factor * world.scan_risk(working));
}

// A book and its mirror image lose in every scenario what the other gains; working orders, bought
// here and sold there, add what their worst fill adds.
RC_GTEST_PROP(GateScaling, TurnsLossesAroundWithTheBook, ()) {
  World world = make_world(false);
  for (const Trade& trade : random_trades(world, 6)) {
    world.transfer(working, trade);
    world.transfer(filled, {trade.instrument, -trade.lots});
  }
  const MarginStatement here = world.gate->statement(working);
  const MarginStatement there = world.gate->statement(filled);
  RC_ASSERT(here.risk_units.size() == there.risk_units.size());
  for (std::size_t u = 0; u < here.risk_units.size(); ++u) {
    const auto& losses = here.risk_units[u].losses;
    std::int64_t worst = 0;
    for (std::size_t s = 0; s < losses.size(); ++s) {
      RC_ASSERT(there.risk_units[u].losses[s] == -losses[s]);
      worst = std::max(worst, -losses[s].value);
    }
    RC_ASSERT(there.risk_units[u].scan_risk.value == worst);
  }
}

// Two books in one account never need more than apart.
RC_GTEST_PROP(GateScaling, NeverChargesABookMoreThanItsParts, ()) {
  World world = make_world(false);
  const AccountId together{2};
  for (const Trade& trade : random_trades(world, 5)) {
    world.transfer(working, trade);
    world.transfer(together, trade);
  }
  for (const Trade& trade : random_trades(world, 5)) {
    world.transfer(filled, trade);
    world.transfer(together, trade);
  }
  for (const Trade& trade : random_trades(world, 3)) {
    const AccountId one = *rc::gen::element(working, filled);
    RC_ASSERT(world.reserve(one, trade).accepted());
    RC_ASSERT(world.reserve(together, trade).accepted());
  }
  RC_ASSERT(world.scan_risk(together) <= world.scan_risk(working) + world.scan_risk(filled));
}

// The order in which a book came about does not matter.
RC_GTEST_PROP(GateScaling, IgnoresTheOrderOfEvents, ()) {
  World world = make_world(true);
  auto trades = random_trades(world, 8);
  for (const Trade& trade : trades) RC_ASSERT(world.reserve(working, trade).accepted());
  std::rotate(trades.begin(), trades.begin() + 3, trades.end());
  std::reverse(trades.begin() + 2, trades.end());
  for (const Trade& trade : trades) RC_ASSERT(world.reserve(filled, trade).accepted());
  RC_ASSERT(account_text(*world.gate, working) == account_text(*world.gate, filled));
}

// Accounts do not see each other: however their events are mixed, each ends as if it were alone.
RC_GTEST_PROP(GateArrival, IgnoresHowEventsOfDifferentAccountsAreMixed, ()) {
  World world = make_world(true);
  const std::array<AccountId, 2> alone{{{0}, {1}}};
  const std::array<AccountId, 2> mixed{{{2}, {3}}};
  const std::array<std::vector<Trade>, 2> trades{random_trades(world, 8), random_trades(world, 8)};
  const auto happen = [&](AccountId account, const Trade& trade, std::size_t i) {
    if (i % 2 == 0) world.transfer(account, trade);
    if (i % 2 == 1) RC_ASSERT(world.reserve(account, trade).accepted());
  };
  for (std::size_t a = 0; a < 2; ++a) {
    for (std::size_t i = 0; i < trades[a].size(); ++i) happen(alone[a], trades[a][i], i);
  }
  std::array<std::size_t, 2> next{};
  while (next[0] + next[1] < trades[0].size() + trades[1].size()) {
    std::size_t a = in_range<std::size_t>(0, 2);
    if (next[a] == trades[a].size()) a = 1 - a;
    happen(mixed[a], trades[a][next[a]], next[a]);
    ++next[a];
    // Adoption in between is of no consequence either.
    if (in_range(0, 4) == 0) {
      world.revaluer->request_publication();
      static_cast<void>(world.revaluer->run_once());
      world.gate->poll();
    }
  }
  for (int quiet = 0; quiet < 2;) {
    static_cast<void>(world.revaluer->run_once());
    quiet = world.gate->poll() == 0 ? quiet + 1 : 0;
  }
  for (std::size_t a = 0; a < 2; ++a) {
    const MarginStatement one = world.gate->statement(alone[a]);
    MarginStatement other = world.gate->statement(mixed[a]);
    other.epoch = one.epoch;  // they may be under different, equal tables
    RC_ASSERT(statement_text(one) == statement_text(other));
    RC_ASSERT(world.gate->open_losses(alone[a]) == world.gate->open_losses(mixed[a]));
    RC_ASSERT(world.gate->totals_equal_recomputed(mixed[a]));
  }
}

// One order or its parts: the same margin to the last unit. The open loss is rounded against the
// account once per part, in the settlement asset, so parts never cost less.
RC_GTEST_PROP(GateSplitting, AsksTheSameForAnOrderAndForItsParts, ()) {
  World world = make_world(true);
  for (const Trade& trade : random_trades(world, 4)) {
    world.transfer(working, trade);
    world.transfer(filled, trade);
  }
  const Trade order = random_trades(world, 1)[0];
  RC_ASSERT(world.reserve(working, order).accepted());
  std::int64_t parts = 0;
  for (std::int64_t left = std::abs(order.lots); left > 0; ++parts) {
    const std::int64_t part = parts < 9 ? in_range<std::int64_t>(1, left + 1) : left;
    RC_ASSERT(world.reserve(filled, {order.instrument, order.lots > 0 ? part : -part}).accepted());
    left -= part;
  }
  const MarginStatement whole = world.gate->statement(working);
  const MarginStatement split = world.gate->statement(filled);
  RC_ASSERT(whole.initial_margin == split.initial_margin);
  RC_ASSERT(whole.maintenance_margin == split.maintenance_margin);
  RC_ASSERT(split.open_losses >= whole.open_losses);
  // A unit of a coin is its price in units of the quote currency, when that is what counts.
  const std::int64_t unit = world.universe.config.numeraire.value == 0
                                ? world.universe.spots[0].value / 100'000'000 + 1
                                : 1;
  RC_ASSERT(split.open_losses - whole.open_losses <= Money{parts * unit});
}

// Nothing asked, nothing changed: a quantity of zero is refused with its own reason.
RC_GTEST_PROP(GateZero, RefusesOrdersAndTransfersOfNothing, ()) {
  World world = make_world(true);
  for (const Trade& trade : random_trades(world, 4)) {
    world.transfer(working, trade);
    RC_ASSERT(world.reserve(working, trade).accepted());
  }
  const std::string before = account_text(*world.gate, working);
  const Trade nothing{random_trades(world, 1)[0].instrument, 0};
  RC_ASSERT(world.reserve(working, nothing).reason == Reason::quantity_not_positive);
  const Price price = world.price_of(nothing.instrument);
  RC_ASSERT(world.gate->apply(PositionTransfer{working, nothing.instrument, {0}, price}) ==
            Reason::quantity_not_positive);
  RC_ASSERT(account_text(*world.gate, working) == before);
  // A trade and its opposite leave the same totals behind.
  const Trade trade = random_trades(world, 1)[0];
  const std::int64_t margin = world.gate->statement(working).initial_margin.value;
  world.transfer(working, trade);
  world.transfer(working, {trade.instrument, -trade.lots});
  RC_ASSERT(world.gate->statement(working).initial_margin.value == margin);
  RC_ASSERT(world.gate->totals_equal_recomputed(working));
}

}  // namespace
}  // namespace margingate::testing
