#include "models/charge_names.hpp"

#include "models/known_models.hpp"

namespace margingate::models {

ChargeNames charge_names(std::string_view model) {
  const KnownModel* const known = find_model(model);
  return known == nullptr ? ChargeNames{} : known->charges;
}

}  // namespace margingate::models
