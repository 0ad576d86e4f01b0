// A house's risk-array parameters in the engine's words: delivered losses, floors and charges.
//
// Shape    one risk unit per combined commodity, or per scanning tier of it; one delivered row per
//          contract.
// Units    money in the currency of the set, which is that of the gate.
// Sign     as in margin_model.hpp.
// Range    a set that validate_parameter_set accepts.
// Errors   RiskArrayError for what has no bound over the fills of working orders.
// Threads  pure.
// Cost     cold: contracts * 16.
// Source   docs/models/risk-array.md; docs/methodology.md MR-77 to MR-79.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "margingate/instrument.hpp"
#include "margingate/margin_model.hpp"
#include "risk_arrays/parameter_set.hpp"

namespace margingate::models {

class RiskArrayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the value of long options may pay for.
enum class OptionValueUse : std::uint8_t {
  // The requirement of their own combined commodity, at most.
  within_commodity,
  // That of any commodity that does not limit it, and so, where it is more than all of them need,
  // cash that the account owes: the host sees to that no premium exceeds cash.
  across_commodities,
};

struct RiskArrayTerms {
  risk_arrays::AccountType account = risk_arrays::AccountType::speculator;
  OptionValueUse option_value = OptionValueUse::within_commodity;
};

// The scenario in which options are worth nothing: a requirement is at least their value.
[[nodiscard]] Scenario option_value_lost();

inline constexpr std::size_t no_contract = SIZE_MAX;

// contracts[i] is what instruments[i] is in the set, or no_contract: that one is not delivered.
// Sets each risk unit; kinds, sizes, strikes and expiries are the caller's. Instruments of one
// combined commodity need one underlying, those of one expiry one month of deltas.
[[nodiscard]] MarginModel risk_array_set_model(const risk_arrays::ParameterSet& set,
                                               const RiskArrayTerms& terms,
                                               std::span<const std::size_t> contracts,
                                               std::span<Instrument> instruments);

}  // namespace margingate::models
