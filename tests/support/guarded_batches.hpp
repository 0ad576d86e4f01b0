// A million mixed events that reach every Reason, in batches that a test runs under its guard.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/reject_scenes.hpp"

namespace margingate::testing {

inline constexpr int batches = 100;
inline constexpr int events_per_batch = 10'000;

// around(batch) calls batch() under its guard. Every batch begins with a table and totals to adopt.
// Ends early when the test is skipped or has failed fatally.
template <class Around>
void run_guarded_batches(RejectScenes& scenes, const Around& around) {
  for (int i = 0; i < batches; ++i) {
    scenes.let_background_work();
    around([&] { scenes.run(events_per_batch); });
    if (::testing::Test::IsSkipped() || ::testing::Test::HasFatalFailure()) return;
  }
  std::string missing;
  for (const Reason reason : scenes.missing()) missing += std::string(to_string(reason)) + ' ';
  EXPECT_EQ(missing, "");
  EXPECT_GT(scenes.counters().adoptions, 20u);
  EXPECT_GT(scenes.counters().decided_exactly, 1'000u);
  EXPECT_GT(scenes.counters().decided_by_interval, 1'000u);
}

}  // namespace margingate::testing
