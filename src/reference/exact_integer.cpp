#include "reference/exact_integer.hpp"

#include <cmath>
#include <vector>

namespace margingate::reference {
namespace {

__extension__ typedef unsigned __int128 Uint128;

// A natural number in 64-bit limbs, the lowest first.
using Limbs = std::vector<std::uint64_t>;

void multiply(Limbs& number, std::uint64_t factor) {
  std::uint64_t carry = 0;
  for (std::uint64_t& limb : number) {
    const Uint128 product = Uint128{limb} * factor + carry;
    limb = static_cast<std::uint64_t>(product);
    carry = static_cast<std::uint64_t>(product >> 64);
  }
  if (carry != 0) number.push_back(carry);
}

// Returns the remainder.
std::uint64_t divide(Limbs& number, std::uint64_t divisor) {
  std::uint64_t remainder = 0;
  for (auto limb = number.rbegin(); limb != number.rend(); ++limb) {
    const Uint128 dividend = (Uint128{remainder} << 64) | *limb;
    *limb = static_cast<std::uint64_t>(dividend / divisor);
    remainder = static_cast<std::uint64_t>(dividend % divisor);
  }
  return remainder;
}

std::int64_t to_integer(const Limbs& number) {
  for (std::size_t i = 1; i < number.size(); ++i) {
    if (number[i] != 0) return INT64_MAX;
  }
  return narrow(Int128{number[0]});
}

std::int64_t saturated(double integral) noexcept {
  if (!(integral < integer_magnitude_max)) return std::int64_t{1} << 62;
  if (!(integral > -integer_magnitude_max)) return -(std::int64_t{1} << 62);
  return static_cast<std::int64_t>(integral);
}

}  // namespace

bool fits_integer(double value) noexcept {
  return value > -integer_magnitude_max && value < integer_magnitude_max;
}

std::int64_t nearest(double value) noexcept { return saturated(std::nearbyint(value)); }

std::int64_t floor_integer(double value) noexcept { return saturated(std::floor(value)); }

std::int64_t ceil_integer(double value) noexcept { return saturated(std::ceil(value)); }

std::int64_t parts_per_billion(double rate) noexcept {
  return nearest(rate * static_cast<double>(parts_per_one));
}

std::int64_t floor_of_ratio(bool is_negative, std::span<const std::uint64_t> factors,
                            std::span<const std::uint64_t> divisors) {
  Limbs number{1};
  for (const std::uint64_t factor : factors) multiply(number, factor);
  // Dividing by one divisor after the other gives the same quotient as dividing by their product,
  // and the whole division is exact only if every step is.
  bool is_exact = true;
  for (const std::uint64_t divisor : divisors) {
    if (divide(number, divisor) != 0) is_exact = false;
  }
  const std::int64_t magnitude = to_integer(number);
  if (!is_negative) return magnitude;
  return narrow(-Int128{magnitude} - (is_exact ? 0 : 1));
}

}  // namespace margingate::reference
