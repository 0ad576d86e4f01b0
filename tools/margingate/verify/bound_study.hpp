// What other certified bounds would leave to the exact path, on the same decisions.
//
// Shape    per decision and alternative: would its interval still straddle?
// Units    widths in money units.
// Sign     widths >= 0.
// Range    decisions whose interval had a bound.
// Errors   none.
// Threads  one per session.
// Cost     derivatives of every row sampled over the drift band: for studies, not for audits.
// Source   docs/decisions/0020-scenario-gamma.md. Derivatives are sampled, not bounded, so an
//          alternative here is the best that any closed form of its kind could do. An interval is
//          taken as centred on the exact value; the first alternative does that to the interval as
//          it is and shows what the simplification costs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "margingate/certified_interval.hpp"
#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_decision.hpp"
#include "reference/reference_market.hpp"

namespace margingate::verify {

enum class Bound : std::uint8_t {
  as_it_is,       // centred
  curvature,      // scan risk and profit: the best curvature per scenario
  gamma,          // scan risk and profit: second derivative known, third bounded
  slopes,         // deltas of the charges and credits: first derivative known, second bounded
  slopes_gamma,   // both
  no_scan_width,  // scan risk and profit without any width: the limit of every such scheme
};
inline constexpr std::size_t bounds = 6;
inline constexpr std::array<const char*, bounds> bound_names = {
    "as it is, centred", "best curvature per scenario", "scenario gamma",
    "delta slopes",      "delta slopes and gamma",      "scan and profit without width"};

// Which alternatives would leave the decision to the exact path.
using Straddles = std::array<bool, bounds>;

class BoundStudy {
 public:
  explicit BoundStudy(const GateConfig& config) : config_(&config) {}

  // after: the account with the order working; its legs are those of `exact`.
  [[nodiscard]] Straddles judge(const reference::ReferenceMarket& market, Epoch epoch,
                                const reference::ReferenceAccount& after,
                                const reference::ReferenceDecision& exact,
                                const CertifiedInterval& certified);

 private:
  // Largest derivatives over the band, times the powers of the band that go with them.
  struct Row {
    std::vector<double> loss;       // by scenario
    std::vector<double> slope;      // per band
    std::vector<double> curvature;  // half of the second
    std::vector<double> third;      // a sixth of the third
    double value_curvature = 0.0;
    double value_third = 0.0;
    double delta_slope = 0.0;      // largest first of MR-09
    double delta_curvature = 0.0;  // half of the second
    double expiry_rate = 0.0;
  };
  struct Widths {
    double scan_curvature = 0.0;
    double scan_gamma = 0.0;
    double profit_curvature = 0.0;
    double profit_gamma = 0.0;
    double expiry_slope = 0.0;
    double delta_slope = 0.0;
  };

  [[nodiscard]] const Row& row(const reference::ReferenceMarket& market, Epoch epoch,
                               InstrumentId id);
  [[nodiscard]] Row sampled(const reference::ReferenceMarket& market, InstrumentId id) const;
  [[nodiscard]] Widths widths(const reference::ReferenceMarket& market, Epoch epoch,
                              const reference::ReferenceAccount& after,
                              const reference::ReferenceDecision& exact, std::uint32_t unit);

  const GateConfig* config_;
  std::map<std::pair<Epoch, std::uint32_t>, Row> rows_;
};

}  // namespace margingate::verify
