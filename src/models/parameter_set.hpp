// A named, dated set of numbers for one margin model, and the model composed from it.
//
// Shape    provenance, then the numbers of exactly one model.
// Units    see the header of each model.
// Sign     see there.
// Range    see there; validate_margin_model checks the composed model.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   params/ holds the files; docs/models/ has one page per model.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "margingate/instrument.hpp"
#include "margingate/margin_model.hpp"
#include "models/backpack.hpp"
#include "models/binance.hpp"
#include "models/bybit.hpp"
#include "models/bybit_standard.hpp"
#include "models/deribit.hpp"
#include "models/deribit_standard.hpp"
#include "models/derive.hpp"
#include "models/dydx.hpp"
#include "models/historical.hpp"
#include "models/liquidation_groups.hpp"
#include "models/okx.hpp"
#include "models/portfolio.hpp"
#include "models/rate_charges.hpp"
#include "models/risk_array.hpp"
#include "models/tims.hpp"

namespace margingate::models {

struct Collateral {
  std::string asset;
  Asset terms;
};

// What an account must own to be margined by the model, in the numeraire.
struct MinimumEquity {
  double to_enter = 0.0;  // to_keep .. 10^12
  double to_keep = 0.0;   // 0 .. 10^12
};

using ModelParameters =
    std::variant<IsolatedParameters, CrossParameters, PortfolioParameters, DeribitParameters,
                 DeribitStandardParameters, OkxParameters, BybitParameters, BybitStandardParameters,
                 BinanceParameters, DydxParameters, DeriveParameters, BackpackParameters,
                 LiquidationGroupParameters, RiskArrayParameters, TimsParameters,
                 HistoricalParameters>;

struct ParameterSet {
  std::string name;
  std::string model;
  std::string date;
  std::string source;
  std::string confidence;
  std::vector<Collateral> collateral;
  std::vector<MarginBand> bands;  // by falling ratio
  MinimumEquity minimum_equity;
  ModelParameters numbers;
};

// Name of the risk unit that a contract is of: its underlying, or with its expiry where the model
// margins expiries apart.
[[nodiscard]] std::string risk_unit_name(const ParameterSet& parameters,
                                         const std::string& underlying, InstrumentKind kind,
                                         Timestamp expiry);

// Whether the model reads interest rates and settlement averages of its market.
[[nodiscard]] bool reads_rates(const ParameterSet& parameters);

// risk_units has the names of the units, by RiskUnitId.
[[nodiscard]] MarginModel compose_margin_model(const ParameterSet& parameters,
                                               std::span<const std::string> risk_units);

// Once instruments and their market are known: losses of a model that gives them, rather than have
// them priced. Nothing for other models.
void deliver_losses(const ParameterSet& parameters, std::span<const std::string> risk_units,
                    const Market& market, GateConfig& config);

// The coin that the model counts in; empty when it takes the market's numeraire.
[[nodiscard]] std::string required_numeraire(const ParameterSet& parameters);

// Held against initial margin per unit of protected quote quantity; zero where the model has none.
[[nodiscard]] double quote_protection_rate(const ParameterSet& parameters);

// False for contracts that the model has no margin for; they are left out of its gate.
[[nodiscard]] bool covers(const ParameterSet& parameters, InstrumentKind kind);

// Whether gates of the two can list the same contracts and count them in the same money, so that
// accounts may move between them.
[[nodiscard]] bool may_move_between(const ParameterSet& a, const ParameterSet& b);

// What the set says of an asset: no haircut and no charge for debts unless it names it.
[[nodiscard]] Asset asset_of(const ParameterSet& parameters, const std::string& asset);

// The same without credits between risk units; nothing when it has none.
[[nodiscard]] std::optional<ParameterSet> without_credits(const ParameterSet& parameters);

}  // namespace margingate::models
