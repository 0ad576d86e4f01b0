#include "margin/account_requirement.hpp"

#include "margin/account_requirement_body.hpp"

namespace margingate::margin {
namespace {

std::int64_t in_numeraire(const AccountTerms& terms, const AssetTerms& asset, std::int64_t wallet,
                          std::int64_t price) noexcept {
  if (asset.is_numeraire || wallet == 0) return wallet;
  return multiply_floor(wallet, price, terms.price_scale);
}

}  // namespace

std::int64_t with_factor(std::int64_t risk, std::int64_t factor_ppb) noexcept {
  return body::with_factor(risk, factor_ppb);
}

std::int64_t maintenance_margin(const AccountTerms& terms,
                                const AccountInterval& positions) noexcept {
  return with_factor(positions.risk.hi, terms.maintenance_ppb) + positions.borrow_maintenance.hi;
}

std::int32_t band_of(const std::vector<BandTerms>& bands, std::int64_t equity,
                     std::int64_t maintenance) noexcept {
  std::int32_t band = -1;
  for (const BandTerms& terms : bands) {
    if (equity >= multiply_ceil(maintenance, terms.ratio_ppb, parts_per_one)) break;
    ++band;
  }
  return band;
}

bool convert_wallets(const AccountTerms& terms, const Wallets& wallets, const AssetPrices& prices,
                     Balances& balances) noexcept {
  bool known = true;
  for (std::uint32_t a = 0; a < terms.assets.size(); ++a) {
    known = known && (terms.assets[a].is_numeraire || prices[a] != 0 || wallets[a] >= 0);
    balances[a] = in_numeraire(terms, terms.assets[a], wallets[a], prices[a]);
  }
  return known;
}

AccountInterval account_interval(const AccountTerms& terms, std::span<const CreditTerms> credits,
                                 const UnitIntervals& units, const Wallets& wallets,
                                 const AssetPrices& prices, std::int64_t holds) noexcept {
  body::UnitsSum sum(terms);
  for (std::uint32_t bits = units.views().present(); bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    sum.add(unit, units.views()[unit]);
  }
  for (std::uint32_t pool = 0; pool < terms.pools.size(); ++pool) sum.add(units.pool(pool));
  AccountInterval account;
  account.decidable = sum.decidable();
  account.has_unpriced = sum.has_unpriced();
  const Interval earned = body::credits_interval(credits, units.views());
  Balances balances;
  account.has_unknown_asset_price = !convert_wallets(terms, wallets, prices, balances);
  const EquityInterval owned = sum.equity(balances, prices);
  account.equity = owned.equity;
  account.borrow_maintenance = owned.borrow_maintenance;
  body::set_requirement(terms, sum.risk(), earned, owned.borrow_initial, holds, account);
  return account;
}

}  // namespace margingate::margin
