// dYdX v4's margin in the chain's own integers: what it rounds, in which order and which way.
//
// Shape    free functions over quantums; a subaccount is two numbers, its net collateral and its
//          maintenance requirement. The gate decides in its own units (dydx.hpp); this is what the
//          chain computes, for comparing the two and for liquidations.
// Units    quote quantums, 10^-6 of the quote currency; base quantums, 10^atomic_resolution of the
//          base; rates in parts per million.
// Sign     quantities and quote amounts signed: positive is received or owned.
// Range    any: integers grow as needed.
// Errors   none; divisors are required to be positive.
// Threads  pure.
// Cost     cold: allocates.
// Source   docs/models/dydx.md.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>

namespace margingate::models::dydx {

using Quantums = boost::multiprecision::cpp_int;
using Ratio = boost::multiprecision::cpp_rational;

// A perpetual at its oracle price: price * 10^exponent of the quote currency for one of the base.
struct Perpetual {
  std::uint64_t price = 0;
  int exponent = 0;
  int atomic_resolution = 0;
  std::uint32_t initial_ppm = 0;
  std::uint32_t maintenance_fraction_ppm = 0;
  Quantums open_interest_lower_cap;
  Quantums open_interest_upper_cap;  // 0: open interest does not matter
};

// Signed notional, cut off toward zero.
[[nodiscard]] Quantums notional(const Perpetual& perpetual, const Quantums& base_quantums);

// Rate of initial margin while that many base quantums are open, rounded down.
[[nodiscard]] std::uint32_t open_interest_ppm(const Perpetual& perpetual,
                                              const Quantums& open_base_quantums);

struct Requirement {
  Quantums initial;
  Quantums maintenance;

  friend Requirement operator+(const Requirement& a, const Requirement& b) {
    return {a.initial + b.initial, a.maintenance + b.maintenance};
  }
};

// Two ceilings in series for maintenance: of the initial margin without open interest, and of its
// fraction. user_ppm is the initial rate that a user's own leverage asks for; 0: none.
[[nodiscard]] Requirement requirement(const Perpetual& perpetual, const Quantums& base_quantums,
                                      const Quantums& open_base_quantums,
                                      std::uint32_t user_ppm = 0);

struct Subaccount {
  Quantums net_collateral;
  Requirement requirement;

  [[nodiscard]] bool is_initially_collateralised() const {
    return net_collateral >= requirement.initial;
  }
  [[nodiscard]] bool is_liquidatable() const {
    return requirement.maintenance > 0 && net_collateral < requirement.maintenance;
  }
};

enum class UpdateResult : std::uint8_t {
  success,
  newly_undercollateralised,
  still_undercollateralised,
};

// Below initial margin an update may pass that lowers risk: the maintenance requirement must not
// rise, nor net collateral fall in relation to it.
[[nodiscard]] bool lowers_risk(const Subaccount& before, const Subaccount& after);
[[nodiscard]] UpdateResult check_update(const Subaccount& before, const Subaccount& after);

// Quote quantums at which `delta` base quantums of a position leave the rest of the account where
// it stands in relation to its requirement. `position` is what is held before.
[[nodiscard]] Quantums bankruptcy_quote(const Subaccount& account, const Perpetual& perpetual,
                                        const Quantums& position, const Quantums& delta);

struct LiquidationTerms {
  std::uint32_t bankruptcy_adjustment_ppm = 1'000'000;
  std::uint32_t spread_to_maintenance_ppm = 1'500'000;
  std::uint32_t fee_ppm = 15'000;
};

// Quote quantums per base quantum that a liquidation order asks for.
[[nodiscard]] Ratio fillable_price(const Subaccount& account, const Perpetual& perpetual,
                                   const Quantums& position, const LiquidationTerms& terms);

// What the insurance fund gains by a fill; negative: pays.
[[nodiscard]] Quantums insurance_delta(const Quantums& fill_quote, const Quantums& bankruptcy_quote,
                                       const LiquidationTerms& terms);

}  // namespace margingate::models::dydx
