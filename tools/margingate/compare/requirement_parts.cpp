#include "compare/requirement_parts.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "io/statement_report.hpp"
#include "models/charge_names.hpp"

namespace margingate::compare {
namespace {

using UnitAmount = std::function<Money(const RiskUnitStatement&)>;

std::string spoken(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

class Parts {
 public:
  explicit Parts(const io::WhatIf& what_if) : what_if_(what_if) {}

  void add_units(const std::string& name, const UnitAmount& amount, bool is_scan_risk = false) {
    RequirementPart part{name, 0.0, std::nullopt, is_scan_risk};
    double largest = 0.0;
    const auto& units = what_if_.statement.risk_units;
    for (std::size_t u = 0; u < units.size(); ++u) {
      const double value = what_if_.amount(amount(units[u]));
      part.amount += value;
      if (value > largest) {
        largest = value;
        part.unit = u;
      }
    }
    keep(part);
  }

  void add(const std::string& name, double amount) { keep({name, amount, std::nullopt, false}); }

  std::vector<RequirementPart> take() { return std::move(parts_); }
  [[nodiscard]] double sum() const { return sum_; }

 private:
  void keep(const RequirementPart& part) {
    if (part.amount == 0.0) return;
    sum_ += part.amount;
    parts_.push_back(part);
  }

  const io::WhatIf& what_if_;
  std::vector<RequirementPart> parts_;
  double sum_ = 0.0;
};

Money above_scan_risk(const RiskUnitStatement& unit) {
  return std::max(unit.floor - unit.scan_risk, Money{});
}

// What the unit's own floor adds to the sum of its charges.
Money above_sum(const RiskUnitStatement& unit) {
  const Money sum = std::max(unit.scan_risk, unit.floor) + unit.added_charges +
                    unit.expiry_delta_charge + unit.delta_shock + unit.unrealised_losses;
  return unit.total - sum;
}

}  // namespace

std::vector<RequirementPart> requirement_parts(const io::WhatIf& what_if) {
  const MarginStatement& statement = what_if.statement;
  const models::ChargeNames names = models::charge_names(what_if.setup.config.model.name);
  Parts parts(what_if);
  parts.add_units(
      "scan risk", [](const auto& unit) { return unit.scan_risk; }, true);
  parts.add_units("floor above scan risk", [&](const auto& unit) {
    return io::is_pooled(what_if, unit) ? Money{} : above_scan_risk(unit);
  });
  for (const ScanPoolStatement& pool : statement.pools) {
    parts.add("pooled risk", what_if.amount(pool.total));
  }
  parts.add_units(spoken(names.added), [](const auto& unit) { return unit.added_charges; });
  parts.add_units(spoken(names.expiry_delta),
                  [](const auto& unit) { return unit.expiry_delta_charge; });
  parts.add_units(spoken(names.delta_shock), [](const auto& unit) { return unit.delta_shock; });
  parts.add_units("unrealised losses", [](const auto& unit) { return unit.unrealised_losses; });
  parts.add_units("floor of the whole", above_sum);
  parts.add("offset credit", -what_if.amount(statement.credits));
  const MarginModel& model = what_if.setup.config.model;
  parts.add("initial factor", what_if.amount(statement.risk) * (model.initial_factor - 1.0));
  parts.add("borrow charge", what_if.amount(statement.borrow_initial));
  parts.add("holds", what_if.amount(statement.holds));
  // What the model has beyond these, so that the parts always add up.
  const double margin = what_if.amount(statement.initial_margin);
  const double rest = margin - parts.sum();
  if (std::fabs(rest) > 1e-9 * std::max(1.0, margin)) parts.add("further charges", rest);
  return parts.take();
}

}  // namespace margingate::compare
