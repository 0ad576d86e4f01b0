// A third margin, which shares nothing with the other two: prices and deltas from QuantLib, powers
// from libm, scenario sets and charges read off the models' pages, sums in exact rationals, and all
// fills tried leg by leg. Differences may be what rounding rows to integers explains, and no more.
#include <gtest/gtest.h>

#include <ql/pricingengines/blackcalculator.hpp>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "margingate/revaluer.hpp"
#include "support/random.hpp"
#include "support/sanitizers.hpp"
#include "support/shipped_model.hpp"

namespace margingate::testing {
namespace {

using Rational = boost::multiprecision::cpp_rational;
using nlohmann::json;

constexpr int books = MARGINGATE_SANITIZED ? 20 : 150;
// Largest difference of the pricing kernel from QuantLib, of max(F, K): asserted there.
constexpr double kernel_difference = 1e-12;

// A result and how far rounding may take the integers from it.
struct Amount {
  Rational value = 0;
  Rational tolerance = 0;

  Amount& operator+=(const Amount& other) {
    value += other.value;
    tolerance += other.tolerance;
    return *this;
  }
};

Amount larger(const Amount& a, const Amount& b) {
  return {std::max(a.value, b.value), std::max(a.tolerance, b.tolerance)};
}

struct OracleShock {
  double relative = 0.0, minimum = 0.0, short_power = 0.0, long_power = 0.0, pivot_days = 30.0;
};

struct OracleScenario {
  double move = 0.0;
  OracleShock shock;
  Rational weight = 1;
  Rational deductible_quote = 0;
};

json parameters_of(const std::string& name) {
  std::ifstream in(std::string(MARGINGATE_SOURCE_DIR) + "/params/" + name + ".json");
  return json::parse(in);
}

// docs/models/portfolio.md: every price move with each volatility, then the extremes at half.
std::vector<OracleScenario> portfolio_scenarios(const json& unit) {
  const auto shock_of = [](const json& j) {
    return OracleShock{j.value("relative", 0.0), 0.0, j.value("short_power", 0.0),
                       j.value("long_power", 0.0), j.value("pivot_days", 30.0)};
  };
  std::vector<OracleScenario> all;
  for (const double move : unit.at("price_moves")) {
    for (const json& shock : unit.at("volatility_shocks")) all.push_back({move, shock_of(shock)});
  }
  for (const json& extreme : unit.at("extreme_moves")) {
    all.push_back({extreme.at("price_move"), shock_of(unit.at("extreme_volatility")),
                   Rational(extreme.at("weight").get<double>())});
  }
  return all;
}

// docs/models/deribit.md, with its names.
std::vector<OracleScenario> deribit_scenarios(const json& all_parameters) {
  const json& p = all_parameters.at("currency_pair");
  const double r = p.at("price_range");
  const int n = all_parameters.at("general").at("buckets_count");
  const double pivot = all_parameters.at("vega_pivot_days");
  const double short_power = p.at("short_term_vega_power");
  const double long_power = p.at("long_term_vega_power");
  const OracleShock up{p.at("volatility_range_up"), p.at("min_volatility_for_shock_up"),
                       short_power, long_power, pivot};
  const OracleShock down{-p.at("volatility_range_down").get<double>(), 0.0, short_power, long_power,
                         pivot};
  std::vector<OracleScenario> all;
  for (int j = -n; j <= n; ++j) {
    for (const OracleShock& shock : {up, OracleShock{}, down}) all.push_back({r * j / n, shock});
  }
  const Rational factor(p.at("extended_table_factor").get<double>());
  const Rational dampener(all_parameters.at("currency").at("extended_dampener").get<double>());
  for (const double m : all_parameters.at("extended_moves")) {
    const Rational distance = Rational(std::fabs(m)) / Rational(r);
    const Rational edge = m < 0 ? 1 - Rational(r) : 1 + Rational(r);
    all.push_back({m, up, factor / distance * (1 + Rational(m)) / edge,
                   (std::max<Rational>(distance, 1) - 1) * dampener / edge});
  }
  return all;
}

double shocked_volatility(double sigma, const OracleShock& shock, double days) {
  const double power = days < shock.pivot_days ? shock.short_power : shock.long_power;
  const double stretch = std::pow(shock.pivot_days / days, power);
  return std::max(std::max(sigma * (1.0 + shock.relative * stretch), shock.minimum), 0.0);
}

// One contract, in the numeraire, exactly as its payoff says; lots scale it.
struct OracleContract {
  const Instrument* instrument = nullptr;
  bool coin_form = false;
  double forward = 0.0;
  double volatility = 0.0;
  double days = 0.0;
  Rational spot;
  Rational size;       // contract size in money units, of one lot
  Rational half_unit;  // half of 2^e: what a row's entry may be off by

  [[nodiscard]] bool is_option() const { return instrument->kind == InstrumentKind::option; }
  [[nodiscard]] bool is_inverse() const { return instrument->payoff == Payoff::inverse; }
  [[nodiscard]] QuantLib::BlackCalculator at(double f, double sigma) const {
    const auto type = instrument->option_type == OptionType::call ? QuantLib::Option::Call
                                                                  : QuantLib::Option::Put;
    return {type, instrument->strike, f, sigma * std::sqrt(days / 365.0), 1.0};
  }
  // Worth of one lot when the forward stands at f and the spot moved along with it.
  [[nodiscard]] Rational value(double f, double sigma, const Rational& moved_spot) const {
    if (!is_option()) {
      if (!is_inverse()) return Rational(f) * size;
      // A claim on dollars, counted in the coin; in dollars at the table's spot and forward it is
      // what the coins of a loss are worth.
      return coin_form ? -size / Rational(f) : Rational(0);
    }
    const Rational dollars(at(f, sigma).value());
    if (!is_inverse()) return dollars * size;
    return coin_form ? dollars / Rational(f) * size : dollars * moved_spot / Rational(f) * size;
  }
  [[nodiscard]] Rational loss(const OracleScenario& s) const {
    const Rational factor = 1 + Rational(s.move);
    const double shocked = forward * (1.0 + s.move);
    const double sigma = is_option() ? shocked_volatility(volatility, s.shock, days) : 0.0;
    Rational lost;
    if (coin_form || !is_inverse()) {
      lost = value(forward, volatility, spot) - value(shocked, sigma, spot * factor);
    } else if (is_option()) {
      // A coin premium keeps its coins and gains their price: V0 (1 + k) - Vs, at today's ratio.
      const Rational ratio = spot / Rational(forward);
      lost = (Rational(at(forward, volatility).value()) * factor -
              Rational(at(shocked, sigma).value())) *
             ratio * size;
    } else {
      lost = -Rational(s.move) * spot / Rational(forward) * size;
    }
    return s.weight * lost;
  }
  // Money per unit of relative move of the spot.
  [[nodiscard]] Rational delta() const {
    const Rational ratio = spot / Rational(forward);
    if (!is_option()) {
      if (!is_inverse()) return Rational(forward) * size;
      return coin_form ? size / Rational(forward) : ratio * size;
    }
    const QuantLib::BlackCalculator now = at(forward, volatility);
    const Rational forward_delta = Rational(forward) * Rational(now.deltaForward());
    if (!is_inverse()) return forward_delta * size;
    const Rational net = forward_delta - Rational(now.value());
    return coin_form ? net / Rational(forward) * size : net * ratio * size;
  }
  [[nodiscard]] Rational notional() const {
    if (is_option()) return coin_form ? size : spot * size;
    if (!is_inverse()) return Rational(forward) * size;
    return coin_form ? size / Rational(forward) : spot / Rational(forward) * size;
  }
  // What the kernel and QuantLib may differ by, of one lot, in the furthest scenario.
  [[nodiscard]] Rational kernel_error() const {
    if (!is_option()) return Rational(kernel_difference) * notional();
    const Rational reach(8.0 * std::max(forward, instrument->strike) * kernel_difference);
    return reach * size * (coin_form ? 1 / Rational(forward) : Rational(1));
  }
};

struct Leg {
  std::size_t contract = 0;
  std::int64_t net = 0, buys = 0, sells = 0;

  [[nodiscard]] std::int64_t lots() const { return std::abs(net) + buys + sells; }
  // A linear amount is worst at one of the ends of what may be held.
  [[nodiscard]] Rational worst(const Rational& per_lot) const {
    return std::max<Rational>((net - sells) * per_lot, (net + buys) * per_lot);
  }
  [[nodiscard]] Rational best(const Rational& per_lot) const {
    return std::min<Rational>((net - sells) * per_lot, (net + buys) * per_lot);
  }
};

// MR-07's exponent, from its definition.
Rational half_of_row_unit(const OracleContract& contract,
                          const std::vector<OracleScenario>& scenarios, double reference_price) {
  const bool dollar_size = contract.is_inverse() && !contract.is_option();
  double m = 0.1;
  for (const OracleScenario& s : scenarios) {
    const double k = std::fabs(s.move);
    const double inverse = k / (1.0 + s.move);
    const double largest = dollar_size && contract.coin_form ? inverse : std::max(k, inverse);
    m = std::max(m, s.weight.convert_to<double>() * largest);
  }
  double notional = contract.size.convert_to<double>();
  if (!dollar_size && !contract.coin_form) notional *= reference_price;
  if (dollar_size && contract.coin_form) notional /= reference_price;
  Rational unit = 1;
  for (double capacity = 0x1p31; 4.0 * m * notional > capacity; capacity *= 2.0) unit *= 2;
  return unit / 2;
}

class Oracle {
 public:
  Oracle(const ShippedModel& model, json parameters)
      : model_(model), parameters_(std::move(parameters)) {
    const json& p = parameters_;
    scenarios_ = model.counts_in_coin ? deribit_scenarios(p)
                                      : portfolio_scenarios(p.at("risk_units").at("default"));
    scale_ = model.counts_in_coin ? 1'000'000'000 : 1'000'000;
    for (std::size_t i = 0; i < model.config.instruments.size(); ++i) {
      const Instrument& instrument = model.config.instruments[i];
      OracleContract c;
      c.instrument = &instrument;
      c.coin_form = model.counts_in_coin;
      c.forward = model.surface.quotes[i].forward;
      c.volatility = model.surface.quotes[i].implied_volatility;
      c.days = static_cast<double>((instrument.expiry - shipped_clock).value) / 86'400e9;
      c.spot = Rational(model.surface.spots[instrument.underlying.value]);
      c.size = Rational(instrument.contract_size) / instrument.lots_per_contract * scale_;
      c.half_unit =
          half_of_row_unit(c, scenarios_, model.surface.spots[instrument.underlying.value]);
      contracts_.push_back(c);
    }
  }

  struct Unit {
    Amount scan, floor, added, expiry_delta, delta_shock, total;
    Rational delta_lo = 0, delta_hi = 0;
  };

  [[nodiscard]] Unit unit(std::uint32_t id, const std::vector<Leg>& legs) const {
    std::vector<Leg> own;
    for (const Leg& leg : legs) {
      if (contracts_[leg.contract].instrument->risk_unit.value == id) own.push_back(leg);
    }
    Unit u;
    if (own.empty()) return u;
    u.scan = scan(own);
    for (const Leg& leg : own) {
      const Rational delta = contracts_[leg.contract].delta();
      u.delta_lo += leg.best(delta);
      u.delta_hi += leg.worst(delta);
    }
    u.expiry_delta = expiry_delta(own);
    if (model_.counts_in_coin) {
      u.delta_shock = delta_shock(own);
    } else {
      const json& unit = parameters_.at("risk_units").at("default");
      u.floor = exposure(own, unit.at("floor").at(0).at("long_rate"));
      u.added = exposure(own, unit.at("liquidity").at(0).at("long_rate"));
    }
    u.total = larger(u.scan, u.floor);
    for (const Amount& charge : {u.expiry_delta, u.delta_shock, u.added}) u.total += charge;
    return u;
  }

  [[nodiscard]] Amount credits(const std::vector<Unit>& units) const {
    if (units.size() < 2) return {};
    const bool opposite = (units[0].delta_lo > 0 && units[1].delta_hi < 0) ||
                          (units[0].delta_hi < 0 && units[1].delta_lo > 0);
    if (!opposite) return {};
    const Rational rate(parameters_.at("offsets").at(0).at("rate").get<double>());
    const Amount a = larger(units[0].scan, units[0].floor);
    const Amount b = larger(units[1].scan, units[1].floor);
    return {rate * std::min(a.value, b.value), std::max(a.tolerance, b.tolerance) + 1};
  }

  [[nodiscard]] const OracleContract& contract(std::size_t i) const { return contracts_[i]; }

 private:
  Amount scan(const std::vector<Leg>& legs) const {
    Amount worst{0, 0};
    Rational tolerance = 1;
    for (const Leg& leg : legs) {
      const OracleContract& c = contracts_[leg.contract];
      tolerance += leg.lots() * (c.half_unit + c.kernel_error());
    }
    for (const OracleScenario& s : scenarios_) {
      Rational loss = -s.deductible_quote / contracts_[legs[0].contract].spot * scale_;
      for (const Leg& leg : legs) loss += leg.worst(contracts_[leg.contract].loss(s));
      worst.value = std::max(worst.value, loss);
    }
    worst.tolerance = tolerance;
    return worst;
  }
  // Rates per contract on the dearer side; rounded up once a lot.
  Amount exposure(const std::vector<Leg>& legs, double rate) const {
    Amount sum;
    for (const Leg& leg : legs) {
      const std::int64_t most = std::max(leg.net + leg.buys, leg.sells - leg.net);
      const Rational per_lot = Rational(rate) * contracts_[leg.contract].notional();
      sum += {std::max<std::int64_t>(most, 0) * per_lot, std::max<std::int64_t>(most, 0)};
    }
    return sum;
  }
  // Deltas net per expiry, not across; a lot's weighted delta is rounded once, to nearest.
  Amount expiry_delta(const std::vector<Leg>& legs) const {
    struct Ends {
      Rational lo = 0, hi = 0, tolerance = 0;
    };
    std::map<std::int64_t, Ends> expiries;
    for (const Leg& leg : legs) {
      const OracleContract& c = contracts_[leg.contract];
      const bool is_perpetual = c.instrument->kind == InstrumentKind::perpetual;
      const Rational weighted = c.delta() * rate_of(c, is_perpetual);
      Ends& ends = expiries[is_perpetual ? INT64_MAX : c.instrument->expiry.ns];
      ends.lo += leg.best(weighted);
      ends.hi += leg.worst(weighted);
      ends.tolerance += leg.lots() * (Rational(1, 2) + c.kernel_error());
    }
    Amount sum;
    for (const auto& [expiry, ends] : expiries) {
      sum += {std::max(abs(ends.lo), abs(ends.hi)), ends.tolerance};
    }
    return sum;
  }
  Rational rate_of(const OracleContract& c, bool is_perpetual) const {
    if (!model_.counts_in_coin) {
      return Rational(
          parameters_.at("risk_units").at("default").at("basis").at("minimum_rate").get<double>());
    }
    const json& p = parameters_.at("currency");
    const double least = p.at("min_annualised_move");
    const double move = p.at("annualised_move_risk");
    return Rational(is_perpetual ? least : std::max(least, std::exp(move * c.days / 365.0) - 1.0));
  }
  // The delta that long options may shrink but never flip, times its rate.
  Amount delta_shock(const std::vector<Leg>& legs) const {
    const json& p = parameters_.at("currency_pair");
    Rational tolerance = 0;
    Rational shocked = 0;
    for (const int direction : {-1, 1}) {
      Rational rest = 0, longs = 0;
      for (const Leg& leg : legs) {
        const OracleContract& c = contracts_[leg.contract];
        const Rational delta = direction * c.delta();
        const std::int64_t end = delta > 0 ? leg.net + leg.buys : leg.net - leg.sells;
        (c.is_option() && end > 0 ? longs : rest) += end * delta;
        tolerance += leg.lots() * (Rational(1, 2) + c.kernel_error());
      }
      if (rest > 0) shocked = std::max<Rational>(shocked, std::min<Rational>(rest + longs, rest));
    }
    shocked = std::max<Rational>(shocked, 0);
    const Rational size = shocked / scale_;
    const Rational threshold = Rational(p.at("delta_total_liq_shock_threshold").get<double>()) /
                               contracts_[legs[0].contract].spot;
    const Rational increase(p.at("m_inc").get<double>());
    const Rational most(p.at("max_delta_shock").get<double>());
    const Rational rate =
        std::min<Rational>(increase * std::max<Rational>(size - threshold, 0), most);
    return {shocked * rate, tolerance * (most + increase * size) + 2};
  }

  const ShippedModel& model_;
  json parameters_;
  std::vector<OracleScenario> scenarios_;
  Rational scale_;
  std::vector<OracleContract> contracts_;
};

// The gate that is asked, at the table's spot.
struct AskedGate {
  const ShippedModel& model;
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Revaluer> revaluer;

  explicit AskedGate(const ShippedModel& of) : model(of) {
    GateConfig config = model.config;
    config.limits.accounts_max = static_cast<std::uint32_t>(books);
    gate = Gate::create(config).gate;
    revaluer = std::make_unique<Revaluer>(*gate);
    EXPECT_TRUE(revaluer->update_surface(model.surface));
    for (std::uint32_t u = 0; u < model.spots.size(); ++u) {
      EXPECT_EQ(gate->apply(SpotTick{{u}, model.spots[u], shipped_clock}), Reason::accepted);
    }
    static_cast<void>(revaluer->run_once());
    gate->poll();
  }
  Price price_of(std::size_t i) const {
    const Instrument& instrument = model.config.instruments[i];
    const double spot = model.surface.spots[instrument.underlying.value];
    if (instrument.kind != InstrumentKind::option) return {std::llround(spot * 1e6)};
    return {std::llround((instrument.payoff == Payoff::inverse ? 0.02 : 0.02 * spot) * 1e6)};
  }
  std::vector<Leg> random_book(AccountId account, Random& random) {
    EXPECT_EQ(gate->apply(CashMovement{account, model.config.numeraire, {std::int64_t{1} << 58}}),
              Reason::accepted);
    std::map<std::size_t, Leg> legs;
    for (std::int64_t i = random.integer(1, 6); i > 0; --i) {
      const auto contract = static_cast<std::size_t>(
          random.integer(0, static_cast<std::int64_t>(model.config.instruments.size()) - 1));
      const InstrumentId id{static_cast<std::uint32_t>(contract)};
      Leg& leg = legs[contract];
      leg.contract = contract;
      const std::int64_t lots = size(id, random);
      if (gate->apply(PositionTransfer{account, id, {lots}, price_of(contract)}) ==
          Reason::accepted) {
        leg.net += lots;
      }
      for (std::int64_t orders = random.integer(0, 2); orders > 0; --orders) {
        const std::int64_t order = size(id, random);
        const Side side = order > 0 ? Side::buy : Side::sell;
        const Verdict verdict = gate->reserve(
            {account, id, side, {std::abs(order)}, price_of(contract), shipped_clock});
        EXPECT_EQ(verdict.reason, Reason::accepted);
        (order > 0 ? leg.buys : leg.sells) += std::abs(order);
      }
    }
    std::vector<Leg> result;
    for (const auto& [contract, leg] : legs) result.push_back(leg);
    return result;
  }

 private:
  std::int64_t size(InstrumentId id, Random& random) const {
    const Instrument& i = model.config.instruments[id.value];
    const bool dollar_size = i.payoff == Payoff::inverse && i.kind != InstrumentKind::option;
    const double lot = i.contract_size / static_cast<double>(i.lots_per_contract) *
                       (dollar_size ? 1.0 : model.surface.spots[i.underlying.value]);
    const auto lots = std::max<std::int64_t>(
        1, std::llround(std::exp(random.uniform(std::log(1e3), std::log(4e7))) / lot));
    return random.chance(0.5) ? lots : -lots;
  }
};

class IndependentOracle : public ::testing::TestWithParam<const char*> {
 protected:
  void expect_near(Money actual, const Amount& expected, const char* what) {
    const Rational difference = abs(Rational(actual.value) - expected.value);
    EXPECT_LE(difference, expected.tolerance)
        << what << ": " << actual.value << " expected " << expected.value.convert_to<double>()
        << " +- " << expected.tolerance.convert_to<double>();
  }
  double relative = 0.0;
};

TEST_P(IndependentOracle, AgreesWithinTheRoundingOfRows) {
  const ShippedModel model = shipped_model(GetParam());
  const Oracle oracle(model, parameters_of(GetParam()));
  AskedGate asked(model);
  constexpr std::uint64_t seed = 7;
  Random random(seed);
  int with_credits = 0, with_floor = 0, with_delta_shock = 0;
  for (std::uint32_t book = 0; book < books && !HasFailure(); ++book) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " book " + std::to_string(book));
    const std::vector<Leg> legs = asked.random_book({book}, random);
    const MarginStatement statement = asked.gate->statement(AccountId{book});
    ASSERT_EQ(statement.reason, Reason::accepted);
    std::vector<Oracle::Unit> units;
    Amount margin;
    for (std::uint32_t u = 0; u < model.config.model.units.size(); ++u) {
      units.push_back(oracle.unit(u, legs));
      margin += units.back().total;
    }
    for (const RiskUnitStatement& unit : statement.risk_units) {
      const Oracle::Unit& expected = units[unit.risk_unit.value];
      expect_near(unit.scan_risk, expected.scan, "scan risk");
      expect_near(unit.floor, expected.floor, "floor");
      expect_near(unit.added_charges, expected.added, "liquidity");
      expect_near(unit.expiry_delta_charge, expected.expiry_delta, "expiry delta");
      expect_near(unit.delta_shock, expected.delta_shock, "delta shock");
      with_floor += expected.floor.value > expected.scan.value;
      with_delta_shock += expected.delta_shock.value > 0;
    }
    const Amount credits = oracle.credits(units);
    expect_near(statement.credits, credits, "credits");
    with_credits += credits.value > 0;
    margin.value -= credits.value;
    margin.tolerance += credits.tolerance + 1;
    expect_near(statement.initial_margin, margin, "initial margin");
    const Rational off = abs(Rational(statement.initial_margin.value) - margin.value);
    relative = std::max(relative, Rational(off / margin.value).convert_to<double>());
  }
  EXPECT_EQ(with_credits > 3, !model.counts_in_coin);
  EXPECT_EQ(with_floor > 0, !model.counts_in_coin);
  EXPECT_EQ(with_delta_shock > 3, model.counts_in_coin);
  std::printf("%s: %d books, initial margins differ by at most %.1e of themselves\n", GetParam(),
              books, relative);
}

INSTANTIATE_TEST_SUITE_P(Models, IndependentOracle,
                         ::testing::Values("portfolio-generic", "deribit-btc-2024-06-17",
                                           "deribit-eth-2026-02-15"),
                         [](const auto& at) {
                           std::string name(at.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace margingate::testing
