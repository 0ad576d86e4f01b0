#include "models/known_models.hpp"

#include <algorithm>
#include <array>

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
    KnownModel{"deribit-standard", read_as<read_deribit_standard_parameters>,
               named_added("position_margin")},
    KnownModel{"okx", read_as<read_okx_parameters>, named_basis("mr4", "added")},
    KnownModel{"bybit", read_as<read_bybit_parameters>, named_added("contingency")},
    KnownModel{"bybit-standard", read_as<read_bybit_standard_parameters>,
               named_added("position_margin")},
    KnownModel{"binance", read_as<read_binance_parameters>, named_added("maintenance_margin")},
    KnownModel{"dydx", read_as<read_dydx_parameters>, named_added("position_margin"), false},
    KnownModel{"derive", read_as<read_derive_parameters>,
               named_basis("naked_shorts", "haircuts_and_perpetuals"), true, false},
    KnownModel{"backpack", read_as<read_backpack_parameters>, named_added("position_margin"),
               false},
    KnownModel{"liquidation-groups", read_as<read_liquidation_group_parameters>,
               named_added("compression_and_liquidity")},
    KnownModel{"risk-array", read_as<read_risk_array_parameters>,
               named_basis("spread_and_spot_charges", "added")},
    KnownModel{"tims", read_as<read_tims_parameters>, named_added("added")},
    KnownModel{"historical", read_as<read_historical_parameters>,
               named_added("liquidity_and_concentration")},
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
