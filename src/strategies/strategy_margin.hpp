// Margin of one underlying by strategies: what each leg needs alone, less what pairing saves.
//
// Shape    a holding in, the strategies of its cheapest pairing and their requirements out.
// Units    prices per unit of the underlying, in quote currency; amounts in quote currency.
// Sign     units and contracts signed, long positive. Requirements are never negative; `net` may
//          be, where what was received for options sold exceeds what is to be put up.
// Range    finite; strikes, prices and the multiplier positive.
// Errors   std::invalid_argument names the field.
// Threads  pure.
// Cost     cold: a search per pair.
// Source   docs/models/reg-t.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "margingate/instrument.hpp"
#include "margingate/units.hpp"

namespace margingate::strategies {

struct StrategyRates {
  double underlying = 0.5;  // of the underlying itself, held or owed
  double option = 0.2;      // of the underlying's price, for an option sold
  double minimum = 0.1;     // of the underlying's price (calls) or of the strike (puts)
};

struct OptionLeg {
  OptionType type = OptionType::call;
  double strike = 0.0;
  Timestamp expiry;
  double price = 0.0;
  std::int64_t contracts = 0;
};

struct Holding {
  double price = 0.0;  // of one unit of the underlying
  // Of what is held or owed for one unit, where that is another security (shares of a fund on the
  // index); 0: price.
  double held_price = 0.0;
  std::int64_t units = 0;
  std::int64_t multiplier = 100;  // units per contract
  std::vector<OptionLeg> options;
};

enum class Strategy : std::uint8_t {
  underlying,    // held or owed
  long_option,   // paid for
  short_option,  // uncovered
  spread,        // sold against one bought of the same type that lives at least as long
  short_straddle,
  covered,  // a call sold against the underlying held, a put against the underlying owed
};

[[nodiscard]] std::string_view name(Strategy strategy) noexcept;

// `first` and `second` are indices of Holding::options; of the underlying they are `no_option`.
inline constexpr std::size_t no_option = static_cast<std::size_t>(-1);

struct StrategyRequirement {
  Strategy strategy = Strategy::underlying;
  std::size_t first = no_option;
  std::size_t second = no_option;
  std::int64_t units = 0;    // of the underlying, on each side
  double requirement = 0.0;  // with the current value of what was sold
};

struct StrategyMargin {
  std::vector<StrategyRequirement> strategies;
  double requirement = 0.0;  // sum of the above
  double sold_value = 0.0;   // current value of all options sold
  double net = 0.0;          // requirement - sold_value: to be put up beyond the proceeds
};

[[nodiscard]] StrategyMargin strategy_margin(const Holding& holding, const StrategyRates& rates);

}  // namespace margingate::strategies
