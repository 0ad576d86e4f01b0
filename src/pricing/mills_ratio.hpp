// Mills ratio of the normal distribution, R(x) = Phi(-x) / phi(x), as one quotient of polynomials.
//
// Shape    two polynomials, so that a caller with several ratios can share one division.
// Units    none.
// Sign     all coefficients and both results are positive: no cancellation anywhere.
// Range    0 <= x <= mills_argument_max.
// Errors   none.
// Threads  pure. Safe from any thread.
// Cost     seven multiply-adds each.
// Source   tools/coefficients.py: minimax of degree 7 over 8 on [0, 38], relative error 7.6e-17
//          at 0, growing like 1 / phi(x) to at most 7.6e-11. A quotient needs fewer terms than a
//          polynomial of equal accuracy, because the decay like 1 / x is built in.
#pragma once

#include "pricing/elementary.hpp"

namespace margingate::pricing {

// Beyond 38 phi(x) is below 1e-313: the ratio only has to stay finite and positive there.
inline constexpr double mills_argument_max = 64.0;

[[gnu::always_inline]] inline double mills_numerator(double x) noexcept {
  double p = 0x1.fffffefe00624p-1;
  p = detail::fused(p, x, 0x1.5e798f2912792p+4);
  p = detail::fused(p, x, 0x1.c498cc8fc1eeap+7);
  p = detail::fused(p, x, 0x1.6254a32eb279dp+10);
  p = detail::fused(p, x, 0x1.6a97bfef0192fp+12);
  p = detail::fused(p, x, 0x1.e75d654f38512p+13);
  p = detail::fused(p, x, 0x1.93dff3c8f2f49p+14);
  return detail::fused(p, x, 0x1.4c6f21ba3031fp+14);
}

[[gnu::always_inline]] inline double mills_denominator(double x) noexcept {
  double q = x + 0x1.5e798b87a45fap+4;
  q = detail::fused(q, x, 0x1.c698e29522496p+7);
  q = detail::fused(q, x, 0x1.67ce3d006b2c5p+10);
  q = detail::fused(q, x, 0x1.789de423d8885p+12);
  q = detail::fused(q, x, 0x1.09204103deae7p+14);
  q = detail::fused(q, x, 0x1.e7c85f8f856dap+14);
  q = detail::fused(q, x, 0x1.0af096e2ec7fcp+15);
  return detail::fused(q, x, 0x1.093e7992db5f9p+14);
}

}  // namespace margingate::pricing
