#include "models/shared_parameters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "models/charge_parts.hpp"

namespace margingate::models {
namespace {

constexpr std::array<std::string_view, 4> kind_names{"spot", "perpetual", "future", "option"};

constexpr std::array<std::string_view, 3> option_types{"both", "calls", "puts"};
constexpr std::array<std::string_view, 2> price_bases{"forward", "spot"};
constexpr std::array<std::string_view, 3> scopes{"both", "initial", "maintenance"};
constexpr std::array<std::string_view, 2> size_units{"notional_quote", "underlying"};

template <class Choice, std::size_t count>
void read_choice(ParameterReader& reader, const std::string& key,
                 const std::array<std::string_view, count>& names, Choice& choice) {
  if (reader.has(key)) choice = static_cast<Choice>(reader.choice(key, names));
}

SizeScaling read_scaling(ParameterReader& reader) {
  SizeScaling scaling;
  scaling.unit = static_cast<SizeUnit>(reader.choice("unit", size_units));
  scaling.linear_rate = reader.number_or("linear_rate", 0.0, share_range);
  scaling.square_root_rate = reader.number_or("square_root_rate", 0.0, share_range);
  scaling.base_rate = reader.number_or("base_rate", 0.0, rate_range);
  if (reader.has("tiers")) {
    reader.objects("tiers", [&](ParameterReader& tier) {
      scaling.tiers.push_back(
          {tier.number("from", quote_range), tier.number("added_rate", rate_range)});
    });
  }
  return scaling;
}

ExposureCharge read_charge(ParameterReader& reader) {
  ExposureCharge charge;
  for (const std::size_t kind : reader.choices("kinds", kind_names)) {
    charge.kinds.push_back(static_cast<std::uint8_t>(kind));
  }
  charge.long_rate = reader.number_or("long_rate", 0.0, rate_range);
  charge.short_rate = reader.number_or("short_rate", 0.0, rate_range);
  charge.long_amount_quote = reader.number_or("long_amount_quote", 0.0, quote_range);
  charge.short_amount_quote = reader.number_or("short_amount_quote", 0.0, quote_range);
  charge.long_mark_rate = reader.number_or("long_mark_rate", 0.0, rate_range);
  charge.short_otm_base = reader.number_or("short_otm_base", 0.0, rate_range);
  charge.short_otm_minimum = reader.number_or("short_otm_minimum", 0.0, rate_range);
  charge.short_mark_rate = reader.number_or("short_mark_rate", 0.0, rate_range);
  charge.short_mark_floor = reader.number_or("short_mark_floor", 0.0, rate_range);
  read_choice(reader, "option_types", option_types, charge.option_types);
  read_choice(reader, "notional_price", price_bases, charge.notional_price);
  read_choice(reader, "scope", scopes, charge.scope);
  if (reader.has("scaling")) {
    reader.object("scaling", [&](ParameterReader& part) { charge.scaling = read_scaling(part); });
  }
  if (reader.has("open_interest")) {
    reader.object("open_interest", [&](ParameterReader& part) {
      charge.open_interest.lower_quote = part.number("lower_quote", quote_range);
      charge.open_interest.upper_quote = part.positive("upper_quote", quote_range.high);
    });
  }
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
  shock.whole_days = reader.has("whole_days") && reader.flag("whole_days");
  shock.days_forward = reader.number_or("days_forward", 0.0, {0.0, days_range.high});
  return shock;
}

std::vector<RateTier> read_rate_tiers(ParameterReader& reader, const std::string& key,
                                      double rate_max) {
  std::vector<RateTier> tiers;
  reader.objects(key, [&](ParameterReader& entry) {
    const RateTier below = tiers.empty() ? RateTier{-1.0, 0.0} : tiers.back();
    tiers.push_back({entry.number("from", quote_range), entry.number("rate", {0.0, rate_max})});
    if (!(tiers.back().from > below.from)) {
      entry.fail("from", std::string::npos, "more than that of the tier before");
    }
    if (!(tiers.back().rate >= below.rate)) {
      entry.fail("rate", std::string::npos, "no less than that of the tier before");
    }
  });
  if (tiers.empty() || tiers.front().from != 0.0) {
    reader.fail(key, std::string::npos, "tiers, the first from 0");
  }
  return tiers;
}

std::vector<MarginBand> read_bands(ParameterReader& reader, const std::string& key) {
  std::vector<MarginBand> bands;
  reader.objects(key, [&](ParameterReader& entry) {
    bands.push_back({entry.text("name"), entry.positive("ratio", 1'000.0)});
    if (bands.size() > 1 && !(bands.back().ratio < bands[bands.size() - 2].ratio)) {
      entry.fail("ratio", std::string::npos, "less than that of the band before");
    }
  });
  return bands;
}

double tiered_amount(const std::vector<RateTier>& tiers, double size) {
  double amount = 0.0;
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const double end = i + 1 < tiers.size() ? std::min(size, tiers[i + 1].from) : size;
    if (end > tiers[i].from) amount += (end - tiers[i].from) * tiers[i].rate;
  }
  return amount;
}

ExposureCharge tiered_futures_charge(const std::vector<RateTier>& tiers, MarginScope scope) {
  ExposureCharge charge = futures_charge(tiers.front().rate, scope);
  charge.scaling.unit = SizeUnit::notional_quote;
  for (std::size_t i = 1; i < tiers.size(); ++i) {
    charge.scaling.tiers.push_back({tiers[i].from, tiers[i].rate - tiers[i - 1].rate});
  }
  return charge;
}

}  // namespace margingate::models
