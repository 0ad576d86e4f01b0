#include "models/historical.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "io/parameter_file.hpp"
#include "models/parameter_set.hpp"

namespace margingate::models {
namespace {

std::string eight(const std::string& move) {
  std::string text = "[" + move;
  for (int i = 1; i < 8; ++i) text += ", " + move;
  return text + "]";
}

std::string underlying(const std::string& move) {
  return R"({"price_moves": {"now": )" + eight("-" + move) + R"(, "stress": [-0.5, 0.5]},
    "volatility_moves": {"now": )" +
         eight("0.2") + R"(, "stress": [1.0, 0.1]},
    "liquidity": [{"kinds": ["perpetual"], "long_rate": 0.001, "short_rate": 0.001}],
    "concentration": [{"kinds": ["perpetual"], "scaling": {"unit": "notional_quote",
      "tiers": [{"from": 1000000, "added_rate": 0.02}]}}]})";
}

std::string file(const std::string& rows = "8", const std::string& stress_weight = "0.25") {
  return R"({"name": "p", "model": "historical", "date": "d", "source": "s", "confidence": "c",
    "calibration": {"decay": 0.97, "first_days": 30, "horizon_days": 2},
    "together": "sum", "buffer": 0.25, "initial_factor": 1.1, "maintenance_factor": 1.0,
    "measures": [
      {"name": "now", "scenarios": "filtered", "rows": )" +
         rows + R"(, "reducer": "quantile", "confidence": 0.99, "weight": 0.75},
      {"name": "stress", "scenarios": "stressed", "rows": 2, "reducer": "worst", "weight": )" +
         stress_weight + R"(}],
    "underlyings": {"default": )" +
         underlying("0.3") + R"(, "BTC": )" + underlying("0.1") + R"(, "ETH": )" +
         underlying("0.15") + "}}";
}

MarginModel model() {
  const std::array<std::string, 3> units{"BTC", "XRP", "ETH"};
  return compose_margin_model(io::parse_parameter_file("p.json", file()), units);
}

TEST(HistoricalModel, PoolsUnderlyingsWithMovesOfTheirOwnAndKeepsOthersApart) {
  const MarginModel m = model();
  ASSERT_EQ(m.pools.size(), 2U);
  EXPECT_EQ(m.pools[0].groups.at(0).units, (std::vector<RiskUnitId>{{1}}));
  EXPECT_EQ(m.pools[1].groups.at(0).units, (std::vector<RiskUnitId>{{0}, {2}}));
  EXPECT_EQ(m.units[1].scan.scenarios.at(0).price_move, -0.3);
  EXPECT_EQ(m.units[2].scan.scenarios.at(0).price_move, -0.15);
  EXPECT_EQ(m.units[2].scan.scenarios.at(8).price_move, -0.5);
  EXPECT_EQ(m.units[2].scan.scenarios.at(8).volatility.relative, 1.0);
  EXPECT_TRUE(validate_margin_model(m).empty());
}

TEST(HistoricalModel, WeighsMeasuresAndAddsTheBufferToBothFactors) {
  const MarginModel m = model();
  const ScenarioParts& parts = m.pools.at(1).parts;
  EXPECT_EQ(parts.together, PartsTogether::sum);
  ASSERT_EQ(parts.parts.size(), 2U);
  EXPECT_EQ(parts.parts[0], (ScenarioPart{8, {ReducerKind::quantile, 0.99}, 0.75}));
  EXPECT_EQ(parts.parts[1], (ScenarioPart{2, {ReducerKind::worst, 0.99}, 0.25}));
  EXPECT_DOUBLE_EQ(m.initial_factor, 1.375);
  EXPECT_DOUBLE_EQ(m.maintenance_factor, 1.25);
}

TEST(HistoricalModel, ChargesLiquidityAndConcentration) {
  const MarginModel m = model();
  ASSERT_EQ(m.units[0].added.size(), 2U);
  EXPECT_EQ(m.units[0].added[0].long_rate, 0.001);
  EXPECT_EQ(m.units[0].added[1].scaling.tiers.at(0).from, 1e6);
}

TEST(HistoricalModel, ReadsHowItsMovesWereMade) {
  const ParameterSet set = io::parse_parameter_file("p.json", file());
  const auto& numbers = std::get<HistoricalParameters>(set.numbers);
  EXPECT_EQ(numbers.calibration.horizon_days, 2U);
  EXPECT_EQ(numbers.calibration.volatility_floor_percentile, 0.0);
  EXPECT_EQ(numbers.measures[0].source, HistoricalSource::filtered);
  EXPECT_EQ(numbers.measures[1].source, HistoricalSource::stressed);
}

TEST(HistoricalModel, RefusesMeasuresThatDoNotFit) {
  const auto parse = [](const std::string& text) {
    return [text] { static_cast<void>(io::parse_parameter_file("p.json", text)); };
  };
  EXPECT_THROW(parse(file("7"))(), std::runtime_error);
  EXPECT_THROW(parse(file("16"))(), std::runtime_error);
  EXPECT_THROW(parse(file("8", "0.3"))(), std::runtime_error);
  EXPECT_NO_THROW(parse(file("8", "0.2"))());
}

}  // namespace
}  // namespace margingate::models
