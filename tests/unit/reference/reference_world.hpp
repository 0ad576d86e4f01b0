// A small gate configuration with its market, built line by line for tests of the reference.
//
// Shape    assets: 0 dollars, 1 the coin of underlying 0, then whatever a test adds.
// Units    prices in cents (price_decimals 2); money as the test chooses.
// Sign     none.
// Range    none checked.
// Errors   none.
// Threads  one.
// Cost     none.
// Source   none.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"

namespace margingate::reference {

inline constexpr AssetId dollars{0};
inline constexpr AssetId coins{1};
inline constexpr UnderlyingId coin_index{0};
inline constexpr RiskUnitId coin_unit{0};
inline constexpr Timestamp table_clock{1'700'000'000'000'000'000};
inline constexpr Timestamp quarter_year{table_clock.ns + 7'884'000'000'000'000};  // T = 0.25
inline constexpr double no_volatility = std::numeric_limits<double>::quiet_NaN();

inline Price cents(double price) { return {std::llround(price * 100.0)}; }

class ReferenceWorld {
 public:
  // The numeraire decides the form of the risk unit, MR-01.
  ReferenceWorld(AssetId numeraire, int money_decimals, double spot) {
    config.numeraire = numeraire;
    config.money_decimals = money_decimals;
    config.price_decimals = 2;
    config.assets.resize(2);
    surface.as_of = table_clock;
    add_underlying(coins, spot);
  }

  UnderlyingId add_underlying(AssetId asset, double spot) {
    config.underlyings.push_back({asset, spot});
    config.model.units.emplace_back();
    surface.spots.push_back(spot);
    table_spots.push_back(cents(spot));
    live_spots.push_back(cents(spot));
    return {static_cast<std::uint32_t>(config.underlyings.size() - 1)};
  }

  InstrumentId add(const Instrument& instrument, double forward,
                   double volatility = no_volatility) {
    config.instruments.push_back(instrument);
    surface.quotes.push_back({forward, volatility});
    return {static_cast<std::uint32_t>(config.instruments.size() - 1)};
  }

  InstrumentId add_delta_one(InstrumentKind kind, Payoff payoff, double contract_size,
                             double forward, Timestamp expiry = quarter_year) {
    Instrument instrument;
    instrument.kind = kind;
    instrument.payoff = payoff;
    instrument.settlement_asset = payoff == Payoff::inverse ? coins : config.numeraire;
    instrument.contract_size = contract_size;
    instrument.expiry = expiry;
    return add(instrument, forward);
  }

  InstrumentId add_option(Payoff payoff, OptionType type, double strike, double forward,
                          double volatility, Timestamp expiry = quarter_year) {
    Instrument instrument;
    instrument.kind = InstrumentKind::option;
    instrument.payoff = payoff;
    instrument.option_type = type;
    instrument.settlement_asset = payoff == Payoff::inverse ? coins : config.numeraire;
    instrument.strike = strike;
    instrument.expiry = expiry;
    return add(instrument, forward, volatility);
  }

  RiskUnitModel& model() { return config.model.units[0]; }

  void add_scenario(double price_move, VolatilityShock shock = {}) {
    Scenario scenario;
    scenario.price_move = price_move;
    scenario.volatility = shock;
    model().scan.scenarios.push_back(scenario);
  }

  // Refers to this object: use it before the object changes or goes.
  [[nodiscard]] ReferenceMarket market() const {
    return {&config, &surface, table_clock, table_spots, live_spots, asset_prices};
  }

  GateConfig config;
  Market surface;
  std::vector<Price> table_spots;
  std::vector<Price> live_spots;
  std::vector<std::optional<Price>> asset_prices;
};

inline ReferenceAccount account_of(std::vector<ReferenceLeg> legs) {
  ReferenceAccount account;
  account.legs = std::move(legs);
  account.wallets.resize(8);
  return account;
}

}  // namespace margingate::reference
