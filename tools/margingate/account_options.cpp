#include "account_options.hpp"

namespace margingate::tool {

void add_account_options(CLI::App& command, AccountInputs& inputs) {
  command.add_option("--model", inputs.model, "Margin model")
      ->required()
      ->check(CLI::IsMember(model_choices()));
  command.add_option("--parameters", inputs.parameters,
                     "Parameter file, or the name of a bundled set such as "
                     "deribit-btc-2024-06-17; the newest bundled set of the model unless given");
  command
      .add_option("--market", inputs.market,
                  "market.json, or a recorded option chain (.csv, .csv.gz)")
      ->required();
  command.add_option("--portfolio", inputs.portfolio, "portfolio.json")->required();
}

Account load_account(const AccountInputs& inputs) {
  Account account;
  account.market = load_market(inputs.market);
  account.portfolio = io::read_portfolio_file(inputs.portfolio, account.market);
  account.parameters = load_parameters(inputs.model, inputs.parameters,
                                       first_underlying(account.market, account.portfolio));
  return account;
}

}  // namespace margingate::tool
