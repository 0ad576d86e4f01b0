// A gate that holds one published case of Derive's portfolio margin, one lot per leg.
#pragma once

#include <memory>
#include <vector>

#include "margingate/revaluer.hpp"
#include "margingate/statement.hpp"
#include "support/derive_cases.hpp"

namespace margingate::testing {

class DeriveGate {
 public:
  explicit DeriveGate(const DeriveCase& at);

  [[nodiscard]] MarginStatement statement() const;
  [[nodiscard]] double amount(Money money) const;
  // What rounding to 31 bits per lot may amount to over all legs and both rows of a difference.
  [[nodiscard]] double resolution() const { return resolution_; }
  // By published scenario, skews and basis last; empty when nothing held is scanned.
  [[nodiscard]] std::vector<double> scenario_losses(const MarginStatement& statement) const;

 private:
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  double resolution_ = 0.0;
};

}  // namespace margingate::testing
