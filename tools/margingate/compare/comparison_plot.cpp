#include "compare/comparison_plot.hpp"

#include <fmt/core.h>

#include "plot/panel_plot.hpp"
#include "statement_table.hpp"

namespace margingate::compare {
namespace {

std::string whole(double amount) {
  const std::string text = tool::format_amount(amount, "USD");
  return text.substr(0, text.find('.'));
}

plot::PanelRow row(const Comparison& comparison, const ComparedModel& model) {
  plot::PanelRow row;
  row.name = model.parameters;
  row.values.push_back(
      {model.initial_margin(), whole(model.initial_margin()), model.maintenance_margin()});
  const auto used = model.utilisation();
  row.values.push_back({used.value_or(0.0) * 100.0,
                        used ? fmt::format("{:.1f} %", *used * 100.0) : "no equity",
                        {}});
  row.values.push_back({model.free_collateral(), whole(model.free_collateral()), {}});
  const auto leverage = comparison.leverage(model);
  row.values.push_back(
      {leverage.value_or(0.0), leverage ? fmt::format("{:.1f} x", *leverage) : "-", {}});
  row.note = std::string(to_string(model.scope));
  return row;
}

}  // namespace

std::string comparison_svg(const Comparison& comparison) {
  plot::PanelPlot plot;
  plot.title = "One portfolio under every model: " + comparison.account;
  plot.subtitle = fmt::format("gross exposure {} {}; the stroke in a bar is maintenance margin",
                              whole(comparison.exposure), comparison.currency);
  plot.panels = {"initial margin, " + comparison.currency, "of equity",
                 "free collateral, " + comparison.currency, "exposure / margin"};
  plot.note_title = "a breach liquidates";
  for (const ComparedModel& model : comparison.models) plot.rows.push_back(row(comparison, model));
  return plot::svg(plot);
}

}  // namespace margingate::compare
