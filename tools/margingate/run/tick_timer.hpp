// Brackets one call between two fenced readings of the processor's time stamp counter.
//
// The fences keep the bracketed work inside the bracket; what an empty bracket costs is measured
// and shown beside every figure, never subtracted. Elsewhere than on x86: std::chrono.
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace margingate::run {

class TickTimer {
 public:
  // Compares the counter with the steady clock for some milliseconds.
  TickTimer();

  static std::uint64_t start() noexcept {
#if defined(__x86_64__)
    _mm_lfence();
    const std::uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
#else
    return steady_ns();
#endif
  }

  static std::uint64_t stop() noexcept {
#if defined(__x86_64__)
    unsigned processor = 0;
    const std::uint64_t ticks = __rdtscp(&processor);
    _mm_lfence();
    return ticks;
#else
    return steady_ns();
#endif
  }

  [[nodiscard]] double ns(std::uint64_t ticks) const noexcept {
    return static_cast<double>(ticks) * ns_per_tick_;
  }
  [[nodiscard]] double ns_per_tick() const noexcept { return ns_per_tick_; }

  static std::uint64_t steady_ns() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  }

 private:
  double ns_per_tick_ = 1.0;
};

}  // namespace margingate::run
