#include "io/positional_records.hpp"

#include <algorithm>

namespace margingate::io {
namespace {

using risk_arrays::Tier;

std::string string_at(const FixedWidthRecord& record, Columns columns) {
  return std::string(record.text(columns));
}

int small_integer(const FixedWidthRecord& record, Columns columns, const char* field) {
  return static_cast<int>(record.integer(columns, field));  // at most nine digits
}

bool flag_at(const FixedWidthRecord& record, std::size_t column, const char* field) {
  const std::string_view text = record.text({column, column});
  if (text.empty() || text == "N" || text == "0") return false;
  if (text == "Y" || text == "1") return true;
  record.fail({column, column}, std::string(field) + ", Y or N or blank");
}

Side side_at(const FixedWidthRecord& record, std::size_t column) {
  const std::string_view text = record.text({column, column});
  if (text == "A") return Side::a;
  if (text == "B") return Side::b;
  record.fail({column, column}, "the side of a leg, A or B");
}

ProductKey product_at(const FixedWidthRecord& record, Columns kind) {
  return {std::string(record.required_text({3, 5}, "an exchange")),
          std::string(record.required_text({6, 15}, "a product")),
          std::string(record.required_text(kind, "a kind of contract"))};
}

std::string commodity_at(const FixedWidthRecord& record) {
  return std::string(record.required_text({3, 8}, "a combined commodity"));
}

// Tiers of 14 columns from `first`, the day codes of their ends in pairs of 4 from `day_first`.
std::vector<Tier> tiers_at(const FixedWidthRecord& record, std::size_t first, std::size_t day_first,
                           std::size_t count_max) {
  std::vector<Tier> tiers;
  for (std::size_t i = 0; i < count_max; ++i) {
    const std::size_t at = first + 14 * i;
    const std::size_t day = day_first + 4 * i;
    Tier tier;
    tier.number = small_integer(record, {at, at + 1}, "the number of a tier");
    if (tier.number == 0) continue;
    tier.first = record.period({at + 2, at + 7}, {day, day + 1}, "the first month of a tier");
    tier.last = record.period({at + 8, at + 13}, {day + 2, day + 3}, "the last month of a tier");
    if (!tier.last.is_set()) tier.last = {9999'99, 0};
    tiers.push_back(tier);
  }
  return tiers;
}

// Values of `digits` digits and a sign; here a sign is never left out.
template <std::size_t count>
std::array<FixedDecimal, count> losses_at(const FixedWidthRecord& record, std::size_t digits) {
  std::array<FixedDecimal, count> losses;
  for (std::size_t i = 0; i < count; ++i) {
    const Columns columns{55 + i * (digits + 1), 54 + i * (digits + 1) + digits};
    if (!record.reaches(columns.last + 1)) {
      record.fail(columns, "a value of the risk array, found the end of the line");
    }
    if (record.text(columns).size() != digits) {
      record.fail(columns, "a value of the risk array of " + std::to_string(digits) + " digits");
    }
    if (record.text({columns.last + 1, columns.last + 1}).empty()) {
      record.fail({columns.last + 1, columns.last + 1}, "the sign of a risk array value, + or -");
    }
    losses[i] = record.signed_decimal(columns, 0, "a risk array value");
  }
  return losses;
}

bool is_wide(const FixedWidthRecord& record) { return record.line()[1] >= '3'; }

}  // namespace

HeaderRecord decode_header(const FixedWidthRecord& record) {
  HeaderRecord header;
  header.complex = record.required_text({3, 8}, "an exchange complex");
  header.business_date = string_at(record, {9, 16});
  static_cast<void>(record.integer({9, 16}, "the business date"));
  header.format = string_at(record, {36, 37});
  header.limits_option_value = flag_at(record, 39, "the cap on option value");
  return header;
}

CommodityRecord decode_commodity(const FixedWidthRecord& record) {
  CommodityRecord commodity;
  commodity.exchange = record.required_text({3, 5}, "an exchange");
  commodity.code = record.required_text({7, 12}, "a combined commodity");
  commodity.risk_exponent = small_integer(record, {13, 13}, "the risk exponent");
  commodity.currency = record.required_text({14, 16}, "a currency");
  commodity.limits_option_value = flag_at(record, 19, "the limit of option value");
  for (std::size_t at = 23; at <= 103; at += 16) {
    const std::string_view code = record.text({at, at + 9});
    if (code.empty()) continue;
    CommodityRecord::Member member;
    member.product = {commodity.exchange, std::string(code),
                      std::string(record.required_text({at + 10, at + 12}, "a kind of contract"))};
    const int places = small_integer(record, {at + 13, at + 13}, "the decimal locator");
    member.array_decimals = record.is_negative(at + 14, "the decimal locator") ? -places : places;
    commodity.members.push_back(std::move(member));
  }
  return commodity;
}

IntraTierRecord decode_intra_tiers(const FixedWidthRecord& record) {
  IntraTierRecord tiers;
  tiers.code = commodity_at(record);
  tiers.method = string_at(record, {9, 10});
  tiers.tiers = tiers_at(record, 11, 81, 4);
  for (std::size_t i = 0; i < tiers.initial_ratios.size(); ++i) {
    tiers.initial_ratios[i] =
        record.decimal({69 + 4 * i, 72 + 4 * i}, 3, "a ratio of initial to maintenance margin");
  }
  return tiers;
}

ScanTierRecord decode_scan_tiers(const FixedWidthRecord& record) {
  ScanTierRecord tiers;
  tiers.code = commodity_at(record);
  tiers.method = string_at(record, {9, 10});
  tiers.tiers = tiers_at(record, 13, 84, 5);
  tiers.price_risk_method = small_integer(record, {83, 83}, "the method of weighted price risk");
  for (std::size_t i = 0; i < tiers.tiers.size(); ++i) {
    const Columns columns{104 + 7 * i, 110 + 7 * i};
    tiers.tiers[i].rate = record.decimal(columns, 0, "the short option minimum of a tier");
    tiers.has_minimum = tiers.has_minimum || !tiers.tiers[i].rate.is_zero();
  }
  return tiers;
}

IntraSpreadRecord decode_tier_spread(const FixedWidthRecord& record) {
  IntraSpreadRecord spread;
  spread.code = commodity_at(record);
  spread.method = string_at(record, {9, 10});
  spread.spread.priority = small_integer(record, {11, 12}, "the priority of a spread");
  spread.spread.rate = record.decimal({15, 21}, 0, "the charge of a spread");
  const int legs = small_integer(record, {13, 14}, "the number of legs");
  if (legs < 1 || legs > 8) record.fail({13, 14}, "1 to 8 legs");
  for (std::size_t i = 0; i < static_cast<std::size_t>(legs); ++i) {
    const std::size_t at = 22 + 7 * i;
    risk_arrays::IntraSpreadLeg leg;
    leg.tier = small_integer(record, {at + 2, at + 3}, "the tier of a leg");
    leg.ratio = record.decimal({at + 4, at + 5}, 0, "the ratio of a leg");
    leg.side = side_at(record, at + 6);
    spread.spread.legs.push_back(leg);
  }
  return spread;
}

IntraSpreadRecord decode_series_spread(const FixedWidthRecord& record) {
  constexpr std::int64_t first_year_of_last_century = 70;
  IntraSpreadRecord spread;
  spread.code = commodity_at(record);
  spread.spread.priority = small_integer(record, {9, 13}, "the priority of a spread");
  spread.spread.rate = record.decimal({14, 20}, 0, "the charge of a spread");
  for (std::size_t at = 21; at <= 63; at += 14) {
    if (record.text({at, at + 13}).empty()) continue;
    risk_arrays::IntraSpreadLeg leg;
    const std::int64_t month = record.integer({at, at + 3}, "the month of a leg as YYMM");
    const std::int64_t year = month / 100;
    const std::int64_t century = year >= first_year_of_last_century ? 1900 : 2000;
    if (month % 100 < 1 || month % 100 > 12) record.fail({at, at + 3}, "a month as YYMM");
    leg.period.month = static_cast<std::uint32_t>((century + year) * 100 + month % 100);
    const std::string_view rest = record.text({at + 4, at + 6});
    if (rest.size() >= 2 && rest != "00" && rest != "000") {
      leg.period.day_code = static_cast<std::uint16_t>((static_cast<unsigned char>(rest[0]) << 8U) |
                                                       static_cast<unsigned char>(rest[1]));
    }
    leg.ratio = record.decimal({at + 7, at + 12}, 4, "the ratio of a leg");
    leg.side = side_at(record, at + 13);
    spread.spread.legs.push_back(leg);
  }
  return spread;
}

SpotRecord decode_spot(const FixedWidthRecord& record) {
  SpotRecord spot;
  spot.code = commodity_at(record);
  spot.method = string_at(record, {9, 10});
  if (spot.method == "10") {
    for (const std::size_t at : {std::size_t{13}, std::size_t{35}}) {
      risk_arrays::SpotRate rate;
      rate.period = record.month({at + 2, at + 7}, "a spot month");
      if (!rate.period.is_set()) continue;
      rate.spread_rate = record.decimal({at + 8, at + 14}, 0, "a rate per spread");
      rate.outright_rate = record.decimal({at + 15, at + 21}, 0, "a rate per outright");
      spot.rates.push_back(rate);
    }
  }
  spot.minimum_rate = record.decimal({63, 69}, 0, "the short option minimum");
  for (std::size_t i = 0; i < spot.factors.size(); ++i) {
    spot.factors[i] = record.decimal({70 + 3 * i, 72 + 3 * i}, 2, "an adjustment factor");
  }
  spot.minimum_method = string_at(record, {79, 79});
  return spot;
}

InterSpreadRecord decode_inter_spread(const FixedWidthRecord& record) {
  InterSpreadRecord result;
  result.group = string_at(record, {3, 5});
  risk_arrays::InterSpread& spread = result.spread;
  spread.priority = small_integer(record, {6, 9}, "the priority of a spread");
  const FixedDecimal rate = record.decimal({10, 16}, 4, "the rate of a spread");
  const bool rate_per_leg = flag_at(record, 122, "whether each leg has a rate");
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t at = 17 + 18 * i;
    const std::string_view commodity = record.text({at + 4, at + 9});
    if (commodity.empty()) continue;
    risk_arrays::InterSpreadLeg leg;
    leg.commodity = commodity;
    leg.is_required = record.text({at + 3, at + 3}) == "R" || record.text({at + 3, at + 3}) == "Y";
    leg.ratio = record.decimal({at + 10, at + 16}, 4, "the ratio of a leg");
    leg.side = side_at(record, at + 17);
    const int tier = small_integer(record, {102 + 2 * i, 103 + 2 * i}, "the tier of a leg");
    if (tier != 0) leg.tier = tier;
    leg.rate =
        rate_per_leg ? record.decimal({123 + 7 * i, 129 + 7 * i}, 4, "the rate of a leg") : rate;
    spread.legs.push_back(std::move(leg));
  }
  result.method = string_at(record, {89, 90});
  spread.target = string_at(record, {95, 100});
  spread.is_target_required = record.text({94, 94}) == "R" || record.text({94, 94}) == "Y";
  result.credit_method = string_at(record, {101, 101});
  result.is_super = record.text({110, 110}) == "S";
  const FixedDecimal target_ratio = record.decimal({111, 117}, 4, "the ratio of the target");
  if (!target_ratio.is_zero()) spread.target_ratio = target_ratio;
  spread.legs_min = small_integer(record, {118, 121}, "the least number of legs");
  return result;
}

ArrayParameterRecord decode_array_parameters(const FixedWidthRecord& record) {
  ArrayParameterRecord result;
  result.product = product_at(record, {16, 18});
  result.underlying_period = record.period({19, 24}, {25, 26}, "the month of the future");
  result.period = record.period({28, 33}, {34, 35}, "the month of the option");
  result.base_volatility = record.decimal({37, 44}, 6, "the volatility");
  result.volatility_scan_range = record.decimal({45, 52}, 6, "the volatility scan range");
  const std::int64_t exponent = record.integer({166, 167}, "the price scan range exponent");
  const int sign = record.is_negative(168, "the price scan range exponent") ? -1 : 1;
  if (exponent > 18) record.fail({166, 167}, "an exponent of at most 18");
  result.price_scan_range = FixedDecimal::of_digits(
      record.integer({53, 57}, "the price scan range"), sign * static_cast<int>(exponent));
  result.extreme_multiplier = record.decimal({58, 62}, 3, "the extreme multiplier");
  result.cover_fraction = record.decimal({63, 67}, 4, "the cover fraction");
  result.look_ahead_years = record.decimal({80, 85}, 6, "the look-ahead time");
  result.delta_scaling = record.decimal({86, 91}, 4, "the delta scaling factor");
  result.expiry = string_at(record, {92, 99});
  result.model = string_at(record, {110, 111});
  result.value_factor = record.decimal({129, 142}, 7, "the value factor");
  result.volatility_scan_quotation = string_at(record, {164, 164});
  result.price_scan_quotation = string_at(record, {165, 165});
  return result;
}

PriceRecord decode_price(const FixedWidthRecord& record) {
  PriceRecord price;
  price.product = product_at(record, {16, 18});
  price.price_decimals = small_integer(record, {34, 36}, "the price decimals");
  price.strike_decimals = small_integer(record, {37, 39}, "the strike decimals");
  if (price.price_decimals > 18) record.fail({34, 36}, "at most 18 decimals");
  if (price.strike_decimals > 18) record.fail({37, 39}, "at most 18 decimals");
  const int exponent = small_integer(record, {74, 75}, "the exponent of the multiplier");
  if (exponent > 18) record.fail({74, 75}, "an exponent of at most 18");
  const int sign = record.is_negative(73, "the exponent of the multiplier") ? -1 : 1;
  price.multiplier = FixedDecimal::of_digits(record.integer({42, 55}, "the contract value factor"),
                                             sign * exponent - 7);
  price.valuation = string_at(record, {117, 121});
  return price;
}

FirstArrayRecord decode_first_array(const FixedWidthRecord& record) {
  FirstArrayRecord first;
  first.product = product_at(record, {26, 28});
  first.underlying = string_at(record, {16, 25});
  first.right = string_at(record, {29, 29});
  first.underlying_period = record.period({30, 35}, {36, 37}, "the month of the future");
  first.period = record.period({39, 44}, {45, 46}, "the month of the option");
  first.strike = record.integer({48, 54}, "the strike");
  first.losses = losses_at<9>(record, is_wide(record) ? 8 : 5);
  return first;
}

SecondArrayRecord decode_second_array(const FixedWidthRecord& record) {
  const bool wide = is_wide(record);
  SecondArrayRecord second;
  second.losses = losses_at<7>(record, wide ? 8 : 5);
  const std::size_t delta = wide ? 118 : 97;
  if (!record.reaches(delta + 5) || record.text({delta + 5, delta + 5}).empty()) {
    record.fail({delta, delta + 5}, "the composite delta with its sign");
  }
  second.composite_delta = record.signed_decimal({delta, delta + 4}, 4, "the composite delta");
  second.implied_volatility = record.decimal({delta + 6, delta + 13}, 6, "the volatility");
  second.price = record.signed_decimal({delta + 14, delta + 20}, 0, "the price");
  second.is_strike_negative = record.is_negative(delta + 22, "the strike");
  second.current_delta = record.signed_decimal({delta + 23, delta + 27}, 4, "the current delta");
  second.day_flag = string_at(record, {delta + 29, delta + 29});
  return second;
}

}  // namespace margingate::io
