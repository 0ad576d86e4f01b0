// The options that name a model, a market and a portfolio, and what comes of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "inputs.hpp"
#include "io/what_if.hpp"

namespace margingate::tool {

void add_account_options(CLI::App& command, AccountInputs& inputs);

// order is empty, or as in "sell 2 BTC-27SEP24-70000-C @ 0.075".
[[nodiscard]] io::WhatIf evaluate_account(const AccountInputs& inputs, const std::string& order);

}  // namespace margingate::tool
