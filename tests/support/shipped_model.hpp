// A margin model that ships, with one or two coins' worth of instruments to use it on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "models/parameter_set.hpp"

namespace margingate::testing {

inline constexpr Timestamp shipped_clock{1'750'000'000'000'000'000};

// Assets: 0 dollars, 1 and 2 the coins. A model that counts in a coin has that one alone, and
// inverse instruments; the others have two coins, both payoffs, and two risk units. Per coin and
// payoff: a perpetual, then for 1 and 30 days a future and calls and puts at three strikes.
struct ShippedModel {
  models::ParameterSet parameters;
  bool counts_in_coin = false;
  std::vector<std::string> units;  // names by RiskUnitId
  GateConfig config;
  Market surface;
  std::vector<Price> spots;
};

// Names of the sets in params, without those that count in another coin than BTC.
[[nodiscard]] std::vector<std::string> shipped_parameters();

// parameters: name of a file in params.
[[nodiscard]] ShippedModel shipped_model(std::string_view parameters);

}  // namespace margingate::testing
