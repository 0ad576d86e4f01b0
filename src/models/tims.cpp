// TIMS in the engine's words: a class group is a risk unit, a portfolio group a pool of its product
// groups, the minimum a floor per contract of options and futures.
#include "models/tims.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "margingate/instrument.hpp"

namespace margingate::models {
namespace {

constexpr auto no_index = static_cast<std::size_t>(-1);  // of the reader: not in a list

RiskUnitModel make_unit(const TimsClass& numbers) {
  RiskUnitModel unit;
  for (const double move : numbers.moves) unit.scan.scenarios.push_back({move, {}, 1.0, 0.0});
  ExposureCharge minimum;
  minimum.kinds = {static_cast<std::uint8_t>(InstrumentKind::future),
                   static_cast<std::uint8_t>(InstrumentKind::option)};
  minimum.long_amount_quote = numbers.minimum_per_contract_quote;
  minimum.short_amount_quote = numbers.minimum_per_contract_quote;
  unit.floor = {minimum};
  unit.discounts_options = true;
  return unit;
}

ScanPool make_pool(const TimsPortfolioGroup& group, std::span<const std::string> risk_units) {
  ScanPool pool;
  pool.gain_share = group.gain_share;
  for (const TimsProductGroup& product : group.product_groups) {
    ScanGroup present;
    present.gain_share = product.gain_share;
    for (std::size_t u = 0; u < risk_units.size(); ++u) {
      const auto& names = product.underlyings;
      if (std::find(names.begin(), names.end(), risk_units[u]) == names.end()) continue;
      present.units.push_back({static_cast<std::uint32_t>(u)});
    }
    if (!present.units.empty()) pool.groups.push_back(std::move(present));
  }
  return pool;
}

std::size_t count_units(const ScanPool& pool) {
  std::size_t count = 0;
  for (const ScanGroup& group : pool.groups) count += group.units.size();
  return count;
}

TimsClass read_class(ParameterReader& reader) {
  TimsClass result;
  result.moves = reader.numbers("moves", move_range);
  result.minimum_per_contract_quote =
      reader.number("minimum_per_contract_quote", {0.0, 1'000'000.0});
  return result;
}

}  // namespace

TimsParameters read_tims_parameters(ParameterReader& reader) {
  TimsParameters parameters;
  std::size_t points = 0;
  parameters.classes = read_by_underlying(reader, "risk_units", [&](ParameterReader& entry) {
    TimsClass result = read_class(entry);
    if (points == 0) points = result.moves.size();
    if (result.moves.empty() || result.moves.size() != points) {
      entry.fail("moves", no_index, "as many moves as \"default\" has, one at least");
    }
    return result;
  });
  std::set<std::string> seen;
  reader.objects("portfolio_groups", [&](ParameterReader& entry) {
    TimsPortfolioGroup group;
    group.gain_share = entry.number("gain_share", share_range);
    entry.objects("product_groups", [&](ParameterReader& product_entry) {
      TimsProductGroup product;
      product.gain_share = product_entry.number("gain_share", share_range);
      product_entry.objects("risk_units", [&](ParameterReader& unit) {
        product.underlyings.push_back(unit.text("name"));
        if (!seen.insert(product.underlyings.back()).second) {
          unit.fail("name", no_index, "a name that is in no other group");
        }
      });
      group.product_groups.push_back(std::move(product));
    });
    parameters.portfolio_groups.push_back(std::move(group));
  });
  return parameters;
}

MarginModel tims_model(const TimsParameters& parameters, std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "tims";
  for (const std::string& name : risk_units) {
    model.units.push_back(make_unit(parameters.classes.of(name)));
  }
  for (const TimsPortfolioGroup& group : parameters.portfolio_groups) {
    ScanPool pool = make_pool(group, risk_units);
    if (count_units(pool) > 1) model.pools.push_back(std::move(pool));
  }
  return model;
}

}  // namespace margingate::models
