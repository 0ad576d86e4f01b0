#include "backtest/revalued_book.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "backtest/option_rule.hpp"

namespace margingate::backtest {
namespace {

constexpr double nanoseconds_per_day = 86'400e9;

void require_option_terms(const io::MarketInstrument& option) {
  if (std::isnan(option.implied_volatility)) {
    throw std::runtime_error(option.name + ": expected an implied volatility to value it with");
  }
  if (option.settled_price > 0.0) {
    throw std::runtime_error(option.name + ": a forward that is settled in part is not simulated");
  }
}

}  // namespace

RevaluedBook::RevaluedBook(const io::MarketFile& market, const io::PortfolioFile& portfolio) {
  for (const io::PortfolioPosition& position : portfolio.positions) {
    const io::MarketInstrument* const instrument = market.find_instrument(position.instrument);
    if (instrument == nullptr) {
      throw std::runtime_error(position.instrument + ": not an instrument of " + market.file);
    }
    const io::MarketUnderlying* const underlying = market.find_underlying(instrument->underlying);
    if (underlying == nullptr) {
      throw std::runtime_error(instrument->underlying + ": not an underlying of " + market.file);
    }
    Leg leg;
    leg.underlying = place_of(instrument->underlying);
    leg.contracts = position.quantity * instrument->contract_size;
    leg.instrument = *instrument;
    leg.spot = underlying->index_price;
    if (instrument->kind == InstrumentKind::option) {
      require_option_terms(*instrument);
      const auto left = instrument->expiry.ns - market.as_of.ns;
      leg.days = static_cast<double>(left) / nanoseconds_per_day;
    }
    legs_.push_back(std::move(leg));
  }
  for (const io::PortfolioCollateral& held : portfolio.collateral) {
    const io::MarketUnderlying* const coin = market.find_underlying(held.asset);
    if (coin == nullptr || held.asset == market.numeraire) continue;
    coins_.push_back({place_of(held.asset), held.quantity, coin->index_price});
  }
}

std::size_t RevaluedBook::place_of(const std::string& underlying) {
  const auto found = std::find(underlyings_.begin(), underlyings_.end(), underlying);
  if (found != underlyings_.end()) return static_cast<std::size_t>(found - underlyings_.begin());
  underlyings_.push_back(underlying);
  return underlyings_.size() - 1;
}

double RevaluedBook::gain(const Leg& leg, double growth, double days) {
  const io::MarketInstrument& instrument = leg.instrument;
  const bool in_coin = instrument.payoff == Payoff::inverse;
  const double spot = leg.spot * growth;
  if (instrument.kind != InstrumentKind::option) {
    const double before = instrument.mark_price;
    const double after = before * growth;
    return in_coin ? leg.contracts * (1.0 / before - 1.0 / after) * spot
                   : leg.contracts * (after - before);
  }
  const double before = instrument.forward_price;
  const double after = before * growth;
  const double value_before = option_value(instrument.option_type, before, instrument.strike,
                                           instrument.implied_volatility, leg.days);
  const double value_after = option_value(instrument.option_type, after, instrument.strike,
                                          instrument.implied_volatility, leg.days - days);
  return in_coin ? leg.contracts * (value_after / after - value_before / before) * spot
                 : leg.contracts * (value_after - value_before);
}

double RevaluedBook::loss(std::span<const double> log_returns, double days) const {
  double loss = 0.0;
  for (const Leg& leg : legs_) loss -= gain(leg, std::exp(log_returns[leg.underlying]), days);
  for (const Coin& coin : coins_) {
    loss -= coin.quantity * coin.price * (std::exp(log_returns[coin.underlying]) - 1.0);
  }
  return loss;
}

}  // namespace margingate::backtest
