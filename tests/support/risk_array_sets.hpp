// Small sets of risk-array parameters, built in code.
#pragma once

#include <array>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "risk_arrays/account_margin.hpp"

namespace margingate::testing {

// Decimal literals: "3383.33"_d.
inline risk_arrays::FixedDecimal operator""_d(const char* text, std::size_t size) {
  return risk_arrays::FixedDecimal::parse({text, size}).value();
}

using Losses = std::array<risk_arrays::FixedDecimal, risk_arrays::scenario_count>;

// A future of price scan range `range`, worth nothing but its moves.
Losses future_losses(risk_arrays::FixedDecimal range, risk_arrays::FixedDecimal extreme_multiplier,
                     risk_arrays::FixedDecimal cover_fraction);

// Adds a combined commodity with a future and an option product of the same code; its index.
std::size_t add_commodity(risk_arrays::ParameterSet& set, const std::string& code);

// Both add a contract of the combined commodity; its index.
std::size_t add_future(risk_arrays::ParameterSet& set, std::size_t commodity, std::uint32_t month,
                       const Losses& losses);
std::size_t add_option(risk_arrays::ParameterSet& set, std::size_t commodity, std::uint32_t month,
                       risk_arrays::OptionRight right, risk_arrays::FixedDecimal strike,
                       const Losses& losses, risk_arrays::FixedDecimal delta,
                       risk_arrays::FixedDecimal value);

// The set of the constructed pipeline example of docs/models/risk-array.md, and its account.
struct PipelineExample {
  risk_arrays::ParameterSet set;
  risk_arrays::AccountPositions account;
};
PipelineExample pipeline_example();

// Signed quantities of contracts in a net account.
risk_arrays::AccountPositions net_account(
    const std::vector<std::pair<std::size_t, risk_arrays::FixedDecimal>>& positions);

const risk_arrays::CommodityMargin& commodity_margin(const risk_arrays::AccountMargin& margin,
                                                     const std::string& code);

}  // namespace margingate::testing

namespace margingate::risk_arrays {
// How tests print a number.
inline void PrintTo(const FixedDecimal& value, std::ostream* out) { *out << value.text(); }
}  // namespace margingate::risk_arrays
