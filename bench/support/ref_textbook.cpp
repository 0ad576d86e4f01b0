#include "support/ref_textbook.hpp"

#include <algorithm>
#include <cmath>

#include "support/measure.hpp"

namespace margingate::bench {
namespace {

constexpr double year_ns = 365.0 * 86400.0 * 1e9;

double normal_cdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }

struct OptionValue {
  double value;
  double forward_delta;
};

OptionValue black(double forward, double strike, double s, bool is_call) {
  const double d1 = std::log(forward / strike) / s + 0.5 * s;
  const double d2 = d1 - s;
  if (is_call) return {forward * normal_cdf(d1) - strike * normal_cdf(d2), normal_cdf(d1)};
  return {strike * normal_cdf(-d2) - forward * normal_cdf(-d1), normal_cdf(d1) - 1.0};
}

double shocked(double sigma, const VolatilityShock& shock, double days) {
  const double power = days < shock.pivot_days ? shock.short_power : shock.long_power;
  const double moved = sigma * (1.0 + shock.relative * std::pow(shock.pivot_days / days, power));
  return std::max({moved, shock.minimum, 0.0});
}

bool applies(const ExposureCharge& charge, InstrumentKind kind) {
  return std::find(charge.kinds.begin(), charge.kinds.end(), static_cast<std::uint8_t>(kind)) !=
         charge.kinds.end();
}

}  // namespace

// One long lot of one instrument now.
struct RefTextbook::Terms {
  std::vector<double> losses;
  double value = 0.0, delta = 0.0, expiry_delta = 0.0, notional = 0.0;
};

RefTextbook::RefTextbook(LoadedGate& book)
    : config_(book.gate().config()),
      market_(book.setup().market),
      table_spots_(book.setup().spot_ticks) {
  money_scale_ = std::pow(10.0, config_.money_decimals);
  price_scale_ = std::pow(10.0, config_.price_decimals);
  spots_.resize(table_spots_.size());
  tick_all(1.0);
  for (const RiskUnitModel& unit : config_.model.units) {
    require(unit.delta_shock.rate_max == 0.0, "the textbook knows no delta shock");
  }
  for (std::uint32_t a = 0; a < book.options().accounts; ++a) {
    Account& account = accounts_[a];
    for (const Gate::Leg& leg : book.gate().legs({a})) {
      account.legs[leg.instrument.value] = {
          static_cast<double>(leg.net_quantity.value), static_cast<double>(leg.working_buys.value),
          static_cast<double>(leg.working_sells.value),
          static_cast<double>(leg.entry_cash.value) / money_scale_};
    }
    for (const Money wallet : book.gate().wallets({a})) {
      account.wallets.push_back(static_cast<double>(wallet.value) / money_scale_);
    }
    account.open_losses = static_cast<double>(book.gate().open_losses({a}).value) / money_scale_;
    account.holds = static_cast<double>(book.gate().holds({a}).value) / money_scale_;
  }
}

RefTextbook::Terms RefTextbook::price(std::uint32_t id) const {
  const Instrument& instrument = config_.instruments[id];
  const InstrumentQuote& quote = market_.quotes[id];
  const RiskUnitModel& model = config_.model.units[instrument.risk_unit.value];
  const double spot = spots_[instrument.underlying.value];
  const double forward = quote.forward * (spot / market_.spots[instrument.underlying.value]);
  const double c = instrument.contract_size / static_cast<double>(instrument.lots_per_contract);
  const double coin = c * (spot / forward);
  const bool is_option = instrument.kind == InstrumentKind::option;
  const bool is_call = instrument.option_type == OptionType::call;
  const double years = static_cast<double>((instrument.expiry - market_.as_of).value) / year_ns;
  const double root = is_option ? std::sqrt(years) : 0.0;
  Terms terms;
  OptionValue base{};
  if (is_option) base = black(forward, instrument.strike, quote.implied_volatility * root, is_call);
  terms.losses.reserve(model.scan.scenarios.size());
  for (const Scenario& s : model.scan.scenarios) {
    double loss = -s.price_move * c;
    if (is_option) {
      const double sigma = shocked(quote.implied_volatility, s.volatility, years * 365.0);
      const double value =
          black(forward * (1.0 + s.price_move), instrument.strike, sigma * root, is_call).value;
      loss = (base.value * (1.0 + s.price_move) - value) * coin;
    } else {
      loss *= spot / forward;
    }
    terms.losses.push_back(s.weight * loss);
  }
  terms.value = is_option ? base.value * coin : -coin;
  terms.delta = is_option ? (forward * base.forward_delta - base.value) * coin : coin;
  terms.notional = is_option ? spot * c : coin;
  const double growth = std::exp(model.expiry_delta.annualised_move * years) - 1.0;
  const bool dated = instrument.kind != InstrumentKind::perpetual;
  terms.expiry_delta =
      terms.delta * std::max(model.expiry_delta.minimum_rate, dated ? growth : 0.0);
  return terms;
}

void RefTextbook::add_leg(std::uint32_t id, const Leg& leg, const Terms& terms, Unit& unit) const {
  const Instrument& instrument = config_.instruments[id];
  const RiskUnitModel& model = config_.model.units[instrument.risk_unit.value];
  unit.losses.resize(terms.losses.size());
  for (std::size_t s = 0; s < terms.losses.size(); ++s) {
    const double a = terms.losses[s];
    unit.losses[s] += leg.net * a + leg.buys * std::max(0.0, a) + leg.sells * std::max(0.0, -a);
  }
  const double low = leg.net - leg.sells;
  const double high = leg.net + leg.buys;
  auto& [hi, lo] = unit.expiries[instrument.expiry.ns];
  hi += std::max(low * terms.expiry_delta, high * terms.expiry_delta);
  lo += std::min(low * terms.expiry_delta, high * terms.expiry_delta);
  unit.delta_hi += std::max(low * terms.delta, high * terms.delta);
  unit.delta_lo += std::min(low * terms.delta, high * terms.delta);
  const auto charge = [&](const std::vector<ExposureCharge>& list) {
    double longs = 0.0, shorts = 0.0;
    for (const ExposureCharge& entry : list) {
      if (!applies(entry, instrument.kind)) continue;
      longs += entry.long_rate * terms.notional;
      shorts += entry.short_rate * terms.notional;
    }
    return std::max(longs * std::max(high, 0.0), shorts * std::max(-low, 0.0));
  };
  unit.added += charge(model.added);
  unit.floor += charge(model.floor);
}

RefTextbook::Margin RefTextbook::margin(const Account& account) const {
  Margin result;
  result.units.resize(config_.model.units.size());
  std::vector<double> balances = account.wallets;
  for (const auto& [id, leg] : account.legs) {
    const Instrument& instrument = config_.instruments[id];
    const Terms terms = price(id);
    add_leg(id, leg, terms, result.units[instrument.risk_unit.value]);
    // The value is in quote currency already; entry cash is in the coin.
    balances[instrument.settlement_asset.value] +=
        leg.entry_cash + leg.net * terms.value / spots_[instrument.underlying.value];
  }
  double risk = 0.0;
  for (Unit& unit : result.units) {
    for (const double loss : unit.losses) unit.scan = std::max(unit.scan, loss);
    for (const auto& [expiry, ends] : unit.expiries) {
      unit.expiry_charge += std::max(std::fabs(ends.first), std::fabs(ends.second));
    }
    risk += std::max(unit.scan, unit.floor) + unit.expiry_charge + unit.added;
  }
  for (const OffsetCredit& credit : config_.model.credits) {
    const Unit& a = result.units[credit.first.value];
    const Unit& b = result.units[credit.second.value];
    const bool opposite = (a.delta_lo > 0 && b.delta_hi < 0) || (a.delta_hi < 0 && b.delta_lo > 0);
    if (!opposite) continue;
    risk -= credit.rate * std::min(std::max(a.scan, a.floor), std::max(b.scan, b.floor));
  }
  result.initial_margin = config_.model.initial_factor * risk + account.holds;
  for (std::size_t a = 0; a < balances.size(); ++a) {
    double balance = balances[a];
    for (std::size_t u = 0; u < spots_.size(); ++u) {
      if (config_.underlyings[u].asset.value == a) balance *= spots_[u];
    }
    result.equity += balance > 0.0 ? balance * (1.0 - config_.assets[a].haircut) : balance;
  }
  result.equity -= account.open_losses;
  return result;
}

double RefTextbook::open_loss(const OrderIntent& intent) const {
  const Instrument& instrument = config_.instruments[intent.instrument.value];
  require(instrument.kind == InstrumentKind::option, "the textbook trades options");
  const InstrumentQuote& quote = market_.quotes[intent.instrument.value];
  const double spot = spots_[instrument.underlying.value];
  const double forward = quote.forward * (spot / market_.spots[instrument.underlying.value]);
  const double years = static_cast<double>((instrument.expiry - market_.as_of).value) / year_ns;
  const double value =
      black(forward, instrument.strike, quote.implied_volatility * std::sqrt(years),
            instrument.option_type == OptionType::call)
          .value;
  const double paid = static_cast<double>(intent.price.value) / price_scale_;
  const double coins = static_cast<double>(intent.quantity.value) * instrument.contract_size /
                       static_cast<double>(instrument.lots_per_contract);
  const double sign = intent.side == Side::buy ? 1.0 : -1.0;
  return std::max(0.0, sign * coins * spot * (paid - value / forward));
}

bool RefTextbook::worsens_nothing(const Margin& before, const Margin& after) {
  for (std::size_t u = 0; u < after.units.size(); ++u) {
    const Unit& a = after.units[u];
    const Unit& b = before.units[u];
    if (a.added > b.added || a.floor > b.floor || a.expiry_charge > b.expiry_charge) return false;
    for (std::size_t s = 0; s < a.losses.size(); ++s) {
      const double was = s < b.losses.size() ? b.losses[s] : 0.0;
      if (std::max(a.losses[s], 0.0) > std::max(was, 0.0)) return false;
    }
  }
  return after.initial_margin <= before.initial_margin;
}

RefTextbook::Decision RefTextbook::decide(Account& account, const OrderIntent& intent, bool keeps) {
  Leg& leg = account.legs[intent.instrument.value];
  double& working = intent.side == Side::buy ? leg.buys : leg.sells;
  const auto quantity = static_cast<double>(intent.quantity.value);
  const double loss = open_loss(intent);
  working += quantity;
  account.open_losses += loss;
  const Margin after = margin(account);
  Decision decision{after.equity >= after.initial_margin, after.initial_margin, after.equity};
  if (keeps && decision.accepted) return decision;
  working -= quantity;
  account.open_losses -= loss;
  if (!decision.accepted) decision.accepted = worsens_nothing(margin(account), after);
  if (!keeps || !decision.accepted) return decision;
  working += quantity;
  account.open_losses += loss;
  return decision;
}

RefTextbook::Decision RefTextbook::check(const OrderIntent& intent) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return decide(accounts_.at(intent.account.value), intent, false);
}

RefTextbook::Decision RefTextbook::reserve(const OrderIntent& intent) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return decide(accounts_.at(intent.account.value), intent, true);
}

void RefTextbook::end(const OrderIntent& intent, bool filled) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Account& account = accounts_.at(intent.account.value);
  Leg& leg = account.legs[intent.instrument.value];
  const auto quantity = static_cast<double>(intent.quantity.value);
  (intent.side == Side::buy ? leg.buys : leg.sells) -= quantity;
  account.open_losses -= open_loss(intent);
  if (!filled) return;
  const Instrument& instrument = config_.instruments[intent.instrument.value];
  const double lots = intent.side == Side::buy ? quantity : -quantity;
  leg.net += lots;
  leg.entry_cash -= lots * instrument.contract_size /
                    static_cast<double>(instrument.lots_per_contract) *
                    static_cast<double>(intent.price.value) / price_scale_;
}

void RefTextbook::tick_all(double factor) {
  for (std::size_t u = 0; u < table_spots_.size(); ++u) {
    const double price = static_cast<double>(table_spots_[u].price.value) * factor;
    spots_[u] = std::round(price) / price_scale_;
  }
}

void require_same_decisions(LoadedGate& book, RefTextbook& textbook,
                            const std::vector<OrderIntent>& orders) {
  const double scale = std::pow(10.0, book.setup().config.money_decimals);
  std::size_t compared = 0;
  for (const OrderIntent& order : orders) {
    const Verdict verdict = book.gate().check(order);
    const RefTextbook::Decision expected = textbook.check(order);
    const double margin = static_cast<double>(verdict.requirement_after.value) / scale;
    const double allowed =
        1e-6 * std::max(margin, 1.0) + static_cast<double>(verdict.uncertainty.value) / scale;
    require(std::fabs(margin - expected.initial_margin) <= allowed,
            "gate and textbook disagree on a margin");
    if (std::fabs(expected.equity - expected.initial_margin) <= 1e-7 * margin) continue;
    require(verdict.accepted() == expected.accepted, "gate and textbook disagree on an order");
    ++compared;
  }
  require(compared * 10 >= orders.size() * 9, "too few orders could be compared");
}

}  // namespace margingate::bench
