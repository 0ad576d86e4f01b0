// The order path of margin by liquidation groups against the whole calculation, made from scratch
// of the same losses: equal where the model says exact, never below it elsewhere, and not below it
// for any way in which working orders may fill.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "liquidation_groups/account_margin.hpp"
#include "models/liquidation_groups.hpp"
#include "reference/reference_requirement.hpp"
#include "support/random.hpp"
#include "support/sanitizers.hpp"
#include "support/shipped_model.hpp"

namespace margingate::testing {
namespace {

using models::LiquidationGroupParameters;
using reference::ReferenceAccount;
using reference::ReferenceMargin;
using reference::ReferenceMarket;
using reference::ReferenceRow;

constexpr int books = MARGINGATE_SANITIZED ? 20 : 150;
constexpr double compression_per_contract = 2.5;
constexpr std::size_t window = 20;

// Two measures of a few scenarios for two coins that move together.
LiquidationGroupParameters drawn_parameters(Random& random, bool is_plain) {
  models::LiquidationSplit split;
  split.group = "G";
  split.name = "G_HP2";
  split.measures = {{"filtered", 0.95, 1.0, 0.0, 1.0}, {"stress", 0.9, 1.0, 0.0, 0.6}};
  if (!is_plain) {
    split.measures[0].robustness = 1.1;
    split.measures[0].correlation_break_cap = 0.25;
  }
  for (const char* const name : {"BTC", "ETH", "default"}) {
    models::LiquidationUnderlying underlying;
    underlying.name = name;
    for (const std::size_t count : {std::size_t{64}, std::size_t{30}}) {
      std::vector<double> moves(count), volatility(count);
      for (std::size_t s = 0; s < count; ++s) {
        moves[s] = random.uniform(-0.25, 0.3);
        volatility[s] = random.uniform(-0.3, 0.5);
      }
      underlying.price_moves.push_back(moves);
      underlying.volatility_moves.push_back(volatility);
    }
    if (!is_plain) {
      ExposureCharge compression;
      compression.kinds = {1, 2, 3};
      compression.long_amount_quote = compression_per_contract;
      compression.short_amount_quote = compression_per_contract;
      underlying.compression = {compression};
      underlying.liquidity =
          models::LiquidationLiquidity{0.2, 5e8, {{0.0, 0.0}, {1.0, 0.1}, {10.0, 0.8}}, 3.0};
    }
    split.underlyings.push_back(underlying);
  }
  return {{split}};
}

struct World {
  ShippedModel model;
  ReferenceMarket market;
  std::vector<ReferenceRow> rows;

  World(const LiquidationGroupParameters& parameters) : model(shipped_model("portfolio-generic")) {
    model.parameters.numbers = parameters;
    model.config.model = models::compose_margin_model(model.parameters, model.units);
    market = {&model.config, &model.surface, shipped_clock, model.spots, model.spots, {}};
    market.asset_prices.resize(model.config.assets.size());
    for (std::uint32_t i = 0; i < model.config.instruments.size(); ++i) {
      rows.push_back(reference_row(market, {i}));
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] double money() const { return std::pow(10.0, model.config.money_decimals); }
};

// The terms of the whole calculation for the same contracts, one lot each: what a lot loses in a
// scenario is the row's.
liquidation_groups::ParameterSet from_scratch(const World& world,
                                              const LiquidationGroupParameters& parameters) {
  using namespace liquidation_groups;
  const models::LiquidationSplit& terms = parameters.splits[0];
  const models::LiquidationUnderlying& first = terms.underlyings[0];
  ParameterSet set;
  Split split;
  split.name = terms.name;
  for (std::size_t m = 0; m < terms.measures.size(); ++m) {
    RiskMeasure measure;
    measure.name = terms.measures[m].name;
    measure.scenarios = first.price_moves[m].size();
    measure.confidence = terms.measures[m].confidence;
    measure.robustness = terms.measures[m].robustness;
    measure.weight = terms.measures[m].weight;
    const double cap = terms.measures[m].correlation_break_cap;
    if (cap > 0.0) measure.correlation_break = CorrelationBreak{window, 0.9, cap, 0.0, 1.0};
    split.measures.push_back(measure);
  }
  if (first.liquidity) split.measures[0].diversification = Diversification{0.95, 0.2};
  set.groups.push_back({terms.group, "USD", {split}});
  LiquidityClass liquidity{"class", {{0.0, 0.0}}};
  if (first.liquidity) {
    liquidity.points.clear();
    for (const auto& p : first.liquidity->points) {
      liquidity.points.push_back({p.relative_size_percent, p.factor});
    }
  }
  set.liquidity_classes.push_back(liquidity);
  for (std::size_t i = 0; i < world.rows.size(); ++i) {
    const ReferenceRow& row = world.rows[i];
    const auto& contract = world.model.config.instruments[i];
    const double notional = row.notional / world.money();
    liquidation_groups::Instrument one;
    one.name = std::to_string(i);
    one.product = one.name;
    one.trade_unit_value = 1.0;
    one.neutral_price = notional;
    one.reference_price = notional;
    std::size_t scenario = 0;
    double worst = 0.0;
    for (std::size_t m = 0; m < split.measures.size(); ++m) {
      std::vector<double> prices;
      for (std::size_t s = 0; s < split.measures[m].scenarios; ++s) {
        const double loss = static_cast<double>(row.losses[scenario++]) / world.money();
        prices.push_back(notional - loss);
        worst = std::max(worst, std::abs(loss));
      }
      const double error =
          first.compression.empty()
              ? 0.0
              : compression_per_contract / static_cast<double>(contract.lots_per_contract);
      one.scenarios.push_back({{prices}, {}, {error}});
    }
    if (first.liquidity) {
      one.individual_risk = first.liquidity->individual_risk * notional;
      one.individual_risk_base = worst;
      one.liquidity_premium_basis_points = first.liquidity->premium_basis_points;
      set.market_capacities.push_back({one.product, 0, 0, OptionRight::none,
                                       first.liquidity->market_capacity_quote / notional});
    }
    set.instruments.push_back(one);
  }
  return set;
}

double whole_margin(const liquidation_groups::ParameterSet& set, const ReferenceAccount& account) {
  std::vector<liquidation_groups::InstrumentPosition> positions;
  for (const reference::ReferenceLeg& leg : account.legs) {
    positions.push_back({leg.instrument.value, static_cast<double>(leg.net)});
  }
  double sum = 0.0;
  for (const auto& split : margin_account(set, positions).splits) sum += split.initial_margin;
  return sum;
}

ReferenceAccount drawn_account(const World& world, Random& random) {
  ReferenceAccount account;
  account.wallets.resize(world.model.config.assets.size());
  account.wallets[0] = {1'000'000'000'000'000};
  const auto last = static_cast<std::int64_t>(world.rows.size()) - 1;
  for (std::int64_t left = random.integer(1, 6); left > 0; --left) {
    const auto id = static_cast<std::uint32_t>(random.integer(0, last));
    if (std::any_of(account.legs.begin(), account.legs.end(),
                    [&](const auto& leg) { return leg.instrument.value == id; })) {
      continue;
    }
    const double notional = world.rows[id].notional / world.money();
    const auto lots = std::llround(random.uniform(1e4, 5e6) / notional) + 1;
    account.legs.push_back({{id}, random.chance(0.5) ? lots : -lots, 0, 0, {}});
  }
  return account;
}

double initial_margin(const World& world, const ReferenceAccount& account) {
  return static_cast<double>(reference_margin(world.market, account,
                                              [&] {
                                                std::vector<ReferenceRow> rows;
                                                for (const auto& leg : account.legs) {
                                                  rows.push_back(world.rows[leg.instrument.value]);
                                                }
                                                return rows;
                                              }())
                                 .initial_margin.value) /
         world.money();
}

// Value at risk of both measures, their weights and the larger of them: rounded up, once per step.
TEST(LiquidationGroupBound, IsTheWholeCalculationWhereNothingIsAdded) {
  Random random(20260822);
  for (int b = 0; b < books; ++b) {
    SCOPED_TRACE("book " + std::to_string(b));
    const LiquidationGroupParameters parameters = drawn_parameters(random, true);
    const World world(parameters);
    const auto set = from_scratch(world, parameters);
    const ReferenceAccount account = drawn_account(world, random);
    const double asked = initial_margin(world, account);
    const double whole = whole_margin(set, account);
    EXPECT_NEAR(asked, whole, 1e-5);  // ten units of money, and doubles of a hundred million
  }
}

// With every adjustment, and every subset of the working orders filled.
TEST(LiquidationGroupBound, IsNeverBelowTheWholeCalculationHoweverOrdersFill) {
  Random random(20260823);
  double over_held = 0.0;
  double over_working = 0.0;
  for (int b = 0; b < books; ++b) {
    SCOPED_TRACE("book " + std::to_string(b));
    const LiquidationGroupParameters parameters = drawn_parameters(random, false);
    const World world(parameters);
    const auto set = from_scratch(world, parameters);
    const ReferenceAccount held = drawn_account(world, random);
    std::vector<std::pair<std::size_t, std::int64_t>> orders;
    ReferenceAccount working = held;
    for (std::int64_t left = random.integer(0, 6); left > 0; --left) {
      const auto leg = static_cast<std::size_t>(
          random.integer(0, static_cast<std::int64_t>(held.legs.size()) - 1));
      const std::int64_t size = random.integer(1, std::abs(held.legs[leg].net) * 2);
      const bool buys = random.chance(0.5);
      (buys ? working.legs[leg].working_buys : working.legs[leg].working_sells) += size;
      orders.push_back({leg, buys ? size : -size});
    }
    const double asked = initial_margin(world, working);
    double worst = 0.0;
    for (std::size_t filled = 0; filled < std::size_t{1} << orders.size(); ++filled) {
      ReferenceAccount after = held;
      for (std::size_t i = 0; i < orders.size(); ++i) {
        if ((filled >> i & 1U) != 0) after.legs[orders[i].first].net += orders[i].second;
      }
      worst = std::max(worst, whole_margin(set, after));
    }
    ASSERT_GE(asked, worst - 1e-5);
    over_working += (asked - worst) / worst;
    const double whole = whole_margin(set, held);
    over_held += (initial_margin(world, held) - whole) / whole;
  }
  std::printf("over the whole calculation by mean %.1f %% of positions, %.1f %% with orders\n",
              100.0 * over_held / books, 100.0 * over_working / books);
}

}  // namespace
}  // namespace margingate::testing
