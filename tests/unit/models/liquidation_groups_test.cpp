#include "models/liquidation_groups.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "io/parameter_file.hpp"
#include "models/parameter_set.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::models {
namespace {

LiquidationUnderlying underlying(const std::string& name, double move) {
  LiquidationUnderlying result;
  result.name = name;
  result.price_moves = {std::vector<double>(8, -move), {-2.0 * move, move}};
  return result;
}

LiquidationGroupParameters parameters() {
  LiquidationSplit coins;
  coins.group = "COINS";
  coins.name = "COINS_HP2";
  coins.measures = {{"filtered", 0.99, 1.25, 0.2, 1.0}, {"stress", 0.95, 1.0, 0.0, 0.51}};
  coins.underlyings = {underlying("BTC", 0.1), underlying("ETH", 0.15)};
  LiquidationSplit others = coins;
  others.name = "OTHERS_HP2";
  others.underlyings = {underlying("default", 0.3)};
  return {{coins, others}};
}

MarginModel model(const LiquidationGroupParameters& p = parameters()) {
  const std::array<std::string, 4> units{"SOL", "BTC", "XRP", "ETH"};
  return liquidation_group_model(p, units);
}

TEST(LiquidationGroupModel, PoolsTheUnderlyingsOfASplitAndKeepsOthersApart) {
  const MarginModel m = model();
  ASSERT_EQ(m.pools.size(), 3U);
  EXPECT_EQ(m.pools[0].groups.at(0).units, (std::vector<RiskUnitId>{{0}}));
  EXPECT_EQ(m.pools[1].groups.at(0).units, (std::vector<RiskUnitId>{{2}}));
  EXPECT_EQ(m.pools[2].groups.at(0).units, (std::vector<RiskUnitId>{{1}, {3}}));
  EXPECT_EQ(m.units[0].scan.scenarios.at(0).price_move, -0.3);
  EXPECT_EQ(m.units[3].scan.scenarios.at(8).price_move, -0.3);
  EXPECT_TRUE(validate_margin_model(m).empty());
}

// 1.25 * 1.2 = 1.5 of the filtered value at risk; 0.51 of the stressed one is 0.34 of that.
TEST(LiquidationGroupModel, ScalesMeasuresToTheMostThatTheyCanBecome) {
  const ScanPool pool = model().pools.at(2);
  EXPECT_EQ(pool.initial_factor, 1.5);
  EXPECT_EQ(pool.maintenance_factor, 1.5);
  EXPECT_EQ(pool.parts.together, PartsTogether::largest);
  ASSERT_EQ(pool.parts.parts.size(), 2U);
  EXPECT_EQ(pool.parts.parts[0].scenarios, 8U);
  EXPECT_EQ(pool.parts.parts[0].reducer, (Reducer{ReducerKind::quantile, 0.99}));
  EXPECT_EQ(pool.parts.parts[0].weight, 1.0);
  EXPECT_EQ(pool.parts.parts[1].scenarios, 2U);
  EXPECT_EQ(pool.parts.parts[1].weight, 0.34);
}

// Where measures add up, no weight is below its share and together they are at most one.
TEST(LiquidationGroupModel, KeepsWeightsThatAddUpWithinOne) {
  LiquidationGroupParameters p = parameters();
  for (LiquidationSplit& split : p.splits) {
    split.together = PartsTogether::sum;
    split.measures[1].weight = 1.0 / 3.0;
  }
  const MarginModel m = model(p);
  EXPECT_TRUE(validate_margin_model(m).empty());
  const ScanPool& pool = m.pools.at(2);
  EXPECT_GE(pool.parts.parts[0].weight * pool.initial_factor, 1.5);
  EXPECT_GE(pool.parts.parts[1].weight * pool.initial_factor, 1.0 / 3.0);
  EXPECT_NEAR(pool.initial_factor, 1.5 + 1.0 / 3.0, 1e-7);
}

TEST(LiquidationGroupModel, TakesTheReducerOfASingleMeasure) {
  LiquidationGroupParameters p = parameters();
  for (LiquidationSplit& split : p.splits) {
    split.measures.pop_back();
    for (LiquidationUnderlying& u : split.underlyings) u.price_moves.pop_back();
  }
  const ScanPool pool = model(p).pools.at(2);
  EXPECT_TRUE(pool.parts.parts.empty());
  EXPECT_EQ(pool.reducer, (Reducer{ReducerKind::quantile, 0.99}));
  EXPECT_EQ(pool.initial_factor, 1.5);
}

// Factors 0.1 at nothing, 0.3 at 2 %, 1.1 at 10 %: slopes from the first point 0.1 and 0.1 a per
// cent, the last line 0.1. A per cent of the capacity is 500 in quote currency.
TEST(LiquidationGroupModel, ChargesLiquidityByTheLineOfItsTable) {
  LiquidationGroupParameters p = parameters();
  p.splits[0].underlyings[0].liquidity =
      LiquidationLiquidity{0.2, 50'000.0, {{0.0, 0.1}, {2.0, 0.3}, {10.0, 1.1}}, 5.0};
  const ExposureCharge charge = model(p).units.at(1).added.at(0);
  EXPECT_DOUBLE_EQ(charge.long_rate, 0.1 * 0.2 + 0.0005);
  EXPECT_EQ(charge.short_rate, charge.long_rate);
  EXPECT_EQ(charge.scaling.unit, SizeUnit::notional_quote);
  EXPECT_DOUBLE_EQ(charge.scaling.linear_rate, 0.1 / 500.0 * 0.2);
}

TEST(LiquidationGroupModel, BoundsABentTableByItsSteepestLine) {
  LiquidationGroupParameters p = parameters();
  auto& liquidity = p.splits[0].underlyings[0].liquidity;
  liquidity = LiquidationLiquidity{1.0, 100.0, {{0.0, 0.0}, {2.0, 0.6}, {10.0, 1.0}}, 0.0};
  EXPECT_DOUBLE_EQ(model(p).units.at(1).added.at(0).scaling.linear_rate, 0.3);
  liquidity = LiquidationLiquidity{1.0, 100.0, {{0.0, 0.0}, {2.0, 0.2}, {4.0, 1.0}}, 0.0};
  EXPECT_DOUBLE_EQ(model(p).units.at(1).added.at(0).scaling.linear_rate, 0.4);
}

constexpr const char* file_text = R"({
  "name": "p", "model": "liquidation-groups", "date": "d", "source": "s", "confidence": "c",
  "splits": [{"group": "G", "split": "G_HP2", "together": "sum",
    "measures": [{"name": "filtered", "confidence": 0.99, "weight": 0.5},
                 {"name": "stress", "confidence": 0.9, "weight": 0.5}],
    "underlyings": [
      {"underlying": "default",
       "price_moves": {"filtered": [-1e-1, 1e-1, 0, 0, 0, 0, 0, 0], "stress": [-0.4, 0.4]},
       "volatility_moves": {"filtered": [1, 0, 0, 0, 0, 0, 0, 0], "stress": [0.5, 0]},
       "compression": [{"kinds": ["option"], "long_amount_quote": 2, "short_amount_quote": 3}],
       "liquidity": {"individual_risk": 0.1, "market_capacity_quote": 100,
                     "points": [{"relative_size_percent": 0, "factor": 0.5}]}}]}]})";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = file_text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(LiquidationGroupParameters, AreReadFromAFile) {
  const ParameterSet set = io::parse_parameter_file("p.json", file_text);
  const auto& p = std::get<LiquidationGroupParameters>(set.numbers);
  ASSERT_EQ(p.splits.size(), 1U);
  EXPECT_EQ(p.splits[0].together, PartsTogether::sum);
  const std::array<std::string, 1> units{"BTC"};
  const MarginModel m = compose_margin_model(set, units);
  EXPECT_TRUE(validate_margin_model(m).empty());
  EXPECT_EQ(m.units.at(0).scan.scenarios.at(0).volatility.relative, 1.0);
  EXPECT_EQ(m.units.at(0).scan.scenarios.at(8).price_move, -0.4);
  EXPECT_EQ(m.units.at(0).added.at(0).short_amount_quote, 3.0);
  EXPECT_EQ(m.units.at(0).added.at(1).long_rate, 0.05);
}

TEST(LiquidationGroupParameters, NameThePlaceOfWhatIsWrong) {
  const auto refuse = [](const std::string& text, const std::string& place,
                         const std::string& expected) {
    io::expect_file_error([&] { (void)io::parse_parameter_file("p.json", text); }, "p.json", place,
                          expected);
  };
  refuse(changed("0, 0, 0, 0, 0, 0], \"stress\": [-0.4", "0], \"stress\": [-0.4"),
         "/splits/0/underlyings/0/price_moves/filtered", "a multiple of 8");
  refuse(changed("[0.5, 0]", "[0.5]"), "/splits/0/underlyings/0/volatility_moves",
         "one for every price move");
  refuse(changed(R"("underlying": "default")", R"("underlying": "BTC")"), "/splits", "default");
  refuse(changed(R"("weight": 0.5},)", R"("weight": 51},)"), "/splits/0/measures/0/weight",
         "a number from");
  refuse(
      changed(R"("factor": 0.5})", R"("factor": 0.5}, {"relative_size_percent": 0, "factor": 1})"),
      "/splits/0/underlyings/0/liquidity/points/1/relative_size_percent", "more than that");
}

}  // namespace
}  // namespace margingate::models
