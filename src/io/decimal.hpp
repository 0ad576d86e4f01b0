// Decimal numbers as written, turned into integers without a detour through binary fractions.
//
// Shape    a double stands for the shortest decimal that reads back as the same double.
// Units    scaled_*(value, decimals): value * 10^decimals.
// Sign     signed.
// Range    nullopt when the result does not fit 62 bits, so that sums of two still fit 64.
// Errors   nullopt.
// Threads  pure.
// Cost     cold.
// Source   none.
#pragma once

#include <cstdint>
#include <optional>

namespace margingate::io {

// digits * 10^exponent; digits do not end in zero unless they are zero.
struct Decimal {
  std::int64_t digits = 0;
  int exponent = 0;
};

[[nodiscard]] Decimal decimal_of(double finite);

[[nodiscard]] std::optional<std::int64_t> scaled_floor(double finite, int decimals);
[[nodiscard]] std::optional<std::int64_t> scaled_ceil(double finite, int decimals);
[[nodiscard]] std::optional<std::int64_t> scaled_nearest(double finite, int decimals);

// 10^exponent for exponents 0 .. 18.
[[nodiscard]] std::int64_t power_of_ten(int exponent);

}  // namespace margingate::io
