#include "models/charge_names.hpp"

namespace margingate::models {

ChargeNames charge_names(std::string_view model) {
  ChargeNames names;
  if (model == "deribit") names.expiry_delta = "roll_shock";
  if (model == "portfolio") {
    names.expiry_delta = "basis";
    names.added = "liquidity";
  }
  if (model == "isolated" || model == "cross") names.added = "exposure";
  return names;
}

}  // namespace margingate::models
