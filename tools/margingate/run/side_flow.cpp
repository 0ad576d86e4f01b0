#include "run/side_flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "margingate/reconciliation.hpp"

namespace margingate::run {
namespace {

constexpr Duration closing_time = seconds(300);
constexpr double equity_quote = 400'000.0;
constexpr double order_quote = 20'000.0;

}  // namespace

SideFlow::SideFlow(const Universe& universe, const Marks& marks, GateDriver& driver,
                   std::uint32_t first, std::uint64_t seed)
    : universe_(universe),
      marks_(marks),
      driver_(driver),
      first_(first),
      random_(seed, UINT64_MAX - 1) {}

void SideFlow::count(std::string_view kind, bool accepted) {
  SideCount& one = counts_[kind];
  ++(accepted ? one.accepted : one.refused);
}

void SideFlow::open() {
  for (std::uint32_t gate = 0; gate < driver_.session().gates.size(); ++gate) {
    const GateSession& session = driver_.session().gates[gate];
    if (session.is_second) continue;
    std::array<double, coins_max> spots{};
    for (std::size_t coin = 0; coin < coins_max; ++coin) spots[coin] = marks_.spot(coin);
    for (std::uint32_t i = 0; i < side_accounts; ++i) {
      for (std::uint32_t asset = 0; asset < session.assets.size(); ++asset) {
        if (session.assets[asset] != session.numeraire) continue;
        const double value = equity_quote * random_.between(0.2, 2.0);
        const double amount = value / asset_price(session, asset, spots);
        driver_.apply(gate, CashMovement{{first_ + i}, {asset}, {std::llround(amount * 1e8)}});
      }
    }
  }
}

bool SideFlow::lives(std::uint32_t gate, AccountId account) const {
  const GateSession& session = driver_.session().gates[gate];
  const auto moved = moved_.find({session.is_second ? session.partner : gate, account.value});
  return (moved != moved_.end() && moved->second) == session.is_second;
}

// The first that trades in the gate, from anywhere on.
AccountId SideFlow::account() {
  const std::uint32_t start = random_.below(side_accounts);
  AccountId of{first_ + start};
  for (std::uint32_t i = 0; i < side_accounts && !lives(gate_, of); ++i) {
    of.value = first_ + (start + i) % side_accounts;
  }
  return of;
}

AccountId SideFlow::another(AccountId than) {
  const std::uint32_t start = 1 + random_.below(side_accounts - 1);
  for (std::uint32_t i = 0; i < side_accounts; ++i) {
    const AccountId of{first_ + (than.value - first_ + start + i) % side_accounts};
    if (of != than && lives(gate_, of)) return of;
  }
  return than;
}

std::uint32_t SideFlow::contract(std::uint32_t gate, InstrumentId id) const {
  return driver_.session().gates[gate].contracts[id.value];
}

bool SideFlow::pick(std::uint32_t gate, InstrumentId& id) {
  const auto& contracts = driver_.session().gates[gate].contracts;
  for (int tries = 0; tries < 32; ++tries) {
    id = {random_.below(static_cast<std::uint32_t>(contracts.size()))};
    const Contract& terms = universe_.contracts[contracts[id.value]];
    if (terms.expires() && terms.expiry - time_ <= closing_time) continue;
    if (marks_.is_priced(contracts[id.value]) && price(gate, id, 1.0).value > 10'000) return true;
  }
  return false;
}

Price SideFlow::price(std::uint32_t gate, InstrumentId id, double factor) const {
  const double mark = marks_.mark(contract(gate, id)).price;
  return {
      std::max<std::int64_t>(1, std::llround(mark * factor * static_cast<double>(price_scale)))};
}

Quantity SideFlow::lots(std::uint32_t gate, InstrumentId id, double value) {
  const std::uint32_t of = contract(gate, id);
  const double coins =
      value * random_.between(0.2, 2.0) / marks_.spot(universe_.contracts[of].coin);
  return {std::max<std::int64_t>(1, std::llround(coins / marks_.coins_per_lot(of)))};
}

OrderIntent SideFlow::order(std::uint32_t gate, AccountId of, InstrumentId id, Side side) {
  OrderIntent intent{
      of,   id, side, lots(gate, id, order_quote), price(gate, id, random_.between(0.995, 1.005)),
      time_};
  intent.id = {next_id_++};
  return intent;
}

std::int64_t SideFlow::position(std::uint32_t gate, AccountId of, InstrumentId id) const {
  const auto found = positions_.find({gate, of.value, id.value});
  return found == positions_.end() ? 0 : found->second;
}

void SideFlow::moved(std::uint32_t gate, AccountId of, InstrumentId id, std::int64_t by) {
  positions_[{gate, of.value, id.value}] += by;
}

void SideFlow::step(Timestamp time) {
  time_ = time;
  gate_ = random_.below(static_cast<std::uint32_t>(driver_.session().gates.size()));
  // A gate that nobody lives in has nothing to do.
  if (!lives(gate_, account())) gate_ = driver_.session().gates[gate_].partner;
  if (driver_.session().gates[gate_].partner != nowhere && random_.chance(0.12)) {
    return account_move();
  }
  const double what = random_.unit();
  if (what < 0.22) return orders();
  if (what < 0.40) return executions();
  if (what < 0.60) return quotes();
  if (what < 0.70) return combos();
  if (what < 0.76) return protections();
  if (what < 0.87) return cash();
  if (what < 0.96) return block_trade();
  if (what < 0.98) return exercise();
  settlement();
}

void SideFlow::orders() {
  const AccountId of = account();
  InstrumentId id;
  if (!pick(gate_, id)) return;
  Gate& gate = *driver_.session().gates[gate_].gate;
  OrderIntent intent = order(gate_, of, id, random_.chance(0.5) ? Side::buy : Side::sell);
  intent.kind = static_cast<OrderKind>(random_.below(4));
  const std::int64_t held = position(gate_, of, id);
  intent.reduce_only = random_.chance(0.3);
  if (intent.reduce_only && held != 0) {
    intent.side = held > 0 ? Side::sell : Side::buy;
    intent.quantity = {1 + random_.below(static_cast<std::uint32_t>(
                               std::min<std::int64_t>(std::abs(held), 1 << 30)))};
  }
  const Verdict verdict = driver_.reserve(gate_, intent);
  count(intent.reduce_only ? "reduce-only order" : "named order", verdict.accepted());
  if (!verdict.accepted()) return;
  if (random_.chance(0.2)) count("order again", driver_.reserve(gate_, intent).accepted());
  if (random_.chance(0.3)) {
    const ReplaceIntent change{verdict.order, intent.quantity, intent.price, time_};
    count("replace", driver_.replace(gate_, of.value, contract(gate_, id), change).accepted());
  }
  if (random_.chance(0.6)) {
    const Quantity fills{1 + random_.below(static_cast<std::uint32_t>(intent.quantity.value))};
    const bool fits = fills <= gate.fillable(verdict.order);
    const Money fee = fee_of(gate_, id, fills, intent.price);
    const Fill fill{verdict.order, fills, intent.price, fee};
    const bool filled = driver_.tell(gate_, fill).accepted();
    count("fill", filled);
    if (filled != fits) count("fill that differs from fillable", false);
    if (filled) moved(gate_, of, id, intent.side == Side::buy ? fills.value : -fills.value);
  }
  if (random_.chance(0.5)) {
    count("cancel", driver_.tell(gate_, Cancel{verdict.order}).accepted());
  } else {
    CancelAll all{of, {}, {}};
    if (random_.chance(0.5)) all.instrument = id;
    if (random_.chance(0.5)) all.side = intent.side;
    count("cancel all", driver_.tell(gate_, all).accepted());
    if (all.instrument || all.side) driver_.tell(gate_, CancelAll{of, {}, {}});
  }
}

Execution SideFlow::report_of(const OrderIntent& intent, std::uint32_t number,
                              std::int64_t quantity) const {
  return {intent.id,   number,     intent.account, intent.instrument,
          intent.side, {quantity}, intent.price};
}

// What was in suspense did happen, or did not.
void SideFlow::resolve(std::uint32_t gate, const Execution& e) {
  const WorkingOrderHandle suspense =
      driver_.session().gates[gate].gate->last_quarantined().suspense;
  const auto waiting = driver_.session().gates[gate].gate->working_order(suspense);
  if (!waiting) {
    if (driver_.session().gates[gate].gate->is_unreconciled(e.account)) {
      driver_.tell(gate, Reconciled{e.account});
    }
    return;
  }
  if (random_.chance(0.5)) {
    driver_.tell(gate, Cancel{suspense});
    return;
  }
  if (driver_.tell(gate, Fill{suspense, waiting->remaining, e.price}).accepted()) {
    const std::int64_t by = waiting->remaining.value;
    moved(gate, e.account, e.instrument, e.side == Side::buy ? by : -by);
  }
}

void SideFlow::executions() {
  const AccountId of = account();
  InstrumentId id;
  if (!pick(gate_, id)) return;
  OrderIntent intent = order(gate_, of, id, random_.chance(0.5) ? Side::buy : Side::sell);
  intent.quantity.value += 2;
  const Verdict verdict = driver_.reserve(gate_, intent);
  count("named order", verdict.accepted());
  const std::int64_t sign = intent.side == Side::buy ? 1 : -1;
  const std::int64_t part =
      1 + random_.below(static_cast<std::uint32_t>(intent.quantity.value / 2));
  const auto report = [&](std::string_view kind, const Execution& e, std::int64_t booked) {
    const Verdict answer = driver_.tell(gate_, e);
    const bool is_known = answer.accepted() || to_string(answer.reason) == kind;
    count(kind, is_known);
    moved(gate_, of, id, sign * booked);
    resolve(gate_, e);
  };
  if (!verdict.accepted()) {
    report("unknown_order_executed", report_of(intent, 1, part), 0);
    return;
  }
  const bool late = random_.chance(0.3);
  if (late) report("execution_out_of_order", report_of(intent, 2, part), part);
  if (!late) report("execution", report_of(intent, 1, part), part);
  if (random_.chance(0.5)) {
    report("duplicate_execution", report_of(intent, late ? 2 : 1, part), 0);
  }
  if (late) report("execution", report_of(intent, 1, 1), 1);
  const auto rest = driver_.session().gates[gate_].gate->working_order(verdict.order);
  const std::int64_t left = rest ? rest->remaining.value : 0;
  if (rest && random_.chance(0.3)) {
    report("execution_exceeds_order", report_of(intent, 3, left + part), left);
  } else {
    driver_.tell(gate_, Cancel{verdict.order});
  }
  if (random_.chance(0.5)) report("ended_order_executed", report_of(intent, 4, part), 0);
}

void SideFlow::quotes() {
  const AccountId of = account();
  std::vector<Quote> batch;
  const std::uint32_t size = 1 + random_.below(60);
  std::vector<std::uint32_t> quoted;
  for (std::uint32_t i = 0; i < size; ++i) {
    InstrumentId id;
    if (!pick(gate_, id)) break;
    if (std::find(quoted.begin(), quoted.end(), id.value) != quoted.end()) continue;
    quoted.push_back(id.value);
    const QuoteResult& last = quoted_[{gate_, of.value, id.value}];
    const Quantity each = lots(gate_, id, 0.1 * order_quote);
    batch.push_back({id,
                     {price(gate_, id, 0.98), random_.chance(0.9) ? each : Quantity{}, last.bid},
                     {price(gate_, id, 1.02), random_.chance(0.9) ? each : Quantity{}, last.ask}});
  }
  std::vector<QuoteResult> results(batch.size());
  if (random_.chance(0.7)) {
    const auto together = QuoteDecision::together;
    const QuoteVerdict verdict = driver_.quote(gate_, {of, time_, together, batch}, results);
    count("quotes together", verdict.verdict.accepted());
  } else {
    // In calls of their own, so that the audit sees each verdict.
    for (std::size_t i = 0; i < batch.size() && !driver_.stopped(); ++i) {
      const QuoteBatch one{of, time_, QuoteDecision::individually, {&batch[i], 1}};
      const QuoteVerdict verdict = driver_.quote(gate_, one, {&results[i], 1});
      count("quotes one by one", verdict.verdict.accepted());
    }
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (is_accepted(results[i].reason)) {
      quoted_[{gate_, of.value, batch[i].instrument.value}] = results[i];
    }
  }
  // Some of what is shown trades.
  for (std::size_t i = 0; i < batch.size(); i += 3) {
    if (!is_accepted(results[i].reason)) continue;
    const bool bid = random_.chance(0.5);
    const QuoteSide& side = bid ? batch[i].bid : batch[i].ask;
    if (side.quantity.value == 0) continue;
    const Fill fill{bid ? results[i].bid : results[i].ask, side.quantity, side.price};
    const bool filled = driver_.tell(gate_, fill).accepted();
    count("quote filled", filled);
    if (!filled) continue;
    moved(gate_, of, batch[i].instrument, bid ? side.quantity.value : -side.quantity.value);
  }
}

void SideFlow::combos() {
  const GateSession& session = driver_.session().gates[gate_];
  const std::vector<Combo>& listed = session.gate->config().combos;
  if (listed.empty()) return;
  const std::uint32_t number = random_.below(static_cast<std::uint32_t>(listed.size()));
  const Combo& combo = listed[number];
  ComboFill fill;
  double net = 0.0;
  double gross = 0.0;
  for (std::size_t i = 0; i < combo.legs.size(); ++i) {
    const std::uint32_t of = contract(gate_, combo.legs[i].instrument);
    if (universe_.contracts[of].expiry - time_ <= closing_time || !marks_.is_priced(of)) return;
    fill.prices[i] = price(gate_, combo.legs[i].instrument, 1.0);
    net += combo.legs[i].ratio * static_cast<double>(fill.prices[i].value);
    gross += std::abs(combo.legs[i].ratio) * static_cast<double>(fill.prices[i].value);
  }
  const AccountId of = account();
  const InstrumentId id{static_cast<std::uint32_t>(session.contracts.size()) + number};
  OrderIntent intent{of,
                     id,
                     random_.chance(0.5) ? Side::buy : Side::sell,
                     lots(gate_, combo.legs.front().instrument, 3.0 * order_quote),
                     {std::llround(net + gross * random_.between(-0.02, 0.02))},
                     time_};
  intent.id = {next_id_++};
  const Verdict verdict = driver_.reserve(gate_, intent);
  count("combo", verdict.accepted());
  if (!verdict.accepted()) return;
  if (random_.chance(0.4)) {
    fill.order = verdict.order;
    fill.quantity = {1 + random_.below(static_cast<std::uint32_t>(intent.quantity.value))};
    const bool filled = driver_.tell(gate_, fill).accepted();
    count("combo filled", filled);
    const std::int64_t sign = intent.side == Side::buy ? 1 : -1;
    for (const ComboLeg& leg : combo.legs) {
      if (filled) moved(gate_, of, leg.instrument, sign * leg.ratio * fill.quantity.value);
    }
  }
  if (random_.chance(0.7)) driver_.tell(gate_, Cancel{verdict.order});
}

// What a trade may pay at most, in coins: contracts here settle in theirs.
Money SideFlow::fee_of(std::uint32_t gate, InstrumentId id, Quantity lots, Price) const {
  const Gate& of = *driver_.session().gates[gate].gate;
  const double rate = of.config().instruments[id.value].fee_rate_max;
  const double coins = static_cast<double>(lots.value) * marks_.coins_per_lot(contract(gate, id));
  return {static_cast<std::int64_t>(coins * rate * 0.5 * static_cast<double>(money_scale))};
}

// Holds a protection, shows quotes under it, and some of them trade.
void SideFlow::protections() {
  const GateSession& session = driver_.session().gates[gate_];
  const GateConfig& config = session.gate->config();
  if (config.quote_groups.empty()) return;
  const std::uint32_t group = random_.below(static_cast<std::uint32_t>(config.quote_groups.size()));
  const std::vector<InstrumentId>& members = config.quote_groups[group].instruments;
  const InstrumentId first = members[random_.below(static_cast<std::uint32_t>(members.size()))];
  const std::uint32_t of_first = contract(gate_, first);
  const bool ends = universe_.contracts[of_first].expiry - time_ <= closing_time;
  if (ends || !marks_.is_priced(of_first)) return;
  const AccountId of = account();
  const InstrumentId id{
      static_cast<std::uint32_t>(config.instruments.size() + config.combos.size()) + group};
  OrderIntent intent{of,
                     id,
                     Side::buy,
                     lots(gate_, first, order_quote),
                     price(gate_, first, random_.between(0.02, 0.2)),
                     time_};
  intent.id = {next_id_++};
  const Verdict held = driver_.reserve(gate_, intent);
  count("protection", held.accepted());
  if (!held.accepted()) return;
  std::int64_t left = intent.quantity.value;
  for (int shown = 0; shown < 8 && !driver_.stopped(); ++shown) {
    const InstrumentId member = members[random_.below(static_cast<std::uint32_t>(members.size()))];
    if (!marks_.is_priced(contract(gate_, member))) continue;
    const Side side = random_.chance(0.5) ? Side::buy : Side::sell;
    const Price at = price(gate_, member, random_.between(0.9, 1.1));
    const Reason reason = driver_.show(gate_, of, {held.order, member, side, at, time_});
    count("quote under protection", is_accepted(reason));
    if (!is_accepted(reason) || left == 0 || random_.chance(0.6)) continue;
    const std::int64_t some = 1 + random_.below(static_cast<std::uint32_t>(left));
    const ProtectedFill fill{held.order, member, side,
                             {some},     at,     fee_of(gate_, member, {some}, at)};
    const bool filled = driver_.tell(gate_, fill).accepted();
    count("protected fill", filled);
    if (!filled) continue;
    left -= some;
    moved(gate_, of, member, side == Side::buy ? some : -some);
  }
  if (left != 0) driver_.tell(gate_, Cancel{held.order});
}

void SideFlow::cash() {
  const GateSession& session = driver_.session().gates[gate_];
  const AccountId from = account();
  const AssetId asset = session.gate->config().numeraire;
  const std::int64_t excess = session.gate->statement(from).margin_excess.value;
  const double share = random_.chance(0.5) ? random_.between(0.0, 0.3) : random_.between(0.9, 1.2);
  const Money amount{1 + std::llround(static_cast<double>(std::abs(excess)) * share)};
  if (random_.chance(0.5)) {
    const bool paid = driver_.withdraw(gate_, {from, asset, amount, time_}).accepted();
    count("withdrawal", paid);
    // Otherwise nobody could trade after a while.
    if (paid) driver_.tell(gate_, CashMovement{from, asset, amount});
    return;
  }
  const TransferVerdict verdict =
      driver_.transfer(gate_, {from, another(from), asset, amount, time_});
  count("cash transfer", is_accepted(verdict.reason));
}

void SideFlow::block_trade() {
  InstrumentId id;
  if (!pick(gate_, id)) return;
  const AccountId buyer = account();
  const AccountId seller = another(buyer);
  const BlockTrade trade{buyer,
                         seller,
                         id,
                         lots(gate_, id, 3.0 * order_quote),
                         price(gate_, id, random_.between(0.97, 1.03)),
                         time_};
  const bool traded = is_accepted(driver_.trade(gate_, trade).reason);
  count("block trade", traded);
  if (!traded) return;
  moved(gate_, buyer, id, trade.quantity.value);
  moved(gate_, seller, id, -trade.quantity.value);
}

void SideFlow::settlement() {
  InstrumentId id;
  if (!pick(gate_, id)) return;
  const Contract& terms = universe_.contracts[contract(gate_, id)];
  const Price at = price(gate_, id, 1.0);
  if (terms.is_option()) {
    const auto coin = terms.coin;
    const Route perpetual = driver_.session().routes[universe_.perpetuals[coin]];
    const FundingPayment funding{perpetual.instrument, price(gate_, perpetual.instrument, 1.0),
                                 static_cast<std::int64_t>(random_.between(-1e5, 1e5))};
    count("funding", driver_.tell(gate_, funding).accepted());
    return;
  }
  count("mark settlement", driver_.tell(gate_, MarkSettlement{id, at}).accepted());
}

// A long option becomes a position in the perpetual at its strike; its writer is assigned.
void SideFlow::exercise() {
  for (const auto& [key, held] : positions_) {
    if (key[0] != gate_ || held == 0 || random_.chance(0.7)) continue;
    const InstrumentId id{key[2]};
    const Contract& terms = universe_.contracts[contract(gate_, id)];
    if (!terms.is_option() || terms.expiry - time_ <= closing_time) continue;
    const InstrumentId into = driver_.session().routes[universe_.perpetuals[terms.coin]].instrument;
    const std::uint32_t perpetual = contract(gate_, into);
    const double coins =
        static_cast<double>(std::abs(held)) * marks_.coins_per_lot(contract(gate_, id));
    const Quantity delivered{
        std::max<std::int64_t>(1, std::llround(coins / marks_.coins_per_lot(perpetual)))};
    const Price strike{std::llround(terms.strike * static_cast<double>(price_scale))};
    const bool is_call = terms.option_type == OptionType::call;
    const AccountId of{key[1]};
    const std::int64_t sign = is_call == (held > 0) ? 1 : -1;
    const Quantity quantity{std::abs(held)};
    const bool done =
        held > 0
            ? driver_.exercise(gate_, {of, id, quantity, into, delivered, strike, time_}).accepted()
            : driver_.tell(gate_, Assignment{of, id, quantity, into, delivered, strike}).accepted();
    count(held > 0 ? "exercise" : "assignment", done);
    if (!done) return;
    moved(gate_, of, id, -held);
    moved(gate_, of, into, sign * delivered.value);
    return;
  }
}

// To the margin mode of the gate behind, or back; now and then one that cannot be.
void SideFlow::account_move() {
  const std::uint32_t other = driver_.session().gates[gate_].partner;
  if (random_.chance(0.05)) {
    const AccountId nobody{first_ + side_accounts};
    count("move of nobody", is_accepted(driver_.move(gate_, other, nobody).reason));
    return;
  }
  const AccountId of = account();
  if (random_.chance(0.05)) {
    count("move to where it is", is_accepted(driver_.move(other, gate_, of).reason));
    return;
  }
  const bool goes_back = driver_.session().gates[gate_].is_second;
  const AccountMove move = driver_.move(gate_, other, of);
  count(goes_back ? "account moved back" : "account moved", is_accepted(move.reason));
  if (!is_accepted(move.reason)) return;
  moved_[{goes_back ? other : gate_, of.value}] = !goes_back;
  std::map<std::array<std::uint32_t, 3>, std::int64_t> positions;
  for (const auto& [key, held] : positions_) {
    const bool moves = key[0] == gate_ && key[1] == of.value;
    positions[{moves ? other : key[0], key[1], key[2]}] += held;
  }
  positions_ = std::move(positions);
  // What is quoted works on under other handles.
  const auto now = [&](WorkingOrderHandle before) {
    for (const MovedOrder& order : move.orders) {
      if (order.before == before) return order.after;
    }
    return WorkingOrderHandle();
  };
  std::map<std::array<std::uint32_t, 3>, QuoteResult> quoted;
  for (const auto& [was, shown] : quoted_) {
    auto key = was;
    QuoteResult result = shown;
    if (key[0] == other && key[1] == of.value) continue;
    if (key[0] == gate_ && key[1] == of.value) {
      key[0] = other;
      result.bid = now(result.bid);
      result.ask = now(result.ask);
    }
    quoted[key] = result;
  }
  quoted_ = std::move(quoted);
}

void SideFlow::close() {
  for (std::uint32_t gate = 0; gate < driver_.session().gates.size(); ++gate) {
    for (std::uint32_t i = 0; i < side_accounts; ++i) {
      driver_.tell(gate, CancelAll{{first_ + i}, {}, {}});
    }
  }
}

std::vector<std::string> SideFlow::differences() const {
  std::vector<std::string> lines;
  for (std::uint32_t gate = 0; gate < driver_.session().gates.size(); ++gate) {
    const GateSession& session = driver_.session().gates[gate];
    for (std::uint32_t i = 0; i < side_accounts; ++i) {
      OutsideAccount outside;
      outside.account = {first_ + i};
      for (const auto& [key, held] : positions_) {
        if (key[0] != gate || key[1] != first_ + i) continue;
        // Paid out at its expiry.
        const Contract& terms = universe_.contracts[session.contracts[key[2]]];
        if (terms.expires() && terms.expiry <= time_) continue;
        outside.positions.push_back({{key[2]}, {held}});
      }
      for (const Difference& d : reconcile(*session.gate, outside)) {
        lines.push_back(
            fmt::format("account {} of the {} gate: {} of instrument {}: gate {}, "
                        "outside {}",
                        d.account.value, session.numeraire, to_string(d.kind), d.instrument, d.gate,
                        d.outside));
      }
    }
  }
  return lines;
}

}  // namespace margingate::run
