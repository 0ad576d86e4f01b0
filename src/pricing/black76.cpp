#include "pricing/black76.hpp"

#include "pricing/black76_body.hpp"

namespace margingate::pricing {
namespace {

void black76_scalar(const Black76Lanes& lanes, double strike, bool is_call, double drift_band,
                    const Black76Results& results) noexcept {
  detail::black76_lanes(lanes, strike, is_call, drift_band, results);
}

#if defined(__x86_64__)

[[gnu::target("avx2,fma")]] void black76_avx2(const Black76Lanes& lanes, double strike,
                                              bool is_call, double drift_band,
                                              const Black76Results& results) noexcept {
  detail::black76_lanes(lanes, strike, is_call, drift_band, results);
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw,fma")]] void black76_avx512(
    const Black76Lanes& lanes, double strike, bool is_call, double drift_band,
    const Black76Results& results) noexcept {
  detail::black76_lanes(lanes, strike, is_call, drift_band, results);
}

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
