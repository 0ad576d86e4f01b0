// How much of the time that passed did this thread not get, although it never waited?
//
// Shape    StolenTime: from its creation. measure_hiccups: a spin that does nothing but look.
// Units    shares 0 .. 1; nanoseconds.
// Sign     non-negative.
// Range    none.
// Errors   none.
// Threads  the thread that creates and asks.
// Cost     StolenTime: two clock reads. measure_hiccups: the time it is given.
// Source   rigtorp/hiccups and sysjitter for the spin.
#pragma once

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace margingate::bench {

// Only of threads that spin: whoever sleeps gives time away.
class StolenTime {
 public:
  StolenTime() : wall_(now(CLOCK_MONOTONIC)), own_(now(CLOCK_THREAD_CPUTIME_ID)) {}

  [[nodiscard]] double share() const {
    const double wall = now(CLOCK_MONOTONIC) - wall_;
    const double own = now(CLOCK_THREAD_CPUTIME_ID) - own_;
    return wall > 0.0 ? std::clamp(1.0 - own / wall, 0.0, 1.0) : 0.0;
  }

 private:
  static double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
  }
  double wall_, own_;
};

struct Hiccups {
  double share = 0.0;  // of the time, in gaps longer than a few readings of the clock
  double longest_ns = 0.0;
  std::uint64_t count = 0;
};

// A gap counts when it is longer than eight times the shortest one, and than a microsecond: what
// interrupts and other tenants take, including what the kernel is not told about.
inline Hiccups measure_hiccups(std::chrono::milliseconds duration) {
  using Clock = std::chrono::steady_clock;
  const auto ns = [](Clock::duration d) { return std::chrono::duration<double, std::nano>(d); };
  double shortest = 1e9;
  auto last = Clock::now();
  for (int i = 0; i < 1'000; ++i) {
    const auto here = Clock::now();
    shortest = std::min(shortest, std::max(1.0, ns(here - last).count()));
    last = here;
  }
  const double threshold = std::max(8.0 * shortest, 1'000.0);
  Hiccups result;
  double lost = 0.0;
  const auto start = last = Clock::now();
  while (last - start < duration) {
    const auto here = Clock::now();
    const double gap = ns(here - last).count();
    last = here;
    if (gap <= threshold) continue;
    lost += gap;
    ++result.count;
    result.longest_ns = std::max(result.longest_ns, gap);
  }
  result.share = lost / ns(last - start).count();
  return result;
}

}  // namespace margingate::bench
