// Parameters of the generic portfolio model: a price and volatility grid per underlying, extreme
// moves at reduced weight, a floor, basis and liquidity charges, offsets between underlyings.
//
// Shape    one PortfolioUnit per underlying that has numbers of its own, and one for the others.
// Units    moves, weights and rates are fractions; see margin_model.hpp.
// Sign     price moves signed, everything else non-negative.
// Range    validate_margin_model.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/portfolio.md.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct WeightedMove {
  double price_move = 0.0;
  double weight = 1.0;
};

struct PortfolioUnit {
  std::vector<double> price_moves;
  std::vector<VolatilityShock> volatility_shocks;  // every price move is taken with each
  std::vector<WeightedMove> extreme_moves;         // with extreme_volatility
  VolatilityShock extreme_volatility;
  std::vector<ExposureCharge> floor;
  std::vector<ExposureCharge> liquidity;
  ExpiryDeltaCharge basis;
};

struct UnderlyingOffset {
  std::string first;
  std::string second;
  double rate = 0.0;
  CreditCorrelation correlation{};
};

struct PortfolioParameters {
  PortfolioUnit standard;
  std::map<std::string, PortfolioUnit> by_underlying;
  std::vector<UnderlyingOffset> offsets;
  double initial_factor = 1.0;
  double maintenance_factor = 1.0;
};

[[nodiscard]] PortfolioParameters read_portfolio_parameters(ParameterReader& reader);

// risk_units names the underlying of each unit; offsets that name an absent one do not apply.
[[nodiscard]] MarginModel portfolio_model(const PortfolioParameters& parameters,
                                          std::span<const std::string> risk_units);

}  // namespace margingate::models
