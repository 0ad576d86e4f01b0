// Every decision of the gate against the whole margin computed from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reference/reference_requirement.hpp"
#include "support/audited_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 12;

struct Flow {
  std::uint64_t seed;
  UniverseOptions options;
  double drift_per_step;  // relative
  InstructionSet kernel = best_instruction_set();
};

// Random books, orders, fills, cancels, replaces, ticks and publications.
class RandomSession {
 public:
  explicit RandomSession(const Flow& flow)
      : random_(flow.seed), flow_(flow), gate_(prepare(random_, flow)) {
    for (const Price p : gate_.universe().spots)
      spots_.push_back(static_cast<double>(p.value) / 1e8);
    gate_.update_surface(gate_.universe().surface);
    tick_all();
    gate_.publish_and_adopt();
    for (std::uint32_t a = 0; a < accounts; ++a) fund_and_load(a);
    gate_.publish_and_adopt();
  }

  void run(int steps) {
    for (int i = 0; i < steps && gate_.mismatch().empty(); ++i) step();
  }
  AuditedGate& gate() { return gate_; }

 private:
  static AuditedGate prepare(Random& random, const Flow& flow) {
    Universe universe = make_universe(random, flow.options);
    universe.config.limits.accounts_max = accounts;
    universe.config.instruction_set = flow.kernel;
    universe.config.table_age_max = seconds(3'600);
    return AuditedGate(std::move(universe));
  }

  void tick_all() {
    for (std::uint32_t u = 0; u < spots_.size(); ++u) gate_.tick(u, spots_[u], now_);
  }

  const Instrument& instrument(InstrumentId id) const {
    return gate_.universe().config.instruments[id.value];
  }

  InstrumentId any_instrument() {
    const auto count = static_cast<std::int64_t>(gate_.universe().config.instruments.size());
    return {static_cast<std::uint32_t>(random_.integer(0, count - 1))};
  }

  // Price near a rough fair value in the instrument's own quote.
  Price price_near(InstrumentId id) {
    const Instrument& i = instrument(id);
    const double spot = spots_[i.underlying.value];
    double fair = spot;
    if (i.kind == InstrumentKind::option) {
      const double sign = i.option_type == OptionType::call ? 1.0 : -1.0;
      fair = std::max(sign * (spot - i.strike), 0.0) + 0.01 * spot;
      if (i.payoff == Payoff::inverse) fair /= spot;
    }
    const double price = fair * random_.uniform(0.97, 1.03);
    return {std::max<std::int64_t>(1, std::llround(price * 1e8))};
  }

  std::int64_t lots_near(InstrumentId id, double coins) {
    const Instrument& i = instrument(id);
    const bool in_quote = i.payoff == Payoff::inverse && i.kind != InstrumentKind::option;
    const double units = in_quote ? coins * spots_[i.underlying.value] : coins;
    return std::max<std::int64_t>(
        1, std::llround(units / i.contract_size * static_cast<double>(i.lots_per_contract) *
                        random_.uniform(0.2, 2.0)));
  }

  void fund_and_load(std::uint32_t account) {
    Gate& gate = gate_.gate();
    const GateConfig& c = gate_.universe().config;
    const bool coin = c.numeraire.value == 1;
    const double scale = std::pow(10.0, c.money_decimals);
    const double funds = random_.uniform(0.05, 2.0) * (coin ? 1.0 : 50'000.0);
    ASSERT_EQ(gate.apply(CashMovement{{account}, c.numeraire, {std::llround(funds * scale)}}),
              Reason::accepted);
    if (!coin) {
      const double coins = random_.uniform(-0.1, 0.4);
      ASSERT_EQ(gate.apply(CashMovement{{account}, {1}, {std::llround(coins * scale)}}),
                Reason::accepted);
    }
    const auto legs = random_.integer(0, 12);
    for (std::int64_t n = 0; n < legs; ++n) {
      const InstrumentId id = any_instrument();
      const std::int64_t lots = lots_near(id, 0.5) * (random_.chance(0.5) ? 1 : -1);
      ASSERT_EQ(gate.apply(PositionTransfer{{account}, id, {lots}, price_near(id)}),
                Reason::accepted);
    }
    if (random_.chance(0.3)) {
      ASSERT_EQ(gate.apply(Hold{{account}, {std::llround(funds * 0.1 * scale)}}), Reason::accepted);
    }
  }

  void order() {
    const AccountId account{static_cast<std::uint32_t>(random_.integer(0, accounts - 1))};
    InstrumentId id = any_instrument();
    Side side = random_.chance(0.5) ? Side::buy : Side::sell;
    std::int64_t lots = lots_near(id, 0.3);
    const std::vector<Gate::Leg> legs = gate_.gate().legs(account);
    if (!legs.empty() && random_.chance(0.4)) {
      // Against an existing position, so that closing orders are common.
      const Gate::Leg& leg = legs[static_cast<std::size_t>(
          random_.integer(0, static_cast<std::int64_t>(legs.size()) - 1))];
      id = leg.instrument;
      side = leg.net_quantity.value > 0 ? Side::sell : Side::buy;
      const std::int64_t size = std::abs(leg.net_quantity.value);
      lots = std::max<std::int64_t>(1, random_.integer(size / 2, size));
    }
    const OrderIntent intent{account, id, side, {lots}, price_near(id), now_};
    if (random_.chance(0.2)) {
      static_cast<void>(gate_.check(intent));
      return;
    }
    const Verdict verdict = gate_.reserve(intent);
    if (verdict.accepted()) working_.push_back(verdict.order);
  }

  void working_order_event() {
    if (working_.empty()) return;
    const auto at = static_cast<std::size_t>(
        random_.integer(0, static_cast<std::int64_t>(working_.size()) - 1));
    const WorkingOrderHandle handle = working_[at];
    const auto order = gate_.gate().working_order(handle);
    ASSERT_TRUE(order.has_value());
    bool ended = true;
    if (random_.chance(0.5)) {
      ASSERT_EQ(gate_.gate().release({handle}), Reason::accepted);
    } else {
      const std::int64_t lots = random_.integer(1, order->remaining.value);
      ended = lots == order->remaining.value;
      ASSERT_EQ(gate_.gate().apply(Fill{handle, {lots}, order->price}), Reason::accepted);
    }
    if (!ended) return;
    working_[at] = working_.back();
    working_.pop_back();
  }

  void step() {
    now_ = now_ + milliseconds(50);
    const double what = random_.uniform();
    if (what < 0.15) {
      const auto u = static_cast<std::uint32_t>(
          random_.integer(0, static_cast<std::int64_t>(spots_.size()) - 1));
      spots_[u] *= 1.0 + flow_.drift_per_step * random_.uniform(-1.0, 1.0);
      tick_all();
    } else if (what < 0.17) {
      if (random_.chance(0.5)) {
        // The new surface was seen at today's spots.
        Market surface = shifted_surface(random_, gate_.universe(), now_);
        for (std::size_t u = 0; u < spots_.size(); ++u) {
          surface.spots[u] = gate_.universe().surface.spots[u];
        }
        gate_.update_surface(surface);
      }
      random_.chance(0.5) ? gate_.publish_and_adopt() : gate_.publish_only();
    } else if (what < 0.20) {
      gate_.gate().poll();
      static_cast<void>(gate_.revaluer().take_events());
    } else if (what < 0.45) {
      working_order_event();
    } else {
      order();
    }
  }

  Random random_;
  Flow flow_;
  AuditedGate gate_;
  std::vector<double> spots_;
  std::vector<WorkingOrderHandle> working_;
  Timestamp now_ = universe_start;
};

// What sessions decided, added up: a test that decided nothing would prove nothing.
struct Tally {
  std::uint64_t decisions = 0, by_interval = 0, accepted = 0, reducing = 0;

  void add(const AuditedGate& gate) {
    decisions += gate.decisions;
    by_interval += gate.by_interval;
    accepted += gate.accepted;
    reducing += gate.reducing;
  }
  void expect_mixed() const {
    EXPECT_GT(accepted, decisions / 20);
    EXPECT_LT(accepted, decisions * 19 / 20);
    EXPECT_GT(by_interval, decisions / 8);
    EXPECT_LT(by_interval, decisions);
    EXPECT_GT(reducing, 0u);
  }
};

// Maintenance margin is no part of a decision, so statements are asked.
void expect_same_statements(AuditedGate& audited) {
  audited.publish_and_adopt();
  for (std::uint32_t a = 0; a < accounts; ++a) {
    SCOPED_TRACE("account " + std::to_string(a));
    const MarginStatement statement = audited.gate().statement(AccountId{a});
    const reference::ReferenceMargin margin =
        reference_margin(audited.market_of(statement.epoch), audited.account_of({a}));
    ASSERT_EQ(statement.reason, margin.reason);
    EXPECT_EQ(statement.equity, margin.equity);
    EXPECT_EQ(statement.initial_margin, margin.initial_margin);
    EXPECT_EQ(statement.maintenance_margin, margin.maintenance_margin);
  }
}

void expect_parity(const Flow& flow, int steps, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(flow.seed));
  RandomSession session(flow);
  session.run(steps);
  EXPECT_EQ(session.gate().mismatch(), "");
  for (std::uint32_t a = 0; a < accounts; ++a) {
    EXPECT_TRUE(session.gate().gate().totals_equal_recomputed({a})) << "account " << a;
  }
  expect_same_statements(session.gate());
  tally.add(session.gate());
}

TEST(GateParity, DecidesLikeTheReferenceWithQuoteNumeraire) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    UniverseOptions options;
    options.charges = seed % 2 == 0;
    expect_parity({seed, options, 0.002}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithCoinNumeraire) {
  Tally tally;
  for (std::uint64_t seed = 101; seed <= 112; ++seed) {
    UniverseOptions options;
    options.numeraire = Numeraire::coin;
    options.charges = seed % 2 == 0;
    expect_parity({seed, options, 0.002}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithRatesSkewAndSettlementAverages) {
  Tally tally;
  for (std::uint64_t seed = 151; seed <= 158; ++seed) {
    UniverseOptions options;
    options.rates = true;
    options.numeraire = seed % 4 == 0 ? Numeraire::coin : Numeraire::quote;
    options.charges = seed % 2 == 0;
    expect_parity({seed, options, 0.002}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// Trees instead of formulas: fewer scenarios, because each is one.
TEST(GateParity, DecidesLikeTheReferenceWithOptionsThatMayBeExercisedEarly) {
  Tally tally;
  for (std::uint64_t seed = 191; seed <= 196; ++seed) {
    UniverseOptions options;
    options.american = true;
    options.scenario_moves = 3;
    options.charges = seed % 2 == 0;
    options.has_chords = seed % 4 == 0;
    options.risk_units = seed % 3 == 0 ? 3 : 2;
    options.rates = seed % 6 == 1;
    options.losses_only = seed == 194;
    expect_parity({seed, options, 0.002}, 400, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithStrikeNetting) {
  Tally tally;
  for (std::uint64_t seed = 161; seed <= 166; ++seed) {
    UniverseOptions options;
    options.strike_netting = true;
    options.rates = seed % 3 == 0;
    options.numeraire = seed % 2 == 0 ? Numeraire::coin : Numeraire::quote;
    options.options_per_underlying = 40;
    expect_parity({seed, options, 0.002}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// Pools with factors whose units' last two alternatives are one, with everything that differs by
// expiry and strike.
TEST(GateParity, DecidesLikeTheReferenceWithPairedAlternatives) {
  Tally tally;
  for (std::uint64_t seed = 171; seed <= 178; ++seed) {
    UniverseOptions options;
    options.pools = options.paired = options.rates = true;
    options.strike_netting = seed % 2 == 0;
    options.alternatives = 3 + static_cast<std::uint32_t>(seed % 2);
    options.risk_units = 2 + static_cast<std::uint32_t>(seed % 3);
    options.options_per_underlying = 12;
    expect_parity({seed, options, 0.002}, 1'000, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithIsolatedCollateral) {
  Tally tally;
  for (std::uint64_t seed = 201; seed <= 206; ++seed) {
    UniverseOptions options;
    options.losses_only = true;
    expect_parity({seed, options, 0.002}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// Losses that are given beside such as are priced, with every kind of charge, reducer and pool.
TEST(GateParity, DecidesLikeTheReferenceWithDeliveredLosses) {
  Tally tally;
  for (std::uint64_t seed = 221; seed <= 236; ++seed) {
    UniverseOptions options;
    options.delivered = true;
    options.charges = seed % 2 == 0;
    options.scaled = seed % 3 == 0;
    options.pools = seed % 5 == 0;
    options.losses_only = seed % 7 == 0;
    options.at_least_zero = seed % 4 == 1;
    options.risk_units = 2 + static_cast<std::uint32_t>(seed % 3);
    options.options_per_underlying = 10;
    options.has_chords = seed % 4 == 2;
    if (seed % 8 == 3) options.reducer = {ReducerKind::tail_mean, 0.9};
    expect_parity({seed, options, 0.002}, 800, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// So many units that spots are followed by chords.
TEST(GateParity, DecidesLikeTheReferenceWithManyRiskUnits) {
  Tally tally;
  for (std::uint64_t seed = 2510; seed <= 2525; ++seed) {
    UniverseOptions options;
    options.risk_units = 3 + static_cast<std::uint32_t>(seed % 3) * 2;
    options.options_per_underlying = 8;
    options.charges = seed % 4 != 0;
    options.has_chords = seed % 2 == 0;
    options.losses_only = seed % 8 == 3;
    expect_parity({seed, options, 0.001}, 1'500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithChargesThatScale) {
  Tally tally;
  for (std::uint64_t seed = 271; seed <= 290; ++seed) {
    UniverseOptions options;
    options.scaled = true;
    options.numeraire = seed % 4 == 0 ? Numeraire::coin : Numeraire::quote;
    options.charges = seed % 2 == 0;
    options.losses_only = seed % 8 == 3;
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomSession session({seed, options, 0.002});
    session.run(1'000);
    EXPECT_EQ(session.gate().mismatch(), "");
    expect_same_statements(session.gate());
    tally.add(session.gate());
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// A quantile or the mean of a tail instead of the worst loss; every third world has alternatives.
TEST(GateParity, DecidesLikeTheReferenceWithOtherReducers) {
  Tally tally;
  for (std::uint64_t seed = 501; seed <= 512; ++seed) {
    UniverseOptions options;
    options.historical_rows = seed % 4 == 0 ? 0 : 40 * static_cast<int>(seed % 4);
    options.options_per_underlying = 10;
    options.reducer.kind = seed % 2 == 0 ? ReducerKind::quantile : ReducerKind::tail_mean;
    options.reducer.confidence = seed % 5 == 0 ? 0.5 : 0.9 + 0.03 * static_cast<double>(seed % 4);
    options.alternatives = seed % 3 == 0 ? 2 : 1;
    options.at_least_zero = seed % 6 == 0;
    options.charges = seed % 3 != 1;
    expect_parity({seed, options, 0.002}, 500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithAlternatives) {
  Tally tally;
  for (std::uint64_t seed = 551; seed <= 556; ++seed) {
    UniverseOptions options;
    options.numeraire = seed % 3 == 0 ? Numeraire::coin : Numeraire::quote;
    options.risk_units = seed % 2 == 0 ? 2 : 4;
    options.alternatives = 1 + static_cast<std::uint32_t>(seed % 3);
    options.options_per_underlying = 10;
    options.has_chords = seed % 2 == 1;
    expect_parity({seed, options, 0.002}, 1'000, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// Units of several spots whose losses add up by scenario, gains in part, beside one that is apart.
TEST(GateParity, DecidesLikeTheReferenceWithPools) {
  Tally tally;
  for (std::uint64_t seed = 701; seed <= 716; ++seed) {
    UniverseOptions options;
    options.pools = true;
    options.risk_units = 2 + static_cast<std::uint32_t>(seed % 4);
    options.options_per_underlying = 8;
    options.charges = seed % 4 != 0;
    options.losses_only = seed % 8 == 3;
    options.scaled = seed % 5 == 1;
    options.alternatives = seed % 3 == 0 && !options.scaled ? 2 : 1;
    options.at_least_zero = seed % 5 == 0;
    if (seed % 3 != 1) options.historical_rows = 60;
    if (seed % 3 != 1) options.reducer.confidence = 0.93;
    if (seed % 3 == 0) options.reducer.kind = ReducerKind::quantile;
    if (seed % 3 == 2) options.reducer.kind = ReducerKind::tail_mean;
    expect_parity({seed, options, 0.002}, 500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

// Two sets of scenarios with reducers of their own, by unit and over a pool.
TEST(GateParity, DecidesLikeTheReferenceWithScenariosInParts) {
  Tally tally;
  for (std::uint64_t seed = 781; seed <= 792; ++seed) {
    UniverseOptions options;
    options.parts = true;
    options.pools = seed % 2 == 0;
    options.risk_units = 2 + static_cast<std::uint32_t>(seed % 3);
    options.options_per_underlying = 8;
    options.historical_rows = seed % 3 == 0 ? 0 : 60;
    options.reducer = {ReducerKind::quantile, 0.9};
    if (seed % 3 == 1) options.reducer.kind = ReducerKind::tail_mean;
    options.at_least_zero = seed % 5 == 0;
    expect_parity({seed, options, seed % 4 == 0 ? 0.02 : 0.002}, 500, tally);
    if (HasFailure()) return;
  }
  tally.expect_mixed();
}

TEST(GateParity, DecidesLikeTheReferenceWithPooledUnitsOfOneCoinAndTheSpotFarAway) {
  Tally tally;
  UniverseOptions options;
  options.pools = true;
  options.options_per_underlying = 8;
  expect_parity({751, options, 0.03}, 500, tally);
  options.numeraire = Numeraire::coin;
  expect_parity({752, options, 0.01}, 500, tally);
  EXPECT_GT(tally.decisions, tally.by_interval);
}

TEST(GateParity, DecidesLikeTheReferenceOverAThousandScenarios) {
  Tally tally;
  UniverseOptions options;
  options.historical_rows = static_cast<int>(scenarios_max) - 3;
  options.options_per_underlying = 6;
  options.reducer = {ReducerKind::quantile, 0.99};
  expect_parity({601, options, 0.002}, 250, tally);
  options.reducer = {ReducerKind::tail_mean, 0.975};
  expect_parity({602, options, 0.03}, 250, tally);
  EXPECT_GT(tally.accepted, 0u);
  EXPECT_GT(tally.decisions, tally.by_interval);
}

TEST(GateParity, DecidesLikeTheReferenceWhenTheSpotLeavesTheBand) {
  Tally tally;
  for (std::uint64_t seed = 301; seed <= 304; ++seed) {
    UniverseOptions options;
    options.numeraire = seed % 2 == 0 ? Numeraire::coin : Numeraire::quote;
    expect_parity({seed, options, 0.03}, 1'000, tally);
    if (HasFailure()) return;
  }
  EXPECT_GT(tally.decisions, tally.by_interval);
}

TEST(GateParity, DecidesLikeTheReferenceOnEveryInstructionSet) {
  for (const InstructionSet set :
       {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    if (!is_supported(set)) continue;
    SCOPED_TRACE(std::string(to_string(set)));
    Tally tally;
    expect_parity({401, UniverseOptions{}, 0.004, set}, 800, tally);
    UniverseOptions options;
    options.historical_rows = 150;
    options.alternatives = 2;
    options.reducer = {ReducerKind::quantile, 0.95};
    expect_parity({402, options, 0.004, set}, 300, tally);
    options.reducer = {ReducerKind::tail_mean, 0.8};
    expect_parity({403, options, 0.004, set}, 300, tally);
    options.pools = true;
    expect_parity({404, options, 0.004, set}, 300, tally);
    options = {};
    options.delivered = true;
    expect_parity({405, options, 0.004, set}, 300, tally);
    EXPECT_GT(tally.decisions, 0u);
  }
}

}  // namespace
}  // namespace margingate::testing
