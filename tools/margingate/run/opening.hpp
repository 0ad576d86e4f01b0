// Opens the accounts of a run: spots, first tables, books at marks, collateral to measure.
#pragma once

#include <cstdint>
#include <vector>

#include "run/gate_driver.hpp"
#include "run/marks.hpp"
#include "run/revaluation_runner.hpp"
#include "run/session.hpp"
#include "run/traders.hpp"

namespace margingate::run {

// Collateral is what makes the account's own statement show the utilisation it is meant to have.
void open_accounts(const Marks& marks, const std::vector<Trader>& traders, GateDriver& driver,
                   RevaluationRunner& revaluation);

// Initial margin over equity of every account and gate that needs margin, ascending.
std::vector<double> measure_utilisation(const Session& session, std::uint32_t accounts);

}  // namespace margingate::run
