#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "io/iso_time.hpp"
#include "run/run_report.hpp"
#include "run/terminal.hpp"

namespace margingate::run {
namespace {

constexpr std::size_t bar_columns = 28;

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string moment(Timestamp time) {
  return io::format_iso_time({time.ns / 1'000'000'000 * 1'000'000'000});
}

std::string_view plural(TraderKind kind) {
  switch (kind) {
    case TraderKind::market_maker:
      return "market makers";
    case TraderKind::directional:
      return "directional";
    case TraderKind::covered_writer:
      return "covered writers";
    case TraderKind::spreader:
      return "spreaders";
    case TraderKind::tail_seller:
      return "tail sellers";
    case TraderKind::near_liquidation:
      return "near liquidation";
  }
  return "others";
}

class Printer {
 public:
  explicit Printer(const RunReport& report) : report_(report) {}

  void print() {
    header();
    verdicts();
    latency();
    revaluation();
    checks();
    comparison();
    result();
  }

 private:
  void title(std::string_view text, std::string_view remark = {}) {
    fmt::print("\n{}  {}\n", terminal_.bold(text), terminal_.dim(remark));
  }

  void line(std::string_view name, const std::string& text) {
    fmt::print("  {} {}\n", terminal_.dim(fmt::format("{:<13}", name)), text);
  }

  void header() {
    const RunOptions& options = report_.options;
    fmt::print("{}  {} margin, decided on the order path\n", terminal_.bold("margingate run"),
               options.model);
    std::string parameters;
    for (const GateSummary& gate : report_.gates) {
      parameters += fmt::format("{}{} ({} gate)", parameters.empty() ? "" : ", ", gate.parameters,
                                gate.numeraire);
    }
    line("parameters", parameters);
    line("market", fmt::format("{} to {}", moment(report_.begin), moment(report_.end)));
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      const double move = report_.spots_end[coin] / report_.spots_begin[coin] - 1.0;
      line("", fmt::format("{} {} {} {} ({:+.2f} %)", coin_names[coin],
                           grouped(report_.spots_begin[coin], 2), terminal_.arrow(),
                           grouped(report_.spots_end[coin], 2), 100.0 * move));
    }
    const auto& kinds = report_.contracts_by_kind;
    line("instruments", fmt::format("{}: {} options, {} futures, {} perpetuals",
                                    grouped(kinds[0] + kinds[1] + kinds[2] + kinds[3]),
                                    grouped(kinds[3]), kinds[2], kinds[1]));
    accounts();
    if (!report_.utilisation.empty()) line("utilisation", utilisation());
    line("orders",
         fmt::format("{} events, seed {}, {}", grouped(options.orders), options.seed,
                     options.is_deterministic ? "tables published at fixed event times"
                                              : "free-running against the revaluer's thread"));
    line("kernels", report_.instruction_set);
  }

  void accounts() {
    std::string text = grouped(std::uint64_t{report_.options.accounts}) + ":";
    for (std::size_t i = 0; i < trader_kinds; ++i) {
      if (i == trader_kinds / 2) {
        line("accounts", text + ",");
        text.assign("      ");
      }
      text += fmt::format("{} {} {}", i % (trader_kinds / 2) == 0 ? "" : ",", report_.traders[i],
                          plural(static_cast<TraderKind>(i)));
    }
    line("", text);
  }

  std::string utilisation() const {
    const auto at = [&](double share) {
      const auto last = static_cast<double>(report_.utilisation.size() - 1);
      return 100.0 * report_.utilisation[static_cast<std::size_t>(share * last)];
    };
    return fmt::format("of equity at the start: p5 {:.0f} %, median {:.0f} %, p95 {:.0f} %",
                       at(0.05), at(0.5), at(0.95));
  }

  void verdicts() {
    const DecisionCounts& counts = report_.counts;
    const std::uint64_t decisions = counts.decisions();
    title("verdicts",
          fmt::format("{} decisions: {} new, {} replaced; {} cancels, {} fills", grouped(decisions),
                      grouped(counts.new_orders), grouped(counts.replaces), grouped(counts.cancels),
                      grouped(counts.fills)));
    for (const auto& [reason, count] : counts.by_reason) {
      const std::string bar = terminal_.bar(
          static_cast<double>(count) / static_cast<double>(std::max<std::uint64_t>(1, decisions)),
          bar_columns);
      fmt::print("  {:<24} {:>11} {:>6.2f} %  {}\n", to_string(reason), grouped(count),
                 percent(count, decisions), coloured(reason, bar));
    }
    const double seconds = std::max(report_.wall_seconds, 1e-9);
    line("decided by",
         fmt::format("certified interval {:.3f} %, exactly {:.3f} %, input {:.3f} %",
                     percent(counts.by_path[1], decisions), percent(counts.by_path[2], decisions),
                     percent(counts.by_path[0], decisions)));
    if (!report_.options.audits) {
      line("pace", fmt::format("{} order events a second, host and matching included",
                               grouped(static_cast<double>(report_.options.orders) / seconds, 0)));
    }
    line("hash", fmt::format("{:016x}", report_.hash));
  }

  std::string coloured(Reason reason, const std::string& text) const {
    if (reason == Reason::accepted) return terminal_.green(text);
    if (reason == Reason::accepted_reducing) return terminal_.cyan(text);
    return reason == Reason::insufficient_margin ? terminal_.yellow(text) : terminal_.red(text);
  }

  void latency() {
    title("latency", "nanoseconds of the gate call alone, each between two fenced time stamps");
    fmt::print("  {}\n",
               terminal_.dim(fmt::format("{:<16} {:>11} {:>9} {:>9} {:>9} {:>9} {:>11}", "",
                                         "calls", "p50", "p99", "p99.9", "p99.99", "max")));
    const CallTimes& times = report_.times;
    latency_row("new, accepted", times.accepts);
    latency_row("new, rejected", times.rejects);
    latency_row("replace", times.replaces);
    latency_row("cancel", times.cancels);
    latency_row("fill", times.fills);
    latency_row("spot tick", times.spot_ticks);
    latency_row("empty bracket", times.floor);
  }

  void latency_row(std::string_view name, const Histogram& histogram) {
    if (histogram.count() == 0) return;
    const auto ns = [&](double share) {
      return static_cast<double>(histogram.quantile(share)) * report_.ns_per_tick;
    };
    const std::string row = fmt::format(
        "{:<16} {:>11} {:>9} {:>9} {:>9} {:>9} {:>11}", name, grouped(histogram.count()),
        grouped(ns(0.5), 0), grouped(ns(0.99), 0), grouped(ns(0.999), 0), grouped(ns(0.9999), 0),
        grouped(static_cast<double>(histogram.max()) * report_.ns_per_tick, 0));
    fmt::print("  {}\n", &histogram == &report_.times.floor ? terminal_.dim(row) : row);
  }

  void revaluation() {
    const RevaluationTotals& totals = report_.revaluation;
    title("revaluation", "the whole stress grid in the background");
    const auto published = static_cast<double>(std::max<std::uint64_t>(1, totals.tables_published));
    line("tables", fmt::format("{} published, {} deferred; mean {:.2f} ms, longest {:.2f} ms",
                               grouped(totals.tables_published), grouped(totals.tables_deferred),
                               static_cast<double>(totals.publication_ns_total) / published / 1e6,
                               static_cast<double>(totals.publication_ns_max) / 1e6));
    Counters sum;
    for (const GateSummary& gate : report_.gates) {
      sum.adoptions += gate.counters.adoptions;
      sum.adoptions_with_changes += gate.counters.adoptions_with_changes;
      sum.first_touch_sums += gate.counters.first_touch_sums;
      sum.events_deferred += gate.counters.events_deferred;
    }
    line("adoptions",
         fmt::format("{} accounts taken over, {} with changes since; {} summed on the order path",
                     grouped(sum.adoptions), grouped(sum.adoptions_with_changes),
                     grouped(sum.first_touch_sums)));
    line("queue", fmt::format("{} events told late because it was full; the order side waited {} "
                              "times for a table",
                              grouped(sum.events_deferred), grouped(totals.waits)));
    line("audits",
         fmt::format("{} accounts' totals and {} verdicts recomputed, {} differ",
                     grouped(totals.drift.accounts_checked), grouped(totals.drift.verdicts_checked),
                     mark(totals.drift.alarms())));
    line("maintenance", fmt::format("{} alerts{}", grouped(report_.alerts),
                                    report_.first_alerts.empty() ? "" : ", the first ones:"));
    for (const AlertLine& alert : report_.first_alerts) {
      const int decimals = alert.currency == "USD" ? 2 : 6;
      fmt::print("  {:<13} account {:<7} equity {:>16} {}, needs {:>16}\n", "", alert.account,
                 grouped(alert.equity, decimals), alert.currency,
                 grouped(alert.maintenance_margin, decimals));
    }
  }

  void checks() {
    title("checks");
    const TotalsCheck& totals = report_.totals;
    line("totals", fmt::format("{} of {} accounts differ from a sum over their legs from zero",
                               mark(totals.different), grouped(totals.accounts)));
    const Histogram& widths = report_.counts.interval_widths;
    if (widths.count() != 0) {
      const auto parts = [&](double share) {
        return static_cast<double>(widths.quantile(share)) * 1e-9;
      };
      line("intervals", fmt::format("relative width p50 {:.1e}, p99 {:.1e}, max {:.1e}", parts(0.5),
                                    parts(0.99), static_cast<double>(widths.max()) * 1e-9));
    }
    line("events", fmt::format("{} of the host's releases, fills and transfers were refused",
                               mark(report_.counts.failed_events)));
    side_events();
    line("expiries",
         fmt::format("{} contracts settled; {} orders still work at the end",
                     grouped(report_.contracts_settled), grouped(report_.orders_working)));
    if (report_.options.audits) {
      line("audit", fmt::format("{} decisions recomputed from scratch, {} without a margin to "
                                "compare; {}",
                                grouped(report_.audited), grouped(report_.audited_without_margin),
                                report_.audit_mismatch.empty() ? terminal_.green("all agree")
                                                               : terminal_.red("MISMATCH")));
    }
    if (!report_.options.record_path.empty()) {
      line("record", fmt::format("{} ({} bytes)", report_.options.record_path,
                                 grouped(report_.record_bytes)));
    }
  }

  void side_events() {
    std::string kinds;
    std::uint64_t events = 0;
    for (const auto& [kind, count] : report_.side_events) {
      events += count.accepted + count.refused;
      if (!kinds.empty()) kinds += ", ";
      kinds += fmt::format("{} {}", kind, grouped(count.accepted));
      if (count.refused != 0) kinds += fmt::format(" ({} refused)", grouped(count.refused));
    }
    line("beside orders", fmt::format("{} events; {} positions differ from an outside book",
                                      grouped(events), mark(report_.side_differences.size())));
    line("", terminal_.dim(kinds));
    for (std::size_t i = 0; i < std::min<std::size_t>(3, report_.side_differences.size()); ++i) {
      line("", terminal_.red(report_.side_differences[i]));
    }
  }

  std::string mark(std::uint64_t count) const {
    return count == 0 ? terminal_.green("0") : terminal_.red(grouped(count));
  }

  void comparison() {
    if (report_.comparison.empty()) return;
    title("the same accounts under three margin models", "positions at the end of the run");
    fmt::print("  {}\n", terminal_.dim(fmt::format("{:<10} {:>20} {:>9} {:>10} {:>10}  {}", "",
                                                   "initial margin, USD", "median", "cannot add",
                                                   "in breach", "a breach liquidates")));
    double largest = 1.0;
    for (const ModelOutcome& outcome : report_.comparison) {
      largest = std::max(largest, outcome.initial_margin_quote);
    }
    for (const ModelOutcome& outcome : report_.comparison) {
      const std::string bar =
          terminal_.bar(outcome.initial_margin_quote / largest, bar_columns / 2);
      fmt::print("  {:<10} {:>20} {:>9.3f} {:>8.1f} % {:>8.1f} %  {}\n", outcome.model,
                 grouped(outcome.initial_margin_quote, 0), outcome.ratio_to_isolated_median,
                 percent(outcome.accounts_short, outcome.accounts),
                 percent(outcome.accounts_in_breach, outcome.accounts), outcome.breach_liquidates);
      fmt::print("  {:<10} {}\n", "", terminal_.cyan(bar));
    }
    fmt::print("  {}\n", terminal_.dim("median: of each account's requirement over its isolated "
                                       "one; cannot add: equity below initial margin"));
  }

  void result() {
    if (!report_.audit_mismatch.empty()) fmt::print("\n{}", report_.audit_mismatch);
    fmt::print("\n{}\n", report_.passed() ? terminal_.green("passed") : terminal_.red("FAILED"));
  }

  const RunReport& report_;
  Terminal terminal_;
};

}  // namespace

void print_report(const RunReport& report) { Printer(report).print(); }

}  // namespace margingate::run
