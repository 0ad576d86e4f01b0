// The records of a fixed-width risk-array file, each decoded from its columns.
//
// Shape    one struct and one function per kind of record; nothing here knows another record.
// Units    as written: implied decimals are applied where the layout has them; what another record
//          scales (arrays, prices, strikes) stays a whole number.
// Sign     array values: loss positive for one long contract.
// Range    what the columns hold.
// Errors   FileError naming line and columns.
// Threads  pure.
// Cost     cold.
// Source   docs/formats.md, "fixed-width risk arrays".
#pragma once

#include <array>
#include <string>
#include <vector>

#include "io/fixed_width_record.hpp"

namespace margingate::io {

using risk_arrays::FixedDecimal;
using risk_arrays::Period;
using risk_arrays::Side;

// "0 ": what the file is.
struct HeaderRecord {
  std::string complex;
  std::string business_date;  // CCYYMMDD
  std::string format;
  bool limits_option_value = false;
};
[[nodiscard]] HeaderRecord decode_header(const FixedWidthRecord& record);

// What names a product in records 2, B, P and 8x.
struct ProductKey {
  std::string exchange;
  std::string code;
  std::string kind;  // FUT, PHY, CMB, OOF, OOP, OOC

  friend auto operator<=>(const ProductKey&, const ProductKey&) = default;
};

// "2 ": a combined commodity and products of it.
struct CommodityRecord {
  std::string exchange;
  std::string code;
  int risk_exponent = 0;
  std::string currency;
  bool limits_option_value = false;
  struct Member {
    ProductKey product;
    int array_decimals = 0;  // negative: whole powers of ten
  };
  std::vector<Member> members;
};
[[nodiscard]] CommodityRecord decode_commodity(const FixedWidthRecord& record);

// "3 ": tiers of intra-commodity spreads, ratios of initial to maintenance margin.
struct IntraTierRecord {
  std::string code;
  std::string method;
  std::vector<risk_arrays::Tier> tiers;
  std::array<FixedDecimal, risk_arrays::account_type_count> initial_ratios;  // zero: not given
};
[[nodiscard]] IntraTierRecord decode_intra_tiers(const FixedWidthRecord& record);

// "S ": scanning tiers.
struct ScanTierRecord {
  std::string code;
  std::string method;
  std::vector<risk_arrays::Tier> tiers;  // with their short option minimum
  bool has_minimum = false;              // some tier has a rate of its own
  int price_risk_method = 0;
};
[[nodiscard]] ScanTierRecord decode_scan_tiers(const FixedWidthRecord& record);

// "C ": a spread between tiers. "E ": a spread between months.
struct IntraSpreadRecord {
  std::string code;
  std::string method;  // of tier spreads
  risk_arrays::IntraSpread spread;
};
[[nodiscard]] IntraSpreadRecord decode_tier_spread(const FixedWidthRecord& record);
[[nodiscard]] IntraSpreadRecord decode_series_spread(const FixedWidthRecord& record);

// "4 ": spot months, short option minimum, adjustment factors.
struct SpotRecord {
  std::string code;
  std::string method;
  std::vector<risk_arrays::SpotRate> rates;
  FixedDecimal minimum_rate;
  std::array<FixedDecimal, risk_arrays::account_type_count> factors;  // zero: not given
  std::string minimum_method;
};
[[nodiscard]] SpotRecord decode_spot(const FixedWidthRecord& record);

// "6 ": a spread between combined commodities.
struct InterSpreadRecord {
  std::string group;
  std::string method;
  std::string credit_method;
  bool is_super = false;
  risk_arrays::InterSpread spread;  // without method, which the reader decides
};
[[nodiscard]] InterSpreadRecord decode_inter_spread(const FixedWidthRecord& record);

// "B ": how the arrays of one month were made.
struct ArrayParameterRecord {
  ProductKey product;
  Period underlying_period;
  Period period;
  FixedDecimal base_volatility;
  FixedDecimal volatility_scan_range;
  FixedDecimal price_scan_range;
  FixedDecimal extreme_multiplier;
  FixedDecimal cover_fraction;
  FixedDecimal look_ahead_years;
  FixedDecimal delta_scaling;  // zero: not given
  std::string expiry;
  std::string model;
  FixedDecimal value_factor;
  std::string price_scan_quotation;  // P: percent
  std::string volatility_scan_quotation;
};
[[nodiscard]] ArrayParameterRecord decode_array_parameters(const FixedWidthRecord& record);

// "P ": how a product's prices become money.
struct PriceRecord {
  ProductKey product;
  int price_decimals = 0;
  int strike_decimals = 0;
  FixedDecimal multiplier;
  std::string valuation;  // EQTY: premium is paid up front
};
[[nodiscard]] PriceRecord decode_price(const FixedWidthRecord& record);

// "81" and "83": identity and the first nine values.
struct FirstArrayRecord {
  ProductKey product;
  std::string underlying;
  std::string right;  // C, P or none
  Period underlying_period;
  Period period;
  std::int64_t strike = 0;
  std::array<FixedDecimal, 9> losses;
};
[[nodiscard]] FirstArrayRecord decode_first_array(const FixedWidthRecord& record);

// "82" and "84": the last seven values, composite delta and price.
struct SecondArrayRecord {
  std::array<FixedDecimal, 7> losses;
  FixedDecimal composite_delta;
  FixedDecimal implied_volatility;
  FixedDecimal price;  // whole number, scaled by the product's price decimals
  bool is_strike_negative = false;
  FixedDecimal current_delta;
  std::string day_flag;  // of records 82
};
[[nodiscard]] SecondArrayRecord decode_second_array(const FixedWidthRecord& record);

}  // namespace margingate::io
