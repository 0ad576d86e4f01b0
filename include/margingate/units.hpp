// Strong integer types for everything the order path decides on.
//
// Shape    one 64-bit integer each; trivially copyable; compared and added like numbers.
// Units    Money: the gate's smallest money unit, 10^-money_decimals of an asset.
//          Price: 10^-price_decimals of the currency the instrument is quoted in.
//          Quantity: lots; one contract is Instrument::lots_per_contract lots.
//          Timestamp and Duration: nanoseconds of event time; Timestamp counts from 1970 UTC.
// Sign     Quantity: long and buy positive where signed. Money: what the account has is positive.
// Range    the limits in limits.hpp keep every sum far inside 64 bits.
// Errors   none.
// Threads  values.
// Cost     none beyond the integer.
// Source   docs/numerics.md.
#pragma once

#include <compare>
#include <cstdint>

namespace margingate {

template <class Tag>
struct Integer {
  std::int64_t value = 0;

  friend constexpr auto operator<=>(const Integer&, const Integer&) noexcept = default;
  friend constexpr Integer operator+(Integer a, Integer b) noexcept { return {a.value + b.value}; }
  friend constexpr Integer operator-(Integer a, Integer b) noexcept { return {a.value - b.value}; }
  constexpr Integer operator-() const noexcept { return {-value}; }
  constexpr Integer& operator+=(Integer other) noexcept { return value += other.value, *this; }
  constexpr Integer& operator-=(Integer other) noexcept { return value -= other.value, *this; }
};

using Money = Integer<struct MoneyTag>;
using Price = Integer<struct PriceTag>;
using Quantity = Integer<struct QuantityTag>;
using Duration = Integer<struct DurationTag>;

struct Timestamp {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) noexcept = default;
  friend constexpr Duration operator-(Timestamp a, Timestamp b) noexcept { return {a.ns - b.ns}; }
  friend constexpr Timestamp operator+(Timestamp a, Duration d) noexcept {
    return {a.ns + d.value};
  }
};

constexpr Duration milliseconds(std::int64_t count) noexcept { return {count * 1'000'000}; }
constexpr Duration seconds(std::int64_t count) noexcept { return {count * 1'000'000'000}; }

}  // namespace margingate
