// The one implementation of the American tree, inlined into a function per instruction set.
//
// Shape    AmericanLattice: what does not depend on the forward; american_values: the values.
// Units    as in american_tree.hpp.
// Sign     as in american_tree.hpp.
// Range    as in american_tree.hpp.
// Errors   none.
// Threads  pure. Safe from any thread. About five kilobytes of stack.
// Cost     as in american_tree.hpp.
// Source   Node j of step i stands at forward * e^(-carry (1 - i / n)) * e^(h (2 j - i)), h =
//          total volatility / sqrt(n); it goes up with probability 1 / (1 + e^h), which makes the
//          forward a martingale whatever the carry is.
#pragma once

#include <cmath>
#include <limits>

#include "pricing/american_tree.hpp"
#include "pricing/black76_body.hpp"
#include "pricing/elementary.hpp"

namespace margingate::pricing::detail {

inline constexpr std::size_t american_nodes = american_steps;  // of the last step with a choice
static_assert(american_nodes % black76_lane_multiple == 0);

struct AmericanLattice {
  alignas(64) double odd[american_nodes];    // e^(h (2 j - 127)): steps 127, 125, ...
  alignas(64) double even[american_nodes];   // e^(h (2 j - 126)): steps 126, 124, ...
  alignas(64) double carry[american_nodes];  // e^(-carry (1 - i / n)), by step
  double step;                               // h
  double up, down;                           // discounted probabilities of a step
  double discount;                           // of a step
};

[[gnu::always_inline]] inline bool is_in_range(const AmericanTerms& terms) noexcept {
  return __builtin_fabs(terms.carry) <= american_growth_max &&
         __builtin_fabs(terms.interest) <= american_growth_max && terms.total_volatility >= 0.0 &&
         terms.total_volatility <= american_volatility_max;
}

[[gnu::always_inline]] inline void prepare_lattice(const AmericanTerms& terms,
                                                   AmericanLattice& lattice) noexcept {
  constexpr auto n = static_cast<double>(american_steps);
  const double h = terms.total_volatility / __builtin_sqrt(n);
  for (std::size_t j = 0; j < american_nodes; ++j) {
    const double k = 2.0 * static_cast<double>(static_cast<int>(j)) - (n - 1.0);
    lattice.odd[j] = exp_in_range(h * k);
    lattice.even[j] = exp_in_range(h * (k + 1.0));
    const double left = (n - static_cast<double>(static_cast<int>(j))) / n;
    lattice.carry[j] = exp_in_range(-(terms.carry * left));
  }
  lattice.step = h;
  lattice.discount = exp_in_range(-(terms.interest / n));
  lattice.up = lattice.discount * (1.0 / (1.0 + exp_in_range(h)));
  lattice.down = lattice.discount - lattice.up;
}

// What is worth more at each node of a step, holding on or exercising.
template <bool is_call>
[[gnu::always_inline]] inline void step_back(std::size_t count, double up, double down, double base,
                                             double strike, const double* __restrict move,
                                             double* __restrict value) noexcept {
  for (std::size_t j = 0; j < count; ++j) {
    const double spot = base * move[j];
    const double exercised = is_call ? spot - strike : strike - spot;
    const double held = up * value[j + 1] + down * value[j];
    value[j] = held > exercised ? held : exercised;
  }
}

template <bool is_call>
[[gnu::always_inline]] inline double american_value(const AmericanTerms& terms,
                                                    const AmericanLattice& lattice,
                                                    double forward) noexcept {
  alignas(64) double value[american_nodes + black76_lane_multiple];
  const double strike = terms.strike;
  const double log_moneyness = log_portable(forward / strike);
  const LaneConstants constants{strike, 0.0, 0.0, 0.0, 0.0, 0.0};
  constexpr std::size_t last = american_steps - 1;
  for (std::size_t j = 0; j < american_nodes; ++j) {
    const double k = 2.0 * static_cast<double>(static_cast<int>(j)) -
                     static_cast<double>(static_cast<int>(last));
    value[j] = lattice.discount * black76_lane<is_call>(forward * lattice.odd[j],
                                                        log_moneyness + lattice.step * k,
                                                        lattice.step, constants)
                                      .value;
  }
  const double base = forward * lattice.carry[last];
  for (std::size_t j = 0; j < american_nodes; ++j) {
    const double spot = base * lattice.odd[j];
    const double exercised = is_call ? spot - strike : strike - spot;
    value[j] = value[j] > exercised ? value[j] : exercised;
  }
  // Steps in pairs: 126 and 125, 124 and 123, ... 2 and 1; then 0.
  for (std::size_t i = last - 1; i > 0; i -= 2) {
    const std::size_t skipped = (last - 1 - i) / 2;
    step_back<is_call>(i + 1, lattice.up, lattice.down, forward * lattice.carry[i], strike,
                       lattice.even + skipped, value);
    step_back<is_call>(i, lattice.up, lattice.down, forward * lattice.carry[i - 1], strike,
                       lattice.odd + skipped + 1, value);
  }
  step_back<is_call>(1, lattice.up, lattice.down, forward * lattice.carry[0], strike,
                     lattice.even + (last - 1) / 2, value);
  return value[0];
}

[[gnu::always_inline]] inline void american_values(const AmericanTerms& terms, std::size_t count,
                                                   const double* forward, double* value) noexcept {
  if (!is_in_range(terms)) {
    for (std::size_t i = 0; i < count; ++i) value[i] = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  AmericanLattice lattice;
  prepare_lattice(terms, lattice);
  for (std::size_t i = 0; i < count; ++i) {
    value[i] = terms.is_call ? american_value<true>(terms, lattice, forward[i])
                             : american_value<false>(terms, lattice, forward[i]);
  }
}

}  // namespace margingate::pricing::detail
