// Parameters of customer portfolio margin after OCC's TIMS: ten moves of the price per class of
// options, nothing else moved, offsets between classes in two steps, a minimum per contract.
//
// Shape    one TimsClass per underlying that has numbers of its own, and one for the others;
//          portfolio groups of product groups of underlyings.
// Units    moves and shares are fractions, minima in quote currency per contract.
// Sign     moves signed, by the number of their point; everything else non-negative.
// Range    every class has the same number of moves; an underlying is in one product group at most.
// Errors   none; reading fails as the reader does.
// Threads  values.
// Cost     none.
// Source   docs/models/tims.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/by_underlying.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct TimsClass {
  std::vector<double> moves;  // from the lowest point to the highest
  double minimum_per_contract_quote = 0.0;
};

struct TimsProductGroup {
  std::vector<std::string> underlyings;
  double gain_share = 0.0;  // of one class's gain against the others' losses
};

struct TimsPortfolioGroup {
  std::vector<TimsProductGroup> product_groups;
  double gain_share = 0.0;  // of one product group's gain
};

struct TimsParameters {
  ByUnderlying<TimsClass> classes;
  std::vector<TimsPortfolioGroup> portfolio_groups;
};

[[nodiscard]] TimsParameters read_tims_parameters(ParameterReader& reader);

// Groups of which one underlying at most is there offset nothing.
[[nodiscard]] MarginModel tims_model(const TimsParameters& parameters,
                                     std::span<const std::string> risk_units);

}  // namespace margingate::models
