// No accepted order takes any exposure of any scope above its limit by one unit, at any prefix of
// any stream of orders, replaces, cancels and fills. MARGINGATE_LIMIT_EVENTS sets how many events
// (10,000,000 takes ten seconds) and MARGINGATE_SEED the stream.
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/controlled_flow.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint64_t events_default = 1'000'000;
constexpr std::uint64_t events_per_market = 5'000;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(LimitProperty, KeepsEveryExposureOfEveryScopeWithinItsLimit) {
  const std::uint64_t events = from_environment("MARGINGATE_LIMIT_EVENTS", events_default);
  ControlledFlowOptions options;
  options.seed = from_environment("MARGINGATE_SEED", 20'260'817);
  options.judges = false;
  std::vector<std::uint64_t> reasons(1'000);
  std::uint64_t done = 0;
  // Books fill up to their limits and stay there: now and then a new market starts.
  for (; done < events; ++options.seed) {
    ControlledFlow flow(options);
    for (std::uint64_t i = 0; i < events_per_market && done < events; ++i, ++done) {
      ASSERT_TRUE(flow.step()) << flow.describe();
      const std::string excess = flow.first_excess();
      ASSERT_TRUE(excess.empty()) << excess << " at event " << i << ", seed " << options.seed;
    }
    for (std::size_t r = 0; r < reasons.size(); ++r) reasons[r] += flow.reasons()[r];
  }
  const auto seen = [&](Reason reason) { return reasons[static_cast<std::size_t>(reason)]; };
  // Every limit was met, so that keeping it meant something.
  for (auto number = static_cast<int>(Reason::suspended);
       number <= static_cast<int>(Reason::credit_limit); ++number) {
    const auto reason = static_cast<Reason>(number);
    if (reason == Reason::no_reference_price || reason == Reason::stale_reference_price) continue;
    EXPECT_GT(seen(reason), 0u) << to_string(reason);
    if (events != events_default) {
      std::printf("  %-24s %12llu\n", std::string(to_string(reason)).c_str(),
                  static_cast<unsigned long long>(seen(reason)));
    }
  }
  EXPECT_GT(seen(Reason::accepted), events / 20);
}

}  // namespace
}  // namespace margingate::testing
