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
#include <vector>

#include "margin/unit_requirement.hpp"
#include "margingate/limits.hpp"

namespace margingate::margin {

struct CreditTerms {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::int64_t rate_ppb = 0;
};

// How balances of one asset become numeraire. Which of an asset's fields applies is fixed when
// the gate is built; the price changes with ticks.
struct AssetTerms {
  std::int64_t haircut_ppb = 0;
  bool is_numeraire = false;
};

struct AccountTerms {
  std::vector<CreditTerms> credits;
  std::vector<AssetTerms> assets;
  std::array<std::uint8_t, risk_units_max> coin_asset{};  // asset of each unit's underlying
  std::uint8_t numeraire = 0;
  std::int64_t initial_ppb = 0;
  std::int64_t maintenance_ppb = 0;
  std::int64_t price_scale = 1;  // 10^price_decimals
  bool counts_profit = true;     // UnrealisedProfit::counted
};

// Prices of one unit of each asset in the numeraire, 10^-price_decimals; 0 means unknown.
using AssetPrices = std::array<std::int64_t, assets_max>;
using Wallets = std::array<std::int64_t, assets_max>;

struct AccountInterval {
  Interval risk;
  Interval credits;
  Interval initial_margin;
  Interval equity;  // before open losses
  bool decidable = true;
  bool has_unpriced = false;
  bool has_unknown_asset_price = false;  // on a negative balance
};

// Evaluated units of one account, kept elsewhere; units without legs are absent.
class UnitViews {
 public:
  void set(std::uint32_t unit, const UnitInterval& interval) noexcept {
    views_[unit] = &interval;
    present_ |= std::uint32_t{1} << unit;
  }
  [[nodiscard]] bool has(std::uint32_t unit) const noexcept { return (present_ >> unit & 1) != 0; }
  [[nodiscard]] const UnitInterval& operator[](std::uint32_t unit) const noexcept {
    return *views_[unit];
  }
  [[nodiscard]] std::uint32_t present() const noexcept { return present_; }

 private:
  std::array<const UnitInterval*, risk_units_max> views_;  // of the present ones
  std::uint32_t present_ = 0;
};

// The same, kept here.
class UnitIntervals {
 public:
  void set(std::uint32_t unit, const UnitInterval& interval) noexcept {
    intervals_[unit] = interval;
    views_.set(unit, intervals_[unit]);
  }
  UnitIntervals() = default;
  UnitIntervals(const UnitIntervals&) = delete;  // views refer to the object itself
  UnitIntervals& operator=(const UnitIntervals&) = delete;
  [[nodiscard]] const UnitViews& views() const noexcept { return views_; }

 private:
  std::array<UnitInterval, risk_units_max> intervals_;
  UnitViews views_;
};

// Risk, credits, initial margin and what makes them unknown: all but equity.
[[nodiscard]] AccountInterval requirement_interval(const AccountTerms& terms,
                                                   const UnitViews& units,
                                                   std::int64_t holds) noexcept;

// Equity of the units' profits and the wallets.
void set_equity(const AccountTerms& terms, const UnitViews& units, const Wallets& wallets,
                const AssetPrices& prices, AccountInterval& account) noexcept;

[[nodiscard]] AccountInterval account_interval(const AccountTerms& terms,
                                               const UnitIntervals& units, const Wallets& wallets,
                                               const AssetPrices& prices,
                                               std::int64_t holds) noexcept;

enum class Answer : std::uint8_t { yes, no, unknown };

// equity - open_loss >= initial margin?
[[nodiscard]] Answer covers_initial_margin(const AccountInterval& account,
                                           Interval open_loss) noexcept;

// ceil(factor * risk).
[[nodiscard]] std::int64_t with_factor(std::int64_t risk, std::int64_t factor_ppb) noexcept;

}  // namespace margingate::margin
