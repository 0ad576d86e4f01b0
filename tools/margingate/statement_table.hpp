// Statements as text that people read.
#pragma once

#include <string>

#include "io/what_if.hpp"

namespace margingate::tool {

// An amount with thousands separated, decimals by the size of the currency's unit.
[[nodiscard]] std::string format_amount(double amount, const std::string& currency);

// "price -16 %, volatility +50 %"
[[nodiscard]] std::string describe_scenario(const Scenario& scenario);

void print_statement(const io::WhatIf& what_if);

}  // namespace margingate::tool
