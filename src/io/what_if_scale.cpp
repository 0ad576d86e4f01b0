#include "io/what_if_scale.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/decimal.hpp"
#include "io/file_error.hpp"

namespace margingate::io {
namespace {

constexpr double lots_per_instrument_max = 0x1p30;
// 64 times as much is 2^58, and a lot that loses eight times its notional still has a rounding
// exponent that the gate takes.
constexpr double notional_units_max = 0x1p52;
constexpr double collateral_units_max = 0x1p59;  // leaves room for a deposit of the same size
// Entry cash of an inverse contract is size / price, carried as a ratio of 95 and 70 bits.
constexpr double inverse_size_units_max = 0x1p95 / 1e8;
constexpr int money_decimals_max = 18;
// The gate keeps nine decimals of a contract size, as 64-bit integers.
constexpr double contract_size_max = 1e8;

// 10^power times digits, or 0 when that leaves 62 bits.
std::int64_t shifted(std::int64_t digits, int power) {
  constexpr std::int64_t limit = (std::int64_t{1} << 62) / 10;
  for (; power > 0; --power) {
    if (std::abs(digits) > limit) return 0;
    digits *= 10;
  }
  return digits;
}

// Contract size and lots per contract such that one lot is `digits` * 10^exponent contracts.
void rewrite_lots(MarketInstrument& instrument, std::int64_t digits, int exponent) {
  instrument.contract_size *= static_cast<double>(digits);
  for (; exponent > 0; --exponent) instrument.contract_size *= 10.0;
  for (; exponent < 0 && instrument.contract_size > contract_size_max; ++exponent) {
    instrument.contract_size /= 10.0;
  }
  instrument.lots_per_contract = power_of_ten(-exponent);
}

double notional_per_contract(const MarketInstrument& instrument, double index, double price_max,
                             bool counts_in_coin) {
  const double size = instrument.contract_size;
  const double mark = std::max(instrument.forward_price, index);
  if (instrument.kind == InstrumentKind::option) {
    const bool quoted_in_coin = instrument.payoff == Payoff::inverse;
    const double coins = size * (quoted_in_coin ? std::max(1.0, price_max) : 1.0);
    return counts_in_coin ? coins : std::max(coins * index, size * price_max);
  }
  if (instrument.payoff == Payoff::linear) return size * std::max(mark, price_max);
  const double lowest = std::min({instrument.forward_price, index, price_max});
  return counts_in_coin ? size / lowest : size * std::max(1.0, index / lowest);
}

}  // namespace

WhatIfScale::WhatIfScale(const MarketFile& market, const PortfolioFile& portfolio,
                         bool counts_in_coin, bool keeps_contracts)
    : source_(market), market_(market), keeps_contracts_(keeps_contracts) {
  for (const PortfolioPosition& position : portfolio.positions) {
    collect(position.instrument, position.quantity, position.average_price);
  }
  for (const PortfolioOrder& order : portfolio.working_orders) {
    collect(order.instrument, order.quantity, order.price);
  }
  // An account without positions is margined on the market as it is.
  if (!steps_.empty()) {
    market_.instruments.clear();
    add_contracts(portfolio.file);
  }
  choose_money_decimals(portfolio, counts_in_coin);
}

void WhatIfScale::collect(const std::string& instrument, double contracts, double price) {
  Decimal decimal = decimal_of(std::fabs(contracts));
  if (keeps_contracts_ && decimal.digits != 0) decimal = {1, std::min(decimal.exponent, 0)};
  const auto [entry, added] = steps_.try_emplace(instrument);
  Step& step = entry->second;
  if (added) {
    names_.push_back(instrument);
    step = {decimal.digits, decimal.exponent, 0.0, price};
  } else {
    const int exponent = std::min(step.exponent, decimal.exponent);
    step.digits = std::gcd(shifted(step.digits, step.exponent - exponent),
                           shifted(decimal.digits, decimal.exponent - exponent));
    step.exponent = exponent;
  }
  step.contracts += std::fabs(contracts);
  step.price_max = std::max(step.price_max, price);
}

double WhatIfScale::contracts_per_lot(const std::string& instrument) const {
  const auto found = steps_.find(instrument);
  if (found == steps_.end()) {
    return 1.0 / static_cast<double>(market_.find_instrument(instrument)->lots_per_contract);
  }
  const Step& step = found->second;
  const double digits = static_cast<double>(step.digits);
  if (step.exponent < 0) return digits / std::pow(10.0, -step.exponent);
  return digits * std::pow(10.0, step.exponent);
}

Quantity WhatIfScale::lots(const std::string& instrument, double contracts) const {
  return Quantity{std::llround(contracts / contracts_per_lot(instrument))};
}

void WhatIfScale::add_contracts(const std::string& file) {
  for (const std::string& name : names_) {
    const Step& step = steps_.at(name);
    const double lots = step.contracts / contracts_per_lot(name);
    const bool fits = step.digits > 0 && step.exponent >= -12 && step.exponent <= 12 &&
                      lots <= lots_per_instrument_max;
    if (!fits) {
      throw FileError(file, "quantities of " + name,
                      "a common step of at most 12 decimals and at least 2^-30 of their sum");
    }
    MarketInstrument instrument = *source_.find_instrument(name);
    rewrite_lots(instrument, step.digits, step.exponent);
    market_.instruments.push_back(instrument);
    lots_max_ = std::max<std::int64_t>(lots_max_, std::llround(lots) + 1);
  }
}

// Of what the account holds; of one lot of everything where it holds nothing.
double WhatIfScale::largest_notional(bool counts_in_coin) const {
  double notional = 0.0;
  for (const auto& [name, step] : steps_) {
    const MarketInstrument& instrument = *source_.find_instrument(name);
    const double index = source_.find_underlying(instrument.underlying)->index_price;
    notional +=
        step.contracts * notional_per_contract(instrument, index, step.price_max, counts_in_coin);
  }
  if (!steps_.empty()) return notional;
  for (const MarketInstrument& instrument : market_.instruments) {
    const double index = source_.find_underlying(instrument.underlying)->index_price;
    notional = std::max(notional, notional_per_contract(instrument, index, instrument.forward_price,
                                                        counts_in_coin) /
                                      static_cast<double>(instrument.lots_per_contract));
  }
  return notional;
}

// What balances amount to, in their assets and in what everything is counted in.
double WhatIfScale::largest_balance(const PortfolioFile& portfolio, bool counts_in_coin) const {
  double balance = 0.0;
  for (const PortfolioCollateral& entry : portfolio.collateral) {
    double price = 1.0;
    if (const MarketUnderlying* const coin = source_.find_underlying(entry.asset)) {
      price = counts_in_coin ? 1.0 : coin->index_price;
    } else if (const MarketAsset* const asset = source_.find_asset(entry.asset)) {
      price = asset->price;
    }
    balance += std::fabs(entry.quantity) * std::max(1.0, price);
  }
  for (const PortfolioHold& hold : portfolio.holds) balance += hold.amount;
  for (const QuoteProtection& entry : portfolio.quote_protection) balance += entry.quantity;
  return balance;
}

void WhatIfScale::choose_money_decimals(const PortfolioFile& portfolio, bool counts_in_coin) {
  const double notional = largest_notional(counts_in_coin);
  const double collateral = largest_balance(portfolio, counts_in_coin);
  double inverse_size = 0.0;
  for (const MarketInstrument& instrument : market_.instruments) {
    const bool carries_ratio =
        instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
    const double lots = static_cast<double>(instrument.lots_per_contract);
    if (carries_ratio) inverse_size = std::max(inverse_size, instrument.contract_size / lots);
  }
  for (money_decimals_ = money_decimals_max; money_decimals_ > 0; --money_decimals_) {
    const double scale = std::pow(10.0, money_decimals_);
    if (notional * scale <= notional_units_max && collateral * scale <= collateral_units_max &&
        inverse_size * scale <= inverse_size_units_max) {
      return;
    }
  }
}

}  // namespace margingate::io
