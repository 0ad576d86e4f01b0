#include "verify/session.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <variant>

#include "reference/reference_requirement.hpp"
#include "reference/reference_row.hpp"
#include "reference/verdict_audit.hpp"

namespace margingate::verify {
namespace {

using reference::ReferenceDecision;

// What happens between two events, as chances.
constexpr double publishes = 0.012;
constexpr double shifts_surface = 0.5;  // when publishing
constexpr double hands_over = 0.04;
constexpr double takes_events = 0.05;
constexpr double adopts = 0.05;
constexpr double sums_again = 0.002;
constexpr double compares_account = 0.02;
constexpr double checks_only = 0.15;  // of new orders
constexpr std::uint32_t step_most_ms = 60;
constexpr double jumps = 0.01;  // where contracts are about to expire
constexpr std::uint32_t jump_most_ms = 30'000;

bool is_unpriced(Reason reason) {
  return reason >= Reason::missing_mark && reason <= Reason::position_unpriced;
}

// 0 at the middle of the interval, 1 at its ends.
double used_share(Money exact, Money low, Money high) {
  const double width = static_cast<double>((high - low).value);
  if (width <= 0.0) return 0.0;
  const double middle = static_cast<double>(low.value) + width / 2.0;
  return std::fabs(static_cast<double>(exact.value) - middle) / (width / 2.0);
}

bool is_inside(Money exact, Money low, Money high) { return low <= exact && exact <= high; }

Answer answer_of(const CertifiedInterval& certified) {
  if (!certified.decidable) return Answer::unbounded;
  if (certified.equity_lo >= certified.requirement_hi) return Answer::decided;
  if (certified.equity_hi >= certified.requirement_lo) return Answer::straddles;
  return certified.risk_rises ? Answer::decided : Answer::reducing;
}

// The gate decided by the requirement that it certifies when asked for it alone. Its equity may be
// some units wider or narrower: profit keeps the rounding of the lots that worked when it was kept.
// To the unit. Not so where debts are charged: their margin is as wide as the profit was when the
// gate summed the account last, with other working lots. Nor in pools, whose ends an order narrows
// by its side. That both contain what is exact is asked of every model (docs/verification.md).
bool same_requirement(const CertifiedInterval& certified, const Verdict& verdict,
                      const GateConfig& config) {
  const bool has_debts = std::any_of(config.assets.begin(), config.assets.end(),
                                     [](const Asset& a) { return a.borrow_initial_rate > 0.0; });
  const bool may_differ = has_debts || !config.model.pools.empty();
  return may_differ || (certified.requirement_hi == verdict.requirement_after &&
                        certified.requirement_hi - certified.requirement_lo == verdict.uncertainty);
}

// MR-28: under a stale table an order passes as reducing or is refused as stale; under a fresh one
// neither happens to what is covered.
bool fits_freshness(Reason gate, Reason exact, bool is_stale) {
  if (is_stale) return gate == Reason::stale_risk_table || gate == Reason::accepted_reducing;
  // Margin is kept; the control that refused is judged elsewhere.
  if (gate == Reason::credit_limit || gate == Reason::daily_loss_limit) return is_accepted(exact);
  return gate == exact;
}

void add_parts(const CertifiedInterval::Widths& widths, WidthParts& parts) {
  const std::array<Money, WidthParts::count> all = {
      widths.scan_or_floor,     widths.expiry_delta, widths.delta_shock, widths.added,
      widths.unrealised_losses, widths.profit,       widths.open_loss,   widths.credits};
  double sum = 0.0;
  for (const Money width : all) sum += static_cast<double>(width.value);
  if (sum <= 0.0) return;
  ++parts.decisions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    parts.sums[i] += static_cast<double>(all[i].value) / sum;
  }
}

}  // namespace

Session::Session(World world, const SessionOptions& options, const run::Random& random)
    : world_(std::move(world)),
      options_(options),
      random_(random),
      memo_(world_.setup.config),
      study_(world_.setup.config),
      ledger_(world_.setup.config, world_accounts),
      flow_(world_, ledger_, view(), options.is_at_limit, run::Random(random_.next(), 1)) {
  Gate::Created created = Gate::create(config());
  if (!created.gate) {
    throw std::runtime_error(world_.chain + " with " + world_.parameters + ": " +
                             created.issues.front().where + ": expected " +
                             created.issues.front().expected);
  }
  gate_ = std::move(created.gate);
  RevaluerOptions revaluer;
  revaluer.republish_move = 1e9;  // only when told to
  revaluer.republish_age = seconds(1'000'000'000);
  revaluer_ = std::make_unique<Revaluer>(*gate_, revaluer);
  now_ = world_.start;
  spots_.resize(config().underlyings.size());
  open_behind();
  if (!config().controls) return;
  controls_ = std::make_unique<reference::ReferenceControls>(
      gate_->config(), [this](Epoch epoch) -> std::optional<reference::ReferenceMarket> {
        if (!memo_.knows(epoch)) return std::nullopt;
        return memo_.market(epoch);
      });
}

FlowView Session::view() {
  FlowView result;
  result.fair_price = [this](InstrumentId id) { return fair_price(id); };
  result.standing = [this](AccountId id) { return standing(id); };
  result.table_spot = [this](UnderlyingId id) { return revaluer_->newest().spots[id.value]; };
  return result;
}

Price Session::fair_price(InstrumentId id) {
  const reference::ReferenceRow& row = memo_.row(revaluer_->newest().epoch, id);
  if (row.reason != Reason::accepted) return {-1};
  const Instrument& instrument = config().instruments[id.value];
  const double spot = static_cast<double>(spots_[instrument.underlying.value].value);
  const double lot =
      instrument.contract_size / static_cast<double>(instrument.lots_per_contract) * 1e8;
  const bool is_option = instrument.kind == InstrumentKind::option;
  const bool in_coin = reference::is_coin_form(config(), instrument.underlying);
  double price = static_cast<double>(row.value) / lot * static_cast<double>(price_scale);
  if (instrument.payoff == Payoff::inverse && !is_option) {
    const PublishedTable& table = revaluer_->newest();
    const Market& surface = surfaces_[table.surface - 1];
    const std::uint32_t u = instrument.underlying.value;
    price = surface.quotes[id.value].forward / surface.spots[u] * spot;
  } else if (instrument.payoff == Payoff::inverse && !in_coin) {
    price = price / spot * static_cast<double>(price_scale);
  }
  return {std::max<std::int64_t>(0, std::llround(price))};
}

std::optional<FlowView::Standing> Session::standing(AccountId id) {
  const Epoch epoch = revaluer_->newest().epoch;
  const reference::ReferenceAccount account = reference::without_empty_legs(ledger_.account(id));
  std::vector<reference::ReferenceRow> rows;
  for (const reference::ReferenceLeg& leg : account.legs) {
    rows.push_back(memo_.row(epoch, leg.instrument));
  }
  const reference::ReferenceMargin margin =
      reference::reference_margin(memo_.market(epoch), account, rows);
  if (margin.reason != Reason::accepted) return std::nullopt;
  return FlowView::Standing{margin.equity, margin.initial_margin};
}

void Session::publish() {
  const bool shifts = surfaces_.empty() || random_.chance(shifts_surface);
  if (shifts) {
    surfaces_.push_back(surfaces_.empty()
                            ? world_.setup.market
                            : shifted_surface(world_, surfaces_.back(), now_, random_));
    if (!revaluer_->update_surface(surfaces_.back())) {
      throw std::runtime_error("the surface does not fit the gate");
    }
  }
  revaluer_->request_publication();
  run_revaluer();
}

// A publication that found every table in use comes with a later run.
void Session::run_revaluer() {
  static_cast<void>(revaluer_->run_once());
  const PublishedTable& newest = revaluer_->newest();
  if (tables_.empty() || tables_.back().epoch != newest.epoch) {
    tables_.push_back(newest);
    memo_.table(newest, surfaces_[newest.surface - 1]);
  }
}

void Session::open() {
  for (std::size_t u = 0; u < spots_.size(); ++u) {
    const SpotTick tick{{static_cast<std::uint32_t>(u)}, world_.setup.spot_ticks[u].price, now_};
    static_cast<void>(gate_->apply(tick));
    if (controls_) controls_->took(tick);
    spots_[u] = tick.price;
    memo_.spot(tick.underlying, tick.price);
  }
  publish();
  static_cast<void>(gate_->poll());
  Tally nothing(std::vector<double>(options_.band + 1));
  for (std::uint32_t a = 0; a < world_accounts; ++a) {
    for (const Event& event : flow_.opening_book({a})) apply(event, nothing);
    if (const auto cash = flow_.recentre({a})) apply(*cash, nothing);
  }
}

// The revaluer's work in pieces, the order thread's in others, in any order.
void Session::background() {
  if (random_.chance(publishes)) publish();
  if (random_.chance(hands_over)) run_revaluer();
  if (random_.chance(takes_events)) static_cast<void>(revaluer_->take_events());
  if (random_.chance(adopts)) adopt(1 + random_.below(world_accounts));
  if (random_.chance(sums_again)) {
    const AccountId account{random_.below(world_accounts)};
    static_cast<void>(gate_->reaggregate(account, gate_->newest_epoch()));
    if (controls_) controls_->adopted(*gate_, account);
  }
}

void Session::adopt(std::size_t most) {
  std::array<Adoption, world_accounts> adopted;
  const std::size_t count = gate_->poll(std::span(adopted).first(most));
  for (std::size_t i = 0; controls_ && i < count; ++i) {
    controls_->adopted(*gate_, adopted[i].account);
  }
}

void Session::step(Tally& tally) {
  now_ = now_ + milliseconds(1 + random_.below(step_most_ms));
  if (world_.runs_into_expiry && random_.chance(jumps)) {
    now_ = now_ + milliseconds(random_.below(jump_most_ms));
    publish();
  }
  background();
  const Step next = flow_.next(now_);
  tally.events.resize(Flow::kinds().size());
  ++tally.events[flow_.last_kind()];
  if (const auto* event = std::get_if<Event>(&next)) apply(*event, tally);
  if (const auto* call = std::get_if<QuoteCall>(&next)) quote(*call, tally);
  if (const auto* shown = std::get_if<ProtectedQuote>(&next)) show(*shown, tally);
  if (const auto* moved = std::get_if<MoveCall>(&next)) move(*moved, tally);
  if (controls_ && !failure_) agree(compare_scope({random_.below(world_accounts)}), {}, Verdict());
  if (!failure_ && random_.chance(compares_account)) {
    compare_account({random_.below(world_accounts)}, tally);
  }
}

void Session::compare_account(AccountId account, Tally& tally) {
  ++tally.accounts_compared;
  std::string what = ledger_.difference(*gate_, account);
  if (what.empty() && !gate_->totals_equal_recomputed(account)) {
    what = "the totals, which no longer equal a sum over its legs";
  }
  if (what.empty()) return;
  Question question;
  question.intent.account = account;
  fail(what, question, Verdict{});
}

void Session::apply(const Event& event, Tally& tally) {
  if (const auto* intent = std::get_if<OrderIntent>(&event)) {
    decide(event, {*intent, std::nullopt, gate_->certified_interval(*intent)}, tally);
    return;
  }
  if (const auto* replace = std::get_if<ReplaceIntent>(&event)) {
    const BookedOrder order = *ledger_.find(replace->order);
    const OrderIntent intent{order.account,     order.instrument, order.side,
                             replace->quantity, replace->price,   replace->time};
    decide(event, {intent, order, gate_->certified_interval(*replace)}, tally);
    return;
  }
  if (decide_change(event, tally)) return;
  const Verdict verdict = gate_->apply(event);
  ledger_.took(event, verdict);
  const auto* execution = std::get_if<Execution>(&event);
  if (controls_ && execution != nullptr) controls_->took(*gate_, *execution, verdict.reason);
  if (controls_ && execution == nullptr && verdict.accepted()) controls_->took(event);
  if (std::holds_alternative<Execution>(event)) {
    const WorkingOrderHandle handle = gate_->last_quarantined().suspense;
    const auto suspense = gate_->working_order(handle);
    if (suspense && ledger_.find(handle) == nullptr) ledger_.took_suspense(handle, *suspense);
    // What could not even be counted is taken as dismissed by the host.
    if (const auto* e = std::get_if<Execution>(&event); gate_->is_unreconciled(e->account)) {
      static_cast<void>(gate_->apply(Reconciled{e->account}));
    }
  }
  const auto* tick = std::get_if<SpotTick>(&event);
  if (tick == nullptr || !verdict.accepted()) return;
  spots_[tick->underlying.value] = tick->price;
  memo_.spot(tick->underlying, tick->price);
}

void Session::decide(const Event& event, const Question& question, Tally& tally) {
  const auto* intent = std::get_if<OrderIntent>(&event);
  const bool only_checks = intent != nullptr && !controls_ && random_.chance(checks_only);
  Verdict verdict = only_checks ? gate_->check(*intent) : gate_->apply(event);
  if (options_.fault && verdict.decided_by != DecidedBy::input) {
    options_.fault(ledger_.account(question.intent.account), question.intent, verdict);
  }
  ReferenceDecision exact;
  std::string what = judge(question, verdict, exact, tally);
  if (intent != nullptr && intent->id.value != 0) {
    const bool is_duplicate = verdict.reason == Reason::duplicate_order_id;
    const bool is_known = ids_.contains(intent->id.value);
    if (is_duplicate != is_known && (is_duplicate || verdict.accepted()))
      what = "the order's number";
    tally.duplicate_ids += is_duplicate ? 1 : 0;
    if (verdict.accepted() && !only_checks) ids_.insert(intent->id.value);
  }
  if (what.empty() && controls_) {
    const auto replaced =
        question.replaced ? std::optional(question.replaced->handle) : std::nullopt;
    what = controls_->judge(*gate_, question.intent, replaced, verdict);
    const auto number = static_cast<int>(verdict.reason);
    if (number >= 500 && number < 600) ++tally.refusals[verdict.reason];
  }
  if (!what.empty()) fail(what, question, verdict);
  if (!only_checks && !failure_) ledger_.took(event, verdict);
}

std::string Session::judge(const Question& question, const Verdict& verdict,
                           ReferenceDecision& exact, Tally& tally) {
  const bool is_refused_input = verdict.decided_by == DecidedBy::input;
  if (is_refused_input) {
    ++tally.refused_on_input;
    // That something has no price is for the reference to confirm; ages and capacities are not.
    if (!is_unpriced(verdict.reason) || !memo_.knows(verdict.epoch)) return {};
  }
  if (!memo_.knows(verdict.epoch)) return "whether the table is known";
  reference::ReplacedOrder replaced;
  if (question.replaced) replaced = {question.replaced->remaining, question.replaced->open_loss};
  exact = reference::reference_decide(
      memo_.market(verdict.epoch), ledger_.account(question.intent.account), question.intent,
      replaced, [&](InstrumentId id) -> const reference::ReferenceRow& {
        return memo_.row(verdict.epoch, id);
      });
  if (is_refused_input) {
    return is_accepted(exact.reason) ? "whether there is a price" : std::string();
  }
  ++tally.decisions;
  ++decided_;
  const std::string_view what = reference::verdict_difference(verdict, exact);
  if (!what.empty()) return std::string(what);
  const bool is_stale = verdict.epoch_age > config().table_age_max;
  if (!fits_freshness(verdict.reason, exact.reason, is_stale))
    return "what a stale table lets pass";
  const CertifiedInterval& certified = question.certified;
  if (certified.reason == Reason::accepted && certified.epoch == verdict.epoch) {
    const bool is_by_interval = verdict.decided_by == DecidedBy::interval;
    if (is_by_interval && !same_requirement(certified, verdict, config()))
      return "the requirement's interval asked for alone";
    if (certified.decidable && exact.after.reason == Reason::accepted &&
        (!is_inside(exact.after.initial_margin, certified.requirement_lo,
                    certified.requirement_hi) ||
         !is_inside(exact.after.equity, certified.equity_lo, certified.equity_hi))) {
      return "the certified interval that left the decision to the exact path";
    }
  }
  observe(question, verdict, exact, tally);
  return {};
}

void Session::observe(const Question& question, const Verdict& verdict,
                      const ReferenceDecision& exact, Tally& tally) {
  ModelCount& model = tally.model(world_.model);
  ++model.decisions;
  model.accepted += verdict.accepted() ? 1 : 0;
  model.reducing += verdict.reason == Reason::accepted_reducing ? 1 : 0;
  model.exact += verdict.decided_by == DecidedBy::exact ? 1 : 0;

  const CertifiedInterval& certified = question.certified;
  if (certified.reason != Reason::accepted || certified.epoch != verdict.epoch) return;
  if (options_.is_at_limit) {
    Cell one;
    one.decisions = 1;
    one.by_answer[static_cast<std::size_t>(answer_of(certified))] = 1;
    tally.at_limit.add(one);
    return;
  }
  const reference::ReferenceMarket& market = memo_.market(verdict.epoch);
  Observation seen;
  const auto look_at = [&](InstrumentId id) {
    const Instrument& instrument = reference::contract_of(config(), id);
    const std::uint32_t u = instrument.underlying.value;
    const double move = static_cast<double>(market.live_spots[u].value) /
                            static_cast<double>(market.table_spots[u].value) -
                        1.0;
    seen.move = std::max(seen.move, std::fabs(move));
    if (instrument.kind != InstrumentKind::option) return;
    const std::int64_t left = instrument.expiry.ns - market.as_of.ns;
    if (seen.nearest_expiry_ns < 0 || left < seen.nearest_expiry_ns) seen.nearest_expiry_ns = left;
  };
  look_at(question.intent.instrument);
  for (const reference::ReferenceLeg& leg : ledger_.account(question.intent.account).legs) {
    if (!leg.empty()) look_at(leg.instrument);
  }
  const auto equity = static_cast<double>(exact.before.equity.value);
  const auto before = static_cast<double>(exact.before.initial_margin.value);
  seen.utilisation = equity > 0.0 ? before / equity : 0.0;
  seen.is_nearest_expiry = world_.is_nearest_expiry;
  seen.answer = answer_of(certified);
  const auto requirement = static_cast<double>(exact.after.initial_margin.value);
  BandTally& band = tally.by_band[options_.band];
  if (certified.decidable && requirement > 0.0) {
    seen.has_interval = true;
    const Money width = certified.requirement_hi - certified.requirement_lo +
                        (certified.equity_hi - certified.equity_lo);
    seen.width = static_cast<double>(width.value) / requirement;
    seen.used = std::max(
        used_share(exact.after.initial_margin, certified.requirement_lo, certified.requirement_hi),
        used_share(exact.after.equity, certified.equity_lo, certified.equity_hi));
    add_parts(certified.widths, band.parts[drift_bucket(seen.move)]);
  }
  band.record(seen);
  if (!options_.studies_bounds || !seen.has_interval) return;
  band.record(seen, study_.judge(market, verdict.epoch, with_order(question), exact, certified));
}

// The account were the order working.
reference::ReferenceAccount Session::with_order(const Question& question) const {
  reference::ReferenceAccount account = ledger_.account(question.intent.account);
  const std::int64_t gone = question.replaced ? question.replaced->remaining.value : 0;
  const std::int64_t lots = question.intent.quantity.value - gone;
  const bool is_buy = question.intent.side == Side::buy;
  for (reference::ReferenceLeg& leg : account.legs) {
    if (leg.instrument != question.intent.instrument) continue;
    (is_buy ? leg.working_buys : leg.working_sells) += lots;
    return account;
  }
  account.legs.push_back({question.intent.instrument, 0, is_buy ? lots : 0, is_buy ? 0 : lots, {}});
  return account;
}

void Session::fail(const std::string& what, const Question& question, const Verdict& verdict) {
  Failure failure;
  failure.what = what + ", " + std::string(Flow::kinds()[flow_.last_kind()]);
  failure.world = world_;
  const PublishedTable* table = &tables_.back();
  for (const PublishedTable& one : tables_) {
    if (one.epoch == verdict.epoch) table = &one;
  }
  failure.surface = surfaces_[table->surface - 1];
  failure.as_of = table->as_of;
  failure.table_spots = table->spots;
  failure.live_spots = spots_;
  const AccountId account = question.intent.account;
  failure.account = ledger_.account(account);
  for (reference::ReferenceLeg& leg : failure.account.legs) {
    leg.working_buys = leg.working_sells = 0;
  }
  for (const BookedOrder& order : ledger_.orders()) {
    if (order.account != account) continue;
    if (question.replaced && order.handle == question.replaced->handle) {
      failure.replaced = failure.working.size();
    }
    failure.working.push_back({order.instrument, order.side, order.remaining, order.price});
  }
  failure.order = {question.intent.instrument, question.intent.side, question.intent.quantity,
                   question.intent.price};
  failure_ = std::move(failure);
}

void Session::run(Tally& tally) {
  open();
  while (!failure_ && decided_ < options_.decisions) step(tally);
  for (std::uint32_t a = 0; a < world_accounts && !failure_; ++a) compare_account({a}, tally);
  const Counters& counters = gate_->counters();
  ++tally.sessions;
  tally.epochs += counters.tables_seen;
  tally.adoptions += counters.adoptions;
  tally.adoptions_with_changes += counters.adoptions_with_changes;
  tally.first_touch_sums += counters.first_touch_sums;
  tally.reference_rows += memo_.computed();
  tally.mismatches += failure_ ? 1 : 0;
}

}  // namespace margingate::verify
