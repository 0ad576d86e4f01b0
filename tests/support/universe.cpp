#include "support/universe.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace margingate::testing {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

// As returns of a history are: many small ones, few large ones, a volatility for each.
void add_historical_rows(Random& random, int rows, ScanRisk& scan) {
  for (int i = 0; i < rows; ++i) {
    const double size = random.chance(0.1) ? 0.2 : 0.04;
    Scenario s;
    s.price_move = size * random.uniform(-1.0, 1.0);
    s.volatility.relative = 4.0 * size * random.uniform(-1.0, 1.0);
    scan.scenarios.push_back(s);
  }
}

void add_alternatives(Random& random, std::uint32_t alternatives, ScanRisk& scan) {
  const std::size_t count = scan.scenarios.size();
  for (std::uint32_t block = 1; block < alternatives; ++block) {
    for (std::size_t s = 0; s < count; ++s) {
      Scenario other = scan.scenarios[s];
      other.weight *= random.chance(0.5) ? -1.0 : random.uniform(0.5, 1.5);
      scan.scenarios.push_back(other);
    }
  }
  scan.alternatives = alternatives;
}

// Everything that differs from expiry to expiry and from strike to strike of one scenario.
void add_rate_scenarios(RiskUnitModel& unit) {
  unit.discounts_options = true;
  const ValueScale held{0.95, -1.0, -0.08, false};
  const ValueScale owed{1.04, 0.5, 0.08, true};
  const VolatilitySkew skew{0.15, -0.05, 4.0, 0.6, -0.1, 0.01, false};
  const VolatilitySkew both_sides{0.4, -0.05, 4.0, 0.6, 0.2, 0.01, true};
  VolatilityShock up{0.5, 0.5, 0.3, 0.13, 30.0};
  up.days_minimum = 1.0;
  const auto add = [&](double move, const VolatilityShock& shock, double weight,
                       double weight_per_year, const ValueScale& scale,
                       const VolatilitySkew& skewed = {}) {
    unit.scan.scenarios.push_back({move, shock, weight, 0.0, weight_per_year, scale, skewed});
  };
  for (const ValueScale& scale : {held, owed}) {
    add(-0.12, up, 1.0, 0.0, scale);
    add(0.5, up, 0.072, 0.0, scale);
    add(0.0, {}, 1.0, 0.0, scale, skew);
    add(0.0, {}, -1.0, 0.0, scale, skew);
    add(0.0, up, -0.7, 0.0, scale, both_sides);
  }
  for (const double move : {0.045, -0.045}) add(move, {}, 0.5, 2.0, {});
}

RiskUnitModel make_grid_model(Random& random, const UniverseOptions& options) {
  RiskUnitModel unit;
  if (options.historical_rows > 0) add_historical_rows(random, options.historical_rows, unit.scan);
  const int half = options.scenario_moves / 2;
  for (int i = -half; i <= half && options.historical_rows == 0; ++i) {
    for (int v = 0; v < 3; ++v) {
      Scenario s;
      s.price_move = 0.04 * i;
      s.volatility = v == 0   ? VolatilityShock{0.5, 0.5, 0.3, 0.13, 30.0}
                     : v == 1 ? VolatilityShock{}
                              : VolatilityShock{-0.25, 0.0, 0.3, 0.13, 30.0};
      unit.scan.scenarios.push_back(s);
    }
  }
  if (options.rates) add_rate_scenarios(unit);
  if (!options.charges) return unit;
  for (const double move : {-0.66, 1.0, 4.0}) {
    const bool is_worst = options.reducer.kind == ReducerKind::worst;
    const bool deducts = is_worst && !options.parts && !options.has_chords && !options.pools;
    const double deductible = deducts ? 5'000.0 : 0.0;
    Scenario s{move, {0.5, 0.5, 0.3, 0.13, 30.0}, 0.3, deductible};
    unit.scan.scenarios.push_back(s);
  }
  unit.expiry_delta = {0.005, 0.075};
  if (!options.has_chords) {
    unit.scan.rounding_decimals = random.chance(0.5) && !options.pools ? 4 : -1;
    unit.delta_shock = {0.0005, 50'000.0, 0.1};
  }
  ExposureCharge liquidity;
  liquidity.kinds = {0, 1, 2, 3};
  liquidity.long_rate = 0.002;
  liquidity.short_rate = 0.003;
  ExposureCharge shorts;
  shorts.kinds = {3};
  shorts.long_mark_rate = 0.1;
  shorts.short_otm_base = 0.02;
  shorts.short_otm_minimum = 0.01;
  unit.added = {liquidity, shorts};
  ExposureCharge least;
  least.kinds = {1, 2, 3};
  least.long_rate = least.short_rate = 0.004;
  unit.floor = {least};
  unit.delta_decay_minutes = 30.0;
  return unit;
}

// Every way a charge may depend on more than the contract: its size, the margin it is part of, the
// open interest; and what goes with it on the scenarios' side.
void scale_charges(Random& random, bool coin, bool has_no_total_floor, RiskUnitModel& unit) {
  ScanRisk& scan = unit.scan;
  if (random.chance(0.5)) scan.delta_one_moves = PriceBase::spot;
  Scenario later = scan.scenarios.front();
  later.price_move = 0.0;
  later.volatility = {};
  later.volatility.days_forward = 1.0;
  scan.scenarios.push_back(later);
  if (random.chance(0.5)) {
    for (Scenario& s : scan.scenarios) s.volatility.whole_days = s.volatility.short_power > 0.0;
  }
  unit.expiry_delta.spot_rate = 0.006;

  ExposureCharge by_size;
  by_size.kinds = {1, 2};
  by_size.long_rate = by_size.short_rate = 0.01;
  by_size.notional_price = random.chance(0.5) ? PriceBase::spot : PriceBase::forward;
  by_size.scaling.unit = coin ? SizeUnit::underlying : SizeUnit::notional_quote;
  const double unit_size = coin ? 1.0 : 10'000.0;
  if (random.chance(0.3)) {
    by_size.scaling.square_root_rate = 0.01 / std::sqrt(unit_size);
    by_size.scaling.base_rate = 0.01;
  } else if (random.chance(0.5)) {
    by_size.scaling.tiers = {{unit_size, 0.01}, {2.0 * unit_size, 0.02}, {5.0 * unit_size, 0.5}};
  } else {
    by_size.scaling.unit = SizeUnit::underlying;
    by_size.scaling.linear_rate = random.chance(0.2) ? 0.9 : 0.004;
  }
  by_size.scope = random.chance(0.5) ? MarginScope::initial : MarginScope::both;
  ExposureCharge maintenance;
  maintenance.kinds = {0, 1, 2, 3};
  maintenance.long_rate = 0.005;
  maintenance.short_rate = 0.02;
  maintenance.scope = MarginScope::maintenance;
  ExposureCharge marks;
  marks.kinds = {3};
  marks.short_mark_rate = 0.4;
  marks.short_mark_floor = 0.02;
  marks.short_otm_base = 0.05;
  marks.short_otm_minimum = 0.02;
  marks.option_types = random.chance(0.5) ? OptionTypes::calls : OptionTypes::puts;
  if (!coin) {
    marks.long_amount_quote = 0.5;
    marks.short_amount_quote = 37.5;
  }
  ExposureCharge crowded;
  crowded.kinds = {2};
  crowded.long_rate = crowded.short_rate = 0.01;
  crowded.open_interest = {1e6, 5e7};
  crowded.scope = MarginScope::initial;
  unit.added.insert(unit.added.end(), {by_size, maintenance, marks, crowded});
  if (has_no_total_floor) return;  // credits and pools exclude it
  ExposureCharge unwinding;
  unwinding.kinds = {0, 1, 2, 3};
  unwinding.long_rate = unwinding.short_rate = random.chance(0.5) ? 0.05 : 0.3;
  unit.total_floor = {unwinding};
  if (!coin) unit.total_floor_tiers = {{0.0, 1.0}, {5'000.0, 2.0}, {50'000.0, 4.0}};
}

void scale_collateral(GateConfig& config) {
  for (Asset& asset : config.assets) {
    asset.haircut_tiers = {{0.5, 0.1}, {2.0, 0.2}};
    asset.borrow_initial_rate = 0.1;
    asset.borrow_maintenance_rate = 0.02;
  }
  config.assets.front().haircut_tiers = {{20'000.0, 0.1}};
  config.assets.back().tiers_in_value = true;
}

RiskUnitModel make_model(Random& random, const UniverseOptions& options) {
  RiskUnitModel unit = make_grid_model(random, options);
  add_alternatives(random, options.alternatives, unit.scan);
  unit.scan.lesser_of_last_two = options.paired;
  unit.scan.at_least_zero = options.at_least_zero;
  if (options.strike_netting) {
    unit.expiry_delta = {};
    unit.strike_netting = {0.005, 0.003};
  }
  if (!options.pools) unit.scan.reducer = options.reducer;
  return unit;
}

double random_share(Random& random) {
  const double share = random.uniform();
  return share < 0.4 ? 1.0 : share < 0.5 ? 0.0 : share;
}

ScenarioParts two_parts(Random& random, std::size_t scenarios, const Reducer& reducer) {
  const auto first = static_cast<std::uint32_t>(scenarios / 16 * 8);
  const auto second = static_cast<std::uint32_t>(scenarios) - first;
  ScenarioParts parts;
  parts.parts = {{first, reducer, 0.7}, {second, {}, 0.3}};
  if (random.chance(0.4)) parts.together = PartsTogether::largest;
  return parts;
}

// Groups of one or two units.
ScanPool make_pool(Random& random, std::uint32_t units, const Reducer& reducer) {
  ScanPool pool;
  for (std::uint32_t u = 0; u < units; ++u) {
    const bool is_new = pool.groups.empty() || pool.groups.back().units.size() == 2;
    if (is_new || random.chance(0.5)) pool.groups.push_back({{}, random_share(random)});
    pool.groups.back().units.push_back({u});
  }
  pool.gain_share = random_share(random);
  pool.reducer = reducer;
  pool.rounding_decimals = random.chance(0.3) ? 4 : -1;
  return pool;
}

class Builder {
 public:
  Builder(Random& random, const UniverseOptions& options) : random_(random), options_(options) {}

  Universe build() {
    GateConfig& c = universe_.config;
    const bool coin = options_.numeraire == Numeraire::coin;
    c.money_decimals = coin ? 12 : 8;
    c.price_decimals = 8;
    c.assets = {{0.0}, {0.05}, {0.1}};
    c.assets.resize(std::max<std::size_t>(c.assets.size(), 1 + options_.risk_units), {0.1});
    c.numeraire = {coin ? 1u : 0u};
    universe_.surface.as_of = universe_start;
    std::vector<double> prices = {random_.uniform(20'000, 90'000), random_.uniform(1'000, 4'000)};
    const std::uint32_t units = coin ? 1 : options_.risk_units;
    while (prices.size() < units) prices.push_back(random_.uniform(500, 50'000));
    for (std::uint32_t u = 0; u < units; ++u) {
      const double spot = std::floor(prices[u] * 100.0) / 100.0;
      c.underlyings.push_back({{1 + u}, spot});
      universe_.surface.spots.push_back(spot);
      universe_.spots.push_back({std::llround(spot * 1e8)});
      c.model.units.push_back(make_model(random_, options_));
      if (options_.scaled) {
        const bool has_no_total_floor = (options_.charges && !coin) || options_.pools;
        scale_charges(random_, coin, has_no_total_floor, c.model.units.back());
      }
      add_instruments(u, spot, coin);
    }
    c.model.name = "test";
    if (options_.pools) {
      const std::uint32_t pooled = units > 2 && !options_.paired ? units - 1 : units;
      c.model.pools.push_back(make_pool(random_, pooled, options_.reducer));
      if (options_.parts) split_pool(c.model);
      if (options_.paired) c.model.pools[0].initial_factor = 1.3;
      if (options_.paired) c.model.pools[0].maintenance_factor = 0.8;
    }
    if (options_.parts && !options_.pools) split_units(c.model);
    if (options_.charges && !coin && !options_.pools) c.model.credits.push_back({{0}, {1}, 0.3});
    if (options_.charges) c.model.initial_factor = 1.25;
    if (options_.scaled) {
      scale_collateral(c);
      c.model.bands = {{"warning", 3.0}, {"reduce only", 1.2}, {"liquidation", 1.0}};
    }
    if (options_.delivered && !coin) give_losses();
    if (options_.losses_only) c.model.unrealised_profit = UnrealisedProfit::losses_only;
    return std::move(universe_);
  }

 private:
  // Some of the contracts then need no quote, or no volatility.
  void give_losses() {
    deliver_losses(random_, universe_.config);
    for (const DeliveredRow& row : universe_.config.model.delivered) {
      InstrumentQuote& quote = universe_.surface.quotes[row.instrument.value];
      const InstrumentKind kind = universe_.config.instruments[row.instrument.value].kind;
      if (random_.chance(0.3)) quote.implied_volatility = std::nan("");
      if (kind == InstrumentKind::option && random_.chance(0.3)) quote.forward = std::nan("");
    }
  }

  void split_units(MarginModel& model) {
    for (RiskUnitModel& unit : model.units) {
      unit.scan.parts = two_parts(random_, unit.scan.scenarios.size(), unit.scan.reducer);
      unit.scan.reducer = {};
    }
  }

  void split_pool(MarginModel& model) {
    ScanPool& pool = model.pools[0];
    const RiskUnitId first = pool.groups[0].units[0];
    const ScanRisk& scan = model.units[first.value].scan;
    pool.parts = two_parts(random_, scan.scenarios.size() / scan.alternatives,
                           std::exchange(pool.reducer, {}));
  }

  void add(const Instrument& instrument, double forward, double volatility) {
    universe_.config.instruments.push_back(instrument);
    InstrumentQuote quote{forward, volatility};
    if (options_.scaled) {
      quote.open_interest_quote = random_.chance(0.1) ? std::nan("") : random_.uniform(0.0, 1e8);
    }
    universe_.surface.quotes.push_back(quote);
    const bool is_american = instrument.exercise_style == ExerciseStyle::american;
    if (is_american) quote.interest_rate = random_.uniform(-0.02, 0.12);
    if (is_american) quote.forward = forward * random_.uniform(0.97, 1.02);
    universe_.surface.quotes.back() = quote;
    if (options_.rates && instrument.kind == InstrumentKind::option) add_rates(instrument.expiry);
  }

  // The nearest expiry is being averaged for some, others have not begun.
  void add_rates(Timestamp expiry) {
    InstrumentQuote& quote = universe_.surface.quotes.back();
    quote.interest_rate = random_.uniform(-0.05, 0.4);
    const bool is_near = expiry.ns < universe_start.ns + day_ns;
    if (is_near && random_.chance(0.5)) quote.settled_price = quote.forward * 0.4;
  }

  void add_instruments(std::uint32_t u, double spot, bool coin) {
    for (const Payoff payoff : {Payoff::inverse, Payoff::linear}) {
      if (coin && payoff == Payoff::linear) continue;
      Instrument base;
      base.payoff = payoff;
      base.underlying = {u};
      base.risk_unit = {u};
      base.settlement_asset = {payoff == Payoff::inverse ? 1 + u : 0u};
      add_delta_one(base, spot);
      add_options(base, spot);
    }
    if (!coin) {
      Instrument spot_instrument;
      spot_instrument.kind = InstrumentKind::spot;
      spot_instrument.underlying = {u};
      spot_instrument.risk_unit = {u};
      spot_instrument.lots_per_contract = 1'000;
      add(spot_instrument, options_.rates ? spot * 0.9998 : std::nan(""), std::nan(""));
    }
  }

  void add_delta_one(Instrument base, double spot) {
    const bool inverse = base.payoff == Payoff::inverse;
    base.contract_size = inverse ? 10.0 : 1.0;
    base.lots_per_contract = inverse ? 1 : 1'000;
    base.kind = InstrumentKind::perpetual;
    add(base, spot * random_.uniform(0.999, 1.001), std::nan(""));
    base.kind = InstrumentKind::future;
    for (const std::int64_t days : {11, 95}) {
      base.expiry = {universe_start.ns + days * day_ns};
      add(base, spot * (1.0 + 0.0002 * static_cast<double>(days)), std::nan(""));
    }
  }

  void add_options(Instrument base, double spot) {
    base.kind = InstrumentKind::option;
    base.contract_size = 1.0;
    base.lots_per_contract = 10;
    const std::int64_t expiries_minutes[] = {95, 1'440, 11 * 1'440, 95 * 1'440};
    for (int i = 0; i < options_.options_per_underlying; ++i) {
      const std::int64_t minutes = expiries_minutes[random_.integer(0, 3)];
      base.expiry = {universe_start.ns + minutes * 60'000'000'000};
      base.option_type = random_.chance(0.5) ? OptionType::call : OptionType::put;
      const double width = 0.03 + 0.02 * std::sqrt(static_cast<double>(minutes) / 1'440.0);
      if (options_.american && base.payoff == Payoff::linear) {
        base.exercise_style =
            random_.chance(0.8) ? ExerciseStyle::american : ExerciseStyle::european;
      }
      base.strike = std::floor(spot * std::exp(width * random_.uniform(-2.0, 2.0)));
      add(base, spot * (1.0 + 0.0002 * static_cast<double>(minutes) / 1'440.0),
          random_.uniform(0.3, 1.1));
    }
  }

  Random& random_;
  UniverseOptions options_;
  Universe universe_;
};

}  // namespace

Universe make_universe(Random& random, const UniverseOptions& options) {
  return Builder(random, options).build();
}

void deliver_losses(Random& random, GateConfig& config) {
  for (std::uint32_t n = 0; n < config.instruments.size(); ++n) {
    const Instrument& i = config.instruments[n];
    if (random.chance(0.2)) continue;
    const bool is_option = i.kind == InstrumentKind::option;
    const bool size_in_quote = i.payoff == Payoff::inverse && !is_option;
    const double price =
        size_in_quote ? 1.0 : config.underlyings[i.underlying.value].reference_price;
    const double worth = i.contract_size * price;
    const double sign = i.option_type == OptionType::call ? 1.0 : -1.0;
    const double delta = is_option ? sign * random.uniform(0.0, 1.0) : 1.0;
    DeliveredRow row{{n}};
    for (const Scenario& s : config.model.units[i.risk_unit.value].scan.scenarios) {
      const double own = is_option ? random.uniform(-0.02, 0.02) : 0.0;
      row.losses_quote.push_back(worth * (own - s.weight * s.price_move * delta));
    }
    if (is_option) row.value_quote = worth * random.uniform(0.0, 0.1);
    row.delta_quote = worth * delta;
    row.expiry_delta_quote = random.chance(0.2) ? 0.0 : worth * delta;
    config.model.delivered.push_back(std::move(row));
  }
}

// Most of the time what credits are worth now, also more than the model grants, or not known.
std::vector<double> live_credit_rates(Random& random, const MarginModel& model) {
  std::vector<double> rates;
  if (random.chance(0.2)) return rates;
  for (const OffsetCredit& credit : model.credits) {
    const bool known = random.chance(0.9);
    rates.push_back(known ? credit.rate * random.uniform(-0.2, 1.4) : std::nan(""));
  }
  return rates;
}

Market shifted_surface(Random& random, const Universe& universe, Timestamp as_of) {
  Market market = universe.surface;
  market.as_of = as_of;
  for (InstrumentQuote& quote : market.quotes) {
    quote.forward *= random.uniform(0.999, 1.001);
    quote.implied_volatility *= random.uniform(0.9, 1.1);
  }
  market.credit_rates = live_credit_rates(random, universe.config.model);
  return market;
}

}  // namespace margingate::testing
