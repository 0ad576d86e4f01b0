#include "../../../tools/margingate/run/tape_schedule.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace margingate::run {
namespace {

TapeRow quote(std::int64_t time_ns, std::uint8_t coin, double mid) {
  TapeRow row;
  row.time_ns = time_ns;
  row.coin = coin;
  row.mid = mid;
  return row;
}

TapeRow trade(std::int64_t time_ns, std::uint8_t coin, double quantity) {
  TapeRow row;
  row.time_ns = time_ns;
  row.coin = coin;
  row.is_trade = true;
  row.taker = Side::sell;
  row.quantity = quantity;
  return row;
}

std::vector<TapeRow> small_tape() {
  return {quote(1000, 0, 50.0), quote(1000, 1, 10.0), trade(1100, 0, 1.0), quote(1400, 0, 55.0),
          trade(1500, 0, 3.0),  quote(1900, 1, 9.0),  quote(2000, 0, 52.0)};
}

ScheduleInputs inputs(std::uint64_t order_events) {
  ScheduleInputs result;
  result.begin = {1'000'000};
  result.end = {5'000'000};
  result.spots_begin = {100.0, 40.0};
  result.spots_end = {90.0, 44.0};
  result.order_events = order_events;
  return result;
}

std::vector<ScheduleStep> all_steps(const std::vector<TapeRow>& rows, const ScheduleInputs& in) {
  TapeSchedule schedule(rows, in);
  std::vector<ScheduleStep> steps;
  ScheduleStep step;
  while (schedule.next(step)) steps.push_back(step);
  return steps;
}

TEST(TapeSchedule, StretchesTimeLinearly) {
  const std::vector<TapeRow> rows = small_tape();
  const auto steps = all_steps(rows, inputs(7));
  ASSERT_EQ(steps.size(), rows.size());
  EXPECT_EQ(steps.front().time.ns, 1'000'000);
  EXPECT_EQ(steps[2].time.ns, 1'400'000);
  EXPECT_EQ(steps.back().time.ns, 5'000'000);
}

TEST(TapeSchedule, MakesExactlyTheEventsAskedFor) {
  for (const std::uint64_t wanted : {1U, 3U, 7U, 41U, 1000U, 12'345U}) {
    std::uint64_t made = 0;
    for (const ScheduleStep& step : all_steps(small_tape(), inputs(wanted))) {
      made += step.order_events;
    }
    EXPECT_EQ(made, wanted);
  }
}

TEST(TapeSchedule, PlaysAShortTapeAgain) {
  const std::vector<TapeRow> rows = small_tape();
  const auto steps = all_steps(rows, inputs(rows.size() * 18));  // six events a row at most
  EXPECT_EQ(steps.size(), rows.size() * 3);
  for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GE(steps[i].time, steps[i - 1].time);
}

TEST(TapeSchedule, StartsAndEndsAtTheGivenSpots) {
  for (const std::uint64_t events : {7U, 126U}) {  // once and three times through the tape
    const auto steps = all_steps(small_tape(), inputs(events));
    EXPECT_DOUBLE_EQ(steps.front().spots[0], 100.0);
    EXPECT_DOUBLE_EQ(steps.front().spots[1], 40.0);
    EXPECT_NEAR(steps.back().spots[0], 90.0, 1e-9);
    EXPECT_NEAR(steps.back().spots[1], 44.0, 1e-9);
  }
}

TEST(TapeSchedule, KeepsTheRelativeMovesOfTheTape) {
  ScheduleInputs in = inputs(7);
  in.spots_end = {104.0, 36.0};  // what the tape itself does: no drift is added
  const auto steps = all_steps(small_tape(), in);
  EXPECT_NEAR(steps[3].spots[0], 110.0, 1e-9);
  EXPECT_NEAR(steps[4].spots[0], 110.0, 1e-9);
  EXPECT_NEAR(steps[5].spots[1], 36.0, 1e-9);
}

TEST(TapeSchedule, CarriesTakersAndRelativeQuantities) {
  const auto steps = all_steps(small_tape(), inputs(7));
  EXPECT_TRUE(steps[2].is_trade);
  EXPECT_EQ(steps[2].taker, Side::sell);
  EXPECT_DOUBLE_EQ(steps[2].relative_quantity, 0.5);
  EXPECT_DOUBLE_EQ(steps[4].relative_quantity, 1.5);
  EXPECT_FALSE(steps[5].is_trade);
}

}  // namespace
}  // namespace margingate::run
