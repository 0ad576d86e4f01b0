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
[[gnu::always_inline]] inline Interval credits_interval(std::span<const CreditTerms> credits,
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

// MR-54: each tier is cut off what lies above its start.
[[gnu::noinline]] inline std::int64_t after_tiers(const AssetTerms& asset, std::int64_t net,
                                                  std::int64_t price,
                                                  std::int64_t price_scale) noexcept {
  PartsSum counted;
  counted.add(parts_per_one - asset.haircut_ppb, net);
  for (const AssetTerms::Tier& tier : asset.tiers) {
    const std::int64_t from =
        asset.tiers_in_value ? tier.from : multiply_floor(tier.from, price, price_scale);
    if (net > from) counted.add(-tier.added_haircut_ppb, net - from);
  }
  return counted.floor();
}

[[gnu::always_inline]] inline std::int64_t after_haircut(const AssetTerms& asset, std::int64_t net,
                                                         std::int64_t price,
                                                         std::int64_t price_scale) noexcept {
  if (net <= 0) return net;
  if (!asset.tiers.empty()) return after_tiers(asset, net, price, price_scale);
  if (asset.haircut_ppb == 0) return net;
  PartsSum counted;
  counted.add(parts_per_one - asset.haircut_ppb, net);
  return counted.floor();
}

// MR-53: a share of what is owed, rounded up.
[[gnu::always_inline]] inline std::int64_t borrow_charge(std::int64_t net,
                                                         std::int64_t rate_ppb) noexcept {
  return net < 0 && rate_ppb != 0 ? multiply_ceil(-net, rate_ppb, parts_per_one) : 0;
}

// Everything that is a plain sum over an account's units.
class UnitsSum {
 public:
  [[gnu::always_inline]] explicit UnitsSum(const AccountTerms& terms) noexcept : terms_(terms) {
    for (std::size_t a = 0; a < terms.assets.size(); ++a) coin_lo_[a] = coin_hi_[a] = 0;
  }

  [[gnu::always_inline]] void add(std::uint32_t unit, const UnitSummary& summary) noexcept {
    risk_lo_ += summary.total.lo;
    risk_hi_ += summary.total.hi;
    profit_lo_ += summary.profit[0].lo;
    profit_hi_ += summary.profit[0].hi;
    const std::size_t coin = terms_.coin_asset[unit];
    coin_lo_[coin] += summary.profit[1].lo;
    coin_hi_[coin] += summary.profit[1].hi;
    decidable_ &= summary.decidable;
    has_unpriced_ |= summary.has_unpriced;
  }

  // What a pool needs beside its units.
  [[gnu::always_inline]] void add(const Interval& pool) noexcept {
    risk_lo_ += pool.lo;
    risk_hi_ += pool.hi;
  }

  [[nodiscard]] Interval risk() const noexcept { return {risk_lo_, risk_hi_}; }  // before credits
  [[nodiscard]] bool decidable() const noexcept { return decidable_; }
  [[nodiscard]] bool has_unpriced() const noexcept { return has_unpriced_; }

  // Of the units' profits and the balances, before open losses.
  [[nodiscard]] [[gnu::always_inline]] EquityInterval equity(
      const Balances& balances, const AssetPrices& prices) const noexcept {
    EquityInterval result;
    std::int64_t lo = 0;
    std::int64_t hi = 0;
    for (std::size_t a = 0; a < terms_.assets.size(); ++a) {
      std::int64_t net_lo = balances[a];
      std::int64_t net_hi = balances[a];
      if (terms_.counts_profit) {
        const bool is_numeraire = a == terms_.numeraire;
        net_lo += coin_lo_[a] + (is_numeraire ? profit_lo_ : 0);
        net_hi += coin_hi_[a] + (is_numeraire ? profit_hi_ : 0);
      }
      const AssetTerms& asset = terms_.assets[a];
      lo += after_haircut(asset, net_lo, prices[a], terms_.price_scale);
      hi += after_haircut(asset, net_hi, prices[a], terms_.price_scale);
      if (terms_.charges_borrow) {
        result.borrow_initial.lo += borrow_charge(net_hi, asset.borrow_initial_ppb);
        result.borrow_initial.hi += borrow_charge(net_lo, asset.borrow_initial_ppb);
        result.borrow_maintenance.lo += borrow_charge(net_hi, asset.borrow_maintenance_ppb);
        result.borrow_maintenance.hi += borrow_charge(net_lo, asset.borrow_maintenance_ppb);
      }
    }
    result.equity.lo = lo;
    result.equity.hi = hi;
    return result;
  }

 private:
  const AccountTerms& terms_;
  std::int64_t risk_lo_ = 0;
  std::int64_t risk_hi_ = 0;
  std::int64_t profit_lo_ = 0;
  std::int64_t profit_hi_ = 0;
  bool decidable_ = true;
  bool has_unpriced_ = false;
  std::array<std::int64_t, assets_max> coin_lo_;  // by asset; only of the gate's assets
  std::array<std::int64_t, assets_max> coin_hi_;
};

// The requirement of units that add up to this risk and earn these credits.
[[gnu::always_inline]] inline void set_requirement(const AccountTerms& terms, const Interval& risk,
                                                   const Interval& credits, const Interval& borrow,
                                                   std::int64_t holds,
                                                   AccountInterval& account) noexcept {
  account.borrow_initial.lo = borrow.lo;
  account.borrow_initial.hi = borrow.hi;
  account.credits.lo = credits.lo;
  account.credits.hi = credits.hi;
  account.risk.lo = risk.lo - credits.hi;
  account.risk.hi = risk.hi - credits.lo;
  account.initial_margin.lo = with_factor(account.risk.lo, terms.initial_ppb) + borrow.lo + holds;
  account.initial_margin.hi = with_factor(account.risk.hi, terms.initial_ppb) + borrow.hi + holds;
}

}  // namespace margingate::margin::body
