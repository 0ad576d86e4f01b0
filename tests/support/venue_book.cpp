#include "support/venue_book.hpp"

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "io/iso_time.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::testing {
namespace {

std::string bundled_path(const std::string& name) {
  return std::string(MARGINGATE_SOURCE_DIR) + "/params/" + name + ".json";
}

Timestamp time_of(const std::string& text) {
  const auto time = io::parse_iso_time(text);
  if (!time) throw std::runtime_error("no time: " + text);
  return *time;
}

}  // namespace

models::ParameterSet bundled_parameters(const std::string& name) {
  return io::read_parameter_file(bundled_path(name));
}

models::ParameterSet edited_parameters(const std::string& name, const std::string& from,
                                       const std::string& to) {
  std::ostringstream content;
  content << std::ifstream(bundled_path(name)).rdbuf();
  std::string text = content.str();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(name + ": no " + from);
  text.replace(at, from.size(), to);
  return io::parse_parameter_file(name, text);
}

double implied_volatility(const OptionTerms& terms, Timestamp as_of, double mark) {
  const double years =
      static_cast<double>((time_of(terms.expiry) - as_of).value) / (365.0 * 86'400.0 * 1e9);
  const double log_moneyness = pricing::log_ratio_portable(terms.forward, terms.strike);
  double low = 1e-6;
  double high = 10.0;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2.0;
    const double value = pricing::black76(terms.forward, log_moneyness, middle * std::sqrt(years),
                                          terms.strike, terms.type == OptionType::call, 0.0)
                             .value;
    (value < mark ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

VenueBook::VenueBook(const std::string& as_of, const std::string& numeraire) {
  market_.file = "book";
  market_.as_of = time_of(as_of);
  market_.numeraire = numeraire;
  market_.assets.push_back({numeraire, 1.0});
  portfolio_.file = "book";
  portfolio_.account = "book";
}

void VenueBook::asset(const std::string& name, double price) {
  market_.assets.push_back({name, price});
}

void VenueBook::underlying(const std::string& name, double index) {
  market_.underlyings.push_back({name, index});
}

io::MarketInstrument& VenueBook::add(InstrumentKind kind, const std::string& name,
                                     const std::string& underlying, double mark) {
  io::MarketInstrument instrument;
  instrument.name = name;
  instrument.kind = kind;
  instrument.underlying = underlying;
  instrument.settlement_asset = market_.numeraire;
  instrument.mark_price = mark;
  instrument.forward_price = mark;
  market_.instruments.push_back(instrument);
  return market_.instruments.back();
}

void VenueBook::spot(const std::string& name, const std::string& underlying, double mark) {
  add(InstrumentKind::spot, name, underlying, mark);
}

io::MarketInstrument& VenueBook::perpetual(const std::string& name, const std::string& underlying,
                                           double mark, double contract_size) {
  io::MarketInstrument& instrument = add(InstrumentKind::perpetual, name, underlying, mark);
  instrument.contract_size = contract_size;
  return instrument;
}

void VenueBook::future(const std::string& name, const std::string& underlying, double mark,
                       const std::string& expiry) {
  add(InstrumentKind::future, name, underlying, mark).expiry = time_of(expiry);
}

io::MarketInstrument& VenueBook::option(const std::string& name, const std::string& underlying,
                                        const OptionTerms& terms, double volatility) {
  io::MarketInstrument& instrument = add(InstrumentKind::option, name, underlying, terms.forward);
  instrument.option_type = terms.type;
  instrument.strike = terms.strike;
  instrument.expiry = time_of(terms.expiry);
  instrument.mark_price = std::nan("");
  instrument.implied_volatility = volatility;
  return instrument;
}

void VenueBook::collateral(const std::string& asset, double quantity) {
  portfolio_.collateral.push_back({asset, quantity});
}

void VenueBook::position(const std::string& instrument, double quantity, double average_price) {
  portfolio_.positions.push_back({instrument, quantity, average_price});
}

void VenueBook::order(const std::string& instrument, Side side, double quantity, double price) {
  portfolio_.working_orders.push_back({instrument, side, quantity, price});
}

void VenueBook::hold(const std::string& name, double amount) {
  portfolio_.holds.push_back({name, amount});
}

io::WhatIf VenueBook::evaluate(const models::ParameterSet& parameters) const {
  return io::run_what_if(market_, portfolio_, parameters);
}

double initial_margin(const io::WhatIf& what_if) {
  return what_if.amount(what_if.statement.initial_margin);
}

double maintenance_margin(const io::WhatIf& what_if) {
  return what_if.amount(what_if.statement.maintenance_margin);
}

double equity(const io::WhatIf& what_if) { return what_if.amount(what_if.statement.equity); }

double options_value(const io::WhatIf& what_if) {
  double value = 0.0;
  for (const RiskUnitStatement& unit : what_if.statement.risk_units) {
    for (const PositionStatement& position : unit.positions) {
      const Instrument& terms = what_if.setup.config.instruments.at(position.instrument.value);
      if (terms.kind == InstrumentKind::option) value += what_if.amount(position.value);
    }
  }
  return value;
}

}  // namespace margingate::testing
