// The venue's own worked example: every vector cell and margin, through the code that
// `margingate margin` runs. Source, method and date stand in the data file.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/iso_time.hpp"
#include "io/parameter_file.hpp"
#include "io/statement_report.hpp"
#include "io/what_if.hpp"

namespace margingate::io {
namespace {

constexpr double coin_tolerance = 1e-9;
// A row is 31 bits per lot (MR-07): with the largest weighted move, 5 at 0.1655, half a step is at
// most 8 * 0.83 / 2^32 of the position.
constexpr double row_tolerance = 2e-9;
constexpr std::size_t standard_cells = 27;

std::string project(const std::string& path) {
  return std::string(MARGINGATE_SOURCE_DIR) + "/" + path;
}

nlohmann::json payload() {
  std::ifstream stream(project("tests/golden/data/deribit_btc_20240617.json"));
  return nlohmann::json::parse(stream);
}

// Positions are published in coins, size / mark, so one contract is made the mark in USD.
MarketInstrument inverse_contract(const nlohmann::json& entry) {
  MarketInstrument instrument;
  instrument.name = entry.at("instrument");
  instrument.kind = InstrumentKind::perpetual;
  instrument.payoff = Payoff::inverse;
  instrument.underlying = instrument.settlement_asset = "BTC";
  instrument.mark_price = instrument.forward_price = entry.at("mark_price");
  instrument.contract_size = instrument.mark_price;
  if (entry.contains("expiry")) {
    instrument.kind = InstrumentKind::future;
    instrument.expiry = *parse_iso_time(entry.at("expiry").get<std::string>());
  }
  return instrument;
}

MarketFile payload_market(const nlohmann::json& data) {
  MarketFile market;
  market.file = "payload";
  market.as_of = Timestamp{data.at("timestamp_ms").get<std::int64_t>() * 1'000'000};
  market.numeraire = "USD";
  market.underlyings = {{"BTC", data.at("index_price")}};
  for (const auto& entry : data.at("instruments")) {
    market.instruments.push_back(inverse_contract(entry));
  }
  return market;
}

PortfolioFile payload_portfolio(const nlohmann::json& data) {
  PortfolioFile portfolio;
  portfolio.file = "payload";
  portfolio.account = "simulate";
  portfolio.collateral = {{"BTC", 1.0}};
  for (const auto& entry : data.at("instruments")) {
    portfolio.positions.push_back(
        {entry.at("instrument"), entry.at("position"), entry.at("mark_price")});
  }
  portfolio.quote_protection = {{"BTC", data.at("protected_quantity")}};
  portfolio.holds = {{"open_orders_margin", data.at("margins").at("open_orders_margin")}};
  return portfolio;
}

class DeribitPayload : public testing::Test {
 protected:
  DeribitPayload()
      : what_if_(run_what_if(payload_market(data_), payload_portfolio(data_),
                             read_parameter_file(project("params/deribit-btc-2024-06-17.json")))) {}

  const RiskUnitStatement& unit() const { return what_if_.statement.risk_units.at(0); }

  // The published cells are profits; ours are losses.
  static void expect_cells(const nlohmann::json& standard, const nlohmann::json& extended,
                           const std::vector<double>& losses) {
    ASSERT_EQ(standard.size(), standard_cells);
    ASSERT_EQ(losses.size(), standard.size() + extended.size());
    for (std::size_t s = 0; s < losses.size(); ++s) {
      const double published = s < standard_cells ? standard[s].get<double>()
                                                  : extended[s - standard_cells].get<double>();
      EXPECT_NEAR(-losses[s], published, coin_tolerance) << "cell " << s;
    }
  }

  const nlohmann::json data_ = payload();
  const nlohmann::json margins_ = data_.at("margins");
  WhatIf what_if_;
};

TEST_F(DeribitPayload, TakesEveryVectorCellOfEachInstrument) {
  ASSERT_EQ(unit().positions.size(), data_.at("instruments").size());
  for (const auto& entry : data_.at("instruments")) {
    SCOPED_TRACE(entry.at("instrument").get<std::string>());
    const auto id =
        what_if_.setup.directory.instruments.find(entry.at("instrument").get<std::string>());
    ASSERT_TRUE(id);
    std::vector<double> losses;
    for (const PositionStatement& position : unit().positions) {
      if (position.instrument != *id) continue;
      for (const Money loss : position.losses) losses.push_back(what_if_.amount(loss));
    }
    expect_cells(entry.at("standard"), entry.at("extended"), losses);
  }
}

TEST_F(DeribitPayload, TakesEveryAggregatedCellAfterOffsetAndDampener) {
  expect_cells(data_.at("aggregated").at("standard"), data_.at("aggregated").at("extended"),
               aggregated_losses(what_if_, unit()));
}

TEST_F(DeribitPayload, TakesTheFirstOfEqualWorstScenarios) {
  EXPECT_EQ(unit().worst_scenario + 1, margins_.at("worst_case_index_from_one").get<unsigned>());
  EXPECT_NEAR(what_if_.amount(unit().scan_risk), margins_.at("worst_case"), coin_tolerance);
}

TEST_F(DeribitPayload, TakesEveryPartOfTheMargin) {
  EXPECT_NEAR(what_if_.amount(unit().expiry_delta_charge), margins_.at("roll_shock"),
              coin_tolerance);
  EXPECT_NEAR(what_if_.amount(unit().delta_shock), margins_.at("delta_shock"), coin_tolerance);
  EXPECT_NEAR(what_if_.amount(unit().total), margins_.at("risk_matrix_margin"), coin_tolerance);
  ASSERT_EQ(what_if_.holds.size(), 2U);
  EXPECT_NEAR(what_if_.amount(what_if_.holds[0].amount), margins_.at("mmp_margin"), coin_tolerance);
}

TEST_F(DeribitPayload, TakesInitialAndMaintenanceMargin) {
  EXPECT_NEAR(what_if_.amount(what_if_.statement.initial_margin), margins_.at("initial_margin"),
              coin_tolerance);
  EXPECT_NEAR(what_if_.amount(what_if_.statement.maintenance_margin),
              margins_.at("maintenance_margin"), coin_tolerance);
}

TEST_F(DeribitPayload, TakesTheSameFromTheBundledExampleFiles) {
  const MarketFile market =
      read_market_file(project("examples/portfolios/deribit-btc-market.json"));
  const WhatIf example = run_what_if(
      market,
      read_portfolio_file(project("examples/portfolios/deribit-btc-portfolio.json"), market),
      read_parameter_file(project("params/deribit-btc-2024-06-17.json")));
  EXPECT_NEAR(example.amount(example.statement.initial_margin), margins_.at("initial_margin"),
              coin_tolerance);
  EXPECT_NEAR(example.amount(example.statement.maintenance_margin),
              margins_.at("maintenance_margin"), coin_tolerance);
}

// A response of 2026-02-15 for a short of 0.9995 ETH in the perpetual: worst at the first cell of
// the last bucket (25 counting from one), the roll shock 0.005 of the position, and no extended
// cell left after the dampener. Its index price is not published; nothing here depends on it.
TEST(DeribitEthPayload, TakesWorstCaseRollShockAndDampener) {
  constexpr double position = 0.9995;
  constexpr double index = 2'000.0;
  MarketFile market;
  market.file = "eth";
  market.as_of = *parse_iso_time("2026-02-15T23:20:00Z");
  market.numeraire = "USD";
  market.underlyings = {{"ETH", index}};
  MarketInstrument perpetual;
  perpetual.name = "ETH-PERPETUAL";
  perpetual.kind = InstrumentKind::perpetual;
  perpetual.payoff = Payoff::inverse;
  perpetual.underlying = perpetual.settlement_asset = "ETH";
  perpetual.contract_size = perpetual.mark_price = perpetual.forward_price = index;
  market.instruments = {perpetual};
  PortfolioFile portfolio;
  portfolio.file = "eth";
  portfolio.account = "simulate";
  portfolio.collateral = {{"ETH", 1.0}};
  portfolio.positions = {{"ETH-PERPETUAL", -position, index}};

  const WhatIf result = run_what_if(
      market, portfolio, read_parameter_file(project("params/deribit-eth-2026-02-15.json")));
  const RiskUnitStatement& unit = result.statement.risk_units.at(0);
  EXPECT_EQ(unit.worst_scenario + 1, 25U);
  EXPECT_NEAR(result.amount(unit.expiry_delta_charge), 0.005 * position, coin_tolerance);
  const std::vector<double> cells = aggregated_losses(result, unit);
  for (std::size_t s = 0; s < standard_cells; ++s) {
    const double move = 0.18 * (static_cast<double>(s / 3) - 4.0) / 4.0;
    const double profit = -position * (1.0 - 1.0 / (1.0 + move));
    EXPECT_NEAR(-cells[s], profit > 0.0 ? 0.6 * profit : profit, row_tolerance) << "cell " << s;
  }
  for (std::size_t s = standard_cells; s < cells.size(); ++s) EXPECT_EQ(cells[s], 0.0);
}

}  // namespace
}  // namespace margingate::io
