#include "io/what_if.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/decimal.hpp"
#include "io/file_error.hpp"
#include "io/iso_time.hpp"
#include "io/what_if_scale.hpp"
#include "margingate/revaluer.hpp"

namespace margingate::io {
namespace {

constexpr AccountId account{0};
constexpr int price_decimals = 8;
// Placed while working orders are loaded, so that none is refused, and taken back at once.
constexpr Money passing_deposit{std::int64_t{1} << 59};

void require(Reason reason, const std::string& what) {
  if (is_accepted(reason)) return;
  throw std::runtime_error(what + ": the gate answers " + std::string(to_string(reason)));
}

Money to_money(double amount, int decimals, const std::string& file, const std::string& place) {
  const auto units = scaled_floor(amount, decimals);
  if (!units) throw FileError(file, place, "an amount that fits 62 bits");
  return Money{*units};
}

class WhatIfGate {
 public:
  WhatIfGate(const MarketFile& market, const PortfolioFile& portfolio,
             const models::ParameterSet& parameters, const WhatIfScale& scale)
      : portfolio_(portfolio), scale_(scale) {
    check_expiries(market);
    result_.account = portfolio.account;
    result_.setup =
        make_gate_setup(scale.market(), parameters, {scale.money_decimals(), price_decimals});
    result_.currency = result_.setup.directory.assets.name(result_.setup.config.numeraire);
    for (const std::string& name : result_.setup.directory.instruments.names()) {
      result_.contracts_per_lot.push_back(scale.contracts_per_lot(name));
    }
    collect_holds(models::quote_protection_rate(parameters));
    create_gate();
  }

  WhatIf run(const std::optional<PortfolioOrder>& order) {
    publish();
    load_account();
    if (order) explain(*order);
    return std::move(result_);
  }

  WhatIf liquidate(const LiquidationQuestion& question) {
    publish();
    load_account();
    result_.liquidation = plan_liquidation(*gate_, request(question));
    require(result_.liquidation->reason, "liquidation plan of " + portfolio_.account);
    return std::move(result_);
  }

 private:
  void check_expiries(const MarketFile& market) const {
    for (const MarketInstrument& instrument : scale_.market().instruments) {
      const bool expires =
          instrument.kind == InstrumentKind::option || instrument.kind == InstrumentKind::future;
      if (!expires || instrument.expiry > market.as_of) continue;
      throw FileError(portfolio_.file, "instrument " + instrument.name,
                      "one that expires after " + format_iso_time(market.as_of));
    }
  }

  void collect_holds(double quote_protection_rate) {
    const int decimals = scale_.money_decimals();
    double protected_quantity = 0.0;
    for (const QuoteProtection& entry : portfolio_.quote_protection) {
      // A model that counts in one coin covers the groups of that coin.
      if (result_.setup.directory.underlyings.find(entry.underlying)) {
        protected_quantity += entry.quantity;
      }
    }
    const double protection = quote_protection_rate * protected_quantity;
    if (protection > 0.0) add_hold("quote_protection", protection, decimals);
    for (const PortfolioHold& hold : portfolio_.holds) add_hold(hold.name, hold.amount, decimals);
  }

  void add_hold(const std::string& name, double amount, int decimals) {
    const auto units = scaled_ceil(amount, decimals);
    if (!units) throw FileError(portfolio_.file, "hold " + name, "an amount that fits 62 bits");
    result_.holds.push_back({name, Money{*units}});
  }

  void create_gate() {
    GateConfig& config = result_.setup.config;
    const auto instruments = static_cast<std::uint32_t>(config.instruments.size());
    const auto orders = static_cast<std::uint32_t>(portfolio_.working_orders.size());
    config.limits.accounts_max = 1;
    config.limits.legs_max = std::max(instruments, 16U);
    config.limits.working_orders_max = orders + 16U;
    config.limits.queue_capacity = 1'024U + 4U * (orders + instruments);
    config.limits.changes_max = config.limits.queue_capacity;
    config.limits.quantity_max = scale_.lots_max();
    Gate::Created created = Gate::create(config);
    if (!created.gate) {
      throw std::runtime_error("the gate cannot be built: " + created.issues.front().where +
                               ": expected " + created.issues.front().expected);
    }
    gate_ = std::move(created.gate);
  }

  void publish() {
    for (const SpotTick& tick : result_.setup.spot_ticks) require(gate_->apply(tick), "spot");
    for (const AssetTick& tick : result_.setup.asset_ticks) require(gate_->apply(tick), "asset");
    revaluer_ = std::make_unique<Revaluer>(*gate_);
    if (!revaluer_->update_surface(result_.setup.market)) {
      throw std::runtime_error("the revaluer refuses the surface");
    }
    revaluer_->run_once();
    gate_->poll();
  }

  void load_account() {
    load_collateral();
    load_positions();
    load_working_orders();
    result_.statement = gate_->statement(account);
    require(result_.statement.reason, "statement of " + portfolio_.account);
  }

  void load_collateral() {
    for (const PortfolioCollateral& entry : portfolio_.collateral) {
      const auto asset = result_.setup.directory.assets.find(entry.asset);
      if (!asset) {
        throw FileError(
            portfolio_.file, "/collateral",
            "only " + result_.currency + ", which this model counts in, found " + entry.asset);
      }
      const Money amount = to_money(entry.quantity, scale_.money_decimals(), portfolio_.file,
                                    "collateral " + entry.asset);
      require(gate_->apply(CashMovement{account, *asset, amount}), "collateral " + entry.asset);
    }
    Money held;
    for (const NamedHold& hold : result_.holds) held += hold.amount;
    require(gate_->apply(Hold{account, held}), "hold");
  }

  [[nodiscard]] InstrumentId instrument(const std::string& name) const {
    const auto id = result_.setup.directory.instruments.find(name);
    if (id) return *id;
    throw FileError(portfolio_.file, "instrument " + name,
                    "one on " + result_.currency + ", which this model counts in");
  }

  void load_positions() {
    for (const PortfolioPosition& position : portfolio_.positions) {
      const PositionTransfer transfer{
          account, instrument(position.instrument),
          scale_.lots(position.instrument, position.quantity),
          to_price(position.average_price, price_decimals, portfolio_.file,
                   "average_price of " + position.instrument)};
      require(gate_->apply(transfer), "position " + position.instrument);
    }
  }

  [[nodiscard]] OrderIntent intent(const PortfolioOrder& order) const {
    return {account,
            instrument(order.instrument),
            order.side,
            scale_.lots(order.instrument, order.quantity),
            to_price(order.price, price_decimals, portfolio_.file, "price of " + order.instrument),
            result_.setup.market.as_of};
  }

  // Loading states what works already: whether it would be accepted anew is not asked.
  void load_working_orders() {
    const AssetId numeraire = result_.setup.config.numeraire;
    require(gate_->apply(CashMovement{account, numeraire, passing_deposit}), "deposit");
    for (const PortfolioOrder& order : portfolio_.working_orders) {
      require(gate_->reserve(intent(order)).reason, "working order " + order.instrument);
    }
    require(gate_->apply(CashMovement{account, numeraire, -passing_deposit}), "withdrawal");
  }

  void explain(const PortfolioOrder& order) {
    const OrderIntent asked = intent(order);
    OrderOutcome outcome{order, gate_->check(asked), gate_->statement(asked)};
    require(outcome.after.reason, "statement with the order");
    result_.order = std::move(outcome);
  }

  [[nodiscard]] LiquidationRequest request(const LiquidationQuestion& question) const {
    LiquidationRequest asked;
    asked.account = account;
    asked.target = question.target;
    for (const std::string& name : result_.setup.directory.instruments.names()) {
      MarketImpact impact = question.impacts.of(*scale_.market().find_instrument(name));
      impact.depth /= scale_.contracts_per_lot(name);
      asked.impacts.push_back(impact);
    }
    return asked;
  }

  const PortfolioFile& portfolio_;
  const WhatIfScale& scale_;
  WhatIf result_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
};

// Whether any unit that there may be has a charge of an amount per contract.
bool charges_contracts(const MarketFile& market, const models::ParameterSet& parameters) {
  std::vector<std::string> names;
  for (const MarketInstrument& instrument : market.instruments) {
    if (std::find(names.begin(), names.end(), instrument.underlying) == names.end()) {
      names.push_back(instrument.underlying);
    }
  }
  const MarginModel model = models::compose_margin_model(parameters, names);
  const auto has_amounts = [](const std::vector<ExposureCharge>& charges) {
    return std::any_of(charges.begin(), charges.end(), [](const ExposureCharge& charge) {
      return charge.long_amount_quote != 0.0 || charge.short_amount_quote != 0.0;
    });
  };
  return std::any_of(model.units.begin(), model.units.end(), [&](const RiskUnitModel& unit) {
    return has_amounts(unit.added) || has_amounts(unit.floor) || has_amounts(unit.total_floor);
  });
}

// Lots no coarser than what the market trades, so that a position can be closed in part.
WhatIfScale make_fine_scale(const MarketFile& market, const PortfolioFile& portfolio,
                            const models::ParameterSet& parameters) {
  PortfolioFile with_lots = portfolio;
  for (const PortfolioPosition& position : portfolio.positions) {
    const auto lots = market.find_instrument(position.instrument)->lots_per_contract;
    with_lots.working_orders.push_back(
        {position.instrument, Side::buy, 1.0 / static_cast<double>(lots), position.average_price});
  }
  return WhatIfScale(market, with_lots, !models::required_numeraire(parameters).empty(),
                     charges_contracts(market, parameters));
}

// The order counts when lots are chosen, but is not part of the account.
WhatIfScale make_scale(const MarketFile& market, const PortfolioFile& portfolio,
                       const models::ParameterSet& parameters,
                       const std::optional<PortfolioOrder>& order) {
  PortfolioFile with_order = portfolio;
  if (order) with_order.working_orders.push_back(*order);
  return WhatIfScale(market, with_order, !models::required_numeraire(parameters).empty(),
                     charges_contracts(market, parameters));
}

}  // namespace

double WhatIf::amount(Money money) const {
  return static_cast<double>(money.value) /
         static_cast<double>(power_of_ten(setup.config.money_decimals));
}

double WhatIf::contracts(InstrumentId instrument, Quantity lots) const {
  return static_cast<double>(lots.value) * contracts_per_lot.at(instrument.value);
}

double WhatIf::price(Price price) const {
  return static_cast<double>(price.value) /
         static_cast<double>(power_of_ten(setup.config.price_decimals));
}

WhatIf run_liquidation(const MarketFile& market, const PortfolioFile& portfolio,
                       const models::ParameterSet& parameters,
                       const LiquidationQuestion& question) {
  const WhatIfScale scale = make_fine_scale(market, portfolio, parameters);
  return WhatIfGate(market, portfolio, parameters, scale).liquidate(question);
}

WhatIf run_what_if(const MarketFile& market, const PortfolioFile& portfolio,
                   const models::ParameterSet& parameters,
                   const std::optional<PortfolioOrder>& order) {
  const WhatIfScale scale = make_scale(market, portfolio, parameters, order);
  return WhatIfGate(market, portfolio, parameters, scale).run(order);
}

}  // namespace margingate::io
