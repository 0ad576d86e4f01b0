#include "support/tiny_gate.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "support/gate_text.hpp"

namespace margingate::testing {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Instrument linear(InstrumentKind kind) {
  Instrument instrument;
  instrument.kind = kind;
  instrument.settlement_asset = tiny::dollars;
  if (kind == InstrumentKind::future || kind == InstrumentKind::option) {
    instrument.expiry = {tiny_start.ns + 30 * tiny_day.value};
  }
  if (kind == InstrumentKind::option) instrument.strike = 100.0;
  return instrument;
}

Instrument inverse_perpetual() {
  Instrument instrument = linear(InstrumentKind::perpetual);
  instrument.payoff = Payoff::inverse;
  instrument.settlement_asset = tiny::coins;
  instrument.contract_size = 10.0;
  return instrument;
}

}  // namespace

Price tiny_price(double price) { return {std::llround(price * 100.0)}; }

TinySetup tiny_setup() {
  TinySetup setup;
  GateConfig& c = setup.config;
  c.limits.accounts_max = 4;
  c.limits.legs_max = 64;
  c.limits.working_orders_max = 64;
  c.limits.order_ids_max = 64;
  c.limits.quarantine_max = 64;
  c.limits.queue_capacity = 4'096;
  c.limits.changes_max = 4'096;
  c.money_decimals = 2;
  c.price_decimals = 2;
  c.assets = {{0.0}, {0.0}, {0.1}};
  c.numeraire = tiny::dollars;
  c.underlyings = {{tiny::coins, 100.0}};
  Instrument put = linear(InstrumentKind::option);
  put.option_type = OptionType::put;
  c.instruments = {linear(InstrumentKind::perpetual), linear(InstrumentKind::future),
                   linear(InstrumentKind::option),    inverse_perpetual(),
                   linear(InstrumentKind::spot),      put};
  RiskUnitModel unit;
  unit.scan.scenarios.resize(2);
  unit.scan.scenarios[0].price_move = -0.1;
  unit.scan.scenarios[1].price_move = 0.1;
  c.model.name = "tiny";
  c.model.units = {unit};
  setup.surface.as_of = tiny_start;
  setup.surface.spots = {100.0};
  setup.surface.quotes = {{100.0, unknown}, {100.0, unknown},   {100.0, 0.5},
                          {100.0, unknown}, {unknown, unknown}, {100.0, 0.5}};
  return setup;
}

TinyGate::TinyGate(const std::function<void(TinySetup&)>& change) {
  TinySetup setup = tiny_setup();
  if (change) change(setup);
  Gate::Created created = Gate::create(setup.config);
  std::string issues;
  for (const GateIssue& issue : created.issues)
    issues += issue.where + ": " + issue.expected + '\n';
  if (!created.gate) throw std::invalid_argument(issues);
  gate_ = std::move(created.gate);
  revaluer_ = std::make_unique<Revaluer>(*gate_, setup.revaluer);
  update_surface(setup.surface);
  tick(100.0);
}

void TinyGate::update_surface(const Market& market) {
  if (!revaluer_->update_surface(market)) throw std::invalid_argument("surface does not fit");
  surface_ = market;
}

void TinyGate::publish() {
  revaluer_->request_publication();
  static_cast<void>(revaluer_->run_once());
}

void TinyGate::publish_and_adopt() {
  publish();
  adopt();
}

void TinyGate::adopt() {
  for (int quiet = 0; quiet < 2;) {
    const std::size_t adopted = gate_->poll();
    const RevaluationReport report = revaluer_->run_once();
    const bool done = adopted == 0 && report.events == 0 && report.accounts_handed_over == 0;
    quiet = done ? quiet + 1 : 0;
  }
}

Reason TinyGate::tick(double price) { return gate_->apply(SpotTick{{0}, tiny_price(price), now}); }

OrderIntent TinyGate::buy(InstrumentId instrument, std::int64_t lots, double price) const {
  return {{0}, instrument, Side::buy, {lots}, tiny_price(price), now};
}

OrderIntent TinyGate::sell(InstrumentId instrument, std::int64_t lots, double price) const {
  return {{0}, instrument, Side::sell, {lots}, tiny_price(price), now};
}

Reason TinyGate::deposit(std::int64_t cents, AccountId to, AssetId asset) {
  return gate_->apply(CashMovement{to, asset, {cents}});
}

Reason TinyGate::transfer(InstrumentId instrument, std::int64_t lots, double price, AccountId to) {
  return gate_->apply(PositionTransfer{to, instrument, {lots}, tiny_price(price)});
}

std::string TinyGate::text(AccountId account) { return account_text(*gate_, account); }

Money TinyGate::initial_margin(AccountId account) {
  return gate_->statement(account).initial_margin;
}

}  // namespace margingate::testing
