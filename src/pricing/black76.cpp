#include "pricing/black76.hpp"

#include "pricing/black76_body.hpp"

namespace margingate::pricing {

DriftBand::DriftBand(double band) noexcept
    : width(band), log_low(log_portable(1.0 - band)), log_high(log_portable(1.0 + band)) {}

namespace {

// Defines the kernels of one instruction set. A macro because a target attribute cannot be a
// template parameter.
#define MARGINGATE_BLACK76_KERNELS(NAME, TARGET)                                                  \
  TARGET void NAME(const Black76Lanes& lanes, double strike, bool is_call,                        \
                   const DriftBand& drift_band, const Black76Results& results) noexcept {         \
    detail::black76_lanes(lanes, strike, is_call, drift_band, results);                           \
  }                                                                                               \
  TARGET void NAME##_values(const Black76Lanes& lanes, double strike, bool is_call,               \
                            double* value) noexcept {                                             \
    detail::black76_values(lanes, strike, is_call, value);                                        \
  }                                                                                               \
  TARGET void NAME##_pairs(const Black76Lanes& lanes, double strike, const DriftBand& drift_band, \
                           const Black76PairResults& results) noexcept {                          \
    detail::black76_pairs(lanes, strike, drift_band, results);                                    \
  }

MARGINGATE_BLACK76_KERNELS(black76_scalar, )
#if defined(__x86_64__)
MARGINGATE_BLACK76_KERNELS(black76_avx2, [[gnu::target("avx2,fma")]])
MARGINGATE_BLACK76_KERNELS(black76_avx512,
                           [[gnu::target("avx512f,avx512dq,avx512vl,avx512bw,fma")]])

// A fused multiply-add is one instruction here and a library call in the baseline function.
[[gnu::target("avx2,fma")]] Black76Point black76_point_fma(double forward, double log_moneyness,
                                                           double total_volatility, double strike,
                                                           bool is_call,
                                                           double drift_band) noexcept {
  return detail::black76_point(forward, log_moneyness, total_volatility, strike, is_call,
                               drift_band);
}

#endif

}  // namespace

Black76Kernel black76_kernel(InstructionSet set) noexcept {
  if (!is_supported(set)) return nullptr;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return black76_avx512;
  if (set == InstructionSet::avx2) return black76_avx2;
#endif
  return black76_scalar;
}

Black76ValueKernel black76_value_kernel(InstructionSet set) noexcept {
  if (!is_supported(set)) return nullptr;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return black76_avx512_values;
  if (set == InstructionSet::avx2) return black76_avx2_values;
#endif
  return black76_scalar_values;
}

Black76PairKernel black76_pair_kernel(InstructionSet set) noexcept {
  if (!is_supported(set)) return nullptr;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return black76_avx512_pairs;
  if (set == InstructionSet::avx2) return black76_avx2_pairs;
#endif
  return black76_scalar_pairs;
}

Black76Point black76(double forward, double log_moneyness, double total_volatility, double strike,
                     bool is_call, double drift_band) noexcept {
#if defined(__x86_64__)
  if (is_supported(InstructionSet::avx2)) {
    return black76_point_fma(forward, log_moneyness, total_volatility, strike, is_call, drift_band);
  }
#endif
  return detail::black76_point(forward, log_moneyness, total_volatility, strike, is_call,
                               drift_band);
}

}  // namespace margingate::pricing
