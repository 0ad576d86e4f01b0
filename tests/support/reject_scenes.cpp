#include "support/reject_scenes.hpp"

#include <limits>

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 8;

Universe make_traded_universe() {
  Random random(7);
  UniverseOptions options;
  options.options_per_underlying = 12;
  Universe universe = make_universe(random, options);
  universe.config.limits.accounts_max = accounts;
  universe.config.limits.queue_capacity = 1u << 19;
  return universe;
}

std::unique_ptr<TinyGate> funded(const std::function<void(TinySetup&)>& change = {}) {
  auto tiny = std::make_unique<TinyGate>(change);
  static_cast<void>(tiny->deposit(10'000'000));
  static_cast<void>(tiny->deposit(10'000'000, {1}));
  return tiny;
}

// Given by faults, and by moves of accounts between gates, which are not for the order path.
bool is_cold(Reason reason) noexcept {
  return reason == Reason::internal_fault || reason == Reason::account_in_use ||
         reason == Reason::equity_below_minimum;
}

}  // namespace

RejectScenes::RejectScenes()
    : universe_(make_traded_universe()),
      flow_(universe_, {7, accounts, 256, 0.1, 0.002}),
      gate_(Gate::create(universe_.config).gate),
      revaluer_(std::make_unique<Revaluer>(*gate_)) {
  static_cast<void>(revaluer_->update_surface(universe_.surface));
  for (std::uint32_t u = 0; u < flow_.underlyings(); ++u) {
    static_cast<void>(gate_->apply(flow_.tick(u, now_)));
  }
  for (std::uint32_t a = 0; a < accounts; ++a) {
    static_cast<void>(gate_->apply(flow_.deposit(a, 5'000.0 * (a + 1))));
  }
  set_up_unpriced();
  set_up_stale();
  set_up_full();
  let_background_work();
}

void RejectScenes::see(Reason reason) noexcept { seen_.set(static_cast<std::size_t>(reason)); }

void RejectScenes::let_background_work() {
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(revaluer_->run_once());
    gate_->poll();
  }
  // A table that nobody has looked at yet, and totals that wait.
  revaluer_->request_publication();
  static_cast<void>(revaluer_->run_once());
}

// Account 1 holds a call that has no volatility; the spot alone can be traded.
void RejectScenes::set_up_unpriced() {
  unpriced_ = funded([](TinySetup& setup) {
    setup.config.instruments[tiny::future.value].expiry = {tiny_start.ns - 1};
    setup.surface.quotes[tiny::perpetual.value].forward = -1.0;
    setup.surface.quotes[tiny::call.value].implied_volatility = -1.0;
    setup.surface.quotes[tiny::inverse.value].forward = std::numeric_limits<double>::denorm_min();
  });
  static_cast<void>(unpriced_->transfer(tiny::call, 1, 5.0, {1}));
  unpriced_->publish_and_adopt();
}

void RejectScenes::set_up_stale() {
  for (auto* tiny : {&old_table_, &old_spot_, &far_spot_}) {
    *tiny = funded();
    static_cast<void>((*tiny)->transfer(tiny::perpetual, 100, 100.0));
    (*tiny)->publish_and_adopt();
  }
  old_table_->pass(seconds(11));
  old_spot_->pass(seconds(61));
  Market surface = old_spot_->surface();
  surface.as_of = old_spot_->now;
  old_spot_->update_surface(surface);
  old_spot_->publish_and_adopt();
  static_cast<void>(far_spot_->tick(140.0));
}

void RejectScenes::set_up_full() {
  few_legs_ = funded([](TinySetup& s) { s.config.limits.legs_max = 1; });
  few_orders_ = funded([](TinySetup& s) {
    s.config.limits.working_orders_max = 1;
    s.config.limits.quantity_max = 10;
  });
  odd_ = funded([](TinySetup& s) {
    s.config.limits.queue_capacity = 1u << 16;
    s.config.combos = {{{{tiny::perpetual, 1}, {tiny::future, -1}}}};
    s.config.quote_groups = {{{tiny::perpetual, tiny::future, tiny::call}}};
  });
  odd_->publish_and_adopt();
  small_queue_ = funded([](TinySetup& s) { s.config.limits.queue_capacity = 64; });
  for (auto* tiny : {&few_legs_, &few_orders_, &small_queue_}) {
    static_cast<void>((*tiny)->transfer(tiny::perpetual, 5, 100.0));
    (*tiny)->publish_and_adopt();
  }
}

void RejectScenes::odd_orders() {
  Gate& gate = odd_->gate();
  OrderIntent intent = odd_->buy(tiny::perpetual, 1, 100.0);
  intent.id = {next_id_++};
  intent.kind = OrderKind::immediate;
  const Verdict verdict = gate.reserve(intent);
  see(gate.reserve(intent));
  see(gate.replace({verdict.order, {2}, intent.price, intent.time}));
  see(gate.release(CancelAll{{0}, {}, {}}).reason);
  intent.id = {};
  intent.reduce_only = true;
  see(gate.reserve(intent));
  intent.kind = static_cast<OrderKind>(200);
  see(gate.check(intent));
}

void RejectScenes::odd_executions() {
  Gate& gate = odd_->gate();
  OrderIntent intent = odd_->buy(tiny::perpetual, 9, 100.0);
  intent.id = {next_id_++};
  static_cast<void>(gate.reserve(intent));
  Execution e{intent.id, 2, {0}, tiny::perpetual, Side::buy, {1}, intent.price};
  const auto report = [&] {
    see(gate.apply(e));
    see(gate.release(Cancel{gate.last_quarantined().suspense}));
  };
  report();  // out of order
  report();  // duplicate
  e.number = 1;
  e.price = {intent.price.value + 1};
  report();  // beyond the limit
  e.number = 3;
  e.price = intent.price;
  e.side = Side::sell;
  report();  // contradicts the order
  e.side = Side::buy;
  e.quantity = {9};
  report();  // exceeds it
  e.number = 4;
  report();  // has ended
  e.order = {UINT64_MAX};
  report();  // unknown
  intent = odd_->sell(tiny::perpetual, 9, 100.0);
  intent.id = {next_id_++};
  intent.reduce_only = true;
  static_cast<void>(gate.reserve(intent));
  see(gate.apply(PositionTransfer{{0}, tiny::perpetual, {-1}, intent.price}));
  see(gate.apply(Execution{intent.id, 1, {0}, tiny::perpetual, Side::sell, {9}, intent.price}));
  see(gate.apply(PositionTransfer{{0}, tiny::perpetual, {1}, intent.price}));
  // A gate with room for one order cannot count a second one.
  Gate& small = few_orders_->gate();
  const Verdict only = small.reserve(few_orders_->buy(tiny::perpetual, 1, 100.0));
  see(small.apply(e));
  see(small.check(few_orders_->buy(tiny::perpetual, 1, 100.0)));
  see(small.apply(Reconciled{{0}}));
  cancel(small, only);
}

void RejectScenes::odd_settlements() {
  Gate& gate = odd_->gate();
  const Timestamp now = odd_->now;
  const Price par = tiny_price(100.0);
  see(gate.withdraw({{0}, tiny::dollars, {1}, now}));
  see(gate.withdraw({{0}, tiny::dollars, {INT64_MAX / 8}, now}));
  see(gate.transfer({{0}, {1}, tiny::dollars, {1}, now}).reason);
  see(gate.transfer({{1}, {1}, tiny::dollars, {1}, now}).reason);
  see(gate.trade({{0}, {1}, tiny::call, {3}, tiny_price(5.0), now}).reason);
  see(gate.trade({{1}, {0}, tiny::call, {2'000'000}, tiny_price(5.0), now}).reason);
  see(gate.exercise({{0}, tiny::call, {1}, tiny::spot, {1}, par, now}));
  see(gate.exercise({{1}, tiny::call, {1}, tiny::spot, {1}, par, now}));
  see(gate.apply(Assignment{{1}, tiny::call, {1}, tiny::spot, {1}, par}));
  see(gate.trade({{1}, {0}, tiny::call, {2}, tiny_price(5.0), now}).reason);
  see(gate.trade({{1}, {0}, tiny::spot, {1}, par, now}).reason);
  see(gate.settle(MarkSettlement{tiny::future, par}).reason);
  see(gate.settle(MarkSettlement{tiny::call, par}).reason);
  see(gate.settle(FundingPayment{tiny::perpetual, par, 10}).reason);
  see(gate.settle(Expiry{tiny::future, par, now}).reason);
  see(gate.settle(Expiry{tiny::future, par, now + Duration{31 * tiny_day.value}}).reason);
}

void RejectScenes::odd_quotes() {
  Gate& gate = odd_->gate();
  const QuoteSide low{tiny_price(99.0), {1}, {}};
  const QuoteSide high{tiny_price(101.0), {1}, {}};
  std::array<Quote, 3> quotes{
      {{tiny::perpetual, low, high}, {tiny::future, low, high}, {tiny::spot, low, high}}};
  std::array<QuoteResult, 3> results;
  const auto send = [&](QuoteDecision decision, std::size_t room = 3) {
    see(gate.quote({{1}, odd_->now, decision, quotes}, {results.data(), room}).verdict);
    for (const QuoteResult& result : results) see(result.reason);
  };
  send(QuoteDecision::together);
  for (std::size_t i = 0; i < 3; ++i) {
    quotes[i].bid.replaces = results[i].bid;
    quotes[i].ask.replaces = results[i].ask;
  }
  send(QuoteDecision::together, 2);
  const Quote spot = quotes[2];
  quotes[2] = {tiny::future, low, high};
  send(QuoteDecision::together);
  quotes[2] = spot;
  quotes[2].bid.price = high.price;
  send(QuoteDecision::individually);
  quotes[2].bid.price = low.price;
  quotes[1].bid.quantity = {500'000'000};
  send(QuoteDecision::together);
  for (Quote& quote : quotes) quote.bid.quantity = quote.ask.quantity = {0};
  send(QuoteDecision::together);
  see(gate.release(CancelAll{{1}, {}, {}}).reason);
}

void RejectScenes::odd_strategies() {
  Gate& gate = odd_->gate();
  const Price par = tiny_price(100.0);
  const Verdict combo = gate.reserve(odd_->buy({tiny::instruments}, 5, 0.0));
  see(gate.apply(ComboFill{combo.order, {2}, {par, par}}));
  see(gate.apply(ComboFill{combo.order, {9}, {par, par}}));
  see(gate.release(Cancel{combo.order}));
  const Verdict held = gate.reserve(odd_->buy({tiny::instruments + 1}, 5, 1.0));
  const Timestamp now = odd_->now;
  see(gate.check_protected({held.order, tiny::future, Side::buy, par, now}));
  see(gate.check_protected({held.order, tiny::future, Side::buy, tiny_price(150.0), now}));
  see(gate.apply(ProtectedFill{held.order, tiny::future, Side::sell, {2}, par}));
  see(gate.apply(ProtectedFill{held.order, tiny::future, Side::buy, {2}, par}));
  see(gate.release(Cancel{held.order}));
}

void RejectScenes::cancel(Gate& gate, const Verdict& verdict) {
  see(verdict);
  if (verdict.accepted()) see(gate.release({verdict.order}));
}

void RejectScenes::unpriced() {
  Gate& gate = unpriced_->gate();
  for (const InstrumentId id :
       {tiny::perpetual, tiny::future, tiny::call, tiny::inverse, tiny::spot}) {
    OrderIntent intent = unpriced_->buy(id, 1, 100.0);
    cancel(gate, gate.reserve(intent));
    intent.account = {1};
    see(gate.check(intent));
  }
}

void RejectScenes::stale() {
  for (const auto* tiny : {&old_table_, &old_spot_, &far_spot_}) {
    Gate& gate = (*tiny)->gate();
    see(gate.check((*tiny)->buy(tiny::perpetual, 1, 100.0)));
    cancel(gate, gate.reserve((*tiny)->sell(tiny::perpetual, 1, 140.0)));
  }
}

void RejectScenes::full() {
  see(few_legs_->gate().reserve(few_legs_->buy(tiny::call, 1, 5.0)));
  see(few_legs_->transfer(tiny::call, 1, 5.0));
  Gate& gate = few_orders_->gate();
  see(gate.check(few_orders_->buy(tiny::perpetual, 6, 100.0)));
  const Verdict only = gate.reserve(few_orders_->buy(tiny::perpetual, 1, 100.0));
  see(gate.reserve(few_orders_->buy(tiny::perpetual, 1, 100.0)));
  cancel(gate, only);
  cancel(small_queue_->gate(),
         small_queue_->gate().reserve(small_queue_->buy(tiny::perpetual, 1, 100.0)));
  small_queue_->gate().poll();
}

void RejectScenes::small_scene(int number) {
  switch (number % 10) {
    case 0:
      see(no_table_.gate().reserve(no_table_.buy(tiny::call, 1, 5.0)));
      break;
    case 1:
      unpriced();
      break;
    case 2:
      stale();
      break;
    case 3:
      controls_.run([this](Reason reason) { see(reason); });
      break;
    case 4:
      odd_orders();
      break;
    case 5:
      odd_executions();
      break;
    case 6:
      odd_settlements();
      break;
    case 7:
      odd_quotes();
      break;
    case 8:
      odd_strategies();
      break;
    default:
      full();
      break;
  }
}

void RejectScenes::run(int events) {
  for (int i = 0; i < events; ++i) {
    now_ = now_ + Duration{1'000};
    const Event event = flow_.next(now_);
    const Verdict verdict = gate_->apply(event);
    flow_.took(event, verdict);
    see(verdict);
    if (i % 32 == 0) gate_->poll();
    if (i % 32 == 16) small_scene(i / 32);
    if (i % 64 == 40) gate_->prefetch({static_cast<std::uint32_t>(i) % accounts}, {0});
  }
}

std::vector<Reason> RejectScenes::missing() const {
  std::vector<Reason> reasons;
  for (std::size_t number = 0; number < seen_.size(); ++number) {
    const auto reason = static_cast<Reason>(number);
    const bool exists = to_string(reason) != "unknown" && !is_cold(reason);
    if (exists && !seen_.test(number)) reasons.push_back(reason);
  }
  return reasons;
}

bool RejectScenes::saw_everything() const noexcept {
  for (std::size_t number = 0; number < seen_.size(); ++number) {
    const auto reason = static_cast<Reason>(number);
    const bool exists = to_string(reason) != "unknown" && !is_cold(reason);
    if (exists && !seen_.test(number)) return false;
  }
  return true;
}

}  // namespace margingate::testing
