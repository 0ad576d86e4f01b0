// Derive's portfolio margin from its published formulas in plain doubles, all at once: shares
// nothing with the engine but the names of parameters.
#pragma once

#include <vector>

#include "support/derive_cases.hpp"

namespace margingate::testing {

struct DeriveResult {
  double mark_to_market = 0.0;
  std::vector<double> profits;  // by scenario, skew scenarios last
  double worst = 0.0;           // of them, at most zero
  double basis = 0.0;
  double maintenance_charges = 0.0;
  double initial_charges = 0.0;  // on top of those
  double maintenance = 0.0;      // net margins: what is left
  double initial = 0.0;
};

[[nodiscard]] DeriveResult derive_by_hand(const DeriveCase& at);

}  // namespace margingate::testing
