#include "strategies/strategy_margin.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "strategies/cheapest_pairing.hpp"

namespace margingate::strategies {
namespace {

// Savings are compared in whole millionths: which pairing is cheapest has one answer everywhere.
constexpr double saving_units = 1e6;

bool is_positive(double x) { return std::isfinite(x) && x > 0.0; }

void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument("strategy margin: " + what);
}

void check(const Holding& holding) {
  require(is_positive(holding.price), "price of the underlying: expected a positive number");
  require(std::isfinite(holding.held_price) && holding.held_price >= 0.0,
          "price of what is held: expected a number that is not negative");
  require(holding.multiplier > 0, "multiplier: expected a positive number");
  for (std::size_t i = 0; i < holding.options.size(); ++i) {
    const OptionLeg& leg = holding.options[i];
    const std::string where = "options[" + std::to_string(i) + "]";
    require(is_positive(leg.strike), where + ".strike: expected a positive number");
    require(std::isfinite(leg.price) && leg.price >= 0.0,
            where + ".price: expected a number that is not negative");
  }
}

// One side of the pairing: an option, or the underlying itself.
struct Side {
  std::size_t option = no_option;
  std::int64_t units = 0;
  double alone = 0.0;  // requirement per unit, unpaired
};

class Pairs {
 public:
  Pairs(const Holding& holding, const StrategyRates& rates) : holding_(holding), rates_(rates) {
    for (std::size_t i = 0; i < holding.options.size(); ++i) {
      const OptionLeg& leg = holding.options[i];
      const bool is_left = (leg.type == OptionType::call) == (leg.contracts < 0);
      const double alone = leg.contracts < 0 ? uncovered(leg) : leg.price;
      const std::int64_t units = std::abs(leg.contracts) * holding.multiplier;
      if (units > 0) (is_left ? left_ : right_).push_back({i, units, alone});
    }
    const double held = holding.held_price > 0.0 ? holding.held_price : holding.price;
    const Side underlying{no_option, std::abs(holding.units), rates.underlying * held};
    if (holding.units != 0) (holding.units < 0 ? left_ : right_).push_back(underlying);
    add_edges();
  }

  [[nodiscard]] StrategyMargin cheapest() const {
    std::vector<std::int64_t> left, right;
    for (const Side& side : left_) left.push_back(side.units);
    for (const Side& side : right_) right.push_back(side.units);
    const std::vector<std::int64_t> paired = cheapest_pairing(left, right, edges_);
    StrategyMargin margin;
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      if (paired[e] == 0) continue;
      const Side& a = left_[edges_[e].left];
      const Side& b = right_[edges_[e].right];
      left[edges_[e].left] -= paired[e];
      right[edges_[e].right] -= paired[e];
      add({strategy_of(a, b), a.option, b.option, paired[e], 0.0}, together(a, b), margin);
    }
    for (std::size_t i = 0; i < left_.size(); ++i) add_alone(left_[i], left[i], margin);
    for (std::size_t i = 0; i < right_.size(); ++i) add_alone(right_[i], right[i], margin);
    for (const OptionLeg& leg : holding_.options) {
      const auto units = static_cast<double>(leg.contracts * holding_.multiplier);
      margin.sold_value += std::max(-units, 0.0) * leg.price;
    }
    margin.net = margin.requirement - margin.sold_value;
    return margin;
  }

 private:
  [[nodiscard]] const OptionLeg& leg(const Side& side) const {
    return holding_.options[side.option];
  }
  [[nodiscard]] bool is_sold(const Side& side) const {
    return side.option != no_option && leg(side).contracts < 0;
  }

  [[nodiscard]] double in_the_money(const OptionLeg& leg) const {
    const double above = holding_.price - leg.strike;
    return std::max(leg.type == OptionType::call ? above : -above, 0.0);
  }

  [[nodiscard]] double uncovered(const OptionLeg& leg) const {
    const bool is_call = leg.type == OptionType::call;
    const double otm =
        std::max(is_call ? leg.strike - holding_.price : holding_.price - leg.strike, 0.0);
    const double least = rates_.minimum * (is_call ? holding_.price : leg.strike);
    return leg.price + std::max(rates_.option * holding_.price - otm, least);
  }

  [[nodiscard]] Strategy strategy_of(const Side& a, const Side& b) const {
    if (a.option == no_option || b.option == no_option) return Strategy::covered;
    return is_sold(a) && is_sold(b) ? Strategy::short_straddle : Strategy::spread;
  }

  // Requirement per unit of a pair, with the value of what was sold.
  [[nodiscard]] double together(const Side& a, const Side& b) const {
    switch (strategy_of(a, b)) {
      case Strategy::covered: {
        const bool a_is_option = a.option != no_option;
        const OptionLeg& sold = leg(a_is_option ? a : b);
        return (a_is_option ? b : a).alone + in_the_money(sold);
      }
      case Strategy::short_straddle:
        // The dearer side, and the value of the other.
        return a.alone > b.alone ? a.alone + leg(b).price : b.alone + leg(a).price;
      default: {
        const OptionLeg& sold = leg(is_sold(a) ? a : b);
        const OptionLeg& bought = leg(is_sold(a) ? b : a);
        const double apart = bought.strike - sold.strike;
        return bought.price + std::max(sold.type == OptionType::call ? apart : -apart, 0.0);
      }
    }
  }

  [[nodiscard]] bool may_pair(const Side& a, const Side& b) const {
    if (!is_sold(a) && !is_sold(b)) return false;  // nothing is saved on what is paid for
    if (strategy_of(a, b) != Strategy::spread) return true;
    const OptionLeg& sold = leg(is_sold(a) ? a : b);
    const OptionLeg& bought = leg(is_sold(a) ? b : a);
    return bought.expiry >= sold.expiry;
  }

  void add_edges() {
    for (std::size_t i = 0; i < left_.size(); ++i) {
      for (std::size_t j = 0; j < right_.size(); ++j) {
        const Side& a = left_[i];
        const Side& b = right_[j];
        if (!may_pair(a, b)) continue;
        const double saving = a.alone + b.alone - together(a, b);
        const std::int64_t units = std::llround(saving * saving_units);
        if (units > 0) edges_.push_back({i, j, units});
      }
    }
  }

  static void add(StrategyRequirement strategy, double per_unit, StrategyMargin& margin) {
    strategy.requirement = per_unit * static_cast<double>(strategy.units);
    margin.requirement += strategy.requirement;
    margin.strategies.push_back(strategy);
  }

  void add_alone(const Side& side, std::int64_t units, StrategyMargin& margin) const {
    if (units == 0) return;
    const Strategy strategy = side.option == no_option ? Strategy::underlying
                              : is_sold(side)          ? Strategy::short_option
                                                       : Strategy::long_option;
    add({strategy, side.option, no_option, units, 0.0}, side.alone, margin);
  }

  const Holding& holding_;
  const StrategyRates& rates_;
  // Pairs are of one on either side: calls sold, puts bought and what is owed; the rest.
  std::vector<Side> left_, right_;
  std::vector<PairingEdge> edges_;
};

}  // namespace

std::string_view name(Strategy strategy) noexcept {
  switch (strategy) {
    case Strategy::underlying:
      return "underlying";
    case Strategy::long_option:
      return "long option";
    case Strategy::short_option:
      return "short option";
    case Strategy::spread:
      return "spread";
    case Strategy::short_straddle:
      return "short straddle";
    case Strategy::covered:
      return "covered";
  }
  return "";
}

StrategyMargin strategy_margin(const Holding& holding, const StrategyRates& rates) {
  check(holding);
  return Pairs(holding, rates).cheapest();
}

}  // namespace margingate::strategies
