#include "verify/verification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "io/parameter_file.hpp"
#include "io/portfolio_file.hpp"
#include "io/what_if.hpp"
#include "verify/session.hpp"

namespace margingate::verify {
namespace {

const std::string source = MARGINGATE_SOURCE_DIR;

models::ParameterSet parameters(const std::string& name) {
  return io::read_parameter_file(source + "/params/" + name + ".json");
}

const Chains& bundled_chains() {
  static const Chains chains = load_chains(source + "/data");
  return chains;
}

VerificationOptions short_run(std::uint64_t decisions) {
  VerificationOptions options;
  options.decisions = decisions;
  options.threads = 2;
  return options;
}

// Half of the accounts' orders are answered wrongly if the account is short of any option.
void answer_shorts_wrongly(const reference::ReferenceAccount& account, const OrderIntent& intent,
                           const GateConfig& config, Verdict& verdict) {
  const bool is_short_option =
      std::any_of(account.legs.begin(), account.legs.end(), [&](const auto& leg) {
        return leg.net < 0 &&
               config.instruments[leg.instrument.value].kind == InstrumentKind::option;
      });
  if (!is_short_option || intent.quantity.value % 2 != 0) return;
  verdict.reason = verdict.accepted() ? Reason::insufficient_margin : Reason::accepted;
}

// The first failure on a book of some size, in sessions whose verdicts are tampered with.
struct Tampered {
  Tampered() {
    for (std::uint64_t seed = 1; failure.account.legs.size() < 5 && seed < 100; ++seed) run(seed);
  }

  void run(std::uint64_t seed) {
    margingate::run::Random random(seed, 1);
    World world =
        make_world(bundled_chains().markets.front(), parameters("portfolio-generic"), {}, random);
    config = world.setup.config;
    fault = [this](const auto& account, const auto& intent, Verdict& verdict) {
      answer_shorts_wrongly(account, intent, config, verdict);
    };
    SessionOptions options;
    options.decisions = 2'000;
    options.fault = fault;
    Session session(std::move(world), options, random);
    Tally tally({0.01});
    session.run(tally);
    if (session.failure()) failure = *session.failure();
    mismatches = tally.mismatches;
  }

  GateConfig config;
  VerdictFault fault;
  Failure failure;
  std::uint64_t mismatches = 0;
};

TEST(Verification, EveryModelAgreesWithTheReferenceOnBundledChains) {
  const ModelSets sets = {
      {parameters("isolated-generic")},
      {parameters("cross-generic")},
      {parameters("portfolio-generic")},
      {parameters("deribit-btc-2024-06-17"), parameters("deribit-eth-2026-02-15")}};
  const Verification result = verify(bundled_chains(), sets, short_run(80'000), {});
  ASSERT_FALSE(result.failure) << result.failure->what << ", session " << result.failure->session;
  EXPECT_EQ(result.tally.mismatches, 0u);
  EXPECT_GE(result.tally.decisions, 80'000u);
  // A run that met no epoch, no fallback, no drift or no reducing order would prove little.
  EXPECT_EQ(result.tally.models.size(), 4u);
  for (const ModelCount& model : result.tally.models) {
    EXPECT_GT(model.accepted, model.decisions / 5) << model.model;
    EXPECT_LT(model.accepted, model.decisions * 19 / 20) << model.model;
    EXPECT_GT(model.reducing, 0u) << model.model;
    EXPECT_GT(model.exact, model.decisions / 50) << model.model;
  }
  // Every kind of event was sent, and every control refused something.
  for (std::size_t kind = 0; kind < Flow::kinds().size(); ++kind) {
    EXPECT_GT(result.tally.events.at(kind), 0u) << Flow::kinds()[kind];
  }
  EXPECT_GE(result.tally.refusals.size(), 19u);
  EXPECT_GT(result.tally.refusals.at(Reason::static_price_collar), 0u);
  EXPECT_GT(result.tally.refusals.at(Reason::stale_reference_price), 0u);
  EXPECT_GT(result.tally.duplicate_ids, 0u);
  EXPECT_GT(result.tally.moves.at(Reason::accepted), 100u);
  EXPECT_GT(result.tally.moves.at(Reason::insufficient_margin), 0u);
  EXPECT_GT(result.tally.adoptions_with_changes, 100u);
  EXPECT_GT(result.tally.first_touch_sums, 100u);
  for (std::size_t drift = 0; drift <= 4; ++drift) {
    EXPECT_GT(result.tally.by_band[0].drift_cell(drift).decisions, 500u) << drift_names[drift];
  }
  EXPECT_GT(result.tally.by_band[1].drift_cell(4).decisions, 100u);
}

TEST(Verification, OneSeedGivesOneResultOnAnyNumberOfThreads) {
  const ModelSets sets = {{parameters("portfolio-generic")}};
  VerificationOptions options = short_run(6'000);
  const Verification two = verify(bundled_chains(), sets, options, {});
  options.threads = 1;
  const Verification one = verify(bundled_chains(), sets, options, {});
  EXPECT_EQ(one.tally.decisions, two.tally.decisions);
  EXPECT_EQ(one.tally.models.front().accepted, two.tally.models.front().accepted);
  EXPECT_EQ(one.tally.reference_rows, two.tally.reference_rows);
  options.seed = 2;
  const Verification other = verify(bundled_chains(), sets, options, {});
  EXPECT_NE(one.tally.reference_rows, other.tally.reference_rows);
}

TEST(Verification, NoObservedErrorExceedsTheCertifiedBound) {
  const ModelSets sets = {{parameters("portfolio-generic")}};
  const Verification result = verify(bundled_chains(), sets, short_run(10'000), {});
  for (const BandTally& band : result.tally.by_band) {
    for (std::size_t drift = 0; drift < drift_buckets; ++drift) {
      EXPECT_LE(band.drift_cell(drift).used_max, 1.0) << drift_names[drift];
    }
  }
}

TEST(Verification, AWrongVerdictIsFoundAndShrunkToTheLegThatMakesIt) {
  const Tampered tampered;
  ASSERT_EQ(tampered.mismatches, 1u);
  ASSERT_EQ(tampered.failure.what, "the verdict, new order");
  ASSERT_GE(tampered.failure.account.legs.size(), 5u);
  const Shrunk shrunk = shrink(tampered.failure, tampered.fault);
  ASSERT_TRUE(shrunk.is_reproduced);
  ASSERT_EQ(shrunk.failure.account.legs.size(), 1u);
  EXPECT_EQ(shrunk.failure.account.legs[0].net, -1);
  EXPECT_EQ(shrunk.failure.working.size(), 0u);
  EXPECT_LE(shrunk.failure.order.quantity.value, tampered.failure.order.quantity.value);
  EXPECT_EQ(shrunk.failure.order.quantity.value % 2, 0);
  // Without the fault the same account and order agree.
  EXPECT_EQ(examine(shrunk.failure, {}).difference, "");
}

TEST(Verification, AFailureIsWrittenAsFilesThatGiveItsMargin) {
  const Tampered tampered;
  const Shrunk shrunk = shrink(tampered.failure, tampered.fault);
  const std::string directory = ::testing::TempDir() + "/margingate_verify_failure";
  const std::string commands = write_failure(shrunk.failure, directory);
  EXPECT_NE(commands.find("margingate margin --model portfolio --parameters portfolio-generic"),
            std::string::npos);
  const io::MarketFile market = io::read_market_file(directory + "/market.json");
  const io::PortfolioFile portfolio =
      io::read_portfolio_file(directory + "/portfolio-with-order.json", market);
  const io::WhatIf what_if = io::run_what_if(market, portfolio, parameters("portfolio-generic"));
  const reference::ReferenceDecision exact = examine(shrunk.failure, {}).exact;
  const double expected = static_cast<double>(exact.after.initial_margin.value) * 1e-8;
  // Files carry prices and quantities, not the gate's lots: the last digits may differ.
  EXPECT_NEAR(what_if.amount(what_if.statement.initial_margin), expected, 1e-6 * expected + 1e-6);
  std::filesystem::remove_all(directory);
}

TEST(Verification, ADirectoryWithoutChainsIsAnError) {
  EXPECT_THROW(static_cast<void>(load_chains(source + "/params")), std::runtime_error);
}

}  // namespace
}  // namespace margingate::verify
