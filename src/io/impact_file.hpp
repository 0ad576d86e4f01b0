// Market impact as a file gives it: for kinds of instruments, and for single ones.
//
// Shape    impact.json.
// Units    shares of the price; depth in contracts.
// Sign     non-negative.
// Range    half_spread 0 .. 1, linear and square_root 0 .. 10, depth above 0.
// Errors   FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "impact.json".
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "io/market_file.hpp"
#include "margingate/liquidation.hpp"

namespace margingate::io {

struct ImpactFile {
  // By InstrumentKind; depth in contracts.
  std::array<MarketImpact, 4> kinds{
      default_impact(InstrumentKind::spot), default_impact(InstrumentKind::perpetual),
      default_impact(InstrumentKind::future), default_impact(InstrumentKind::option)};
  std::map<std::string, MarketImpact> instruments;

  [[nodiscard]] const MarketImpact& of(const MarketInstrument& instrument) const;
};

[[nodiscard]] ImpactFile read_impact_file(const std::string& path);
[[nodiscard]] ImpactFile parse_impact_file(const std::string& file, std::string_view text);

}  // namespace margingate::io
