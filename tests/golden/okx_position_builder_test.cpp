// OKX's own what-if of two perpetuals and a debt in USDT: every cell and every term, to 1e-6.
// Source, date and what was derived from it stand in the data file. The house states USD; the gate
// counts in USDT, so each of its amounts is multiplied by the published USD per USDT here.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/venue_book.hpp"

namespace margingate::testing {
namespace {

constexpr double tolerance = 1e-6;
// A row is 31 bits per lot (MR-07), so that a cell is off by up to two parts in 10^9 of the
// largest.
constexpr double row_tolerance = 2e-9;
constexpr std::size_t mr1_cells = 21;
constexpr std::size_t mr2_cell = 21;

nlohmann::json payload() {
  std::ifstream stream(std::string(MARGINGATE_SOURCE_DIR) +
                       "/tests/golden/data/okx_position_builder_20250115.json");
  return nlohmann::json::parse(stream);
}

VenueBook book_of(const nlohmann::json& data) {
  VenueBook book("2025-01-15T10:26:41.642Z", "USDT");
  for (const auto& unit : data.at("risk_units")) {
    const std::string coin = unit.at("risk_unit");
    const std::string instrument = unit.at("instrument");
    book.underlying(coin, unit.at("index_price"));
    book.perpetual(instrument, coin, unit.at("mark_price"), unit.at("contract_size"));
    book.position(instrument, unit.at("contracts"), unit.at("average_price"));
  }
  book.collateral("USDT", data.at("usdt_balance"));
  return book;
}

class OkxPositionBuilder : public ::testing::Test {
 protected:
  double usd(Money money) const { return what_if_.amount(money) * rate_; }

  const nlohmann::json data_ = payload();
  const double rate_ = data_.at("usd_per_usdt");
  const io::WhatIf what_if_ = book_of(data_).evaluate(bundled_parameters("okx-2025-01-15"));
};

TEST_F(OkxPositionBuilder, TakesEveryCellOfTheScenarioTable) {
  for (std::size_t u = 0; u < 2; ++u) {
    const auto& published = data_.at("risk_units")[u];
    const RiskUnitStatement& unit = what_if_.statement.risk_units.at(u);
    ASSERT_EQ(unit.losses.size(), mr1_cells + 3);
    for (std::size_t s = 0; s < mr1_cells; ++s) {
      const auto& scenario = what_if_.setup.config.model.units.at(u).scan.scenarios.at(s);
      EXPECT_EQ(scenario.price_move, published.at("mr1_moves")[s / 3].get<double>());
      EXPECT_NEAR(-usd(unit.losses[s]), published.at("mr1_profits")[s / 3].get<double>(),
                  row_tolerance * published.at("mr1").get<double>());
    }
  }
}

TEST_F(OkxPositionBuilder, TakesEveryTermOfBothRiskUnits) {
  for (std::size_t u = 0; u < 2; ++u) {
    const auto& published = data_.at("risk_units")[u];
    const RiskUnitStatement& unit = what_if_.statement.risk_units.at(u);
    const auto largest = [&](std::size_t begin, std::size_t end) {
      return usd(*std::max_element(unit.losses.begin() + static_cast<std::ptrdiff_t>(begin),
                                   unit.losses.begin() + static_cast<std::ptrdiff_t>(end)));
    };
    EXPECT_NEAR(largest(0, mr1_cells), published.at("mr1"), tolerance);
    EXPECT_NEAR(usd(unit.losses[mr2_cell]), published.at("mr2"), tolerance);
    EXPECT_NEAR(largest(mr2_cell + 1, unit.losses.size()), published.at("mr6"), tolerance);
    EXPECT_NEAR(usd(unit.expiry_delta_charge), published.at("mr4"), tolerance);
    EXPECT_NEAR(usd(unit.total), published.at("mmr"), tolerance);
    EXPECT_NEAR(1.3 * usd(unit.total), published.at("imr"), tolerance);
    EXPECT_NEAR(usd(unit.positions.at(0).unrealised_profit), published.at("upl"), tolerance);
  }
}

// MR7 alone: with the other terms set to nothing the unit is its minimum charge.
TEST_F(OkxPositionBuilder, TakesTheMinimumCharge) {
  models::ParameterSet parameters = bundled_parameters("okx-2025-01-15");
  auto& numbers = std::get<models::OkxParameters>(parameters.numbers);
  for (auto& [name, unit] : numbers.units.own) {
    unit.mr1_moves = {0.0};
    unit.mr4_minimum_rate = unit.mr4_annualised_move = 0.0;
    unit.mr6_move = 1e-9;
  }
  const io::WhatIf result = book_of(data_).evaluate(parameters);
  for (std::size_t u = 0; u < 2; ++u) {
    EXPECT_NEAR(result.amount(result.statement.risk_units.at(u).total) * rate_,
                data_.at("risk_units")[u].at("mr7"), tolerance);
  }
}

TEST_F(OkxPositionBuilder, TakesTheAccount) {
  const MarginStatement& statement = what_if_.statement;
  EXPECT_NEAR(usd(statement.equity), data_.at("eq"), tolerance);
  EXPECT_NEAR(usd(statement.borrow_initial), data_.at("borrow_imr"), tolerance);
  EXPECT_NEAR(usd(statement.borrow_maintenance), data_.at("borrow_mmr"), tolerance);
  EXPECT_NEAR(usd(statement.risk), data_.at("deriv_mmr"), tolerance);
  EXPECT_NEAR(usd(statement.maintenance_margin), data_.at("total_mmr"), tolerance);
  EXPECT_NEAR(usd(statement.initial_margin), data_.at("total_imr"), tolerance);
}

// The house adds its liquidation fee, 0.1 % of the debt with its maintenance margin, to the
// denominator; the gate does not hold it.
TEST_F(OkxPositionBuilder, TakesTheMarginRatioOnceTheLiquidationFeeIsAdded) {
  const double equity_usd = usd(what_if_.statement.equity);
  const double fee = 0.001 * 1.02 * -equity_usd;
  EXPECT_NEAR(equity_usd / (usd(what_if_.statement.maintenance_margin) + fee),
              data_.at("margin_ratio"), tolerance);
}

TEST_F(OkxPositionBuilder, IsInTheBandOfLiquidation) {
  const auto& bands = what_if_.setup.config.model.bands;
  ASSERT_GE(what_if_.statement.band, 0);
  EXPECT_EQ(bands.at(static_cast<std::size_t>(what_if_.statement.band)).name, "liquidation");
}

}  // namespace
}  // namespace margingate::testing
