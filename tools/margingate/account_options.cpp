#include "account_options.hpp"

namespace margingate::tool {

void add_account_options(CLI::App& command, AccountInputs& inputs) {
  command.add_option("--model", inputs.model, "Margin model")
      ->required()
      ->check(CLI::IsMember({"isolated", "cross", "portfolio", "deribit"}));
  command.add_option("--parameters", inputs.parameters,
                     "Parameter file, or the name of a bundled set such as "
                     "deribit-btc-2024-06-17; the newest bundled set of the model unless given");
  command
      .add_option("--market", inputs.market,
                  "market.json, or a recorded option chain (.csv, .csv.gz)")
      ->required();
  command.add_option("--portfolio", inputs.portfolio, "portfolio.json")->required();
}

io::WhatIf evaluate_account(const AccountInputs& inputs, const std::string& order) {
  const io::MarketFile market = load_market(inputs.market);
  const io::PortfolioFile portfolio = io::read_portfolio_file(inputs.portfolio, market);
  const models::ParameterSet parameters =
      load_parameters(inputs.model, inputs.parameters, first_underlying(market, portfolio));
  std::optional<io::PortfolioOrder> asked;
  if (!order.empty()) asked = io::parse_order(order, market);
  return io::run_what_if(market, portfolio, parameters, asked);
}

}  // namespace margingate::tool
