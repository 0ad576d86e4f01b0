// The published test vectors of Derive's portfolio margin: markets, positions, changed parameters
// and what came out, from tests/golden/data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "margingate/instrument.hpp"
#include "models/derive.hpp"

namespace margingate::testing {

struct DeriveOption {
  double quantity = 0.0;
  OptionType type = OptionType::call;
  double strike = 0.0;
  double volatility = 0.0;
};

struct DeriveExpiry {
  std::int64_t seconds = 0;
  double forward = 0.0;
  double settled = 0.0;
  double rate = 0.0;
  std::vector<DeriveOption> options;
};

struct DerivePerpetual {
  double quantity = 0.0;
  double mark = 0.0;
  double profit = 0.0;  // with unsettled funding
};

struct DeriveHolding {
  std::string asset;
  double quantity = 0.0;
  double value_price = 0.0;  // in the stablecoin
};

struct DeriveExpected {
  double maintenance = 0.0;
  double initial = 0.0;
  std::optional<double> mark_to_market;
  std::optional<double> worst;  // most negative profit over the scenarios
  std::optional<double> basis;
  std::optional<double> maintenance_charges;
  std::optional<double> initial_charges;
  std::vector<double> scenarios;  // profits, to six decimals
};

struct DeriveCase {
  std::string id;
  std::string coin;  // of the market, as collateral names it
  double spot = 0.0;
  double cash = 0.0;
  std::optional<DerivePerpetual> perpetual;
  std::vector<DeriveExpiry> expiries;
  std::vector<DeriveHolding> holdings;
  double perpetual_confidence = 1.0;
  double option_confidence = 1.0;
  models::DeriveParameters parameters;  // of this case
  DeriveExpected expected;
};

// cases, parameters: files in tests/golden/data.
[[nodiscard]] std::vector<DeriveCase> read_derive_cases(const std::string& cases,
                                                        const std::string& parameters);

}  // namespace margingate::testing
