// A set of risk-array parameters: contracts with their arrays, and how they are combined.
//
// Shape    plain values that readers fill and validate() accepts as a whole. Indices refer to the
//          vectors of the set.
// Units    money in the currency of the combined commodity, per contract; deltas per contract;
//          factors as fractions (1.1, not 110); credit rates of percent spreads in percent.
// Sign     array values: loss positive, for one long contract. A long put's delta is negative.
// Range    validate_parameter_set().
// Errors   none.
// Threads  values.
// Cost     about 400 bytes a contract.
// Source   docs/models/risk-array.md.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "risk_arrays/fixed_decimal.hpp"
#include "risk_arrays/scenario_set.hpp"

namespace margingate::risk_arrays {

// A contract month as files write it: CCYYMM and two characters for a day or week, zero if none.
struct Period {
  std::uint32_t month = 0;
  std::uint16_t day_code = 0;

  friend auto operator<=>(const Period&, const Period&) = default;
  [[nodiscard]] bool is_set() const noexcept { return month != 0; }
  [[nodiscard]] std::string text() const;
};

struct RiskArray {
  std::array<FixedDecimal, scenario_count> losses;
  FixedDecimal composite_delta;
};

enum class ContractKind : std::uint8_t {
  future,
  physical,
  equity,
  combination,
  option_on_future,
  option_on_physical,
  option_on_equity,
  option_on_combination,
};

[[nodiscard]] constexpr bool is_option(ContractKind kind) noexcept {
  return kind >= ContractKind::option_on_future;
}

enum class OptionRight : std::uint8_t { none, call, put };

struct Product {
  std::string exchange;
  std::string code;
  ContractKind kind = ContractKind::future;
  bool is_premium_style = false;  // the holder has paid: counts in the net option value
  FixedDecimal multiplier = 1;    // money per price point
  std::size_t combined_commodity = 0;
};

struct Contract {
  std::size_t product = 0;
  Period underlying_period;  // of the future below an option; its own for everything else
  Period period;
  OptionRight right = OptionRight::none;
  FixedDecimal strike;
  RiskArray array;
  FixedDecimal delta_scaling = 1;
  FixedDecimal value;  // money that one long contract is worth; options only
};

// Months from first to last, both included.
struct Tier {
  int number = 0;
  Period first;
  Period last;
  FixedDecimal rate;  // short option minimum per contract; other tiers have none

  [[nodiscard]] bool contains(const Period& period) const noexcept;
};

enum class ScanMethod : std::uint8_t { one_tier, tier_per_period, listed_tiers };
enum class Side : std::uint8_t { a, b };

struct IntraSpreadLeg {
  std::optional<int> tier;  // a tier of intra_tiers, else
  Period period;            // one month
  FixedDecimal ratio = 1;
  Side side = Side::a;
};

struct IntraSpread {
  int priority = 0;
  FixedDecimal rate;  // money per spread
  std::vector<IntraSpreadLeg> legs;
};

struct SpotRate {
  Period period;
  FixedDecimal spread_rate;    // per delta consumed by intra-commodity spreads
  FixedDecimal outright_rate;  // per delta remaining
  bool charges_long = true;
  bool charges_short = true;

  [[nodiscard]] bool lists(const Period& other) const noexcept;
};

enum class ShortOptionMethod : std::uint8_t { gross, larger_side };

struct ShortOptionMinimum {
  ShortOptionMethod method = ShortOptionMethod::gross;
  FixedDecimal rate;        // where no tier applies
  std::vector<Tier> tiers;  // by the month that deltas are kept under

  // The position of the month's tier; past the end, none: then `rate` holds.
  [[nodiscard]] std::size_t tier_of(const Period& period) const noexcept;
  [[nodiscard]] FixedDecimal rate_of(std::size_t tier) const noexcept {
    return tier < tiers.size() ? tiers[tier].rate : rate;
  }
};

enum class PriceRiskMethod : std::uint8_t { normal, capped, scan_range };

// Factors on the risk requirement, per type of account.
struct AccountFactors {
  FixedDecimal maintenance = 1;
  FixedDecimal initial = 1;
};

enum class AccountType : std::uint8_t { member, hedger, speculator };
inline constexpr std::size_t account_type_count = 3;

struct CombinedCommodity {
  std::string code;
  std::string exchange;
  std::string currency;
  int risk_exponent = 0;            // arrays, minimum and charges count 10^risk_exponent
  bool limit_option_value = false;  // its option value helps no other combined commodity
  ScanMethod scan_method = ScanMethod::one_tier;
  std::vector<Tier> scan_tiers;
  std::vector<Tier> intra_tiers;
  std::vector<Tier> inter_tiers;
  std::vector<IntraSpread> intra_spreads;  // in the order in which they form
  std::vector<SpotRate> spot_rates;
  ShortOptionMinimum short_option_minimum;
  PriceRiskMethod price_risk_method = PriceRiskMethod::normal;
  FixedDecimal price_scan_range;  // of the nearest month, per unit of delta
  std::array<AccountFactors, account_type_count> factors;
  // Why an account with positions here cannot be margined; empty when it can.
  std::string not_computed;
};

struct InterSpreadLeg {
  std::string commodity;
  std::optional<int> tier;  // of inter_tiers; none: the whole combined commodity
  Period period;            // one month, when set
  FixedDecimal ratio = 1;
  Side side = Side::a;
  bool is_required = false;  // scanning based spreads; delta spreads require every leg
  FixedDecimal rate;
};

enum class InterSpreadMethod : std::uint8_t { delta, scanning };

struct InterSpread {
  int priority = 0;
  InterSpreadMethod method = InterSpreadMethod::delta;
  bool is_flat = false;  // rates are money per delta, not percent of the price risk
  std::vector<InterSpreadLeg> legs;
  // Scanning based spreads only: where the legs go.
  std::string target;
  FixedDecimal target_ratio = 1;
  bool is_target_required = false;
  int legs_min = 0;
  // Why the credit is not granted; empty when it is.
  std::string not_computed;
};

struct ParameterSet {
  std::string name;           // exchange complex or clearing organisation
  std::string business_date;  // CCYYMMDD
  ScenarioSet scenarios;
  std::vector<Product> products;
  std::vector<Contract> contracts;
  std::vector<CombinedCommodity> combined_commodities;
  // Each in the order of priority.
  std::vector<InterSpread> super_spreads;  // before intra-commodity spreads
  std::vector<InterSpread> inter_spreads;
  std::vector<InterSpread> exchange_spreads;   // with other clearing organisations
  std::map<std::string, int> currency_places;  // decimals of a requirement; others: not rounded
};

// Where contracts, by what identifies them, and commodities, by code, are.
struct ContractKey {
  std::string exchange;
  std::string product;
  ContractKind kind = ContractKind::future;
  Period underlying_period;
  Period period;
  OptionRight right = OptionRight::none;
  FixedDecimal strike;

  friend auto operator<=>(const ContractKey&, const ContractKey&) = default;
  [[nodiscard]] std::string text() const;
};

// Whether a leg takes deltas of a month.
[[nodiscard]] bool takes_from(const CombinedCommodity& terms, const IntraSpreadLeg& leg,
                              const Period& period) noexcept;

[[nodiscard]] ContractKey key_of(const ParameterSet& set, const Contract& contract);
[[nodiscard]] const char* name_of(ContractKind kind) noexcept;
// Contracts in the order of product and terms, as find_contract() and validation want them.
void sort_contracts(ParameterSet& set);
[[nodiscard]] std::optional<std::size_t> find_contract(const ParameterSet& set,
                                                       const ContractKey& key);
[[nodiscard]] std::optional<std::size_t> find_commodity(const ParameterSet& set,
                                                        const std::string& code);

}  // namespace margingate::risk_arrays
