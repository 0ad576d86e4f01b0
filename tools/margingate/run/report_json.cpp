#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/iso_time.hpp"
#include "run/run_report.hpp"

namespace margingate::run {
namespace {

using nlohmann::json;

json latency(const Histogram& histogram, double ns_per_tick) {
  const auto ns = [&](std::uint64_t ticks) { return static_cast<double>(ticks) * ns_per_tick; };
  return {{"calls", histogram.count()},
          {"p50_ns", ns(histogram.quantile(0.5))},
          {"p99_ns", ns(histogram.quantile(0.99))},
          {"p99_9_ns", ns(histogram.quantile(0.999))},
          {"p99_99_ns", ns(histogram.quantile(0.9999))},
          {"max_ns", ns(histogram.max())}};
}

json options(const RunReport& report) {
  const RunOptions& o = report.options;
  return {{"accounts", o.accounts},
          {"orders", o.orders},
          {"seed", o.seed},
          {"model", o.model},
          {"deterministic", o.is_deterministic},
          {"audit", o.audits},
          {"record", o.record_path}};
}

json market(const RunReport& report) {
  json spots;
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    spots[coin_names[coin]] = {{"begin", report.spots_begin[coin]},
                               {"end", report.spots_end[coin]}};
  }
  return {{"begin", io::format_iso_time(report.begin)},
          {"end", io::format_iso_time(report.end)},
          {"spots", spots},
          {"perpetuals", report.contracts_by_kind[1]},
          {"futures", report.contracts_by_kind[2]},
          {"options", report.contracts_by_kind[3]}};
}

json gate(const GateSummary& summary) {
  const Counters& c = summary.counters;
  return {{"numeraire", summary.numeraire},
          {"parameters", summary.parameters},
          {"instruments", summary.instruments},
          {"risk_units", summary.risk_units},
          {"counters",
           {{"decisions", c.decisions},
            {"accepts", c.accepts},
            {"rejects", c.rejects},
            {"decided_by_interval", c.decided_by_interval},
            {"decided_exactly", c.decided_exactly},
            {"releases", c.releases},
            {"fills", c.fills},
            {"transfers", c.transfers},
            {"spot_ticks", c.spot_ticks},
            {"tables_seen", c.tables_seen},
            {"adoptions", c.adoptions},
            {"adoptions_with_changes", c.adoptions_with_changes},
            {"first_touch_sums", c.first_touch_sums},
            {"events_deferred", c.events_deferred}}}};
}

json verdicts(const RunReport& report) {
  const DecisionCounts& counts = report.counts;
  json reasons = json::object();
  for (const auto& [reason, count] : counts.by_reason) {
    reasons[std::string(to_string(reason))] = count;
  }
  return {{"decisions", counts.decisions()},
          {"new", counts.new_orders},
          {"replaces", counts.replaces},
          {"cancels", counts.cancels},
          {"fills", counts.fills},
          {"transfers", counts.transfers},
          {"by_reason", reasons},
          {"decided_by",
           {{"input", counts.by_path[0]},
            {"interval", counts.by_path[1]},
            {"exact", counts.by_path[2]}}},
          {"hash", fmt::format("{:016x}", report.hash)},
          {"order_events_per_second",
           static_cast<double>(report.options.orders) / std::max(report.wall_seconds, 1e-9)}};
}

json latencies(const RunReport& report) {
  const CallTimes& t = report.times;
  const double scale = report.ns_per_tick;
  return {{"new_accepted", latency(t.accepts, scale)}, {"new_rejected", latency(t.rejects, scale)},
          {"replace", latency(t.replaces, scale)},     {"cancel", latency(t.cancels, scale)},
          {"fill", latency(t.fills, scale)},           {"spot_tick", latency(t.spot_ticks, scale)},
          {"empty_bracket", latency(t.floor, scale)}};
}

json revaluation(const RunReport& report) {
  const RevaluationTotals& r = report.revaluation;
  const auto tables = static_cast<double>(std::max<std::uint64_t>(1, r.tables_published));
  json alerts = json::array();
  for (const AlertLine& alert : report.first_alerts) {
    alerts.push_back({{"account", alert.account},
                      {"currency", alert.currency},
                      {"equity", alert.equity},
                      {"maintenance_margin", alert.maintenance_margin}});
  }
  return {{"runs", r.runs},
          {"tables_published", r.tables_published},
          {"tables_deferred", r.tables_deferred},
          {"accounts_handed_over", r.accounts_handed_over},
          {"publication_mean_ns", static_cast<double>(r.publication_ns_total) / tables},
          {"publication_max_ns", r.publication_ns_max},
          {"order_side_waits", r.waits},
          {"audits",
           {{"accounts_checked", r.drift.accounts_checked},
            {"totals_mismatches", r.drift.totals_mismatches},
            {"verdicts_checked", r.drift.verdicts_checked},
            {"verdict_mismatches", r.drift.verdict_mismatches},
            {"not_comparable", r.drift.not_comparable},
            {"cycles", r.drift.cycles}}},
          {"maintenance_alerts", report.alerts},
          {"first_alerts", alerts}};
}

json side_events(const RunReport& report) {
  json events = json::object();
  for (const auto& [kind, count] : report.side_events) {
    events[std::string(kind)] = {{"accepted", count.accepted}, {"refused", count.refused}};
  }
  return events;
}

json checks(const RunReport& report) {
  const Histogram& widths = report.counts.interval_widths;
  return {{"accounts", report.totals.accounts},
          {"totals_different", report.totals.different},
          {"events_refused", report.counts.failed_events},
          {"contracts_settled", report.contracts_settled},
          {"orders_working", report.orders_working},
          {"interval_width_relative",
           {{"p50", static_cast<double>(widths.quantile(0.5)) * 1e-9},
            {"p99", static_cast<double>(widths.quantile(0.99)) * 1e-9},
            {"max", static_cast<double>(widths.max()) * 1e-9}}},
          {"side_events", side_events(report)},
          {"side_differences", report.side_differences},
          {"audited", report.audited},
          {"audited_without_margin", report.audited_without_margin},
          {"audit_mismatch", report.audit_mismatch},
          {"record_bytes", report.record_bytes}};
}

json comparison(const RunReport& report) {
  json rows = json::array();
  for (const ModelOutcome& outcome : report.comparison) {
    rows.push_back({{"model", outcome.model},
                    {"parameters", outcome.parameters},
                    {"initial_margin_usd", outcome.initial_margin_quote},
                    {"maintenance_margin_usd", outcome.maintenance_margin_quote},
                    {"accounts", outcome.accounts},
                    {"accounts_below_initial_margin", outcome.accounts_short},
                    {"accounts_in_breach", outcome.accounts_in_breach},
                    {"ratio_to_isolated_median", outcome.ratio_to_isolated_median},
                    {"breach_liquidates", outcome.breach_liquidates}});
  }
  return rows;
}

}  // namespace

std::string report_json(const RunReport& report) {
  json traders = json::object();
  for (std::size_t i = 0; i < trader_kinds; ++i) {
    traders[std::string(to_string(static_cast<TraderKind>(i)))] = report.traders[i];
  }
  json gates = json::array();
  for (const GateSummary& summary : report.gates) gates.push_back(gate(summary));
  const json result = {{"options", options(report)},
                       {"instruction_set", report.instruction_set},
                       {"market", market(report)},
                       {"traders", traders},
                       {"gates", gates},
                       {"verdicts", verdicts(report)},
                       {"latency", latencies(report)},
                       {"revaluation", revaluation(report)},
                       {"checks", checks(report)},
                       {"comparison", comparison(report)},
                       {"wall_seconds", report.wall_seconds},
                       {"passed", report.passed()}};
  return result.dump(2);
}

}  // namespace margingate::run
