// The options that name a model, a market and a portfolio, and what comes of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "inputs.hpp"
#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"
#include "models/parameter_set.hpp"

namespace margingate::tool {

void add_account_options(CLI::App& command, AccountInputs& inputs);

struct Account {
  io::MarketFile market;
  io::PortfolioFile portfolio;
  models::ParameterSet parameters;
};

[[nodiscard]] Account load_account(const AccountInputs& inputs);

}  // namespace margingate::tool
