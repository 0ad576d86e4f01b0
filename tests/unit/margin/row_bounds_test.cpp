// Every bound that a published row carries, against the row at spots all over the drift band.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "margin/row_builder_lanes.hpp"
#include "margingate/revaluer.hpp"
#include "support/gate_internals.hpp"
#include "support/universe.hpp"

namespace margingate::testing {
namespace {

constexpr double moves[] = {-0.999, -0.7, -0.31, -0.04, -1e-4, 1e-4, 0.02, 0.25, 0.6, 0.999};
// Published row, its slope and the live row are each rounded; amounts upwards.
constexpr double rounding = 2.5;

struct Bounds {
  std::uint64_t checked = 0;
  double used_max = 0.0;  // of a bound of some size

  void expect(double error, double bound, const std::string& what) {
    ++checked;
    EXPECT_LE(std::fabs(error), bound + rounding) << what;
    if (bound > 1e3) used_max = std::max(used_max, std::fabs(error) / bound);
  }
  void expect(const margin::DriftingAmount& at, const margin::DriftingAmount& live, double t,
              const std::string& what) {
    expect(static_cast<double>(live.amount - at.amount) - t * static_cast<double>(at.drift),
           std::fabs(t) * static_cast<double>(at.slack), what);
  }
};

class RowBounds {
 public:
  RowBounds(Numeraire numeraire, std::uint64_t seed, double otm_base, bool rates = false,
            bool american = false)
      : random_(seed) {
    UniverseOptions options;
    options.rates = rates;
    options.american = american;
    if (american) options.scenario_moves = 3;
    options.numeraire = numeraire;
    options.options_per_underlying = 60;
    universe_ = make_universe(random_, options);
    for (RiskUnitModel& unit : universe_.config.model.units) {
      unit.added[1].short_otm_base = otm_base;
    }
    universe_.config.table_age_max = seconds(3'600);
    gate_ = Gate::create(universe_.config).gate;
    revaluer_ = std::make_unique<Revaluer>(*gate_);
    revaluer_->update_surface(universe_.surface);
    tick(0.0);
    revaluer_->run_once();
    gate_->poll();
  }

  Bounds check() {
    Bounds bounds;
    for (const double t : moves) {
      tick(t);
      for (std::uint32_t i = 0; i < universe_.config.instruments.size(); ++i) check(i, bounds);
    }
    return bounds;
  }

 private:
  void tick(double bands) {
    for (std::uint32_t u = 0; u < universe_.spots.size(); ++u) {
      const double spot = static_cast<double>(universe_.spots[u].value) *
                          (1.0 + bands * universe_.config.drift_band);
      static_cast<void>(gate_->apply(SpotTick{{u}, {std::llround(spot)}, universe_start}));
      move_[u] = (std::round(spot) / static_cast<double>(universe_.spots[u].value) - 1.0) /
                 universe_.config.drift_band;
    }
  }

  void check(std::uint32_t id, Bounds& bounds) {
    Gate::Impl& gate = GateInternals::of(*gate_);
    const margin::RiskRow& at = gate.shared.tables[gate.newest.slot].rows[id];
    const margin::RiskRow& live = gate.live_row(gate.newest.slot, id);
    ASSERT_EQ(at.status, Reason::accepted);
    if (!at.bounded) return;
    const double t = move_[universe_.config.instruments[id].underlying.value];
    const std::string where = "instrument " + std::to_string(id) + " at " + std::to_string(t);
    const std::size_t scenarios = gate.terms.units[at.risk_unit].lanes.scenario_count;
    for (std::size_t s = 0; s < scenarios; ++s) {
      const double error = static_cast<double>(live.lanes.loss[s] - at.lanes.loss[s]) -
                           t * static_cast<double>(at.lanes.drift[s]);
      const double bound = at.lanes.curvature[s];
      bounds.expect(error, bound >= 0.0 ? t * t * bound : -bound * std::fabs(t),
                    where + ", scenario " + std::to_string(s));
    }
    bounds.expect(
        static_cast<double>(live.value - at.value) - t * static_cast<double>(at.value_drift),
        (at.value_kinked ? std::fabs(t) : t * t) * static_cast<double>(at.value_curvature),
        where + ", value");
    bounds.expect(static_cast<double>(live.delta - at.delta),
                  std::fabs(t) * static_cast<double>(at.delta_slack), where + ", delta");
    bounds.expect(static_cast<double>(live.expiry_delta - at.expiry_delta),
                  std::fabs(t) * static_cast<double>(at.expiry_delta_slack),
                  where + ", expiry delta");
    bounds.expect(at.added_long, live.added_long, t, where + ", added long");
    bounds.expect(at.added_short, live.added_short, t, where + ", added short");
    bounds.expect(at.floor_long, live.floor_long, t, where + ", floor long");
    bounds.expect(at.floor_short, live.floor_short, t, where + ", floor short");
  }

  Random random_;
  Universe universe_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  double move_[2] = {};
};

TEST(RowBounds, HoldAllOverTheBandInQuoteForm) {
  // A wide out-of-the-money rule, so that strikes, least amounts and the spot meet in the band.
  for (const double otm_base : {0.011, 0.02, 0.15}) {
    const Bounds bounds = RowBounds(Numeraire::quote, 5, otm_base).check();
    EXPECT_GT(bounds.checked, 50'000u);
    EXPECT_GT(bounds.used_max, 0.5);
  }
}

TEST(RowBounds, HoldAllOverTheBandInCoinForm) {
  const Bounds bounds = RowBounds(Numeraire::coin, 6, 0.02).check();
  EXPECT_GT(bounds.checked, 20'000u);
  EXPECT_GT(bounds.used_max, 0.5);
}

TEST(RowBounds, HoldAllOverTheBandWithRatesAndSkew) {
  for (const Numeraire numeraire : {Numeraire::quote, Numeraire::coin}) {
    const Bounds bounds = RowBounds(numeraire, 7, 0.02, true).check();
    EXPECT_GT(bounds.checked, 20'000u);
    EXPECT_GT(bounds.used_max, 0.5);
  }
}

TEST(RowBounds, HoldAllOverTheBandOfOptionsThatMayBeExercisedEarly) {
  const Bounds bounds = RowBounds(Numeraire::quote, 8, 0.02, false, true).check();
  EXPECT_GT(bounds.checked, 20'000u);
  EXPECT_GT(bounds.used_max, 0.5);
}

// Deep in the money V / F is nearly 1 - K / F: shocked and unshocked curvature cancel.
TEST(RowBounds, CoinFormCurvaturesOfDeepCallsCancel) {
  const margin::RowPoint p{100.0, 100.0, 1.0, 0.01, 60.0, 1.0, 0.0};
  const margin::CoinCurvature base = margin::coin_curvature_ends(p, true, 100.0, 60.0, 1.0, 0.0);
  const margin::CoinCurvature up = margin::coin_curvature_ends(p, true, 110.0, 70.0, 1.0, 0.0);
  const double difference = std::max(base.high - up.low, up.high - base.low);
  const double sum = margin::coin_curvature(p, true, 100.0, 60.0, 1.0, 0.0) +
                     margin::coin_curvature(p, true, 110.0, 70.0, 1.0, 0.0);
  EXPECT_GT(difference, 2.0 * (0.4 - 40.0 / 110.0) * 0.99);
  EXPECT_LT(difference, sum / 10.0);
}

}  // namespace
}  // namespace margingate::testing
