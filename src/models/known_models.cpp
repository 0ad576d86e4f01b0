#include "models/known_models.hpp"

#include <algorithm>
#include <array>

#include "models/deribit.hpp"
#include "models/portfolio.hpp"
#include "models/rate_charges.hpp"

namespace margingate::models {
namespace {

template <auto Read>
ModelParameters read_as(ParameterReader& reader) {
  return Read(reader);
}

constexpr ChargeNames named_added(std::string_view added) {
  ChargeNames names;
  names.added = added;
  return names;
}

constexpr ChargeNames named_basis(std::string_view expiry_delta, std::string_view added) {
  ChargeNames names;
  names.expiry_delta = expiry_delta;
  names.added = added;
  return names;
}

constexpr std::array models{
    KnownModel{"isolated", read_as<read_isolated_parameters>, named_added("exposure")},
    KnownModel{"cross", read_as<read_cross_parameters>, named_added("exposure")},
    KnownModel{"portfolio", read_as<read_portfolio_parameters>, named_basis("basis", "liquidity")},
    KnownModel{"deribit", read_as<read_deribit_parameters>, named_basis("roll_shock", "added")},
};

}  // namespace

std::span<const KnownModel> known_models() { return models; }

const KnownModel* find_model(std::string_view name) {
  const auto* const found =
      std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.name == name; });
  return found == models.end() ? nullptr : found;
}

std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names;
  for (const KnownModel& model : models) names.push_back(model.name);
  return names;
}

}  // namespace margingate::models
