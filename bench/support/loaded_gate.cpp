#include "support/loaded_gate.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "margingate/mimalloc_resource.hpp"
#include "support/measure.hpp"

namespace margingate::bench {
namespace {

// Orders and streams touch this many instruments of each account's units, whatever the number of
// its legs, so that books of every size touch the same lines.
constexpr std::uint32_t traded_per_unit = 8;

GateLimits limits_for(const BookOptions& options) {
  GateLimits limits;
  limits.accounts_max = options.accounts;
  limits.legs_max =
      options.accounts * (options.legs + (options.takes_orders ? 2 * traded_per_unit : 0));
  limits.working_orders_max = options.working_orders + options.working_orders_max;
  limits.queue_capacity = 65'536;
  limits.changes_max = 65'536;
  return limits;
}

}  // namespace

LoadedGate::LoadedGate(io::GateSetup setup, const BookOptions& options)
    : setup_(std::move(setup)), options_(options), random_(options.seed) {
  setup_.config.limits = limits_for(options);
  setup_.config.memory = mimalloc_resource();
  now_ = setup_.market.as_of;
  Gate::Created created = Gate::create(setup_.config);
  require(created.gate != nullptr, "the gate of the workload cannot be built");
  gate_ = std::move(created.gate);
  revaluer_ = std::make_unique<Revaluer>(*gate_);
  require(revaluer_->update_surface(setup_.market), "the surface does not fit the gate");
  for (const SpotTick& tick : setup_.spot_ticks)
    require(gate_->apply(tick) == Reason::accepted, "tick");
  for (const AssetTick& tick : setup_.asset_ticks) static_cast<void>(gate_->apply(tick));
  publish();
  for (std::uint32_t u = 0; u < setup_.config.model.units.size(); ++u) {
    tradable_.push_back(tradable(setup_, u));
    require(tradable_.back().size() >= traded_per_unit, "a risk unit has too few options");
  }
  for (std::uint32_t i = 0; i < setup_.config.instruments.size(); ++i) {
    fair_.push_back(fair_price(setup_, {i}));
  }
  for (std::uint32_t a = 0; a < options_.accounts; ++a) load_account(a);
  place_working_orders();
  for (std::uint32_t a = 0; a < options_.accounts; ++a) fund(a);
  drain();
}

void LoadedGate::publish() {
  revaluer_->request_publication();
  static_cast<void>(revaluer_->run_once());
  gate_->poll();
  require(gate_->newest_epoch() != 0, "no table was published");
}

void LoadedGate::publish_only() {
  revaluer_->request_publication();
  const RevaluationReport report = revaluer_->run_once();
  require(report.tables_published == 1, "the table was not published");
}

std::size_t LoadedGate::adopt_all() {
  std::array<Adoption, 256> adoptions;
  std::size_t adopted = 0;
  for (;;) {
    const std::size_t here = gate_->poll(adoptions);
    adopted += here;
    const RevaluationReport report = revaluer_->run_once();
    if (here == 0 && report.accounts_pending == 0 && report.accounts_handed_over == 0) break;
  }
  return adopted;
}

// Legs go round the units, and inside a unit over all its options.
void LoadedGate::load_account(std::uint32_t account) {
  const std::size_t units = tradable_.size();
  for (std::uint32_t n = 0; n < options_.legs; ++n) {
    const std::vector<InstrumentId>& options = tradable_[n % units];
    const std::size_t turn = n / units;
    const std::size_t at = turn < traded_per_unit ? turn * options.size() / traded_per_unit
                                                  : (turn * 7 + account) % options.size();
    const std::int64_t lots = random_.integer(1, 40) * (random_.below(2) == 0 ? 1 : -1);
    const InstrumentId id = options[at];
    require(
        gate_->apply(PositionTransfer{{account}, id, {lots}, fair_[id.value]}) == Reason::accepted,
        "a position was refused");
    if (n % 1'024 == 0) drain();
  }
  drain();
}

void LoadedGate::fund(std::uint32_t account) {
  if (account % 1'024 == 0) drain();
  if (options_.tight == 0.0) {
    const Money plenty{std::int64_t{1} << 56};
    require(
        gate_->apply(CashMovement{{account}, setup_.config.numeraire, plenty}) == Reason::accepted,
        "an account could not be funded");
    return;
  }
  const MarginStatement statement = gate_->statement(AccountId{account});
  require(statement.reason == Reason::accepted, "an account has no statement");
  const std::int64_t margin = std::max<std::int64_t>(statement.initial_margin.value, 1);
  const double wanted = account % 2 == 0 ? 1'000.0 : options_.tight;
  const auto target = static_cast<std::int64_t>(static_cast<double>(margin) * wanted);
  const Money amount{target - statement.equity.value};
  require(
      gate_->apply(CashMovement{{account}, setup_.config.numeraire, amount}) == Reason::accepted,
      "an account could not be funded");
}

void LoadedGate::place_working_orders() {
  if (options_.working_orders == 0) return;
  const Money plenty{std::int64_t{1} << 56};
  for (std::uint32_t a = 0; a < options_.accounts; ++a) {
    static_cast<void>(gate_->apply(CashMovement{{a}, setup_.config.numeraire, plenty}));
  }
  for (std::uint32_t n = 0; n < options_.working_orders; ++n) {
    OrderIntent order = random_order();
    order.account = {n % options_.accounts};
    require(gate_->reserve(order).accepted(), "a working order was refused");
    if (n % 1'024 == 0) drain();
  }
  for (std::uint32_t a = 0; a < options_.accounts; ++a) {
    static_cast<void>(gate_->apply(CashMovement{{a}, setup_.config.numeraire, -plenty}));
  }
}

OrderIntent LoadedGate::random_order() {
  const std::vector<InstrumentId>& options = tradable_[random_.below(tradable_.size())];
  const InstrumentId id =
      options[random_.below(traded_per_unit) * options.size() / traded_per_unit];
  const double price = static_cast<double>(fair_[id.value].value) * random_.uniform(0.98, 1.02);
  OrderIntent order;
  order.account = {static_cast<std::uint32_t>(random_.below(options_.accounts))};
  order.instrument = id;
  order.side = random_.below(2) == 0 ? Side::buy : Side::sell;
  order.quantity = {random_.integer(1, 20)};
  order.price = {std::max<std::int64_t>(1, std::llround(price))};
  order.time = now_;
  return order;
}

std::vector<OrderIntent> LoadedGate::any_orders(std::size_t count) {
  std::vector<OrderIntent> result;
  while (result.size() < count) result.push_back(random_order());
  return result;
}

void LoadedGate::keep_decided(Outcome outcome, std::vector<OrderIntent>& orders) {
  const Reason wanted =
      outcome == Outcome::accepted ? Reason::accepted : Reason::insufficient_margin;
  std::erase_if(orders, [&](const OrderIntent& order) {
    const Verdict verdict = gate_->check(order);
    return verdict.reason != wanted || verdict.decided_by != DecidedBy::interval;
  });
}

std::vector<OrderIntent> LoadedGate::orders(Outcome outcome, std::size_t count, double factor) {
  std::vector<OrderIntent> result = any_orders(64 * count);
  keep_decided(outcome, result);
  tick_all(factor);
  keep_decided(outcome, result);
  tick_all(1.0);
  require(!result.empty(), "no such orders on this book");
  // A power of two, so that cycling needs no division.
  result.resize(std::bit_floor(std::min(result.size(), count)));
  return result;
}

void LoadedGate::tick(std::uint32_t underlying, double factor) {
  const SpotTick& first = setup_.spot_ticks[underlying];
  const double price = static_cast<double>(first.price.value) * factor;
  require(gate_->apply(SpotTick{{underlying}, {std::llround(price)}, now_}) == Reason::accepted,
          "a tick was refused");
}

void LoadedGate::tick_all(double factor) {
  for (std::uint32_t u = 0; u < setup_.config.underlyings.size(); ++u) tick(u, factor);
  drain();
}

}  // namespace margingate::bench
