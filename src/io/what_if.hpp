// One account of a portfolio file on a gate of its own: what it needs, and what an order changes.
//
// Shape    builds a gate whose lots divide every quantity and whose money unit is the finest that
//          its limits allow, loads the account, and asks for the statement.
// Units    statement in money units of 10^-money_decimals of `currency`.
// Sign     as in MarginStatement.
// Range    quantities of one instrument share a step of at least 2^-30 of their sum.
// Errors   FileError for what the files ask and the gate cannot hold; std::runtime_error when the
//          gate refuses, naming its reason.
// Threads  the calling thread does the gate's and the revaluer's work.
// Cost     cold.
// Source   docs/methodology.md; docs/formats.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/gate_setup.hpp"
#include "io/impact_file.hpp"
#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"
#include "margingate/liquidation.hpp"
#include "margingate/statement.hpp"
#include "margingate/verdict.hpp"
#include "models/parameter_set.hpp"

namespace margingate::io {

struct NamedHold {
  std::string name;
  Money amount;
};

struct OrderOutcome {
  PortfolioOrder order;
  Verdict verdict;
  MarginStatement after;  // were the order working, accepted or not
};

struct WhatIf {
  std::string account;
  std::string currency;
  GateSetup setup;                        // the gate's configuration and names
  std::vector<double> contracts_per_lot;  // by InstrumentId
  std::vector<NamedHold> holds;           // what MarginStatement::holds consists of
  MarginStatement statement;
  std::optional<OrderOutcome> order;
  std::optional<LiquidationPlan> liquidation;

  [[nodiscard]] double amount(Money money) const;
  [[nodiscard]] double contracts(InstrumentId instrument, Quantity lots) const;
  [[nodiscard]] double price(Price price) const;
};

[[nodiscard]] WhatIf run_what_if(const MarketFile& market, const PortfolioFile& portfolio,
                                 const models::ParameterSet& parameters,
                                 const std::optional<PortfolioOrder>& order = std::nullopt);

struct LiquidationQuestion {
  LiquidationTarget target = LiquidationTarget::initial_margin;
  ImpactFile impacts;
};

// The statement and what a breach would do. Positions are closed in lots of the market's own.
[[nodiscard]] WhatIf run_liquidation(const MarketFile& market, const PortfolioFile& portfolio,
                                     const models::ParameterSet& parameters,
                                     const LiquidationQuestion& question);

}  // namespace margingate::io
