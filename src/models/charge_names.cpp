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

std::string_view breach_liquidates(std::string_view model) {
  if (model == "isolated") return "that position only";
  if (model == "cross") return "any position of the account";
  return "the whole account";
}

}  // namespace margingate::models
