// Counter-based random numbers: the same on every machine and standard library.
//
// The standard engines are fixed by the standard, its distributions are not; a run that must be
// repeatable from its seed needs both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace margingate::run {

class Random {
 public:
  // Streams of one seed are unrelated, so adding draws to one leaves the others alone.
  constexpr Random(std::uint64_t seed, std::uint64_t stream) noexcept
      : key_(mix(seed + golden_ratio) ^ mix(stream * golden_ratio + 1)) {}

  constexpr std::uint64_t next() noexcept { return mix(key_ + golden_ratio * ++counter_); }

  // 0 <= result < 1, in steps of 2^-53.
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

  constexpr double between(double low, double high) noexcept { return low + (high - low) * unit(); }

  // 0 <= result < count. The bias of the multiplication is below count / 2^32.
  constexpr std::uint32_t below(std::uint32_t count) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
  }

  constexpr bool chance(double probability) noexcept { return unit() < probability; }

  // Mean 0, variance 1, within -6 .. 6: the sum of twelve uniforms needs no library function.
  constexpr double normal() noexcept {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }

  // Index drawn with the weights whose running sums are given; the last sum is the total.
  constexpr std::size_t weighted(std::span<const double> running_sums) noexcept {
    const double target = unit() * running_sums.back();
    std::size_t low = 0;
    std::size_t high = running_sums.size() - 1;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (running_sums[middle] > target) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

 private:
  static constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;

  // Finalizer of SplitMix64 (Steele, Lea and Flood 2014).
  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace margingate::run
