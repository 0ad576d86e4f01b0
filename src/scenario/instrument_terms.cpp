#include "scenario/instrument_terms.hpp"

#include <cmath>
#include <numeric>

namespace margingate::scenario {
namespace {

double power_of_ten(int exponent) {
  double result = 1.0;
  for (int i = 0; i < exponent; ++i) result *= 10.0;
  return result;
}

Int128 integer_power_of_ten(int exponent) {
  Int128 result = 1;
  for (int i = 0; i < exponent; ++i) result *= 10;
  return result;
}

Int128 greatest_common_divisor(Int128 a, Int128 b) {
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// The added charge that scales for this contract; sizes are in the order of all that do.
std::int8_t size_index(const Instrument& instrument, const RiskUnitTerms& unit,
                       MarginScope margin) {
  for (std::size_t i = 0; i < unit.sizes.size(); ++i) {
    const SizeTerms& size = unit.sizes[i];
    if (size.kinds[static_cast<std::size_t>(instrument.kind)] && in_scope(size.scope, margin) &&
        (instrument.kind != InstrumentKind::option ||
         is_charged(size.option_types, instrument.option_type == OptionType::call))) {
      return static_cast<std::int8_t>(i);
    }
  }
  return -1;
}

PayoffForm payoff_form(const Instrument& instrument, bool coin_form) {
  if (instrument.payoff == Payoff::linear) return PayoffForm::linear;
  return coin_form ? PayoffForm::inverse_coin : PayoffForm::inverse_quote;
}

// N of MR-07: what one lot is worth, in the numeraire, at the reference price.
double lot_notional(const Instrument& instrument, const InstrumentTerms& terms, bool coin_form,
                    double reference_price) {
  const double lot = instrument.contract_size / static_cast<double>(instrument.lots_per_contract);
  const bool size_in_quote = terms.reciprocal_price;
  if (size_in_quote) return coin_form ? lot / reference_price : lot;
  return coin_form ? lot : lot * reference_price;
}

// Contract sizes are decimals; nine of them are kept exactly.
void set_trade_value(const Instrument& instrument, int money_decimals, int price_decimals,
                     InstrumentTerms& terms) {
  const Int128 size_nano = static_cast<Int128>(std::llround(instrument.contract_size * 1e9));
  Int128 numerator = size_nano * integer_power_of_ten(money_decimals);
  Int128 denominator = static_cast<Int128>(instrument.lots_per_contract) * 1'000'000'000;
  if (terms.reciprocal_price) {
    const Int128 common = greatest_common_divisor(numerator, denominator);
    numerator = numerator / common * integer_power_of_ten(price_decimals);
    denominator = denominator / common;
  } else {
    denominator *= integer_power_of_ten(price_decimals);
  }
  const Int128 common = greatest_common_divisor(numerator, denominator);
  terms.trade_numerator = numerator / common;
  terms.trade_denominator = denominator / common;
}

}  // namespace

std::int32_t rounding_exponent(double lot_magnitude, double money_scale) {
  const double needed = 4.0 * lot_magnitude * money_scale;
  double capacity = 0x1p31;
  std::int32_t exponent = 0;
  while (needed > capacity) {
    capacity *= 2.0;
    ++exponent;
  }
  return exponent;
}

InstrumentTerms prepare_instrument(const Instrument& instrument, const RiskUnitTerms& unit,
                                   double reference_price, int money_decimals, int price_decimals) {
  InstrumentTerms terms;
  terms.kind = instrument.kind;
  terms.form = payoff_form(instrument, unit.coin_form);
  terms.is_option = instrument.kind == InstrumentKind::option;
  terms.is_american = terms.is_option && instrument.exercise_style == ExerciseStyle::american;
  terms.is_call = terms.is_option && instrument.option_type == OptionType::call;
  terms.settles_in_coin = terms.form == PayoffForm::inverse_quote;
  terms.reciprocal_price = instrument.payoff == Payoff::inverse && !terms.is_option;
  terms.risk_unit = static_cast<std::uint8_t>(instrument.risk_unit.value);
  terms.settlement_asset = static_cast<std::uint8_t>(instrument.settlement_asset.value);
  const double money_scale = power_of_ten(money_decimals);
  terms.lot_size = instrument.contract_size / static_cast<double>(instrument.lots_per_contract);
  terms.lot_scale = terms.lot_size * money_scale;
  terms.contract_scale = money_scale / static_cast<double>(instrument.lots_per_contract);
  terms.size = size_index(instrument, unit, MarginScope::initial);
  terms.maintenance_size = size_index(instrument, unit, MarginScope::maintenance);
  terms.strike = instrument.strike;
  terms.expiry = instrument.expiry;
  const bool reciprocal_loss = terms.reciprocal_price && unit.coin_form;
  const double notional = lot_notional(instrument, terms, unit.coin_form, reference_price);
  const double magnitude = reciprocal_loss ? unit.reciprocal_loss_magnitude : unit.loss_magnitude;
  terms.lot_magnitude = magnitude * notional;
  terms.exponent = rounding_exponent(terms.lot_magnitude, money_scale);
  set_trade_value(instrument, money_decimals, price_decimals, terms);
  return terms;
}

}  // namespace margingate::scenario
