#include "models/risk_array_set.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "risk_arrays/charge_ceiling.hpp"
#include "risk_arrays/commodity_state.hpp"

namespace margingate::models {
namespace {

using risk_arrays::CombinedCommodity;
using risk_arrays::Contract;
using risk_arrays::FixedDecimal;
using risk_arrays::ParameterSet;
using risk_arrays::Period;
using risk_arrays::scaled_by_exponent;

// A commodity that scanning based spreads move others into: their deltas would be charged there.
bool is_target(const ParameterSet& set, const std::string& code) {
  for (const auto* spreads : {&set.super_spreads, &set.inter_spreads, &set.exchange_spreads}) {
    for (const risk_arrays::InterSpread& spread : *spreads) {
      if (spread.method == risk_arrays::InterSpreadMethod::scanning && spread.target == code) {
        return true;
      }
    }
  }
  return false;
}

bool charges_deltas(const CombinedCommodity& terms) {
  return !terms.intra_spreads.empty() || !terms.spot_rates.empty();
}

void require_bound(const ParameterSet& set, const CombinedCommodity& terms) {
  const std::string place = "combined commodity " + terms.code + ": ";
  if (!terms.not_computed.empty()) throw RiskArrayError(place + terms.not_computed);
  if (charges_deltas(terms) && is_target(set, terms.code)) {
    throw RiskArrayError(place +
                         "a scanning based spread brings deltas that are charged here, "
                         "and orders have no bound under it");
  }
}

struct Unit {
  const CombinedCommodity* commodity = nullptr;
  FixedDecimal option_minimum;  // the largest of any option, per contract
  bool charges_deltas = false;
};

class Composer {
 public:
  Composer(const ParameterSet& set, const RiskArrayTerms& terms) : set_(set), terms_(terms) {}

  void add(InstrumentId id, const Contract& contract, Instrument& instrument) {
    const CombinedCommodity& commodity =
        set_.combined_commodities[set_.products[contract.product].combined_commodity];
    if (units_.empty()) currency_ = commodity.currency;
    if (commodity.currency != currency_) {
      throw RiskArrayError("combined commodity " + commodity.code + ": in " + commodity.currency +
                           ", but the gate counts in " + currency_);
    }
    instrument.risk_unit = unit_of(commodity, contract);
    require_one_month(instrument, contract);
    Unit& unit = units_[instrument.risk_unit.value];
    const FixedDecimal factor = factors(commodity).initial;
    model_.delivered.push_back(row_of(id, commodity, contract, factor, unit));
    if (contract.right == risk_arrays::OptionRight::none) return;
    const auto& minimum = commodity.short_option_minimum;
    const FixedDecimal rate = minimum.rate_of(minimum.tier_of(contract.underlying_period));
    unit.option_minimum = std::max(
        unit.option_minimum, scaled_by_exponent(commodity, rate * contract.delta_scaling) * factor);
  }

  MarginModel finish() {
    for (const Unit& unit : units_) model_.units.push_back(unit_model(unit));
    double share = 0.0;  // the largest of maintenance in initial margin
    for (const Unit& unit : units_) {
      const risk_arrays::AccountFactors& f = factors(*unit.commodity);
      share = std::max(share, f.maintenance.to_double() / f.initial.to_double());
    }
    model_.name = "risk-array";
    model_.maintenance_factor = std::clamp(share, 1e-9, 1.0);
    return std::move(model_);
  }

 private:
  const risk_arrays::AccountFactors& factors(const CombinedCommodity& commodity) const {
    return commodity.factors[static_cast<std::size_t>(terms_.account)];
  }

  RiskUnitId unit_of(const CombinedCommodity& commodity, const Contract& contract) {
    const auto key = std::pair(
        commodity.code,
        risk_arrays::tier_key(commodity, risk_arrays::Book::net, contract.underlying_period));
    const auto next = static_cast<std::uint32_t>(units_.size());
    const auto [at, is_new] = unit_ids_.try_emplace(key, RiskUnitId{next});
    if (!is_new) return at->second;
    require_bound(set_, commodity);
    units_.push_back({&commodity, {}, charges_deltas(commodity)});
    return at->second;
  }

  // Deltas of one expiry net in the engine; of different months they must not.
  void require_one_month(const Instrument& instrument, const Contract& contract) {
    const bool expires =
        instrument.kind == InstrumentKind::future || instrument.kind == InstrumentKind::option;
    const auto key = std::pair(instrument.risk_unit, expires ? instrument.expiry : Timestamp{});
    const auto [at, is_new] = months_.try_emplace(key, contract.underlying_period);
    if (!units_[instrument.risk_unit.value].charges_deltas) return;
    if (at->second == contract.underlying_period) return;
    throw RiskArrayError("contracts of one expiry have deltas of " + at->second.text() + " and " +
                         contract.underlying_period.text() +
                         ": give those of each month an expiry of their own");
  }

  DeliveredRow row_of(InstrumentId id, const CombinedCommodity& commodity, const Contract& contract,
                      FixedDecimal factor, const Unit& unit) const {
    DeliveredRow row{id};
    for (const FixedDecimal loss : contract.array.losses) {
      row.losses_quote.push_back((scaled_by_exponent(commodity, loss) * factor).to_double());
    }
    // Marked in equity whatever its style; only what has been paid up front can be owed against.
    const bool is_option = contract.right != risk_arrays::OptionRight::none;
    const bool is_paid = set_.products[contract.product].is_premium_style;
    row.value_quote = is_option ? contract.value.to_double() : 0.0;
    if (keeps_value(commodity)) row.losses_quote.push_back(is_paid ? row.value_quote : 0.0);
    if (unit.charges_deltas) {
      const FixedDecimal rate =
          risk_arrays::charge_ceiling_of_delta(commodity, contract.underlying_period);
      row.expiry_delta_quote =
          (contract.delta_scaling * contract.array.composite_delta * rate * factor).to_double();
    }
    return row;
  }

  bool keeps_value(const CombinedCommodity& commodity) const {
    return terms_.option_value == OptionValueUse::within_commodity || commodity.limit_option_value;
  }

  RiskUnitModel unit_model(const Unit& unit) const {
    RiskUnitModel model;
    // Losses are given: the scenarios only stand for them.
    model.scan.scenarios.resize(risk_arrays::scenario_count);
    if (keeps_value(*unit.commodity)) model.scan.scenarios.push_back(option_value_lost());
    model.scan.at_least_zero = true;
    if (unit.charges_deltas) {
      model.expiry_delta.minimum_rate = 1.0;
      model.expiry_delta.spot_rate = 1.0;
    }
    if (unit.option_minimum > FixedDecimal()) {
      ExposureCharge minimum;
      minimum.kinds = {static_cast<std::uint8_t>(InstrumentKind::option)};
      minimum.short_amount_quote = unit.option_minimum.to_double();
      model.total_floor = {minimum};
    }
    return model;
  }

  const ParameterSet& set_;
  RiskArrayTerms terms_;
  MarginModel model_;
  std::string currency_;
  std::vector<Unit> units_;
  std::map<std::pair<std::string, risk_arrays::TierKey>, RiskUnitId> unit_ids_;
  std::map<std::pair<RiskUnitId, Timestamp>, Period> months_;
};

}  // namespace

Scenario option_value_lost() {
  Scenario scenario;
  scenario.shocked_value.base = 0.0;
  return scenario;
}

MarginModel risk_array_set_model(const ParameterSet& set, const RiskArrayTerms& terms,
                                 std::span<const std::size_t> contracts,
                                 std::span<Instrument> instruments) {
  Composer composer(set, terms);
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    if (contracts[i] == no_contract) continue;
    composer.add({static_cast<std::uint32_t>(i)}, set.contracts[contracts[i]], instruments[i]);
  }
  return composer.finish();
}

}  // namespace margingate::models
