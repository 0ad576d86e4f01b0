#include "strategies/strategy_margin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "strategies/cheapest_pairing.hpp"
#include "support/random.hpp"

namespace margingate::strategies {
namespace {

Holding of(std::vector<OptionLeg> options, std::int64_t units = 0) {
  Holding holding;
  holding.price = 100.0;
  holding.multiplier = 1;
  holding.units = units;
  holding.options = std::move(options);
  return holding;
}

double requirement(const Holding& holding) { return strategy_margin(holding, {}).requirement; }

TEST(StrategyMargin, ChargesASpreadWhatItCanLose) {
  // Bear call spread: sold at 100, bought at 110.
  const Holding bear =
      of({{OptionType::call, 100, {}, 5.0, -1}, {OptionType::call, 110, {}, 2.0, 1}});
  EXPECT_DOUBLE_EQ(requirement(bear), 10.0 + 2.0);
  EXPECT_DOUBLE_EQ(strategy_margin(bear, {}).net, 12.0 - 5.0);
  const Holding bull =
      of({{OptionType::put, 100, {}, 5.0, -1}, {OptionType::put, 110, {}, 11.0, 1}});
  EXPECT_DOUBLE_EQ(requirement(bull), 11.0);
}

TEST(StrategyMargin, DoesNotCoverWithWhatExpiresEarlier) {
  const Holding later =
      of({{OptionType::call, 100, {1}, 5.0, -1}, {OptionType::call, 100, {2}, 6.0, 1}});
  EXPECT_DOUBLE_EQ(requirement(later), 6.0);
  const Holding earlier =
      of({{OptionType::call, 100, {2}, 6.0, -1}, {OptionType::call, 100, {1}, 5.0, 1}});
  EXPECT_DOUBLE_EQ(requirement(earlier), 5.0 + 6.0 + 20.0);
}

TEST(StrategyMargin, CoversACallByWhatIsHeldAndAPutByWhatIsOwed) {
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::call, 105, {}, 2.0, -3}}, 3)), 150.0);
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::put, 95, {}, 2.0, -3}}, -3)), 150.0);
  // In the money, what would be given away counts.
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::call, 90, {}, 12.0, -1}}, 1)), 60.0);
  // The wrong way round covers nothing.
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::call, 105, {}, 2.0, -1}}, -1)), 50.0 + 17.0);
}

TEST(StrategyMargin, HasAMinimumOfThePriceForCallsAndOfTheStrikeForPuts) {
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::call, 150, {}, 0.5, -1}})), 0.5 + 10.0);
  EXPECT_DOUBLE_EQ(requirement(of({{OptionType::put, 60, {}, 0.5, -1}})), 0.5 + 6.0);
}

TEST(StrategyMargin, GivesTheCoverToWhereItSavesMost) {
  // One share, two calls sold: the dearer uncovered one is covered.
  const StrategyMargin margin = strategy_margin(
      of({{OptionType::call, 118, {}, 1.0, -1}, {OptionType::call, 101, {}, 4.0, -1}}, 1), {});
  EXPECT_DOUBLE_EQ(margin.requirement, 50.0 + (1.0 + 10.0));
}

TEST(StrategyMargin, SaysWhichFieldIsBad) {
  Holding holding = of({{OptionType::call, -1.0, {}, 1.0, 1}});
  try {
    (void)strategy_margin(holding, {});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "strategy margin: options[0].strike: expected a positive number");
  }
}

// Every way of pairing, one unit at a time.
std::int64_t most_saved(std::vector<std::int64_t> left, std::vector<std::int64_t> right,
                        const std::vector<PairingEdge>& edges, std::size_t from) {
  if (from == edges.size()) return 0;
  std::int64_t& a = left[edges[from].left];
  std::int64_t& b = right[edges[from].right];
  std::int64_t best = 0;
  for (std::int64_t n = 0; a >= 0 && b >= 0; ++n, --a, --b) {
    best = std::max(best, n * edges[from].saving + most_saved(left, right, edges, from + 1));
  }
  return best;
}

TEST(CheapestPairing, SavesAsMuchAsAnyPairing) {
  testing::Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::int64_t> left(1 + static_cast<std::size_t>(random.uniform(0.0, 3.0)));
    std::vector<std::int64_t> right(1 + static_cast<std::size_t>(random.uniform(0.0, 3.0)));
    for (auto& n : left) n = static_cast<std::int64_t>(random.uniform(0.0, 4.0));
    for (auto& n : right) n = static_cast<std::int64_t>(random.uniform(0.0, 4.0));
    std::vector<PairingEdge> edges;
    for (std::size_t i = 0; i < left.size(); ++i) {
      for (std::size_t j = 0; j < right.size(); ++j) {
        if (random.chance(0.8)) {
          edges.push_back({i, j, 1 + static_cast<std::int64_t>(random.uniform(0.0, 50.0))});
        }
      }
    }
    const std::vector<std::int64_t> paired = cheapest_pairing(left, right, edges);
    std::int64_t saved = 0;
    std::vector<std::int64_t> left_used(left.size()), right_used(right.size());
    for (std::size_t e = 0; e < edges.size(); ++e) {
      EXPECT_GE(paired[e], 0);
      saved += paired[e] * edges[e].saving;
      left_used[edges[e].left] += paired[e];
      right_used[edges[e].right] += paired[e];
    }
    for (std::size_t i = 0; i < left.size(); ++i) EXPECT_LE(left_used[i], left[i]);
    for (std::size_t j = 0; j < right.size(); ++j) EXPECT_LE(right_used[j], right[j]);
    EXPECT_EQ(saved, most_saved(left, right, edges, 0));
  }
}

}  // namespace
}  // namespace margingate::strategies
