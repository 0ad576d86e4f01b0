#include "reference/reference_greeks.hpp"

#include <cmath>

#include "pricing/american_tree.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"
#include "reference/exact_integer.hpp"
#include "reference/reference_row.hpp"

namespace margingate::reference {
namespace {

constexpr double greek_max = 0x1p60;

ReferenceGreeks rounded(const std::array<double, 3>& exact, ReferenceGreeks result) {
  for (std::size_t g = 0; g < exact.size(); ++g) {
    if (!(std::fabs(exact[g]) <= greek_max)) return {{}, Reason::risk_array_out_of_range};
    result.greek[g] = nearest(exact[g]);
  }
  return result;
}

}  // namespace

ReferenceGreeks reference_greeks(const ReferenceMarket& market, InstrumentId id) {
  const GateConfig& config = *market.config;
  const Instrument& i = config.instruments[id.value];
  const std::size_t u = i.underlying.value;
  const bool expires = i.kind == InstrumentKind::future || i.kind == InstrumentKind::option;
  ReferenceGreeks result;
  const auto refuse = [&](Reason reason) { return result.reason = reason, result; };
  if (expires && i.expiry <= market.as_of) return refuse(Reason::instrument_expired);
  const double S = to_double(market.table_spots[u], config);
  const double Z = market.surface->spots[u];
  const double quoted = market.surface->quotes[id.value].forward;
  const bool is_at_spot =
      i.kind == InstrumentKind::spot && !(std::isfinite(quoted) && quoted > 0.0);
  const double F = is_at_spot ? S : quoted * (S / Z);
  if (!(std::isfinite(S) && S > 0.0 && std::isfinite(F) && F > 0.0)) {
    return refuse(Reason::missing_mark);
  }
  const double lots = static_cast<double>(i.lots_per_contract);
  const double c = (i.contract_size / lots) * money_scale(config);
  const bool is_coin = is_coin_form(config, i.underlying);
  const bool is_inverse = i.payoff == Payoff::inverse;
  std::array<double, 3> exact{};
  if (i.kind != InstrumentKind::option) {
    if (!is_inverse) exact = {F * c, 0.0, 0.0};
    if (is_inverse && !is_coin) exact = {c * (S / F), 0.0, 0.0};
    if (is_inverse && is_coin) exact = {1.0 / F * c, -0.01 * (1.0 / F) * c, 0.0};
  } else {
    const double sigma = market.surface->quotes[id.value].implied_volatility;
    if (!(std::isfinite(sigma) && sigma >= 0.0)) return refuse(Reason::missing_volatility);
    const double T = static_cast<double>((i.expiry - market.as_of).value) / (365.0 * 86400.0 * 1e9);
    const double s = sigma * std::sqrt(T);
    if (i.exercise_style == ExerciseStyle::american) {
      // MR-82.
      const double rate = std::max(market.surface->quotes[id.value].interest_rate, 0.0);
      const auto value = [&](double at, double volatility) {
        return pricing::american_value(
            {i.strike, i.option_type == OptionType::call, -pricing::log_portable(S / F), rate * T,
             volatility * std::sqrt(T)},
            at);
      };
      const double up = value(F * 1.01, sigma);
      const double down = value(F * 0.99, sigma);
      const double most = sigma + 0.01;
      const double least = std::max(sigma - 0.01, 0.0);
      exact = {(up - down) / 0.02 * c,
               0.01 * ((up + down - 2.0 * value(F, sigma)) / (0.01 * 0.01)) * c,
               0.01 * ((value(F, most) - value(F, least)) / (most - least)) * c};
      return rounded(exact, result);
    }
    const pricing::Black76Point p =
        pricing::black76(F, pricing::log_ratio_portable(F, i.strike), s, i.strike,
                         i.option_type == OptionType::call, 0.0);
    const double gamma = F * F * p.gamma_max;
    const double vega = gamma * s * std::sqrt(T);
    const double delta = F * p.forward_delta;
    if (is_inverse && is_coin) {
      const double coin_delta = (delta - p.value) / F;
      exact = {coin_delta * c, 0.01 * (gamma / F - coin_delta) * c, 0.01 * vega / F * c};
    } else {
      const double scale = is_inverse ? c * (S / F) : c;
      exact = {delta * scale, 0.01 * gamma * scale, 0.01 * vega * scale};
    }
  }
  return rounded(exact, result);
}

}  // namespace margingate::reference
