// Why a requirement is what it is, from the parts of its statement and nothing else.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compare/comparison.hpp"
#include "io/statement_report.hpp"
#include "statement_table.hpp"

namespace margingate::compare {
namespace {

const RequirementPart& largest_part(const ComparedModel& model) {
  return *std::max_element(
      model.parts.begin(), model.parts.end(),
      [](const RequirementPart& a, const RequirementPart& b) { return a.amount < b.amount; });
}

// Of the instruments of one risk unit, the one that needs most alone.
std::string dearest(const ComparedModel& model, const RiskUnitStatement& unit) {
  std::string name;
  double margin = -1.0;
  for (const PositionStatement& position : unit.positions) {
    const std::string& candidate =
        model.what_if->setup.directory.instruments.name(position.instrument);
    const auto alone = model.alone.find(candidate);
    if (alone == model.alone.end() || alone->second <= margin) continue;
    margin = alone->second;
    name = candidate;
  }
  return name;
}

std::string where(const ComparedModel& model, const RequirementPart& part) {
  if (!part.unit) return "";
  const RiskUnitStatement& unit = model.what_if->statement.risk_units[*part.unit];
  const std::string& name = model.what_if->setup.directory.risk_units.name(unit.risk_unit);
  if (part.is_scan_risk) {
    const Scenario* worst = io::worst_scenario(*model.what_if, unit);
    const auto drivers = io::loss_drivers(*model.what_if, unit);
    if (worst == nullptr || drivers.empty()) return fmt::format(", most of it {}", name);
    return fmt::format(", most of it {} at {}, where {} loses most", name,
                       tool::describe_scenario(*worst), drivers.front().instrument);
  }
  return fmt::format(", most of it on {}, where {} needs most", name, dearest(model, unit));
}

}  // namespace

std::string reason_line(const Comparison& comparison, const ComparedModel& model) {
  if (model.parts.empty()) return fmt::format("{} asks nothing", model.model);
  const RequirementPart& part = largest_part(model);
  const double margin = model.initial_margin();
  std::string line = fmt::format("{}: {} is {:.0f} % of it{}", model.parameters, part.name,
                                 part.amount * model.rate / margin * 100.0, where(model, part));
  const double alone = model.alone_together();
  const std::string amount = tool::format_amount(alone, comparison.currency);
  for (const RequirementPart& other : model.parts) {
    if (other.amount >= 0.0) continue;
    line += fmt::format("; {} gives back {:.0f} %", other.name,
                        -other.amount * model.rate / margin * 100.0);
  }
  const double saved = alone > 0.0 ? 1.0 - margin / alone : 0.0;
  if (std::fabs(saved) < 0.005) {
    return line + fmt::format("; its positions need {} alone, as much as together", amount);
  }
  return line + fmt::format("; its positions need {} alone, together {:.0f} % {}", amount,
                            std::fabs(saved) * 100.0, saved > 0.0 ? "less" : "more");
}

}  // namespace margingate::compare
