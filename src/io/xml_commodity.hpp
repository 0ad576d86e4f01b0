// Definitions of an XML risk-array file: how contracts combine, and the scenarios.
//
// Shape    one element in, one value out; nothing here knows the rest of the file.
// Units    see risk_arrays/parameter_set.hpp.
// Sign     see there.
// Range    see there.
// Errors   FileError naming line and element path.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "XML risk arrays".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/xml_stream.hpp"
#include "risk_arrays/parameter_set.hpp"

namespace margingate::io {

// Which requirement a rate id is for.
struct RateUse {
  risk_arrays::AccountType account = risk_arrays::AccountType::speculator;
  bool is_maintenance = true;
};

struct ProductLink {
  std::string exchange;
  std::string product_id;
  risk_arrays::FixedDecimal delta_scaling = 1;
};

struct CommodityElement {
  risk_arrays::CombinedCommodity terms;
  std::vector<ProductLink> links;
};

[[nodiscard]] CommodityElement read_commodity(const XmlElement& element,
                                              const std::map<int, RateUse>& rates);
// A spread of superSpreads, interSpreads or interClearSpreads.
[[nodiscard]] risk_arrays::InterSpread read_inter_spread(const XmlElement& element);
[[nodiscard]] risk_arrays::ScenarioSet read_scenario_set(const XmlElement& element);
// Account types that are not margined here: none.
[[nodiscard]] std::optional<RateUse> read_rate_use(const XmlElement& element);

}  // namespace margingate::io
