#include "models/risk_array.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "risk_arrays/array_generation.hpp"

namespace margingate::models {
namespace {

using risk_arrays::FixedDecimal;
using risk_arrays::ParameterSet;
using risk_arrays::Period;

constexpr std::array<std::string_view, 2> option_value_names = {"within_commodity",
                                                                "across_commodities"};
constexpr int array_places = 4;
constexpr double year_ns = 365.0 * 86400.0 * 1e9;

RiskArrayUnit read_unit(ParameterReader& reader) {
  RiskArrayUnit unit;
  unit.price_scan_share = reader.positive("price_scan_share", 0.3);
  unit.volatility_scan_share = reader.number("volatility_scan_share", {0.0, 0.99});
  unit.calendar_spread_share = reader.number("calendar_spread_share", share_range);
  unit.spot_month_share = reader.number("spot_month_share", share_range);
  unit.short_option_share = reader.number("short_option_share", share_range);
  return unit;
}

FixedDecimal decimal(double value) { return FixedDecimal::of_double(value); }

risk_arrays::ScenarioSet scenarios_of(const RiskArrayParameters& p) {
  return risk_arrays::classic_scenario_set(decimal(p.extreme_multiplier),
                                           decimal(p.cover_fraction));
}

RiskUnitModel priced_unit(const RiskArrayParameters& p, const RiskArrayUnit& numbers) {
  RiskUnitModel unit;
  for (const risk_arrays::Scenario& one : scenarios_of(p).scenarios) {
    Scenario scenario;
    scenario.price_move = one.price_move() * numbers.price_scan_share;
    scenario.volatility.relative = one.volatility_sign * numbers.volatility_scan_share;
    scenario.volatility.days_forward = p.look_ahead_days;
    scenario.weight = one.weight.to_double() * p.initial_factor;
    unit.scan.scenarios.push_back(scenario);
  }
  if (p.option_value == OptionValueUse::within_commodity) {
    unit.scan.scenarios.push_back(option_value_lost());
  }
  unit.scan.at_least_zero = true;
  return unit;
}

bool expires(const Instrument& instrument) {
  return instrument.kind == InstrumentKind::future || instrument.kind == InstrumentKind::option;
}

// Months are days here: contracts of one expiry net, and no others. Perpetuals are one of them.
Period period_of(const Instrument& instrument) {
  if (!expires(instrument)) return {190001, 0};
  const std::chrono::sys_time<std::chrono::nanoseconds> time{
      std::chrono::nanoseconds(instrument.expiry.ns)};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  const unsigned day = static_cast<unsigned>(date.day());
  return {static_cast<std::uint32_t>(static_cast<int>(date.year())) * 100 +
              static_cast<unsigned>(date.month()),
          static_cast<std::uint16_t>(('0' + day / 10) << 8 | ('0' + day % 10))};
}

class Generator {
 public:
  Generator(const RiskArrayParameters& p, std::span<const std::string> risk_units,
            const GateConfig& config, const Market& market)
      : p_(p), risk_units_(risk_units), config_(config), market_(market) {
    set_.scenarios = scenarios_of(p);
  }

  ParameterSet generate(std::vector<std::size_t>& contracts) {
    contracts.assign(config_.instruments.size(), no_contract);
    for (const std::string& name : risk_units_) add_commodity(name);
    for (std::size_t i = 0; i < config_.instruments.size(); ++i) {
      if (!has_quote(i)) continue;
      contracts[i] = set_.contracts.size();
      add_contract(config_.instruments[i], market_.quotes[i]);
    }
    add_charges();
    return std::move(set_);
  }

 private:
  bool has_quote(std::size_t i) const {
    const Instrument& instrument = config_.instruments[i];
    const InstrumentQuote& quote = market_.quotes[i];
    const bool is_option = instrument.kind == InstrumentKind::option;
    const double spot = market_.spots[instrument.underlying.value];
    const double forward = forward_of(instrument, quote, spot);
    if (!(spot > 0.0 && forward > 0.0 && forward < 1e15)) return false;
    if (expires(instrument) && instrument.expiry <= market_.as_of) return false;
    return !is_option || (quote.implied_volatility >= 0.0 && quote.implied_volatility < 1e3);
  }

  static double forward_of(const Instrument& instrument, const InstrumentQuote& quote,
                           double spot) {
    const bool is_spot = instrument.kind == InstrumentKind::spot && !(quote.forward > 0.0);
    return is_spot ? spot : quote.forward;
  }

  // Two products, futures and options, under one code.
  void add_commodity(const std::string& name) {
    const std::size_t index = set_.combined_commodities.size();
    risk_arrays::CombinedCommodity commodity;
    commodity.code = name;
    commodity.exchange = "-";
    commodity.currency = "-";
    commodity.factors.fill({1, decimal(p_.initial_factor)});
    set_.combined_commodities.push_back(commodity);
    set_.products.push_back({"-", name, risk_arrays::ContractKind::future, false, 1, index});
    set_.products.push_back(
        {"-", name, risk_arrays::ContractKind::option_on_future, true, 1, index});
  }

  void add_contract(const Instrument& instrument, const InstrumentQuote& quote) {
    const std::size_t unit = instrument.risk_unit.value;
    const bool is_option = instrument.kind == InstrumentKind::option;
    const double spot = market_.spots[instrument.underlying.value];
    const double forward = forward_of(instrument, quote, spot);
    const bool size_in_quote = instrument.payoff == Payoff::inverse && !is_option;
    // What a contract is worth in units of its forward; an inverse option's coins are at the spot.
    const double coins =
        size_in_quote ? instrument.contract_size / forward : instrument.contract_size;
    risk_arrays::Contract contract;
    contract.product = 2 * unit + (is_option ? 1 : 0);
    contract.period = contract.underlying_period = period_of(instrument);
    contract.delta_scaling = decimal(coins);
    const risk_arrays::ScanRanges ranges = ranges_of(unit);
    if (is_option) {
      set_option(instrument, quote, forward, spot, ranges, contract);
    } else {
      const double per_point = size_in_quote ? coins * spot / forward : coins;
      contract.array = linear_risk_array(set_.scenarios, ranges, forward, per_point, array_places);
    }
    set_.contracts.push_back(contract);
    if (!expires(instrument)) return;
    nearest_.try_emplace(unit, contract.period);
    if (contract.period < nearest_.at(unit)) nearest_.at(unit) = contract.period;
  }

  risk_arrays::ScanRanges ranges_of(std::size_t unit) const {
    const RiskArrayUnit& numbers = p_.units.of(risk_units_[unit]);
    using risk_arrays::ShiftKind;
    return {numbers.price_scan_share, ShiftKind::relative, numbers.volatility_scan_share,
            ShiftKind::relative, p_.look_ahead_days / 365.0};
  }

  void set_option(const Instrument& instrument, const InstrumentQuote& quote, double forward,
                  double spot, const risk_arrays::ScanRanges& ranges,
                  risk_arrays::Contract& contract) const {
    const bool is_inverse = instrument.payoff == Payoff::inverse;
    const bool is_call = instrument.option_type == OptionType::call;
    risk_arrays::OptionMarket option;
    option.underlying_price = forward;
    option.strike = instrument.strike;
    option.right = is_call ? risk_arrays::OptionRight::call : risk_arrays::OptionRight::put;
    option.volatility = quote.implied_volatility;
    option.time_to_expiry_years =
        static_cast<double>((instrument.expiry - market_.as_of).value) / year_ns;
    option.multiplier = instrument.contract_size * (is_inverse ? spot / forward : 1.0);
    contract.right = option.right;
    contract.strike = decimal(instrument.strike);
    contract.array = option_risk_array(set_.scenarios, ranges, option, array_places);
    const double value =
        option.multiplier *
        option_point(option, forward, option.volatility, option.time_to_expiry_years).value;
    contract.value = rounded(decimal(value), array_places);
    if (!is_inverse) return;
    // Settled in coins, whose price moves with the scenario.
    for (std::size_t s = 0; s < risk_arrays::scenario_count; ++s) {
      const risk_arrays::Scenario& scenario = set_.scenarios.scenarios[s];
      const double coin_gain =
          scenario.weight.to_double() * value * scenario.price_move() * ranges.price;
      contract.array.losses[s] += rounded(decimal(coin_gain), array_places);
    }
  }

  void add_charges() {
    for (std::size_t unit = 0; unit < risk_units_.size(); ++unit) {
      const RiskArrayUnit& numbers = p_.units.of(risk_units_[unit]);
      risk_arrays::CombinedCommodity& commodity = set_.combined_commodities[unit];
      const double spot = spot_of(unit);
      const auto rate = [&](double share) { return rounded(decimal(share * spot), array_places); };
      commodity.short_option_minimum.rate = rate(numbers.short_option_share);
      if (numbers.calendar_spread_share > 0.0) {
        commodity.intra_tiers = {{1, {190001, 0}, {999912, 0xffff}, {}}};
        commodity.intra_spreads = {
            {1,
             rate(numbers.calendar_spread_share),
             {{1, {}, 1, risk_arrays::Side::a}, {1, {}, 1, risk_arrays::Side::b}}}};
      }
      const auto nearest = nearest_.find(unit);
      if (numbers.spot_month_share > 0.0 && nearest != nearest_.end()) {
        const FixedDecimal charge = rate(numbers.spot_month_share);
        commodity.spot_rates = {{nearest->second, charge, charge, true, true}};
      }
    }
  }

  double spot_of(std::size_t unit) const {
    for (const Instrument& instrument : config_.instruments) {
      if (instrument.risk_unit.value == unit) return market_.spots[instrument.underlying.value];
    }
    return 0.0;
  }

  const RiskArrayParameters& p_;
  std::span<const std::string> risk_units_;
  const GateConfig& config_;
  const Market& market_;
  ParameterSet set_;
  std::map<std::size_t, Period> nearest_;  // month by unit
};

}  // namespace

RiskArrayParameters read_risk_array_parameters(ParameterReader& reader) {
  RiskArrayParameters p;
  p.extreme_multiplier = reader.number("extreme_multiplier", {1.0, 3.3});
  p.cover_fraction = reader.positive("cover_fraction", 1.0);
  p.look_ahead_days = reader.number("look_ahead_days", {0.0, 30.0});
  p.initial_factor = reader.number("initial_factor", {1.0, 10.0});
  p.option_value = static_cast<OptionValueUse>(reader.choice("option_value", option_value_names));
  p.units = read_by_underlying(reader, "risk_units", read_unit);
  return p;
}

MarginModel risk_array_model(const RiskArrayParameters& parameters,
                             std::span<const std::string> risk_units) {
  MarginModel model;
  model.name = "risk-array";
  for (const std::string& name : risk_units) {
    model.units.push_back(priced_unit(parameters, parameters.units.of(name)));
  }
  model.maintenance_factor = 1.0 / parameters.initial_factor;
  return model;
}

ParameterSet generate_risk_arrays(const RiskArrayParameters& parameters,
                                  std::span<const std::string> risk_units, const GateConfig& config,
                                  const Market& market, std::vector<std::size_t>& contracts) {
  return Generator(parameters, risk_units, config, market).generate(contracts);
}

void deliver_risk_arrays(const RiskArrayParameters& parameters,
                         std::span<const std::string> risk_units, const Market& market,
                         GateConfig& config) {
  std::vector<std::size_t> contracts;
  const ParameterSet set = generate_risk_arrays(parameters, risk_units, config, market, contracts);
  std::vector<Instrument> placed = config.instruments;
  MarginModel delivered = risk_array_set_model(
      set, {risk_arrays::AccountType::speculator, parameters.option_value}, contracts, placed);
  // The units keep their scenarios, for contracts that stay priced.
  for (const DeliveredRow& row : delivered.delivered) {
    const std::size_t i = row.instrument.value;
    RiskUnitModel& unit = config.model.units[config.instruments[i].risk_unit.value];
    const RiskUnitModel& of_set = delivered.units[placed[i].risk_unit.value];
    unit.expiry_delta = of_set.expiry_delta;
    unit.total_floor = of_set.total_floor;
  }
  config.model.delivered = std::move(delivered.delivered);
}

}  // namespace margingate::models
