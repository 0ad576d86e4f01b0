#include "compare/comparison.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "compare/comparison_plot.hpp"
#include "io/parameter_file.hpp"

namespace margingate::compare {
namespace {

std::string project(const std::string& path) {
  return std::string(MARGINGATE_SOURCE_DIR) + "/" + path;
}

CandidateSet candidate(const std::string& name) {
  models::ParameterSet set = io::read_parameter_file(project("params/" + name + ".json"));
  return {set.name, set.model, std::move(set), ""};
}

std::vector<CandidateSet> four_models() {
  return {candidate("isolated-generic"), candidate("cross-generic"), candidate("portfolio-generic"),
          candidate("deribit-btc-2024-06-17")};
}

Comparison compare_book(const std::string& market_file, const std::string& book,
                        const std::vector<CandidateSet>& candidates) {
  io::MarketFile market = market_file.ends_with(".gz")
                              ? io::chain_market(io::read_option_chain(project(market_file)))
                              : io::read_market_file(project(market_file));
  return compare_models(
      market, io::read_portfolio_file(project("examples/portfolios/" + book + ".json"), market),
      candidates);
}

Comparison survey() {
  return compare_book("examples/portfolios/survey-market.json", "survey-hedged-book",
                      four_models());
}

Comparison iron_condor() {
  return compare_book("data/deribit_btc_eth_20260822T035045Z.csv.gz", "chain-iron-condor",
                      four_models());
}

TEST(Comparison, PutsTheLargestRequirementFirst) {
  const Comparison comparison = survey();
  ASSERT_EQ(comparison.models.size(), 3u);
  EXPECT_NEAR(comparison.models.front().initial_margin(), 115'000.0, 1e-6);
  EXPECT_EQ(comparison.models.back().model, "portfolio");
}

TEST(Comparison, SaysWhyAModelCannotTakeThePortfolio) {
  const Comparison comparison = survey();
  ASSERT_EQ(comparison.refused.size(), 1u);
  EXPECT_EQ(comparison.refused.front().model, "deribit");
  EXPECT_NE(comparison.refused.front().refusal.find("counts in BTC"), std::string::npos)
      << comparison.refused.front().refusal;
}

TEST(Comparison, RefusesAModelThatHasNoRuleForAContract) {
  CandidateSet futures_only = candidate("cross-generic");
  auto& rates = std::get<models::CrossParameters>(futures_only.set->numbers).rates;
  std::erase_if(rates.charges, [](const ExposureCharge& charge) {
    return std::count(charge.kinds.begin(), charge.kinds.end(),
                      static_cast<std::uint8_t>(InstrumentKind::option)) > 0;
  });
  const Comparison comparison =
      compare_book("examples/portfolios/survey-market.json", "survey-hedged-book", {futures_only});
  ASSERT_EQ(comparison.refused.size(), 1u);
  EXPECT_NE(comparison.refused.front().refusal.find("no rule"), std::string::npos);
  EXPECT_NE(comparison.refused.front().refusal.find("110000-C"), std::string::npos);
}

TEST(Comparison, KeepsWhatCouldNotBeReadWithItsReason) {
  const Comparison comparison = compare_book("examples/portfolios/survey-market.json",
                                             "survey-hedged-book", {{"odd", "", {}, "unreadable"}});
  EXPECT_TRUE(comparison.models.empty());
  ASSERT_EQ(comparison.refused.size(), 1u);
  EXPECT_EQ(comparison.refused.front().refusal, "unreadable");
}

TEST(Comparison, CountsEveryModelInTheMarketsNumeraire) {
  const Comparison comparison = iron_condor();
  ASSERT_EQ(comparison.models.size(), 4u);
  const double equity = comparison.models.back().equity();
  for (const ComparedModel& model : comparison.models) {
    // Isolated equity leaves gains out; the rest is the same money at the same index.
    EXPECT_NEAR(model.equity(), equity, equity * 1e-3) << model.model;
    EXPECT_EQ(model.rate == 1.0, model.model != "deribit");
  }
}

TEST(Comparison, TakesARequirementApartIntoPartsThatAddUp) {
  for (const Comparison& comparison : {survey(), iron_condor()}) {
    for (const ComparedModel& model : comparison.models) {
      double sum = 0.0;
      for (const RequirementPart& part : model.parts) sum += part.amount * model.rate;
      EXPECT_NEAR(sum, model.initial_margin(), 1e-9 * model.initial_margin()) << model.model;
      EXPECT_TRUE(std::none_of(model.parts.begin(), model.parts.end(), [](const auto& part) {
        return part.name == "further charges";
      })) << model.model;
    }
  }
}

TEST(Comparison, AddsUpNotionalWithoutSign) {
  // 10 + 8 BTC perpetuals and 2 calls at 100,000, 50 ETH at 2,000.
  EXPECT_NEAR(survey().exposure, 2'100'000.0, 1e-6);
}

TEST(ComparisonReason, NamesTheDominantPartAndWhatHedgingSaves) {
  const Comparison comparison = survey();
  const std::string largest = reason_line(comparison, comparison.models.front());
  EXPECT_NE(largest.find("exposure is 100 %"), std::string::npos) << largest;
  EXPECT_NE(largest.find("as much as together"), std::string::npos) << largest;
  const std::string smallest = reason_line(comparison, comparison.models.back());
  EXPECT_NE(smallest.find("scan risk"), std::string::npos) << smallest;
  EXPECT_NE(smallest.find("price -15 %, volatility +35 %"), std::string::npos) << smallest;
  EXPECT_NE(smallest.find("% less"), std::string::npos) << smallest;
}

TEST(ComparisonPlot, HasARowForEveryModel) {
  const std::string drawing = comparison_svg(iron_condor());
  for (const CandidateSet& set : four_models()) {
    EXPECT_NE(drawing.find(">" + set.name + "<"), std::string::npos) << set.name;
  }
}

TEST(LiquidationScope, FollowsFromTheModelsData) {
  const Comparison comparison = iron_condor();
  for (const ComparedModel& model : comparison.models) {
    const LiquidationScope expected = model.model == "isolated" ? LiquidationScope::position
                                      : model.model == "cross"  ? LiquidationScope::positions
                                                                : LiquidationScope::whole_account;
    EXPECT_EQ(model.scope, expected) << model.model;
  }
}

}  // namespace
}  // namespace margingate::compare
