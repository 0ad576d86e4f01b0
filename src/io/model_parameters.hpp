// The part of a parameter file that belongs to one model.
//
// Shape    one function per kind of numbers; each asks the object for its own keys.
// Units    as in the headers of src/models.
// Sign     see there.
// Range    see there.
// Errors   FileError.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "parameter files".
#pragma once

#include "io/json_value.hpp"
#include "models/deribit.hpp"
#include "models/portfolio.hpp"
#include "models/rate_charges.hpp"

namespace margingate::io {

[[nodiscard]] models::RateParameters read_rates(JsonObject& members);
[[nodiscard]] models::PortfolioParameters read_portfolio_parameters(JsonObject& members);
[[nodiscard]] models::DeribitParameters read_deribit_parameters(JsonObject& members);

}  // namespace margingate::io
