// Greeks of one lot as published with a risk table, for limits beside margin.
//
// Shape    three integers per instrument.
// Units    money units of the numeraire. delta: change of value per relative move of the spot,
//          money per 100 %; gamma: change of that delta when the spot rises by one per cent;
//          vega: change of value when the volatility rises by one point.
// Sign     long lot.
// Range    magnitude at most greek_max; beyond it the instrument has none.
// Errors   status says why an instrument has none.
// Threads  immutable once its table is published.
// Cost     one price per instrument and table; one line per decision under a Greek limit.
// Source   docs/methodology.md MR-40.
#pragma once

#include <cstddef>
#include <cstdint>

#include "margin/fixed_point.hpp"
#include "margin/row_builder.hpp"
#include "margingate/verdict.hpp"

namespace margingate::margin {

inline constexpr std::size_t greeks_count = 3;
inline constexpr std::int64_t greek_max = std::int64_t{1} << 60;

struct GreekRow {
  std::int64_t greek[greeks_count] = {};  // delta, gamma, vega
  Reason status = Reason::missing_mark;
  bool is_either_way = false;  // of a quote group: each lot may be bought or sold
};

// One lot of a combo: it fills only in its ratios, so its Greeks are its legs' sum.
class ComboGreeks {
 public:
  void add(const GreekRow& leg, std::int64_t ratio) noexcept;
  [[nodiscard]] GreekRow finish() const noexcept;

 private:
  Int128 sums_[greeks_count] = {};
  Reason status_ = Reason::accepted;
};

// One lot under a quote group's protection: the largest of any priced member, either way.
class GroupGreeks {
 public:
  void add(const GreekRow& member) noexcept;
  [[nodiscard]] GreekRow finish() const noexcept { return row_; }

 private:
  GreekRow row_{{}, Reason::missing_mark, true};
};

// At the table's spot, rounded to nearest.
[[nodiscard]] GreekRow greek_row(const scenario::InstrumentTerms& instrument,
                                 const PricingInputs& inputs) noexcept;

}  // namespace margingate::margin
