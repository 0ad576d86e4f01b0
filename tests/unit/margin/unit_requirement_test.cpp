// The certified interval: rows as published, moved by the drift, contain the rows repriced.
#include "margin/unit_requirement.hpp"
#include "margin/unit_chords.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "margin/fixed_point.hpp"
#include "margin/row_builder.hpp"
#include "margin/trade_cash.hpp"
#include "support/universe.hpp"

namespace margingate::margin {
namespace {

using testing::Numeraire;
using testing::Random;
using testing::Universe;

constexpr double band = 0.01;
constexpr std::int64_t price_scale = 100'000'000;

// Rows of every instrument at one spot.
struct Rows {
  std::vector<std::vector<std::int32_t>> lanes;
  std::vector<RiskRow> rows;
};

// The first risk unit of a universe, resolved as a gate would.
class Unit {
 public:
  Unit(Random& random, const testing::UniverseOptions& options)
      : universe_(make_universe(random, options)) {
    const GateConfig& c = universe_.config;
    coin_form_ = c.numeraire == c.underlyings[0].asset;
    terms_ = scenario::prepare_risk_unit(c.model.units[0], 0, coin_form_, c.money_decimals,
                                         c.model.unrealised_profit);
    for (std::size_t i = 0; i < c.instruments.size(); ++i) {
      if (c.instruments[i].risk_unit.value != 0) continue;
      instruments_.push_back(scenario::prepare_instrument(
          c.instruments[i], terms_, c.underlyings[0].reference_price, c.money_decimals, 8));
      instruments_.back().expiry_bucket = static_cast<std::uint8_t>(instruments_.size() % 8);
      const double spot = to_double(table_spot());
      VolatilityStretch stretch;
      inputs_.push_back(prepare_pricing(instruments_.back(), terms_, universe_.surface.quotes[i],
                                        spot, universe_.surface.spots[0], testing::universe_start,
                                        stretch));
    }
    layout_ = {terms_.lanes.lane_count, 8};
  }

  [[nodiscard]] std::int64_t table_spot() const { return universe_.spots[0].value; }
  [[nodiscard]] static double to_double(std::int64_t price) {
    return static_cast<double>(price) / static_cast<double>(price_scale);
  }

  [[nodiscard]] Rows rows_at(std::int64_t spot) const {
    RowScratch scratch;
    const RowSettings settings{best_instruction_set(), band, 0.05};
    const double x = to_double(spot) / to_double(table_spot());
    Rows result;
    result.rows.resize(instruments_.size());
    for (std::size_t i = 0; i < instruments_.size(); ++i) {
      const std::size_t count = terms_.lanes.lane_count;
      std::int32_t* const first = result.lanes.emplace_back(3 * count + 16).data();
      build_row(instruments_[i], terms_, inputs_[i], to_double(spot), x, settings,
                RowUse::published, scratch, {first, first + count, first + 2 * count},
                result.rows[i]);
    }
    return result;
  }

  [[nodiscard]] UnitMarket market_at(std::int64_t spot, const Drift& drift) {
    UnitMarket market;
    market.terms = &terms_;
    market.kernel = &lane_kernel(best_instruction_set());
    market.layout = layout_;
    market.parts = {true, true, true, true, true, terms_.charges_unrealised_losses};
    market.drift = drift;
    market.spot = to_double(spot);
    market.money_scale = std::pow(10.0, universe_.config.money_decimals);
    for (std::size_t s = 0; s < terms_.lanes.scenario_count; ++s) {
      const double quote = terms_.lanes.deductible_quote[s];
      deductibles_[s] = static_cast<std::int64_t>(
          floor_portable((coin_form_ ? quote / market.spot : quote) * market.money_scale));
    }
    market.deductibles = deductibles_.data();
    return market;
  }

  // Totals of the legs over these rows, coins valued at this spot.
  [[nodiscard]] UnitTotals sum(const std::vector<LegState>& legs, const Rows& rows,
                               std::int64_t coin_spot, std::vector<std::int64_t>& words) {
    words.assign(layout_.words() + 8, 0);
    const UnitTotals totals{words.data(), layout_};
    const UnitMarket market = market_at(coin_spot, Drift{});
    for (std::size_t i = 0; i < legs.size(); ++i) {
      apply_change(market, totals,
                   unit_change(rows.rows[i], LegState{}, legs[i], market.parts,
                               {coin_spot, price_scale, std::llround(band * 1e9)}));
    }
    return totals;
  }

  [[nodiscard]] const std::vector<scenario::InstrumentTerms>& instruments() const {
    return instruments_;
  }

 private:
  Universe universe_;
  bool coin_form_ = false;
  scenario::RiskUnitTerms terms_;
  std::vector<scenario::InstrumentTerms> instruments_;
  std::vector<PricingInputs> inputs_;
  TotalsLayout layout_;
  std::array<std::int64_t, scenario::lanes_max> deductibles_{};
};

// As the fields of Drift ask for it.
Drift drift_between(std::int64_t table_spot, std::int64_t spot) {
  const double move = static_cast<double>(spot - table_spot) / static_cast<double>(table_spot);
  const double bands = move / band * 65'536.0;
  Drift drift;
  drift.moved = spot != table_spot;
  drift.bands = std::llround(bands);
  drift.bands_abs_max = static_cast<std::int64_t>(std::fabs(bands)) + 1;
  drift.bands_squared_max = (drift.bands_abs_max * drift.bands_abs_max >> 16) + 1;
  return drift;
}

std::vector<LegState> random_legs(Random& random, const Unit& unit) {
  std::vector<LegState> legs;
  for (const scenario::InstrumentTerms& instrument : unit.instruments()) {
    LegState leg;
    if (random.chance(0.4)) {
      leg.net = random.integer(-5'000, 5'000);
      if (random.chance(0.5)) leg.working_buys = random.integer(0, 5'000);
      if (random.chance(0.5)) leg.working_sells = random.integer(0, 5'000);
      const double worth = instrument.lot_scale * static_cast<double>(leg.net);
      leg.entry_cash = static_cast<std::int64_t>(-worth * random.uniform(0.0, 2.0));
    }
    legs.push_back(leg);
  }
  return legs;
}

::testing::AssertionResult contains(const Interval& wide, const Interval& exact) {
  if (exact.lo != exact.hi) return ::testing::AssertionFailure() << "not a point";
  if (wide.lo <= exact.lo && exact.lo <= wide.hi) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << exact.lo << " not in " << wide.lo << " .. " << wide.hi;
}

void expect_contains(const UnitInterval& wide, const UnitInterval& exact) {
  EXPECT_TRUE(contains(wide.scan, exact.scan));
  EXPECT_TRUE(contains(wide.floor, exact.floor));
  EXPECT_TRUE(contains(wide.expiry_delta, exact.expiry_delta));
  EXPECT_TRUE(contains(wide.delta_shock, exact.delta_shock));
  EXPECT_TRUE(contains(wide.added, exact.added));
  EXPECT_TRUE(contains(wide.unrealised_loss, exact.unrealised_loss));
  EXPECT_TRUE(contains(wide.total, exact.total));
  EXPECT_TRUE(contains(wide.profit[0], exact.profit[0]));
  EXPECT_TRUE(contains(wide.profit[1], exact.profit[1]));
  EXPECT_LE(std::abs(exact.delta_lo - wide.delta_lo), wide.delta_width);
  EXPECT_LE(std::abs(exact.delta_hi - wide.delta_hi), wide.delta_width);
}

void expect_contains(const UnitSummary& wide, const UnitInterval& exact) {
  EXPECT_TRUE(contains(wide.floored_scan, exact.floored_scan));
  EXPECT_TRUE(contains(wide.total, exact.total));
  EXPECT_TRUE(contains(wide.profit[0], exact.profit[0]));
  EXPECT_TRUE(contains(wide.profit[1], exact.profit[1]));
}

struct Form {
  const char* name;
  testing::UniverseOptions options;
};

class CertifiedInterval : public ::testing::TestWithParam<Form> {
 protected:
  // A move of the spot within the band; the ends of the band more often than by chance.
  static std::int64_t moved(Random& random, std::int64_t spot) {
    const double what = random.uniform();
    const double move = what < 0.1   ? 0.9999 * band
                        : what < 0.2 ? -0.9999 * band
                        : what < 0.3 ? random.uniform(-1e-6, 1e-6)
                                     : random.uniform(-0.9999 * band, 0.9999 * band);
    return std::llround(static_cast<double>(spot) * (1.0 + move));
  }
};

TEST_P(CertifiedInterval, ContainsTheExactRequirementAtTheLiveSpot) {
  std::int64_t widest = 0;
  std::int64_t decidable = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    Unit unit(random, GetParam().options);
    const Rows table = unit.rows_at(unit.table_spot());
    for (int i = 0; i < 25; ++i) {
      const std::int64_t spot = moved(random, unit.table_spot());
      SCOPED_TRACE("seed " + std::to_string(seed) + " spot " + std::to_string(spot) + " of " +
                   std::to_string(unit.table_spot()));
      const std::vector<LegState> legs = random_legs(random, unit);
      std::vector<std::int64_t> words, live_words;
      const UnitTotals totals = unit.sum(legs, table, unit.table_spot(), words);
      const UnitInterval wide =
          unit_interval(unit.market_at(spot, drift_between(unit.table_spot(), spot)), totals);
      const Rows live = unit.rows_at(spot);
      const UnitTotals live_totals = unit.sum(legs, live, spot, live_words);
      const UnitInterval exact = unit_interval(unit.market_at(spot, Drift{}), live_totals);
      ASSERT_FALSE(wide.has_unpriced);
      if (!wide.decidable) continue;
      ++decidable;
      widest = std::max(widest, wide.total.hi - wide.total.lo);
      expect_contains(wide, exact);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(decidable, 100);
  EXPECT_GT(widest, 0);
}

// Chords are for several spots at once: one build answers all of them.
TEST_P(CertifiedInterval, ByChordsContainsTheExactRequirementAtEverySpot) {
  std::int64_t evaluated = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    Unit unit(random, GetParam().options);
    const Rows table = unit.rows_at(unit.table_spot());
    const std::vector<LegState> legs = random_legs(random, unit);
    std::vector<std::int64_t> words, live_words;
    const UnitTotals totals = unit.sum(legs, table, unit.table_spot(), words);
    const UnitMarket market = unit.market_at(unit.table_spot(), Drift{});
    if (!has_chords(*market.terms) || totals.scalars->unbounded != 0) continue;
    UnitChords chords;
    build_chords(market, totals, chords);
    const std::int64_t delta_width = delta_width_over_band(*totals.scalars);
    for (int i = 0; i < 25; ++i) {
      const std::int64_t spot = moved(random, unit.table_spot());
      const Drift drift = drift_between(unit.table_spot(), spot);
      if (!drift.moved) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " spot " + std::to_string(spot) + " of " +
                   std::to_string(unit.table_spot()));
      UnitSummary wide;
      summarise_by_chords(chords, drift, wide);
      const UnitTotals live = unit.sum(legs, unit.rows_at(spot), spot, live_words);
      const UnitInterval exact = unit_interval(unit.market_at(spot, Drift{}), live);
      expect_contains(wide, exact);
      const UnitInterval at_table = unit_interval(market, totals);
      EXPECT_LE(std::abs(exact.delta_lo - at_table.delta_lo), delta_width);
      EXPECT_LE(std::abs(exact.delta_hi - at_table.delta_hi), delta_width);
      // Not much wider than what one evaluation at this spot gives: two certified intervals of
      // the same number overlap.
      const UnitInterval tight = unit_interval(unit.market_at(spot, drift), totals);
      EXPECT_LE(wide.total.lo, tight.total.hi);
      EXPECT_GE(wide.total.hi, tight.total.lo);
      ++evaluated;
      if (HasFailure()) return;
    }
  }
  const testing::UniverseOptions& options = GetParam().options;
  EXPECT_EQ(evaluated > 50, !options.charges || options.has_chords);
}

TEST_P(CertifiedInterval, ContainsTheExactOpenLossAtTheLiveSpot) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    Unit unit(random, GetParam().options);
    const Rows table = unit.rows_at(unit.table_spot());
    for (int i = 0; i < 40; ++i) {
      const std::int64_t spot = moved(random, unit.table_spot());
      const Drift drift = drift_between(unit.table_spot(), spot);
      const Rows live = unit.rows_at(spot);
      for (std::size_t n = 0; n < unit.instruments().size(); ++n) {
        if (!table.rows[n].bounded) continue;
        const std::int64_t lots = random.integer(1, 3'000) * (random.chance(0.5) ? 1 : -1);
        const bool in_coins = unit.instruments()[n].is_option && random.chance(0.5);
        const std::int64_t price = in_coins ? random.integer(1, price_scale) : spot;
        const CoinPrice coin{spot, price_scale, 0};
        const auto& terms = unit.instruments()[n];
        ASSERT_TRUE(contains(open_loss(terms, table.rows[n], drift, coin, lots, price),
                             open_loss(terms, live.rows[n], Drift{}, coin, lots, price)))
            << "seed " << seed << " instrument " << n << " spot " << spot;
      }
    }
  }
}

TEST_P(CertifiedInterval, IsAPointWhereTheTableIs) {
  Random random(3);
  Unit unit(random, GetParam().options);
  std::vector<std::int64_t> words;
  const std::int64_t spot = unit.table_spot();
  const UnitTotals totals = unit.sum(random_legs(random, unit), unit.rows_at(spot), spot, words);
  const UnitInterval interval = unit_interval(unit.market_at(spot, Drift{}), totals);
  expect_contains(interval, interval);
  EXPECT_EQ(interval.delta_width, 0);
  EXPECT_TRUE(interval.decidable);
  EXPECT_GT(interval.total.hi, 0);
}

TEST_P(CertifiedInterval, OfNothingHeldIsDecidableBeyondTheBand) {
  Random random(5);
  Unit unit(random, GetParam().options);
  const Rows table = unit.rows_at(unit.table_spot());
  UnitMarket market = unit.market_at(unit.table_spot(), drift_between(1'000'000, 1'000'001));
  market.within_band = false;
  std::vector<LegState> legs = random_legs(random, unit);
  std::vector<std::int64_t> words;
  EXPECT_FALSE(unit_interval(market, unit.sum(legs, table, unit.table_spot(), words)).decidable);
  legs.assign(legs.size(), LegState{});
  const UnitInterval nothing =
      unit_interval(market, unit.sum(legs, table, unit.table_spot(), words));
  EXPECT_TRUE(nothing.decidable);
  EXPECT_LE(nothing.total.lo, 0);
  EXPECT_GE(nothing.total.hi, 0);
}

TEST_P(CertifiedInterval, ForeseesWhatAChangeLeadsTo) {
  Random random(4);
  Unit unit(random, GetParam().options);
  const Rows table = unit.rows_at(unit.table_spot());
  std::vector<LegState> legs = random_legs(random, unit);
  std::vector<std::int64_t> words, fresh_words;
  const UnitTotals totals = unit.sum(legs, table, unit.table_spot(), words);
  for (int i = 0; i < 200; ++i) {
    const std::int64_t spot = moved(random, unit.table_spot());
    const UnitMarket market = unit.market_at(spot, drift_between(unit.table_spot(), spot));
    const auto n =
        static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(legs.size()) - 1));
    const LegState after = random_legs(random, unit)[n];
    const CoinPrice coin{unit.table_spot(), price_scale, std::llround(band * 1e9)};
    const UnitChange change = unit_change(table.rows[n], legs[n], after, market.parts, coin);
    const UnitInterval foreseen = unit_interval_after(market, totals, change);
    apply_change(market, totals, change);
    legs[n] = after;
    const UnitInterval now = unit_interval(market, totals);
    EXPECT_EQ(foreseen.total.lo, now.total.lo);
    EXPECT_EQ(foreseen.total.hi, now.total.hi);
    EXPECT_EQ(foreseen.profit[0].hi, now.profit[0].hi);
    EXPECT_EQ(foreseen.profit[1].lo, now.profit[1].lo);
    EXPECT_EQ(foreseen.worst_scenario, now.worst_scenario);
    static_cast<void>(unit.sum(legs, table, unit.table_spot(), fresh_words));
    ASSERT_EQ(words, fresh_words);
  }
}

Form with_chords(Form form) {
  form.options.has_chords = true;
  return form;
}

Form form(const char* name, Numeraire numeraire, bool charges, bool losses_only = false) {
  testing::UniverseOptions options;
  options.numeraire = numeraire;
  options.charges = charges;
  options.losses_only = losses_only;
  return {name, options};
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CertifiedInterval,
    ::testing::Values(form("Quote", Numeraire::quote, false),
                      form("QuoteWithCharges", Numeraire::quote, true),
                      form("Coin", Numeraire::coin, false),
                      form("CoinWithCharges", Numeraire::coin, true),
                      form("Isolated", Numeraire::quote, true, true),
                      with_chords(form("QuoteWithConvexCharges", Numeraire::quote, true)),
                      with_chords(form("CoinWithConvexCharges", Numeraire::coin, true)),
                      with_chords(form("IsolatedWithConvexCharges", Numeraire::quote, true, true))),
    [](const auto& param) { return std::string(param.param.name); });

// MR-19
TEST(DeltaShockCharge, RisesFromItsThresholdToItsMaximum) {
  scenario::RiskUnitTerms terms;
  terms.delta_shock = {0.001, 50'000.0, 0.1};
  const double spot = 100.0;
  const auto charge = [&](std::int64_t money) {
    return delta_shock_charge(terms, money, spot, 1.0);
  };
  EXPECT_EQ(charge(0), 0);
  EXPECT_EQ(charge(-5), 0);
  EXPECT_EQ(charge(50'000), 0);
  // 600 coins, 100 above the threshold: a tenth, the most there is.
  EXPECT_EQ(charge(60'000), 6'000);
  EXPECT_EQ(charge(55'000), 2'750);
  EXPECT_EQ(charge(1'000'000), 100'000);
  terms.coin_form = true;
  EXPECT_EQ(charge(550), 28);  // 27.5, up
}

}  // namespace
}  // namespace margingate::margin
