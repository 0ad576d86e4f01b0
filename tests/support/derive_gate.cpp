#include "support/derive_gate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "models/derive.hpp"
#include "models/risk_unit_name.hpp"

namespace margingate::testing {
namespace {

constexpr Timestamp clock{1'750'000'000'000'000'000};
constexpr AccountId account{0};
constexpr int decimals = 10;  // of money and of prices
constexpr double scale = 1e10;
// Bought and sold for next to nothing: what is held is then worth its mark.
constexpr Price token{1};

Price price(double amount) { return {std::llround(amount * scale)}; }

struct Leg {
  Instrument instrument;
  InstrumentQuote quote;
  bool is_short = false;
  Price entry = token;
};

// The gate's configuration and what is put into it.
class Setup {
 public:
  explicit Setup(const DeriveCase& at) : case_(at) {
    config.money_decimals = config.price_decimals = decimals;
    config.assets.resize(1);
    surface.as_of = clock;
    coin_ = add_underlying(at.spot);
    if (at.perpetual) add_perpetual(*at.perpetual);
    for (const DeriveHolding& holding : at.holdings) add_holding(holding);
    for (std::size_t i = 0; i < at.expiries.size(); ++i) add_expiry(at.expiries[i], i);
    if (legs.empty()) add_unheld();
    for (const Leg& leg : legs) {
      config.instruments.push_back(leg.instrument);
      surface.quotes.push_back(leg.quote);
    }
    config.model = models::derive_model(at.parameters, units_);
  }

  GateConfig config;
  Market surface;
  std::vector<Leg> legs;
  bool is_held = true;
  double notional = 0.0;

 private:
  UnderlyingId add_underlying(double spot) {
    const auto id = static_cast<std::uint32_t>(config.underlyings.size());
    config.assets.push_back({});
    config.underlyings.push_back({{id + 1}, spot});
    surface.spots.push_back(spot);
    return {id};
  }

  RiskUnitId unit(const std::string& name) {
    const auto found = std::find(units_.begin(), units_.end(), name);
    const auto index = static_cast<std::uint32_t>(found - units_.begin());
    if (found == units_.end()) units_.push_back(name);
    return {index};
  }

  Leg& add(InstrumentKind kind, UnderlyingId underlying, RiskUnitId risk_unit, double quantity,
           double forward) {
    Leg leg;
    leg.instrument.kind = kind;
    leg.instrument.underlying = underlying;
    leg.instrument.risk_unit = risk_unit;
    leg.instrument.contract_size = std::fabs(quantity);
    leg.quote.forward = forward;
    leg.is_short = quantity < 0.0;
    notional += std::fabs(quantity) * forward;
    legs.push_back(leg);
    return legs.back();
  }

  void add_perpetual(const DerivePerpetual& p) {
    Leg& leg = add(InstrumentKind::perpetual, coin_, unit(case_.coin), p.quantity, p.mark);
    leg.quote.confidence = case_.perpetual_confidence;
    leg.entry = price(p.mark);
  }

  void add_holding(const DeriveHolding& h) {
    const bool is_coin = h.asset == case_.coin;
    const UnderlyingId underlying = is_coin ? coin_ : add_underlying(h.value_price);
    add(InstrumentKind::spot, underlying, unit(h.asset), h.quantity, h.value_price);
  }

  void add_expiry(const DeriveExpiry& e, std::size_t index) {
    const RiskUnitId risk_unit = unit(
        models::expiry_unit_name(case_.coin, {static_cast<std::int64_t>(index) * 1'000'000'000}));
    for (const DeriveOption& option : e.options) {
      Leg& leg = add(InstrumentKind::option, coin_, risk_unit, option.quantity, e.forward);
      leg.instrument.option_type = option.type;
      leg.instrument.strike = option.strike;
      leg.instrument.expiry = clock + seconds(e.seconds);
      leg.quote.implied_volatility = option.volatility;
      leg.quote.interest_rate = e.rate;
      leg.quote.settled_price = e.settled;
      leg.quote.confidence = case_.option_confidence;
    }
  }

  // A case of cash alone still needs something that could be traded.
  void add_unheld() {
    add(InstrumentKind::perpetual, coin_, unit(case_.coin), 1.0, case_.spot);
    is_held = false;
  }

  const DeriveCase& case_;
  UnderlyingId coin_;
  std::vector<std::string> units_;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("case does not fit the gate: " + what);
}

}  // namespace

DeriveGate::DeriveGate(const DeriveCase& at) {
  Setup setup(at);
  Gate::Created created = Gate::create(setup.config);
  for (const auto& issue : created.issues) require(false, issue.where + ": " + issue.expected);
  gate_ = std::move(created.gate);
  for (std::uint32_t u = 0; u < setup.surface.spots.size(); ++u) {
    const SpotTick tick{{u}, price(setup.surface.spots[u]), clock};
    require(gate_->apply(tick) == Reason::accepted, "spot");
  }
  revaluer_ = std::make_unique<Revaluer>(*gate_);
  require(revaluer_->update_surface(setup.surface), "surface");
  revaluer_->run_once();
  gate_->poll();
  const double cash = at.cash + (at.perpetual ? at.perpetual->profit : 0.0);
  const CashMovement deposit{account, {0}, {std::llround(cash * scale)}};
  require(gate_->apply(deposit) == Reason::accepted, "cash");
  for (std::uint32_t i = 0; setup.is_held && i < setup.legs.size(); ++i) {
    const Leg& leg = setup.legs[i];
    const PositionTransfer transfer{account, {i}, {leg.is_short ? -1 : 1}, leg.entry};
    require(gate_->apply(transfer) == Reason::accepted, "position");
  }
  // m of MR-07, of which an entry of 31 bits holds four times as much.
  double worst_share = 0.1;
  for (const models::DeriveScenario& s : at.parameters.scenarios) {
    const double move =
        std::max(std::fabs(s.price_move), std::fabs(s.price_move) / (1.0 + s.price_move));
    const double scaled = std::fabs(1.0 - at.parameters.long_discount.base) * (1.0 + s.price_move);
    worst_share = std::max(worst_share, s.weight * (move + scaled));
  }
  resolution_ = setup.notional * worst_share * 4.0 / 0x1p31;
}

MarginStatement DeriveGate::statement() const { return gate_->statement(account); }

double DeriveGate::amount(Money money) const { return static_cast<double>(money.value) / scale; }

std::vector<double> DeriveGate::scenario_losses(const MarginStatement& statement) const {
  std::vector<double> losses;
  for (const ScanPoolStatement& pool : statement.pools) {
    for (const Money loss : pool.losses) losses.push_back(amount(loss));
  }
  return losses;
}

}  // namespace margingate::testing
