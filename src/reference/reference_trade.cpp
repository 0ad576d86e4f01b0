#include "reference/reference_trade.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "reference/exact_integer.hpp"

namespace margingate::reference {
namespace {

constexpr int power_exponent_max = 18;

// digits * 10^exponent
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

// The number somebody wrote down: contract sizes are decimal fractions, doubles are not.
Decimal shortest_decimal(double value) {
  std::array<char, 32> text{};
  const char* const end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  Decimal decimal;
  int fraction_digits = 0;
  bool is_fraction = false;
  const char* at = text.data();
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      is_fraction = true;
      continue;
    }
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*at - '0');
    fraction_digits += is_fraction ? 1 : 0;
  }
  ++at;                  // the 'e'
  if (*at == '+') ++at;  // which from_chars does not read
  std::from_chars(at, end, decimal.exponent);
  decimal.exponent -= fraction_digits;
  return decimal;
}

std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

struct Ratio {
  std::vector<std::uint64_t> factors;
  std::vector<std::uint64_t> divisors;

  void multiply(std::uint64_t factor) { factors.push_back(factor); }
  void divide(std::uint64_t divisor) { divisors.push_back(divisor); }
  void scale_by_power_of_ten(int exponent) {
    for (int left = std::abs(exponent); left > 0; left -= power_exponent_max) {
      const auto power = magnitude(power_of_ten(std::min(left, power_exponent_max)));
      exponent > 0 ? multiply(power) : divide(power);
    }
  }
};

// |value(q, p)| of MR-13 in money units.
Ratio value_magnitude(const GateConfig& config, const Instrument& instrument, std::int64_t quantity,
                      Price price, bool is_inverse) {
  const Decimal size = shortest_decimal(instrument.contract_size);
  Ratio ratio;
  ratio.multiply(magnitude(quantity));
  ratio.multiply(size.digits);
  ratio.divide(magnitude(instrument.lots_per_contract));
  if (is_inverse) {
    ratio.divide(magnitude(price.value));
    ratio.scale_by_power_of_ten(size.exponent + config.money_decimals + config.price_decimals);
  } else {
    ratio.multiply(magnitude(price.value));
    ratio.scale_by_power_of_ten(size.exponent + config.money_decimals - config.price_decimals);
  }
  return ratio;
}

ReferenceLeg& leg_of(ReferenceAccount& account, InstrumentId instrument) {
  const auto found =
      std::find_if(account.legs.begin(), account.legs.end(),
                   [&](const ReferenceLeg& leg) { return leg.instrument == instrument; });
  if (found != account.legs.end()) return *found;
  account.legs.push_back({instrument, 0, 0, 0, {}});
  return account.legs.back();
}

// amount * part / whole, toward zero.
std::int64_t share(std::int64_t amount, std::uint64_t part, std::uint64_t whole) {
  return narrow(Int128{amount} * Int128{part} / Int128{whole});
}

}  // namespace

Money reference_entry_cash(const GateConfig& config, InstrumentId id, std::int64_t quantity,
                           Price price) {
  const Instrument& instrument = contract_of(config, id);
  const bool is_inverse =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  const Ratio ratio = value_magnitude(config, instrument, quantity, price, is_inverse);
  // A long linear position is worth something and so was paid for; a long inverse one is short
  // of coins.
  const bool is_value_negative = ((quantity < 0) != is_inverse) != (price.value < 0);
  return {floor_of_ratio(!is_value_negative, ratio.factors, ratio.divisors)};
}

void reference_apply_fill(const GateConfig& config, ReferenceAccount& account, InstrumentId id,
                          std::int64_t quantity, Price price) {
  ReferenceLeg& leg = leg_of(account, id);
  const Money cash = reference_entry_cash(config, id, quantity, price);
  const bool is_reducing = (leg.net > 0 && quantity < 0) || (leg.net < 0 && quantity > 0);
  if (!is_reducing) {
    leg.net += quantity;
    leg.entry_cash += cash;
    return;
  }
  const std::uint64_t closed = std::min(magnitude(leg.net), magnitude(quantity));
  const Money closed_entry{share(leg.entry_cash.value, closed, magnitude(leg.net))};
  const Money closing_cash{share(cash.value, closed, magnitude(quantity))};
  leg.net += quantity;
  leg.entry_cash += cash - closing_cash - closed_entry;

  if (account.wallets.size() < config.assets.size()) account.wallets.resize(config.assets.size());
  account.wallets[config.instruments[id.value].settlement_asset.value] +=
      closed_entry + closing_cash;
}

std::int64_t reference_unrealised_profit(const ReferenceMarket& market, const ReferenceRow& row,
                                         InstrumentId id, std::int64_t quantity, Money entry_cash) {
  const GateConfig& config = *market.config;
  const Instrument& instrument = contract_of(config, id);
  Int128 entry = entry_cash.value;
  const bool is_coin = is_coin_form(config, instrument.underlying);
  if (instrument.payoff == Payoff::inverse && !is_coin) {
    const Price S = market.live_spots[instrument.underlying.value];
    entry = floor_quotient(entry * S.value, power_of_ten(config.price_decimals));
  }
  return narrow(Int128{quantity} * row.value + entry);
}

Money reference_open_loss(const ReferenceMarket& market, const ReferenceRow& row, InstrumentId id,
                          std::int64_t quantity, Price price) {
  const Money entry = reference_entry_cash(*market.config, id, quantity, price);
  const std::int64_t profit = reference_unrealised_profit(market, row, id, quantity, entry);
  // The entry in the numeraire is what the profit is more than the value.
  const Int128 paid = Int128{profit} - Int128{quantity} * row.value;
  // A combo's legs have none, and what a lot may lose under a protection is its price, fee and all.
  const bool has_fee = id.value < market.config->instruments.size();
  const Int128 rate = has_fee ? parts_per_billion(contract_of(*market.config, id).fee_rate_max) : 0;
  const Int128 fee = ceil_quotient((paid < 0 ? -paid : paid) * rate, parts_per_one);
  return {narrow(std::max<Int128>(0, -Int128{profit}) + fee)};
}

Money reference_open_loss_released(Money open_loss, std::int64_t remaining,
                                   std::int64_t filled) noexcept {
  return {share(open_loss.value, magnitude(filled), magnitude(remaining))};
}

}  // namespace margingate::reference
