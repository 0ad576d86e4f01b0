#include "models/shared_parameters.hpp"

#include <array>
#include <cstdint>

namespace margingate::models {
namespace {

constexpr std::array<std::string_view, 4> kind_names{"spot", "perpetual", "future", "option"};

ExposureCharge read_charge(ParameterReader& reader) {
  ExposureCharge charge;
  for (const std::size_t kind : reader.choices("kinds", kind_names)) {
    charge.kinds.push_back(static_cast<std::uint8_t>(kind));
  }
  charge.long_rate = reader.number_or("long_rate", 0.0, rate_range);
  charge.short_rate = reader.number_or("short_rate", 0.0, rate_range);
  charge.long_mark_rate = reader.number_or("long_mark_rate", 0.0, rate_range);
  charge.short_otm_base = reader.number_or("short_otm_base", 0.0, rate_range);
  charge.short_otm_minimum = reader.number_or("short_otm_minimum", 0.0, rate_range);
  return charge;
}

}  // namespace

std::vector<ExposureCharge> read_charges(ParameterReader& reader, const std::string& key) {
  std::vector<ExposureCharge> charges;
  reader.objects(key, [&](ParameterReader& entry) { charges.push_back(read_charge(entry)); });
  return charges;
}

VolatilityShock read_volatility_shock(ParameterReader& reader) {
  VolatilityShock shock;
  shock.relative = reader.number("relative", move_range);
  shock.minimum = reader.number_or("minimum", shock.minimum, rate_range);
  shock.short_power = reader.number_or("short_power", shock.short_power, power_range);
  shock.long_power = reader.number_or("long_power", shock.long_power, power_range);
  shock.pivot_days = reader.number_or("pivot_days", shock.pivot_days, days_range);
  return shock;
}

}  // namespace margingate::models
