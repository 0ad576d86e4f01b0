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

bool convert_wallets(const AccountTerms& terms, const Wallets& wallets, const AssetPrices& prices,
                     Balances& balances) noexcept {
  bool known = true;
  for (std::uint32_t a = 0; a < terms.assets.size(); ++a) {
    known = known && (terms.assets[a].is_numeraire || prices[a] != 0 || wallets[a] >= 0);
    balances[a] = in_numeraire(terms, terms.assets[a], wallets[a], prices[a]);
  }
  return known;
}

AccountInterval account_interval(const AccountTerms& terms, const UnitIntervals& units,
                                 const Wallets& wallets, const AssetPrices& prices,
                                 std::int64_t holds) noexcept {
  body::UnitsSum sum(terms);
  for (std::uint32_t bits = units.views().present(); bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    sum.add(unit, units.views()[unit]);
  }
  AccountInterval account;
  account.decidable = sum.decidable();
  account.has_unpriced = sum.has_unpriced();
  const Interval credits = body::credits_interval(terms.credits, units.views());
  body::set_requirement(terms, sum.risk(), credits, holds, account);
  Balances balances;
  account.has_unknown_asset_price = !convert_wallets(terms, wallets, prices, balances);
  account.equity = sum.equity(balances);
  return account;
}

}  // namespace margingate::margin
