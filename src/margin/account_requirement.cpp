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

// Sum of rate * money / 10^9, exactly and in 64 bits: whole units and parts are kept apart, so that
// every division is by a constant. |rate| <= 4 * 10^9, and sums of products of at most 2^62.
class PartsSum {
 public:
  void add(std::int64_t rate_ppb, std::int64_t money) noexcept {
    whole_ += rate_ppb * (money / parts_per_one);
    parts_ += rate_ppb * (money % parts_per_one);
    whole_ += parts_ / parts_per_one;
    parts_ %= parts_per_one;
  }
  [[nodiscard]] std::int64_t floor() const noexcept { return whole_ - (parts_ < 0 ? 1 : 0); }
  [[nodiscard]] std::int64_t ceil() const noexcept { return whole_ + (parts_ > 0 ? 1 : 0); }

 private:
  std::int64_t whole_ = 0;
  std::int64_t parts_ = 0;  // of 10^9, less than one whole either way
};

std::int64_t floored_scan(const UnitInterval& unit, std::int64_t Interval::*end) noexcept {
  return std::max(unit.scan.*end, unit.floor.*end);
}

// What the credits earn for certain when scan risks are high, and could earn when they are low:
// the requirement rises with each floored scan risk, credit included, so the ends pair up.
Interval credits_interval(const std::vector<CreditTerms>& credits,
                          const UnitViews& units) noexcept {
  PartsSum lo;
  PartsSum hi;
  for (const CreditTerms& credit : credits) {
    if (!units.has(credit.first) || !units.has(credit.second)) continue;
    const UnitInterval& a = units[credit.first];
    const UnitInterval& b = units[credit.second];
    const auto smaller = [&](std::int64_t Interval::*end) {
      return std::min(floored_scan(a, end), floored_scan(b, end));
    };
    if (opposite(a, b, true)) lo.add(credit.rate_ppb, smaller(&Interval::hi));
    if (opposite(a, b, false)) hi.add(credit.rate_ppb, smaller(&Interval::lo));
  }
  return {lo.floor(), hi.floor()};
}

std::int64_t after_haircut(std::int64_t net, std::int64_t haircut_ppb) noexcept {
  if (net <= 0 || haircut_ppb == 0) return net;
  PartsSum counted;
  counted.add(parts_per_one - haircut_ppb, net);
  return counted.floor();
}

void add(Interval& sum, const Interval& part) noexcept {
  sum.lo += part.lo;
  sum.hi += part.hi;
}

// Unrealised profit that settles in one asset. `coin_units` are those whose coin has not come up
// yet: no two assets share a unit's coin. (An array by asset would be cleared by a slow string
// instruction on every decision.)
Interval asset_profit(const AccountTerms& terms, const UnitViews& units, std::uint32_t asset,
                      std::uint32_t& coin_units) noexcept {
  Interval sum;
  const bool is_numeraire = asset == terms.numeraire;
  const std::uint32_t candidates = is_numeraire ? units.present() : coin_units;
  for (std::uint32_t bits = candidates; bits != 0; bits &= bits - 1) {
    const auto unit = static_cast<std::uint32_t>(std::countr_zero(bits));
    if (is_numeraire) {
      add(sum, units[unit].profit[0]);
    } else if (terms.coin_asset[unit] == asset) {
      add(sum, units[unit].profit[1]);
      coin_units &= ~(std::uint32_t{1} << unit);
    }
  }
  return sum;
}

std::int64_t in_numeraire(const AccountTerms& terms, const AssetTerms& asset, std::int64_t wallet,
                          std::int64_t price) noexcept {
  if (asset.is_numeraire || wallet == 0) return wallet;
  return multiply_floor(wallet, price, terms.price_scale);
}

}  // namespace

std::int64_t with_factor(std::int64_t risk, std::int64_t factor_ppb) noexcept {
  if (factor_ppb == parts_per_one) return risk;
  if (factor_ppb > 4 * parts_per_one) return multiply_ceil(risk, factor_ppb, parts_per_one);
  PartsSum product;
  product.add(factor_ppb, risk);
  return product.ceil();
}

AccountInterval requirement_interval(const AccountTerms& terms, const UnitViews& units,
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
  return account;
}

void set_equity(const AccountTerms& terms, const UnitViews& units, const Wallets& wallets,
                const AssetPrices& prices, AccountInterval& account) noexcept {
  std::uint32_t coin_units = terms.counts_profit ? units.present() : 0;
  account.equity = {};
  for (std::uint32_t a = 0; a < terms.assets.size(); ++a) {
    const AssetTerms& asset = terms.assets[a];
    const Interval profit =
        terms.counts_profit ? asset_profit(terms, units, a, coin_units) : Interval{};
    const bool has_no_price = !asset.is_numeraire && prices[a] == 0;
    account.has_unknown_asset_price |= has_no_price && wallets[a] < 0;
    const std::int64_t balance = in_numeraire(terms, asset, wallets[a], prices[a]);
    account.equity.lo += after_haircut(balance + profit.lo, asset.haircut_ppb);
    account.equity.hi += after_haircut(balance + profit.hi, asset.haircut_ppb);
  }
}

AccountInterval account_interval(const AccountTerms& terms, const UnitIntervals& units,
                                 const Wallets& wallets, const AssetPrices& prices,
                                 std::int64_t holds) noexcept {
  AccountInterval account = requirement_interval(terms, units.views(), holds);
  set_equity(terms, units.views(), wallets, prices, account);
  return account;
}

Answer covers_initial_margin(const AccountInterval& account, Interval open_loss) noexcept {
  if (!account.decidable) return Answer::unknown;
  if (account.equity.lo - open_loss.hi >= account.initial_margin.hi) return Answer::yes;
  if (account.equity.hi - open_loss.lo < account.initial_margin.lo) return Answer::no;
  return Answer::unknown;
}

}  // namespace margingate::margin
