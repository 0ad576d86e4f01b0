#include "verify_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plot/line_plot.hpp"
#include "run/terminal.hpp"
#include "verify/flow.hpp"

namespace margingate::tool {
namespace {

using run::grouped;
using run::Histogram;
using verify::Answer;
using verify::BandTally;
using verify::Cell;

double per_second(const verify::Verification& result) {
  return result.seconds > 0.0 ? static_cast<double>(result.tally.decisions) / result.seconds : 0.0;
}

double width_at(const Histogram& widths, double share) {
  return static_cast<double>(widths.quantile(share)) / verify::width_units_per_one;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double value) {
  if (value == 0.0) return "0";
  if (value >= 0.01) return fmt::format("{:.2f} %", 100.0 * value);
  if (value >= 1e-5) return fmt::format("{:.4f} %", 100.0 * value);
  return fmt::format("{:.1e} %", 100.0 * value);
}

double left_by(const Cell& cell, Answer answer) {
  return share(cell.by_answer[static_cast<std::size_t>(answer)], cell.decisions);
}

void print_head() {
  fmt::print("  {:<12} {:>12} {:>10} {:>10} {:>10} {:>10}  {:>10} {:>10} {:>10} {:>8} {:>6}\n", "",
             "decisions", "fallback", "all exp.", "nearest", "reducing", "width p50", "p99", "max",
             "used p99", "max");
}

void print_row(const char* name, const Cell& cell, const std::string& covered,
               const std::string& nearest, const Histogram& widths, const Histogram* used) {
  if (cell.decisions == 0) return;
  const bool has_width = widths.count() != 0;
  const auto width = [&](double at) { return has_width ? percent(width_at(widths, at)) : "-"; };
  const std::string used_p99 =
      used == nullptr || used->count() == 0
          ? std::string()
          : fmt::format("{:.3f}",
                        static_cast<double>(used->quantile(0.99)) / verify::used_units_per_one);
  fmt::print("  {:<12} {:>12} {:>10} {:>10} {:>10} {:>10}  {:>10} {:>10} {:>10} {:>8} {:>6.3f}\n",
             name, grouped(cell.decisions), percent(cell.fallback_share()), covered, nearest,
             percent(left_by(cell, Answer::reducing)), width(0.5), width(0.99), width(1.0),
             used_p99, cell.used_max);
}

// The two figures that the bounds are judged by.
void print_covered(const BandTally& tally) {
  for (const std::size_t drift : {std::size_t{2}, std::size_t{3}}) {
    const Cell all = tally.covered_up_to(drift, false);
    const Cell nearest = tally.covered_up_to(drift, true);
    fmt::print(
        "  moves {}, accounts at 50 to 100 %: fallback {} of {} (all expiries), {} of {} "
        "(nearest alone)\n",
        verify::drift_names[drift], percent(all.fallback_share()), grouped(all.decisions),
        percent(nearest.fallback_share()), grouped(nearest.decisions));
  }
}

void print_study(const BandTally& tally) {
  if (tally.study_up_to(3, false).decisions + tally.study_up_to(3, true).decisions == 0) return;
  fmt::print("  left to the exact path by other bounds, accounts at 50 to 100 %\n");
  fmt::print("  {:<30}", "");
  for (const char* population : {"all expiries", "nearest alone"}) {
    for (const std::size_t drift : {std::size_t{2}, std::size_t{3}}) {
      fmt::print(" {:>22}", fmt::format("{}, {}", population, verify::drift_names[drift]));
    }
  }
  fmt::print("\n");
  const auto print_left = [&](const char* name, auto left) {
    fmt::print("  {:<30}", name);
    for (const bool nearest : {false, true}) {
      for (const std::size_t drift : {std::size_t{2}, std::size_t{3}}) {
        const verify::StudyCell cell = tally.study_up_to(drift, nearest);
        fmt::print(" {:>22}", percent(share(left(cell), cell.decisions)));
      }
    }
    fmt::print("\n");
  };
  print_left("as it is", [](const verify::StudyCell& cell) { return cell.left_now; });
  for (std::size_t i = 0; i < verify::bounds; ++i) {
    print_left(verify::bound_names[i], [i](const verify::StudyCell& cell) { return cell.left[i]; });
  }
}

void print_band(double band, const BandTally& tally, const run::Terminal& terminal) {
  Cell all;
  for (std::size_t d = 0; d < verify::drift_buckets; ++d) all.add(tally.drift_cell(d));
  if (all.decisions == 0) return;
  fmt::print("\n{}\n", terminal.bold(fmt::format("Drift band {:.4g} %: by spot move since the "
                                                 "account's table",
                                                 100.0 * band)));
  print_head();
  for (std::size_t d = 0; d < verify::drift_buckets; ++d) {
    print_row(verify::drift_names[d], tally.drift_cell(d),
              percent(tally.covered[d].fallback_share()),
              percent(tally.covered_nearest[d].fallback_share()), tally.widths_by_drift[d],
              &tally.used_by_drift[d]);
  }
  print_covered(tally);
  print_study(tally);
  fmt::print("  by time to the nearest option's expiry, where the spot has moved by up to 1 %\n");
  for (std::size_t e = 0; e < verify::expiry_buckets; ++e) {
    print_row(verify::expiry_names[e], tally.expiry_cell(e), "", "", tally.widths_by_expiry[e],
              nullptr);
  }
  fmt::print("  mean share of the width by part\n");
  for (std::size_t d = 1; d < verify::drift_buckets; ++d) {
    const verify::WidthParts& parts = tally.parts[d];
    if (parts.decisions == 0) continue;
    fmt::print("  {:<12}", verify::drift_names[d]);
    for (std::size_t i = 0; i < verify::WidthParts::count; ++i) {
      if (parts.sums[i] == 0.0) continue;
      fmt::print("  {} {}", verify::WidthParts::names[i],
                 percent(parts.sums[i] / static_cast<double>(parts.decisions)));
    }
    fmt::print("\n");
  }
}

nlohmann::ordered_json cell_json(const char* name, const Cell& cell, const Histogram& widths) {
  nlohmann::ordered_json json;
  json["bucket"] = name;
  json["decisions"] = cell.decisions;
  json["fallback_share"] = cell.fallback_share();
  json["straddling_share"] = left_by(cell, Answer::straddles);
  json["unbounded_share"] = left_by(cell, Answer::unbounded);
  json["possibly_reducing_share"] = left_by(cell, Answer::reducing);
  json["certified_bound_used_max"] = cell.used_max;
  if (widths.count() != 0) {
    json["width_p50"] = width_at(widths, 0.5);
    json["width_p99"] = width_at(widths, 0.99);
    json["width_max"] = width_at(widths, 1.0);
  }
  return json;
}

nlohmann::ordered_json covered_json(const Cell& cell) {
  return {{"decisions", cell.decisions}, {"fallback_share", cell.fallback_share()}};
}

nlohmann::ordered_json band_json(double band, const BandTally& tally) {
  nlohmann::ordered_json json;
  json["drift_band"] = band;
  for (std::size_t d = 0; d < verify::drift_buckets; ++d) {
    auto row = cell_json(verify::drift_names[d], tally.drift_cell(d), tally.widths_by_drift[d]);
    row["utilised_50_to_100_percent"] = {
        {"all_expiries", covered_json(tally.covered[d])},
        {"nearest_expiry_alone", covered_json(tally.covered_nearest[d])}};
    row["certified_bound_used_p99"] =
        static_cast<double>(tally.used_by_drift[d].quantile(0.99)) / verify::used_units_per_one;
    for (std::size_t i = 0; i < verify::WidthParts::count && tally.parts[d].decisions != 0; ++i) {
      row["mean_share_of_width_by_part"][verify::WidthParts::names[i]] =
          tally.parts[d].sums[i] / static_cast<double>(tally.parts[d].decisions);
    }
    json["by_drift"].push_back(row);
  }
  for (const std::size_t drift : {std::size_t{2}, std::size_t{3}}) {
    nlohmann::ordered_json row;
    row["moves"] = verify::drift_names[drift];
    row["all_expiries"] = covered_json(tally.covered_up_to(drift, false));
    row["nearest_expiry_alone"] = covered_json(tally.covered_up_to(drift, true));
    json["utilised_50_to_100_percent"].push_back(row);
  }
  for (const bool nearest : {false, true}) {
    for (const std::size_t drift : {std::size_t{2}, std::size_t{3}}) {
      const verify::StudyCell cell = tally.study_up_to(drift, nearest);
      if (cell.decisions == 0) continue;
      nlohmann::ordered_json row;
      row["moves"] = verify::drift_names[drift];
      row["worlds"] = nearest ? "nearest expiry alone" : "all expiries";
      row["decisions"] = cell.decisions;
      row["as it is"] = share(cell.left_now, cell.decisions);
      for (std::size_t i = 0; i < verify::bounds; ++i) {
        row[verify::bound_names[i]] = share(cell.left[i], cell.decisions);
      }
      json["bound_study"].push_back(row);
    }
  }
  for (std::size_t e = 0; e < verify::expiry_buckets; ++e) {
    json["by_nearest_expiry"].push_back(
        cell_json(verify::expiry_names[e], tally.expiry_cell(e), tally.widths_by_expiry[e]));
  }
  return json;
}

plot::LineSeries series(const std::string& name, const BandTally& tally, double at) {
  plot::LineSeries line{name, {}, false, true};
  for (std::size_t p = 0; p < verify::plot_buckets; ++p) {
    const Histogram& widths = tally.widths_by_move[p];
    const double width = widths.count() == 0 ? 0.0 : width_at(widths, at);
    if (width > 0.0) line.points.push_back({100.0 * verify::plot_move(p), 100.0 * width});
  }
  return line;
}

// Every kind that was sent, and what the controls refused, so that nothing is missing unseen.
void print_list(const char* what,
                const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  std::string line = fmt::format("  {}:", what);
  for (const auto& [name, count] : counts) {
    std::string one = fmt::format(" {} {};", name, grouped(count));
    if (line.size() + one.size() > 100) {
      fmt::print("{}\n", line);
      line = "   ";
    }
    line += one;
  }
  if (!counts.empty()) line.back() = '\n';
  if (!counts.empty()) fmt::print("{}", line);
}

void print_events(const verify::Tally& t) {
  std::vector<std::pair<std::string, std::uint64_t>> events;
  for (std::size_t i = 0; i < t.events.size(); ++i) {
    events.emplace_back(verify::Flow::kinds()[i], t.events[i]);
  }
  print_list("events", events);
  const auto by_name = [](const std::map<Reason, std::uint64_t>& counts) {
    std::vector<std::pair<std::string, std::uint64_t>> named;
    for (const auto& [reason, count] : counts) named.emplace_back(to_string(reason), count);
    return named;
  };
  print_list("refused by controls", by_name(t.refusals));
  print_list("refused for its number", {{"duplicate_order_id", t.duplicate_ids}});
  print_list("moves to another model and back", by_name(t.moves));
}

}  // namespace

void print_verification(const verify::Verification& result, const VerifyContext& context) {
  const run::Terminal terminal;
  const verify::Tally& t = result.tally;
  const std::string verdict =
      t.mismatches == 0 ? terminal.green("0 mismatches")
                        : terminal.red(fmt::format("{} MISMATCHES", grouped(t.mismatches)));
  fmt::print("{} decisions compared with the whole margin from scratch: {}\n",
             terminal.bold(grouped(t.decisions)), verdict);
  fmt::print("  {} decisions/s on {} threads, {:.1f} s; seed {}, {} chains, {} sessions\n",
             grouped(per_second(result), 0), context.threads, result.seconds, context.seed,
             context.chains, grouped(t.sessions));
  fmt::print("  {} epochs, {} adoptions ({} with later changes), {} first-touch sums\n",
             grouped(t.epochs), grouped(t.adoptions), grouped(t.adoptions_with_changes),
             grouped(t.first_touch_sums));
  fmt::print("  {} refused on input; {} accounts' books and totals compared; {} reference rows\n",
             grouped(t.refused_on_input), grouped(t.accounts_compared), grouped(t.reference_rows));
  print_events(t);
  for (const verify::ModelCount& m : t.models) {
    fmt::print("  {:<10} {:>12} decisions, {} accepted, {} as reducing, {} revalued exactly\n",
               m.model, grouped(m.decisions), percent(share(m.accepted, m.decisions)),
               percent(share(m.reducing, m.decisions)), percent(share(m.exact, m.decisions)));
  }
  if (t.at_limit.decisions != 0) {
    fmt::print(
        "  {} decisions with accounts at 97 to 103 % utilisation, not in the tables below: "
        "fallback {}\n",
        grouped(t.at_limit.decisions), percent(t.at_limit.fallback_share()));
  }
  for (std::size_t b = 0; b < t.bands.size(); ++b) print_band(t.bands[b], t.by_band[b], terminal);
  fmt::print(
      "\n  fallback: the interval left the decision to the exact path because equity and\n"
      "  requirement overlapped or no bound was known; 50..100 %: the same, accounts at that\n"
      "  utilisation before the order; reducing: refused for certain, revalued only to see "
      "whether\n"
      "  the order reduces risk; width: requirement and equity together, of the requirement; "
      "used:\n"
      "  the largest share of a certified half-width that the exact value was away from its "
      "middle\n");
}

std::string verification_json(const verify::Verification& result, const VerifyContext& context) {
  const verify::Tally& t = result.tally;
  nlohmann::ordered_json json;
  json["mismatches"] = t.mismatches;
  json["decisions"] = t.decisions;
  json["decisions_per_second"] = per_second(result);
  json["seconds"] = result.seconds;
  json["threads"] = context.threads;
  json["seed"] = context.seed;
  json["chains"] = context.chains;
  json["sessions"] = t.sessions;
  json["epochs"] = t.epochs;
  json["adoptions"] = t.adoptions;
  json["adoptions_with_changes"] = t.adoptions_with_changes;
  json["first_touch_sums"] = t.first_touch_sums;
  json["refused_on_input"] = t.refused_on_input;
  for (std::size_t i = 0; i < t.events.size(); ++i) {
    json["events"][std::string(verify::Flow::kinds()[i])] = t.events[i];
  }
  for (const auto& [reason, count] : t.refusals) {
    json["refusals_by_controls"][std::string(to_string(reason))] = count;
  }
  json["duplicate_order_ids"] = t.duplicate_ids;
  for (const auto& [reason, count] : t.moves) {
    json["account_moves"][std::string(to_string(reason))] = count;
  }
  json["accounts_compared"] = t.accounts_compared;
  json["reference_rows"] = t.reference_rows;
  for (const verify::ModelCount& m : t.models) {
    json["models"].push_back({{"model", m.model},
                              {"decisions", m.decisions},
                              {"accepted", m.accepted},
                              {"accepted_reducing", m.reducing},
                              {"revalued_exactly", m.exact}});
  }
  for (std::size_t b = 0; b < t.bands.size(); ++b) {
    json["at_limit"] = {{"decisions", t.at_limit.decisions},
                        {"fallback_share", t.at_limit.fallback_share()}};
    json["bands"].push_back(band_json(t.bands[b], t.by_band[b]));
  }
  if (result.failure) json["failure"] = result.failure->what;
  return json.dump(2);
}

std::string verification_plot(const verify::Verification& result, const VerifyContext& context) {
  const verify::Tally& t = result.tally;
  plot::LinePlot drawing;
  drawing.title = "Width of the certified interval against spot drift";
  drawing.subtitle =
      fmt::format("{} audited decisions, {} chains, seed {}; drift band {:.4g} %",
                  grouped(t.decisions), context.chains, context.seed, 100.0 * t.bands.front());
  drawing.x = {"spot move since the account's table", "%", plot::Scale::logarithmic, {}, {}, {}};
  drawing.y = {"width", "% of the requirement", plot::Scale::logarithmic, {}, {}, {}};
  const BandTally& band = t.by_band.front();
  drawing.series = {series("99th percentile", band, 0.99), series("90th percentile", band, 0.9),
                    series("median", band, 0.5)};
  return plot::svg(drawing);
}

}  // namespace margingate::tool
