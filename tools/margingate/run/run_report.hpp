// Everything a run found out, as plain numbers, and its two renderings.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/counters.hpp"
#include "run/comparison.hpp"
#include "run/gate_driver.hpp"
#include "run/revaluation_runner.hpp"
#include "run/run_options.hpp"
#include "run/side_flow.hpp"
#include "run/traders.hpp"
#include "run/universe.hpp"

namespace margingate::run {

struct GateSummary {
  std::string numeraire;
  std::string parameters;
  std::uint32_t instruments = 0;
  std::uint32_t risk_units = 0;
  Counters counters;
};

struct TotalsCheck {
  std::uint64_t accounts = 0;
  std::uint64_t different = 0;
};

struct AlertLine {
  std::uint32_t account = 0;
  std::string currency;
  double equity = 0.0;
  double maintenance_margin = 0.0;
};

struct RunReport {
  RunOptions options;
  std::string instruction_set;
  std::vector<GateSummary> gates;
  std::array<std::uint64_t, 4> contracts_by_kind{};  // InstrumentKind
  std::array<std::uint64_t, trader_kinds> traders{};
  Timestamp begin;
  Timestamp end;
  std::array<double, coins_max> spots_begin{};
  std::array<double, coins_max> spots_end{};
  std::vector<double> utilisation;  // at the start, ascending
  double wall_seconds = 0.0;        // of the order events alone
  DecisionCounts counts;
  CallTimes times;
  double ns_per_tick = 1.0;
  std::uint64_t hash = 0;
  RevaluationTotals revaluation;
  std::uint64_t alerts = 0;
  std::vector<AlertLine> first_alerts;
  std::uint64_t contracts_settled = 0;
  std::uint64_t orders_working = 0;
  TotalsCheck totals;
  std::uint64_t audited = 0;
  std::uint64_t audited_without_margin = 0;
  std::string audit_mismatch;
  std::map<std::string_view, SideCount> side_events;
  std::vector<std::string> side_differences;  // between the gates and an outside book
  std::uint64_t record_bytes = 0;
  std::vector<ModelOutcome> comparison;

  [[nodiscard]] bool passed() const noexcept {
    return audit_mismatch.empty() && totals.different == 0 && side_differences.empty() &&
           counts.failed_events == 0 && revaluation.drift.alarms() == 0;
  }
};

// For a person at a terminal; colours only where stdout is one and NO_COLOR is not set.
void print_report(const RunReport& report);
std::string report_json(const RunReport& report);

}  // namespace margingate::run
