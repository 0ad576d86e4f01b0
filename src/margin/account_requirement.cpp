#include "margin/account_requirement.hpp"

#include <algorithm>
#include <bit>

#include "margin/fixed_point.hpp"

namespace margingate::margin {
namespace {

// Offsetting deltas: certainly, for every fill and every spot the interval covers, or possibly.
bool opposite(const UnitInterval& a, const UnitInterval& b, bool certainly) noexcept {
  const auto width = [&](const UnitInterval& u) {
    return certainly ? u.delta_width : -u.delta_width;
  };
  const auto is_long = [&](const UnitInterval& u) { return u.delta_lo - width(u) > 0; };
  const auto is_short = [&](const UnitInterval& u) { return u.delta_hi + width(u) < 0; };
  return (is_long(a) && is_short(b)) || (is_short(a) && is_long(b));
}

struct WideInterval {
  Int128 lo = 0;
  Int128 hi = 0;
};

std::int64_t floored_scan(const UnitInterval& unit, std::int64_t Interval::*end) noexcept {
  return std::max(unit.scan.*end, unit.floor.*end);
}

// What the credits earn for certain when scan risks are high, and could earn when they are low:
// the requirement rises with each floored scan risk, credit included, so the ends pair up.
Interval credits_interval(const std::vector<CreditTerms>& credits,
                          const UnitIntervals& units) noexcept {
  WideInterval parts;
  for (const CreditTerms& credit : credits) {
    if (!units.has(credit.first) || !units.has(credit.second)) continue;
    const UnitInterval& a = units[credit.first];
    const UnitInterval& b = units[credit.second];
    const auto amount = [&](std::int64_t Interval::*end) {
      return static_cast<Int128>(credit.rate_ppb) *
             std::min(floored_scan(a, end), floored_scan(b, end));
    };
    if (opposite(a, b, true)) parts.lo += amount(&Interval::hi);
    if (opposite(a, b, false)) parts.hi += amount(&Interval::lo);
  }
  return {static_cast<std::int64_t>(floor_divide(parts.lo, parts_per_one)),
          static_cast<std::int64_t>(floor_divide(parts.hi, parts_per_one))};
}

std::int64_t after_haircut(std::int64_t net, std::int64_t haircut_ppb) noexcept {
  if (net <= 0 || haircut_ppb == 0) return net;
  return multiply_floor(net, parts_per_one - haircut_ppb, parts_per_one);
}

Interval asset_profit(const AccountTerms& terms, const UnitIntervals& units,
                      std::uint32_t asset) noexcept {
  Interval sum;
  if (!terms.counts_profit) return sum;
  for (std::uint32_t bits = units.present(); bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    if (asset == terms.numeraire) {
      sum.lo += units[unit].profit[0].lo;
      sum.hi += units[unit].profit[0].hi;
    } else if (asset == terms.coin_asset[unit]) {
      sum.lo += units[unit].profit[1].lo;
      sum.hi += units[unit].profit[1].hi;
    }
  }
  return sum;
}

Interval equity_interval(const AccountTerms& terms, const UnitIntervals& units,
                         const Wallets& wallets, const AssetPrices& prices,
                         bool& has_unknown_asset_price) noexcept {
  Interval equity;
  for (std::uint32_t a = 0; a < terms.assets.size(); ++a) {
    const AssetTerms& asset = terms.assets[a];
    const Interval profit = asset_profit(terms, units, a);
    if (wallets[a] == 0 && profit.lo == 0 && profit.hi == 0) continue;
    has_unknown_asset_price |= !asset.is_numeraire && prices[a] == 0 && wallets[a] < 0;
    const std::int64_t balance = asset.is_numeraire
                                     ? wallets[a]
                                     : multiply_floor(wallets[a], prices[a], terms.price_scale);
    equity.lo += after_haircut(balance + profit.lo, asset.haircut_ppb);
    equity.hi += after_haircut(balance + profit.hi, asset.haircut_ppb);
  }
  return equity;
}

}  // namespace

std::int64_t with_factor(std::int64_t risk, std::int64_t factor_ppb) noexcept {
  return factor_ppb == parts_per_one ? risk : multiply_ceil(risk, factor_ppb, parts_per_one);
}

AccountInterval account_interval(const AccountTerms& terms, const UnitIntervals& units,
                                 const Wallets& wallets, const AssetPrices& prices,
                                 std::int64_t holds) noexcept {
  AccountInterval account;
  for (std::uint32_t bits = units.present(); bits != 0; bits &= bits - 1) {
    const UnitInterval& unit = units[static_cast<std::uint32_t>(std::countr_zero(bits))];
    account.risk.lo += unit.total.lo;
    account.risk.hi += unit.total.hi;
    account.decidable = account.decidable && unit.decidable;
    account.has_unpriced = account.has_unpriced || unit.has_unpriced;
  }
  if (!terms.credits.empty()) {
    account.credits = credits_interval(terms.credits, units);
    account.risk.hi -= account.credits.lo;
    account.risk.lo -= account.credits.hi;
  }
  account.initial_margin = {with_factor(account.risk.lo, terms.initial_ppb) + holds,
                            with_factor(account.risk.hi, terms.initial_ppb) + holds};
  account.equity = equity_interval(terms, units, wallets, prices, account.has_unknown_asset_price);
  return account;
}

Answer covers_initial_margin(const AccountInterval& account, Interval open_loss) noexcept {
  if (!account.decidable) return Answer::unknown;
  if (account.equity.lo - open_loss.hi >= account.initial_margin.hi) return Answer::yes;
  if (account.equity.hi - open_loss.lo < account.initial_margin.lo) return Answer::no;
  return Answer::unknown;
}

}  // namespace margingate::margin
