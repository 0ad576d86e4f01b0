#include "run/tick_timer.hpp"

#include <algorithm>
#include <array>

namespace margingate::run {
namespace {

constexpr std::uint64_t calibration_ns = 4'000'000;

double measured_ns_per_tick() noexcept {
  const std::uint64_t begin_ns = TickTimer::steady_ns();
  const std::uint64_t begin = TickTimer::start();
  std::uint64_t end_ns = begin_ns;
  while (end_ns - begin_ns < calibration_ns) end_ns = TickTimer::steady_ns();
  const std::uint64_t end = TickTimer::start();
  return end > begin ? static_cast<double>(end_ns - begin_ns) / static_cast<double>(end - begin)
                     : 1.0;
}

}  // namespace

TickTimer::TickTimer() {
  // The middle of five: an interrupt between the two clocks spoils one of them at most.
  std::array<double, 5> samples{};
  for (double& sample : samples) sample = measured_ns_per_tick();
  std::sort(samples.begin(), samples.end());
  ns_per_tick_ = samples[2];
}

}  // namespace margingate::run
