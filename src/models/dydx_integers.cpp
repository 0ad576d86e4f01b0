#include "models/dydx_integers.hpp"

#include <algorithm>

namespace margingate::models::dydx {
namespace {

constexpr std::uint32_t million = 1'000'000;
constexpr int quote_decimals = 6;

Quantums ceil_quotient(const Quantums& dividend, const Quantums& divisor) {
  const Quantums quotient = dividend / divisor;
  return quotient * divisor < dividend ? Quantums(quotient + 1) : quotient;
}

Quantums floor_quotient(const Quantums& dividend, const Quantums& divisor) {
  const Quantums quotient = dividend / divisor;
  return quotient * divisor > dividend ? Quantums(quotient - 1) : quotient;
}

Quantums power_of_ten(int exponent) {
  return boost::multiprecision::pow(Quantums(10), static_cast<unsigned>(exponent));
}

Quantums share(const Quantums& amount, std::uint32_t ppm) {
  return ceil_quotient(amount * ppm, million);
}

}  // namespace

Quantums notional(const Perpetual& perpetual, const Quantums& base_quantums) {
  const Quantums product = base_quantums * perpetual.price;
  const int exponent = perpetual.exponent + perpetual.atomic_resolution + quote_decimals;
  return exponent >= 0 ? Quantums(product * power_of_ten(exponent))
                       : Quantums(product / power_of_ten(-exponent));
}

std::uint32_t open_interest_ppm(const Perpetual& perpetual, const Quantums& open_base_quantums) {
  const Quantums& lower = perpetual.open_interest_lower_cap;
  const Quantums& upper = perpetual.open_interest_upper_cap;
  const Quantums open = notional(perpetual, open_base_quantums);
  if (upper == 0 || open <= lower) return perpetual.initial_ppm;
  if (open >= upper) return million;
  const Quantums above = Quantums(million - perpetual.initial_ppm) * (open - lower);
  return perpetual.initial_ppm + static_cast<std::uint32_t>(above / (upper - lower));
}

Requirement requirement(const Perpetual& perpetual, const Quantums& base_quantums,
                        const Quantums& open_base_quantums, std::uint32_t user_ppm) {
  const Quantums size = abs(notional(perpetual, base_quantums));
  const std::uint32_t ppm = std::max(open_interest_ppm(perpetual, open_base_quantums), user_ppm);
  return {share(size, ppm),
          share(share(size, perpetual.initial_ppm), perpetual.maintenance_fraction_ppm)};
}

bool lowers_risk(const Subaccount& before, const Subaccount& after) {
  const Quantums& old_margin = before.requirement.maintenance;
  const Quantums& new_margin = after.requirement.maintenance;
  if (old_margin == 0 && new_margin == 0) return after.net_collateral > before.net_collateral;
  if (old_margin == 0) return false;
  if (new_margin == 0) return after.net_collateral >= 0;
  if (new_margin > old_margin) return false;
  return after.net_collateral * old_margin >= before.net_collateral * new_margin;
}

UpdateResult check_update(const Subaccount& before, const Subaccount& after) {
  if (after.is_initially_collateralised()) return UpdateResult::success;
  if (before.is_initially_collateralised()) return UpdateResult::newly_undercollateralised;
  return lowers_risk(before, after) ? UpdateResult::success
                                    : UpdateResult::still_undercollateralised;
}

Quantums bankruptcy_quote(const Subaccount& account, const Perpetual& perpetual,
                          const Quantums& position, const Quantums& delta) {
  const Quantums after = position + delta;
  const Quantums notional_change = notional(perpetual, after) - notional(perpetual, position);
  const Quantums margin_change = abs(Quantums(requirement(perpetual, after, 0).maintenance -
                                              requirement(perpetual, position, 0).maintenance));
  return -notional_change -
         floor_quotient(account.net_collateral * margin_change, account.requirement.maintenance);
}

Ratio fillable_price(const Subaccount& account, const Perpetual& perpetual,
                     const Quantums& position, const LiquidationTerms& terms) {
  const Ratio health(account.net_collateral, account.requirement.maintenance);
  const Ratio adjusted = Ratio(terms.bankruptcy_adjustment_ppm, million) * (1 - health);
  const Ratio bankrupt = adjusted < 0 ? Ratio(0) : adjusted > 1 ? Ratio(1) : adjusted;
  const Ratio spread = bankrupt * Ratio(terms.spread_to_maintenance_ppm, million) *
                       requirement(perpetual, position, 0).maintenance;
  return (notional(perpetual, position) - spread) / Ratio(position);
}

Quantums insurance_delta(const Quantums& fill_quote, const Quantums& bankruptcy_quote,
                         const LiquidationTerms& terms) {
  const Quantums delta = fill_quote - bankruptcy_quote;
  const Quantums most = abs(fill_quote) * terms.fee_ppm / million;
  return delta > most ? most : delta;
}

}  // namespace margingate::models::dydx
