// A margin requirement taken apart: scenario, charge, position.
//
// Shape    one RiskUnitStatement per risk unit the account touches; losses by scenario index.
// Units    money in the gate's numeraire and smallest unit.
// Sign     losses positive, gains negative; charges and requirement >= 0; equity signed.
// Range    see docs/numerics.md.
// Errors   Gate::statement says which Reason prevents one.
// Threads  a value.
// Cost     allocates; reports and what-ifs only.
// Source   docs/methodology.md.
#pragma once

#include <cstdint>
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

// One leg's own share of its risk unit's totals.
struct PositionStatement {
  InstrumentId instrument;
  Quantity net_quantity;
  Quantity working_buys;
  Quantity working_sells;
  Money value;  // mark value of the net quantity
  Money unrealised_profit;
  std::vector<Money> losses;             // of the net quantity, by scenario
  std::vector<Money> worst_fill_losses;  // added by working orders, by scenario
};

struct RiskUnitStatement {
  RiskUnitId risk_unit;
  std::vector<Money> losses;           // positions and working orders at their worst
  std::vector<Money> position_losses;  // positions alone
  Money scan_risk;  // after deductibles and rounding, floor not applied; zero in a pool
  std::uint32_t worst_scenario = 0;
  Money floor;
  Money expiry_delta_charge;
  Money delta_shock;
  Money added_charges;
  Money total_floor;        // after its tiers; total is at least this
  Money unrealised_losses;  // models that do not net unrealised profit
  Money total;
  std::vector<PositionStatement> positions;
};

struct ScanPoolStatement {
  std::uint32_t pool = 0;     // index into MarginModel::pools
  std::vector<Money> losses;  // of all its units, by scenario: gains counted in part
  Money scan_risk;            // after rounding and the factor, floor not applied
  std::uint32_t worst_scenario = 0;
  Money floor;  // of all its units
  Money total;
};

struct MarginStatement {
  Reason reason = Reason::accepted;
  Epoch epoch = 0;
  Money equity;
  Money risk;  // all units, after credits
  Money credits;
  Money holds;
  Money open_losses;  // already taken off equity
  Money initial_margin;
  Money maintenance_margin;
  Money margin_excess;       // equity - initial_margin
  Money borrow_initial;      // for debts in assets, part of initial_margin
  Money borrow_maintenance;  // likewise of maintenance_margin
  std::int32_t band = -1;    // lowest of MarginModel::bands that the account is in; -1: none
  std::vector<RiskUnitStatement> risk_units;
  std::vector<ScanPoolStatement> pools;  // that the account has a unit of
};

}  // namespace margingate
