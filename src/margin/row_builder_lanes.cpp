#include "margin/row_builder_lanes.hpp"

#include "margin/row_builder_lanes_body.hpp"

namespace margingate::margin {
namespace {

// Defines the functions of one kernel. A macro because a target attribute cannot be a template
// parameter.
#define MARGINGATE_ROW_LANE_KERNEL(NAME, ROUNDING, TARGET)                                      \
  TARGET void NAME##_shock(const scenario::ScenarioLanes& lanes, const PricingInputs& inputs,   \
                           double forward, double strike, RowScratch& scratch) noexcept {       \
    row_body::shock(lanes, inputs, forward, strike, scratch);                                   \
  }                                                                                             \
  TARGET LaneRounding NAME##_round(const scenario::InstrumentTerms& instrument,                 \
                                   const scenario::ScenarioLanes& lanes, const RowPoint& point, \
                                   const RowScratch& scratch, double unit,                      \
                                   const LaneStorage& result) noexcept {                        \
    return row_body::round<row_body::ROUNDING, RowUse::published>(instrument, lanes, point,     \
                                                                  scratch, unit, result);       \
  }                                                                                             \
  TARGET LaneRounding NAME##_round_losses(const scenario::InstrumentTerms& instrument,          \
                                          const scenario::ScenarioLanes& lanes,                 \
                                          const RowPoint& point, const RowScratch& scratch,     \
                                          double unit, const LaneStorage& result) noexcept {    \
    return row_body::round<row_body::ROUNDING, RowUse::at_live_spot>(instrument, lanes, point,  \
                                                                     scratch, unit, result);    \
  }                                                                                             \
  TARGET double NAME##_exp(double x) noexcept { return pricing::exp_portable(x); }              \
  TARGET double NAME##_log(double x) noexcept { return pricing::log_portable(x); }              \
  TARGET double NAME##_power(double base, double exponent) noexcept {                           \
    return pricing::exp_portable(exponent * pricing::log_portable(base));                       \
  }                                                                                             \
  constexpr RowLaneKernel NAME##_kernel{NAME##_shock, NAME##_round, NAME##_round_losses,        \
                                        NAME##_exp,   NAME##_log,   NAME##_power};

MARGINGATE_ROW_LANE_KERNEL(scalar, PortableRounding, )
#if defined(__x86_64__)
MARGINGATE_ROW_LANE_KERNEL(avx2, VectorRounding, [[gnu::target("avx2,fma")]])
MARGINGATE_ROW_LANE_KERNEL(avx512, VectorRounding,
                           [[gnu::target("avx512f,avx512dq,avx512vl,avx512bw,fma")]])
#endif

}  // namespace

const RowLaneKernel& row_lane_kernel(InstructionSet set) noexcept {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512_kernel;
  if (set == InstructionSet::avx2) return avx2_kernel;
#endif
  static_cast<void>(set);
  return scalar_kernel;
}

}  // namespace margingate::margin
