// The book that a backtest holds: so much of each underlying, or so much money in it.
//
// Shape    book.json.
// Units    quantity in units of the underlying; notional in the numeraire.
// Sign     long positive.
// Range    each underlying and each option once.
// Errors   io::FileError.
// Threads  a value.
// Cost     cold.
// Source   docs/formats.md, "book.json".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/option_rule.hpp"

namespace margingate::backtest {

struct HeldLeg {
  std::string underlying;
  double quantity = 0.0;             // held through, or zero:
  double notional = 0.0;             // the quantity is set anew at every close
  std::optional<HeldOption> option;  // entered anew at every close; otherwise a perpetual

  [[nodiscard]] std::string instrument() const;
};

struct HeldBook {
  std::string name;
  std::vector<HeldLeg> legs;

  [[nodiscard]] std::vector<std::string> underlyings() const;  // each once
  [[nodiscard]] bool has_options() const;
};

[[nodiscard]] HeldBook read_held_book(const std::string& path);
[[nodiscard]] HeldBook parse_held_book(const std::string& file, std::string_view text);

}  // namespace margingate::backtest
