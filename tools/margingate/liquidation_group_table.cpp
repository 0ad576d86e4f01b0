#include "liquidation_group_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace margingate::tool {
namespace {

using namespace liquidation_groups;

constexpr std::size_t label_width = 30;
constexpr std::size_t amount_width = 18;
constexpr std::size_t worst_shown = 8;

void print_amount(const std::string& label, double amount, const std::string& note = "") {
  fmt::print("  {:<{}}{:>{}.6f}{}\n", label, label_width, amount, amount_width,
             note.empty() ? "" : "   " + note);
}

std::string percent(double share) { return fmt::format("{:g} %", 100.0 * share); }

// The scenarios that decide: the worst first, with their numbers.
void print_worst(const std::vector<double>& profits) {
  std::vector<std::size_t> order(profits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t shown = std::min(worst_shown, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return profits[a] != profits[b] ? profits[a] < profits[b] : a < b;
                    });
  fmt::print("  worst of {}, number and profit:", profits.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::print("{} {}: {:.2f}", i == 0 ? "" : ",", order[i] + 1, profits[order[i]]);
  }
  fmt::print("\n");
}

void print_sub_sample(const RiskMeasure& terms, const SubSampleRisk& sample) {
  print_worst(sample.profits);
  if (terms.kind == RiskMeasureKind::event) {
    print_amount("sum of the worst", sample.value_at_risk,
                 fmt::format("{} of them", terms.worst_scenarios));
  } else {
    print_amount("value at risk", sample.value_at_risk, "at " + percent(terms.confidence));
    print_amount("pure market risk", sample.pure_market_risk,
                 fmt::format("robustness {:g}", terms.robustness));
  }
  if (terms.correlation_break) {
    const CorrelationBreakResult& result = sample.correlation_break;
    print_amount(
        "+ correlation break", result.adjustment,
        fmt::format("{} of {} windows beyond {:.2f}, mean excess {:.2f}", result.windows_in_excess,
                    result.window_risks.size(), result.value_at_risk, result.mean_excess));
  }
  print_amount("+ compression", sample.compression_adjustment);
}

void print_measure(const RiskMeasure& terms, const RiskMeasureMargin& margin) {
  fmt::print(" {} ({})\n", terms.name, name_of(terms.kind));
  for (std::size_t i = 0; i < margin.sub_samples.size(); ++i) {
    if (margin.sub_samples.size() > 1) fmt::print("  sub-sample {}\n", i + 1);
    print_sub_sample(terms, margin.sub_samples[i]);
  }
  print_amount("market risk of the measure", margin.market_risk,
               margin.sub_samples.size() > 1 ? name_of(terms.sub_sample_aggregation) : "");
  print_amount("weighted", margin.weighted_market_risk, "at " + percent(terms.weight));
}

void print_liquidity(const ParameterSet& set, const LiquidityAddOn& liquidity) {
  for (const LiquidityAdjustment& one : liquidity.adjustments) {
    print_amount(
        "  " + set.instruments[one.instrument].name, one.adjustment,
        fmt::format("{:g} % of {:g} contracts, factor {:g}; premium {:.2f}",
                    one.relative_size_percent, one.market_capacity, one.factor, one.premium_part));
  }
  print_amount(
      "+ liquidity add-on", liquidity.add_on,
      fmt::format("{:.2f} at {:.6f} (value at risk {:.2f} of {:.2f})", liquidity.gross,
                  liquidity.diversification, liquidity.value_at_risk, liquidity.risk_base));
}

void print_split(const ParameterSet& set, const SplitMargin& margin) {
  const Split& terms = set.groups[margin.group].splits[margin.split];
  fmt::print("\n{} of {} ({})\n", terms.name, set.groups[margin.group].name,
             set.groups[margin.group].currency);
  for (std::size_t m = 0; m < margin.measures.size(); ++m) {
    print_measure(terms.measures[m], margin.measures[m]);
  }
  print_amount("market risk", margin.market_risk,
               fmt::format("{} of the measures", name_of(terms.aggregation)));
  for (const TimeToExpiryPart& part : margin.time_to_expiry) {
    if (part.positions_taken_out == 0) continue;
    print_amount(fmt::format("  within {} days", part.business_days), part.adjustment,
                 fmt::format("{:.2f} with, {:.2f} without what expires", part.market_risk,
                             part.market_risk_reduced));
  }
  print_amount("+ time to expiry", margin.time_to_expiry_adjustment);
  print_liquidity(set, margin.liquidity);
  print_amount("initial margin", margin.initial_margin);
  print_amount("premium margin", margin.premium_margin);
  print_amount("long option credit", margin.long_option_credit,
               fmt::format("options worth {:.2f}, most to lose {:.2f}", margin.option_value,
                           margin.scenario_loss_maximum));
  fmt::print("  {:<{}}{:>{}.2f}\n", "requirement", label_width, margin.requirement, amount_width);
}

}  // namespace

void print_liquidation_group_margin(const ParameterSet& set,
                                    const io::LiquidationGroupPositions& positions,
                                    const AccountMargin& margin) {
  fmt::print("account {}, parameters {} of {}\n", positions.account, set.name, set.business_date);
  for (const SplitMargin& split : margin.splits) print_split(set, split);
  fmt::print("\n");
  for (const GroupMargin& group : margin.groups) {
    fmt::print("{:<{}}{:>{}.2f} {}\n", "group " + set.groups[group.group].name, label_width + 2,
               group.requirement, amount_width, set.groups[group.group].currency);
  }
  for (const CurrencyMargin& currency : margin.currencies) {
    fmt::print("{:<{}}{:>{}.2f} {}\n", "together", label_width + 2, currency.requirement,
               amount_width, currency.currency);
  }
}

}  // namespace margingate::tool
