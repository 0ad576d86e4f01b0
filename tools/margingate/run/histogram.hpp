// Counts of values in buckets whose width grows with the value: three significant digits.
//
// The layout is that of HdrHistogram: 2,048 linear sub-buckets, then 1,024 for each doubling, so
// a value and the bounds of its bucket differ by less than one part in a thousand. Recording is
// an increment; no value is lost, those beyond value_max count as value_max.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace margingate::run {

class Histogram {
 public:
  static constexpr std::uint64_t value_max = (std::uint64_t{1} << 40) - 1;

  Histogram() : counts_(slot(value_max) + 1) {}

  void record(std::uint64_t value) noexcept {
    ++counts_[slot(std::min(value, value_max))];
    ++count_;
    sum_ += static_cast<double>(value);
    max_ = std::max(max_, value);
    min_ = std::min(min_, value);
  }

  void add(const Histogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
    min_ = std::min(min_, other.min_);
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] double mean() const noexcept {
    return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
  }

  // Smallest bucket bound that at least this share (0 .. 1) of the values does not exceed.
  [[nodiscard]] std::uint64_t quantile(double share) const noexcept {
    const double rank = std::ceil(share * static_cast<double>(count_));
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted) return std::min(bucket_last(i), max_);
    }
    return max_;
  }

 private:
  static constexpr int sub_bucket_bits = 11;  // 2,048 sub-buckets: 3 significant digits
  static constexpr std::size_t sub_bucket_half = std::size_t{1} << (sub_bucket_bits - 1);

  static constexpr std::size_t slot(std::uint64_t value) noexcept {
    const auto width =
        static_cast<int>(std::bit_width(value | ((std::uint64_t{1} << sub_bucket_bits) - 1)));
    const int shift = width - sub_bucket_bits;
    return static_cast<std::size_t>(shift) * sub_bucket_half +
           static_cast<std::size_t>(value >> shift);
  }

  static constexpr std::uint64_t bucket_last(std::size_t index) noexcept {
    if (index < 2 * sub_bucket_half) return index;
    const std::size_t shift = index / sub_bucket_half - 1;
    const std::uint64_t sub_bucket = index - shift * sub_bucket_half;
    return ((sub_bucket + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  double sum_ = 0.0;
};

}  // namespace margingate::run
