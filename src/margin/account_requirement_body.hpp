// How units add up to an account, inline: both ends of every decision go through here.
#pragma once

#include <algorithm>
#include <bit>

#include "margin/account_requirement.hpp"
#include "margin/fixed_point.hpp"

namespace margingate::margin::body {

// Offsetting deltas: certainly, for every fill and every spot the interval covers, or possibly.
[[gnu::always_inline]] inline bool opposite(const UnitSummary& a, const UnitSummary& b,
                                            bool certainly) noexcept {
  const std::int64_t a_width = certainly ? a.delta_width : -a.delta_width;
  const std::int64_t b_width = certainly ? b.delta_width : -b.delta_width;
  const bool long_short = (a.delta_lo > a_width) & (b.delta_hi < -b_width);
  const bool short_long = (a.delta_hi < -a_width) & (b.delta_lo > b_width);
  return long_short | short_long;
}

// Sum of rate * money / 10^9, exactly and in 64 bits: whole units and parts are kept apart, so that
// every division is by a constant. |rate| <= 4 * 10^9, and sums of products of at most 2^62.
class PartsSum {
 public:
  [[gnu::always_inline]] void add(std::int64_t rate_ppb, std::int64_t money) noexcept {
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

// What the credits earn for certain when scan risks are high, and could earn when they are low:
// the requirement rises with each floored scan risk, credit included, so the ends pair up.
[[gnu::always_inline]] inline Interval credits_interval(const std::vector<CreditTerms>& credits,
                                                        const UnitViews& units) noexcept {
  PartsSum lo;
  PartsSum hi;
  for (const CreditTerms& credit : credits) {
    if (!units.has(credit.first) || !units.has(credit.second)) continue;
    const UnitSummary& a = units[credit.first];
    const UnitSummary& b = units[credit.second];
    if (!opposite(a, b, false)) continue;  // what is not possible is not certain
    hi.add(credit.rate_ppb, std::min(a.floored_scan.lo, b.floored_scan.lo));
    if (opposite(a, b, true)) {
      lo.add(credit.rate_ppb, std::min(a.floored_scan.hi, b.floored_scan.hi));
    }
  }
  return {lo.floor(), hi.floor()};
}

[[gnu::always_inline]] inline std::int64_t with_factor(std::int64_t risk,
                                                       std::int64_t factor_ppb) noexcept {
  if (factor_ppb == parts_per_one) return risk;
  if (factor_ppb > 4 * parts_per_one) return multiply_ceil(risk, factor_ppb, parts_per_one);
  PartsSum product;
  product.add(factor_ppb, risk);
  return product.ceil();
}

[[gnu::always_inline]] inline std::int64_t after_haircut(std::int64_t net,
                                                         std::int64_t haircut_ppb) noexcept {
  if (net <= 0 || haircut_ppb == 0) return net;
  PartsSum counted;
  counted.add(parts_per_one - haircut_ppb, net);
  return counted.floor();
}

// Everything that is a plain sum over an account's units.
struct UnitsSum {
  Interval risk;  // before credits
  bool decidable = true;
  bool has_unpriced = false;
  std::array<Interval, assets_max> profit;  // by settlement asset; only of the gate's assets
};

[[gnu::always_inline]] inline void sum_units(const AccountTerms& terms, const UnitViews& units,
                                             UnitsSum& sum) noexcept {
  for (std::size_t a = 0; a < terms.assets.size(); ++a) sum.profit[a].lo = sum.profit[a].hi = 0;
  std::int64_t risk_lo = 0;
  std::int64_t risk_hi = 0;
  std::int64_t profit_lo = 0;
  std::int64_t profit_hi = 0;
  bool decidable = true;
  bool has_unpriced = false;
  for (std::uint32_t bits = units.present(); bits != 0; bits &= bits - 1) {
    const auto u = static_cast<std::uint32_t>(std::countr_zero(bits));
    const UnitSummary& unit = units[u];
    risk_lo += unit.total.lo;
    risk_hi += unit.total.hi;
    decidable &= unit.decidable;
    has_unpriced |= unit.has_unpriced;
    profit_lo += unit.profit[0].lo;
    profit_hi += unit.profit[0].hi;
    Interval& coin = sum.profit[terms.coin_asset[u]];
    coin.lo += unit.profit[1].lo;
    coin.hi += unit.profit[1].hi;
  }
  sum.risk.lo = risk_lo;
  sum.risk.hi = risk_hi;
  sum.decidable = decidable;
  sum.has_unpriced = has_unpriced;
  sum.profit[terms.numeraire].lo += profit_lo;
  sum.profit[terms.numeraire].hi += profit_hi;
}

// The requirement of units that add up to this risk and earn these credits.
[[gnu::always_inline]] inline void set_requirement(const AccountTerms& terms, const Interval& risk,
                                                   const Interval& credits, std::int64_t holds,
                                                   AccountInterval& account) noexcept {
  account.credits.lo = credits.lo;
  account.credits.hi = credits.hi;
  account.risk.lo = risk.lo - credits.hi;
  account.risk.hi = risk.hi - credits.lo;
  account.initial_margin.lo = with_factor(account.risk.lo, terms.initial_ppb) + holds;
  account.initial_margin.hi = with_factor(account.risk.hi, terms.initial_ppb) + holds;
}

// Equity of the units' profits and the balances, before open losses.
[[gnu::always_inline]] inline Interval equity_interval(const AccountTerms& terms,
                                                       const UnitsSum& sum,
                                                       const Balances& balances) noexcept {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  for (std::size_t a = 0; a < terms.assets.size(); ++a) {
    const std::int64_t haircut_ppb = terms.assets[a].haircut_ppb;
    const std::int64_t profit_lo = terms.counts_profit ? sum.profit[a].lo : 0;
    const std::int64_t profit_hi = terms.counts_profit ? sum.profit[a].hi : 0;
    lo += after_haircut(balances[a] + profit_lo, haircut_ppb);
    hi += after_haircut(balances[a] + profit_hi, haircut_ppb);
  }
  return {lo, hi};
}

}  // namespace margingate::margin::body
