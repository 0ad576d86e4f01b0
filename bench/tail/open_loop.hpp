// Orders that arrive when they arrive, whether or not the one before is done.
//
// Shape    a schedule of intended start times, made before; two times per order: from its start to
//          its end (service), and from its intended start to its end (response).
// Units    nanoseconds; loads as a share of the measured capacity.
// Sign     non-negative.
// Range    loads below 1.
// Errors   none.
// Threads  one, which spins until the next intended start.
// Cost     two fenced readings of the time stamp counter around each order.
// Source   Poisson arrivals, seeded. A late order is never skipped nor moved: what waited behind a
//          slow one counts with the time it waited (G. Tene's coordinated omission).
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "run/histogram.hpp"
#include "run/random.hpp"
#include "run/tick_timer.hpp"
#include "support/stolen_time.hpp"

namespace margingate::bench {

struct Latencies {
  run::Histogram service, response;
  double stolen_share = 0.0;
};

// Intended starts after the beginning, in ticks.
inline std::vector<std::uint64_t> poisson_schedule(std::size_t count, double mean_gap_ticks,
                                                   std::uint64_t seed) {
  run::Random random(seed, 1);
  std::vector<std::uint64_t> starts;
  starts.reserve(count);
  double at = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    at -= mean_gap_ticks * std::log(1.0 - random.unit());
    starts.push_back(static_cast<std::uint64_t>(at));
  }
  return starts;
}

// Ticks per operation when one follows the other.
template <class Operation>
double ticks_per_operation(std::size_t count, const Operation& operation) {
  const std::uint64_t start = run::TickTimer::start();
  for (std::size_t i = 0; i < count; ++i) {
    operation(i);
    static_cast<void>(run::TickTimer::stop());
  }
  return static_cast<double>(run::TickTimer::stop() - start) / static_cast<double>(count);
}

template <class Operation>
Latencies run_open_loop(const run::TickTimer& timer, const std::vector<std::uint64_t>& schedule,
                        const Operation& operation) {
  // Kept raw: counting into buckets between orders would push their lines out of the caches.
  std::vector<std::uint64_t> service(schedule.size()), response(schedule.size());
  const StolenTime stolen;
  const std::uint64_t zero = run::TickTimer::start();
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const std::uint64_t intended = zero + schedule[i];
    std::uint64_t start = run::TickTimer::start();
    while (start < intended) start = run::TickTimer::start();
    operation(i);
    const std::uint64_t end = run::TickTimer::stop();
    service[i] = end - start;
    response[i] = end - intended;
  }
  Latencies result;
  result.stolen_share = stolen.share();
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    result.service.record(static_cast<std::uint64_t>(timer.ns(service[i]) + 0.5));
    result.response.record(static_cast<std::uint64_t>(timer.ns(response[i]) + 0.5));
  }
  return result;
}

}  // namespace margingate::bench
