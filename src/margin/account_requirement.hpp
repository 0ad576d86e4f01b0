// Combines risk units into one account: credits, factors, collateral, and the three-way decision.
//
// Shape    values; at most risk_units_max units and assets_max assets.
// Units    money units of the numeraire.
// Sign     requirement >= 0; equity signed.
// Range    see docs/numerics.md.
// Errors   `undecidable` and `unpriced` are passed on.
// Threads  pure.
// Cost     units + assets + credits.
// Source   docs/methodology.md MR-22 to MR-25.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "margin/unit_requirement.hpp"
#include "margingate/limits.hpp"

namespace margingate::margin {

// MR-57: in it while equity < ratio * maintenance margin.
struct BandTerms {
  std::int64_t ratio_ppb = 0;  // falling from band to band
};

// The last of the bands that the account is in; -1: none.
[[nodiscard]] std::int32_t band_of(const std::vector<BandTerms>& bands, std::int64_t equity,
                                   std::int64_t maintenance) noexcept;

struct CreditTerms {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::int64_t rate_ppb = 0;
};

// How balances of one asset become numeraire. Which of an asset's fields applies is fixed when
// the gate is built; the price changes with ticks.
struct AssetTerms {
  // Of what lies above `from`, this much more is cut off.
  struct Tier {
    std::int64_t from = 0;  // money units of the asset, or of the numeraire
    std::int64_t added_haircut_ppb = 0;
  };
  std::int64_t haircut_ppb = 0;
  std::int64_t borrow_initial_ppb = 0;
  std::int64_t borrow_maintenance_ppb = 0;
  std::vector<Tier> tiers{};
  bool tiers_in_value = false;  // `from` is in the numeraire
  bool is_numeraire = false;
};

// A ScanGroup and a ScanPool, shares in parts per 10^9.
struct PoolGroupTerms {
  std::uint32_t unit_mask = 0;
  std::int64_t gain_ppb = 0;
};

struct PoolTerms {
  std::vector<PoolGroupTerms> groups;
  std::uint32_t unit_mask = 0;
  std::int64_t gain_ppb = 0;
  scenario::ReducerTerms reducer;
  std::int64_t quantum = 1;
  std::int64_t initial_ppb = 1'000'000'000;
  std::int64_t maintenance_ppb = 1'000'000'000;
};

inline constexpr std::uint8_t no_pool = UINT8_MAX;

struct AccountTerms {
  AccountTerms() { pool_of_unit.fill(no_pool); }

  std::vector<PoolTerms> pools;
  std::array<std::uint8_t, risk_units_max> pool_of_unit{};
  std::vector<CreditTerms> credits;
  std::vector<AssetTerms> assets;
  std::array<std::uint8_t, risk_units_max> coin_asset{};  // asset of each unit's underlying
  std::uint8_t numeraire = 0;
  std::int64_t initial_ppb = 0;
  std::int64_t maintenance_ppb = 0;
  std::int64_t price_scale = 1;  // 10^price_decimals
  bool counts_profit = true;     // UnrealisedProfit::counted
  bool charges_borrow = false;   // any asset has a borrow rate
};

// Prices of one unit of each asset in the numeraire, 10^-price_decimals; 0 means unknown.
using AssetPrices = std::array<std::int64_t, assets_max>;
using Wallets = std::array<std::int64_t, assets_max>;
// Wallets in the numeraire, before haircuts.
using Balances = std::array<std::int64_t, assets_max>;

// What an account owns and owes, over its assets.
struct EquityInterval {
  Interval equity;
  Interval borrow_initial;      // margin of debts
  Interval borrow_maintenance;  // likewise
};

struct AccountInterval {
  Interval risk;
  Interval credits;
  Interval initial_margin;
  Interval equity;          // before open losses
  Interval borrow_initial;  // in initial_margin
  Interval borrow_maintenance;
  bool decidable = true;
  bool has_unpriced = false;
  bool has_unknown_asset_price = false;  // on a negative balance
};

// Evaluated units of one account, kept elsewhere; units without legs are absent.
class UnitViews {
 public:
  void set(std::uint32_t unit, const UnitSummary& summary) noexcept {
    views_[unit] = &summary;
    present_ |= std::uint32_t{1} << unit;
  }
  [[nodiscard]] bool has(std::uint32_t unit) const noexcept { return (present_ >> unit & 1) != 0; }
  [[nodiscard]] const UnitSummary& operator[](std::uint32_t unit) const noexcept {
    return *views_[unit];
  }
  [[nodiscard]] std::uint32_t present() const noexcept { return present_; }

 private:
  std::array<const UnitSummary*, risk_units_max> views_;  // of the present ones
  std::uint32_t present_ = 0;
};

// The same, kept here.
class UnitIntervals {
 public:
  void set(std::uint32_t unit, const UnitSummary& summary) noexcept {
    summaries_[unit] = summary;
    views_.set(unit, summaries_[unit]);
  }
  UnitIntervals() = default;
  UnitIntervals(const UnitIntervals&) = delete;  // views refer to the object itself
  UnitIntervals& operator=(const UnitIntervals&) = delete;
  [[nodiscard]] const UnitViews& views() const noexcept { return views_; }
  // What a pool of them needs.
  void set_pool(std::uint32_t pool, const Interval& risk) noexcept { pools_[pool] = risk; }
  [[nodiscard]] const Interval& pool(std::uint32_t pool) const noexcept { return pools_[pool]; }

 private:
  std::array<UnitSummary, risk_units_max> summaries_;
  UnitViews views_;
  std::array<Interval, risk_units_max> pools_{};
};

// credits: those of the model at their rates in the table the units were summed under.
[[nodiscard]] AccountInterval account_interval(const AccountTerms& terms,
                                               std::span<const CreditTerms> credits,
                                               const UnitIntervals& units, const Wallets& wallets,
                                               const AssetPrices& prices,
                                               std::int64_t holds) noexcept;

enum class Answer : std::uint8_t { yes, no, unknown };

// Wallets in the numeraire. False when a debt has no price; it counts as nothing then.
bool convert_wallets(const AccountTerms& terms, const Wallets& wallets, const AssetPrices& prices,
                     Balances& balances) noexcept;

// equity - open_loss >= initial margin?
[[nodiscard]] [[gnu::always_inline]] inline Answer covers_initial_margin(
    const AccountInterval& account, Interval open_loss) noexcept {
  if (!account.decidable) return Answer::unknown;
  if (account.equity.lo - open_loss.hi >= account.initial_margin.hi) return Answer::yes;
  if (account.equity.hi - open_loss.lo < account.initial_margin.lo) return Answer::no;
  return Answer::unknown;
}

// MR-23 of positions alone.
[[nodiscard]] std::int64_t maintenance_margin(const AccountTerms& terms,
                                              const AccountInterval& positions) noexcept;

// ceil(factor * risk).
[[nodiscard]] std::int64_t with_factor(std::int64_t risk, std::int64_t factor_ppb) noexcept;

}  // namespace margingate::margin
