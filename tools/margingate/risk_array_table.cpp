#include "risk_array_table.hpp"

#include <fmt/core.h>

namespace margingate::tool {
namespace {

using namespace risk_arrays;

constexpr std::size_t label_width = 28;
constexpr std::size_t amount_width = 16;

void print_amount(const char* label, FixedDecimal amount, const std::string& note = "") {
  fmt::print("  {:<{}}{:>{}}{}\n", label, label_width, amount.text(), amount_width,
             note.empty() ? "" : "   " + note);
}

void print_if_any(const char* label, FixedDecimal amount, const std::string& note = "") {
  if (!amount.is_zero()) print_amount(label, amount, note);
}

std::string tier_name(const TierScan& tier, std::size_t tier_count) {
  std::string name = tier.book == Book::net ? "" : std::string(name_of(tier.book)) + " ";
  if (tier.period.is_set()) return name + tier.period.text();
  if (tier_count == 1) return name + "all months";
  return name + (tier.tier == 0 ? "other months" : "tier " + std::to_string(tier.tier));
}

// Sixteen losses in two rows of eight, as parameter files print them.
void print_tier(const ScenarioSet& scenarios, const TierScan& tier, std::size_t tier_count) {
  fmt::print("  scan, {}\n", tier_name(tier, tier_count));
  for (std::size_t first = 0; first < scenario_count; first += 8) {
    fmt::print("   ");
    for (std::size_t i = first; i < first + 8; ++i) {
      const Scenario& scenario = scenarios.scenarios[i];
      const char* volatility = scenario.volatility_sign > 0   ? "up"
                               : scenario.volatility_sign < 0 ? "dn"
                                                              : "";
      fmt::print(" {:>11}", fmt::format("{} {:+.2f}{}", i + 1, scenario.price_move(), volatility));
    }
    fmt::print("\n   ");
    for (std::size_t i = first; i < first + 8; ++i) fmt::print(" {:>11}", tier.losses[i].text());
    fmt::print("\n");
  }
  print_amount("scan risk", tier.scan_risk,
               fmt::format("scenario {}, paired with {}: {}", tier.active_scenario + 1,
                           tier.paired_scenario + 1, tier.losses[tier.paired_scenario].text()));
  print_amount("volatility risk", tier.volatility_risk);
  print_amount("time risk", tier.time_risk);
  print_amount("price risk", tier.price_risk);
}

void print_deltas(const CommodityMargin& margin) {
  fmt::print("  {:<12} {:>12} {:>12} {:>12} {:>12} {:>12}\n", "delta", "net", "super", "intra",
             "inter", "remaining");
  for (const PeriodDelta& delta : margin.deltas) {
    const std::string book = delta.book == Book::net ? "" : std::string(name_of(delta.book)) + " ";
    fmt::print("  {:<12} {:>12} {:>12} {:>12} {:>12} {:>12}\n", book + delta.period.text(),
               delta.net.text(), delta.consumed_super.text(), delta.consumed_intra.text(),
               delta.consumed_inter.text(), delta.remaining.text());
  }
}

void print_charges(const CommodityMargin& margin) {
  for (const IntraCharge& charge : margin.intra_charges) {
    print_amount(
        "+ calendar spreads", charge.charge,
        fmt::format("{} of {}, priority {}", charge.spreads.text(), charge.legs, charge.priority));
  }
  for (const SpotCharge& charge : margin.spot_charges) {
    print_amount("+ spot month", charge.charge,
                 fmt::format("{}: {} in spreads, {} remaining", charge.period.text(),
                             charge.consumed.text(), charge.remaining.text()));
  }
  print_if_any("+ charges less credits", margin.moved_charges, "of what is merged");
}

std::string merged_from(const CommodityMargin& margin) {
  std::string codes;
  for (const std::string& code : margin.merged_from) codes += " " + code;
  return codes;
}

void print_commodity(const ScenarioSet& scenarios, const CommodityMargin& margin) {
  fmt::print("\n{} ({})", margin.code, margin.currency);
  if (!margin.merged_into.empty()) {
    fmt::print(": scanned with {}\n", margin.merged_into);
    return;
  }
  fmt::print("{}\n", margin.merged_from.empty() ? "" : ": scanned with" + merged_from(margin));
  for (const TierScan& tier : margin.tiers) print_tier(scenarios, tier, margin.tiers.size());
  print_deltas(margin);
  print_amount("net delta", margin.net_delta);
  print_amount("price risk of a delta", margin.weighted_price_risk);
  fmt::print("\n");
  print_amount("scan risk", margin.scan_risk, margin.tiers.size() > 1 ? "sum over tiers" : "");
  print_charges(margin);
  print_if_any("- super spread credit", margin.super_credit);
  print_if_any("- inter-commodity credit", margin.inter_credit);
  print_if_any("- inter-exchange credit", margin.exchange_credit);
  print_if_any(
      "short option minimum", margin.short_option_minimum,
      fmt::format("{} calls, {} puts", margin.short_calls.text(), margin.short_puts.text()));
  print_amount("risk requirement", margin.risk_requirement,
               margin.risk_requirement == margin.short_option_minimum &&
                       !margin.short_option_minimum.is_zero()
                   ? "the minimum"
                   : "");
  print_if_any("net option value", margin.net_option_value);
}

void print_credit(const InterCredit& credit) {
  fmt::print("  {} spread, priority {}", credit.stage, credit.priority);
  if (credit.method == InterSpreadMethod::scanning) {
    fmt::print(": scanned with {}\n", credit.target);
  } else {
    fmt::print(": {}\n", credit.spreads.text());
  }
  for (const CreditLeg& leg : credit.legs) {
    if (credit.method == InterSpreadMethod::scanning) {
      fmt::print("    {:<8} gains at {} %\n", leg.commodity, leg.rate.text());
    } else {
      fmt::print("    {:<8} {:>10} deltas, price risk {}, rate {}: {}\n", leg.commodity,
                 leg.consumed.text(), leg.weighted_price_risk.text(), leg.rate.text(),
                 leg.credit.text());
    }
  }
}

}  // namespace

void print_risk_array_margin(const ParameterSet& set, const io::RiskArrayPositions& positions,
                             const AccountMargin& margin) {
  fmt::print("account {}, parameters {} of {}\n", positions.account, set.name, set.business_date);
  for (const CommodityMargin& commodity : margin.commodities) {
    print_commodity(set.scenarios, commodity);
  }
  if (!margin.credits.empty()) fmt::print("\nspreads between combined commodities\n");
  for (const InterCredit& credit : margin.credits) print_credit(credit);
  for (const std::string& credit : margin.credits_not_granted) {
    fmt::print("  not granted: {}\n", credit);
  }
  for (const CurrencyMargin& currency : margin.currencies) {
    fmt::print("\n{}\n", currency.currency);
    print_amount("risk requirement", currency.risk_requirement);
    print_amount("net option value", currency.net_option_value);
    print_amount("maintenance margin", currency.maintenance_margin);
    print_amount("initial margin", currency.initial_margin);
  }
}

}  // namespace margingate::tool
