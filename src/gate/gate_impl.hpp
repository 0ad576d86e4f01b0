// The gate's state and its order path.
//
// Shape    accounts, legs and working orders by index; totals in one block per account.
// Units    money units, lots, price units.
// Sign     as in the public headers.
// Range    GateLimits.
// Errors   a Reason per call; a refused call leaves every field as it was.
// Threads  the order thread only.
// Cost     check_path.cpp is the hot part; exact_path.cpp costs the account's legs.
// Source   docs/architecture.md, "life of an order".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "gate/gate_shared.hpp"
#include "gate/leg_table.hpp"
#include "gate/order_ids.hpp"
#include "gate/working_orders.hpp"
#include "limits/controls.hpp"
#include "margin/account_requirement_body.hpp"
#include "margin/scan_pool.hpp"
#include "margin/trade_cash.hpp"
#include "margin/unit_chords.hpp"
#include "margin/unit_requirement.hpp"
#include "margingate/gate.hpp"
#include "memory/huge_pages.hpp"

namespace margingate {

// An account's units added up, with what its working orders leave of it: valid while no unit of the
// account and no asset price has changed.
struct AccountSum {
  std::uint64_t version = 0;  // newest of the units' market versions and of asset prices; 0: stale
  margin::Interval risk;      // before credits
  margin::Interval credits;
  margin::Interval equity;      // before open losses
  std::uint32_t unit_mask = 0;  // the units it is of
  bool decidable = true;
  bool has_unpriced = false;
  bool has_unpriced_debt = false;
};
static_assert(sizeof(AccountSum) == 64);

// Every decision reads the first two lines and no more, as long as the sum holds.
struct alignas(64) AccountState {
  std::uint64_t sequence = 0;                        // of the last leg change
  std::uint64_t last_change = 0;                     // position in the change log plus one; 0: none
  std::uint32_t slot = sync::EpochSlots<>::no_slot;  // table the totals are under
  std::uint32_t live_legs = 0;
  std::uint32_t unit_mask = 0;  // risk units the account ever had a leg in
  bool must_resend = false;
  bool unreconciled = false;  // something could not be booked; see Reconciled
  std::int64_t open_losses = 0;
  std::int64_t holds = 0;
  margin::Interval borrow;  // initial margin of debts, part of the sum
  alignas(64) AccountSum sum;
  margin::Wallets wallets{};
};
static_assert(sizeof(AccountState) == 3 * 64);

// One leg change, kept so that totals made before it can be brought up to date.
struct LegChange {
  std::uint64_t previous = 0;  // of the same account, as AccountState::last_change
  std::uint64_t sequence = 0;
  std::uint32_t instrument = 0;
  margin::LegState before;
  margin::LegState after;
};

// A risk unit of one published table at the live spot.
struct LiveUnit {
  margin::UnitMarket market;
  margin::CoinPrice table_coin;
  margin::CoinPrice live_coin;
  double x = 1.0;                       // live spot / table spot
  bool follows_chords = false;          // moved, inside the band, and its model has chords
  std::span<std::int64_t> deductibles;  // by lane; empty: none
};

struct alignas(64) CachedUnit {
  std::uint64_t version = 0;  // of the market it was evaluated at; 0: totals changed since
  margin::UnitSummary summary;
  std::int64_t chord_delta_width = 0;  // over the whole band
  bool chords_hold = false;            // of the totals as they are
};
static_assert(sizeof(CachedUnit) == 2 * 64);

// What a pool of an account's units needs, as its last evaluation found.
struct CachedPool {
  std::uint64_t version = 0;  // as CachedUnit::version, the newest of its units
  margin::Interval total;
  std::uint32_t worst_scenario = 0;
};

// From so many risk units on, an account's units are followed through spot moves by their chords:
// evaluating each at every tick would make a decision cost what the account holds.
inline constexpr std::size_t units_for_chords = 3;

struct SpotState {
  std::int64_t price = 0;  // 0: none yet
  Timestamp time;
  bool must_resend = false;
};

// What a decision is about: one leg of one account before and after an order.
struct Candidate {
  std::uint32_t account = 0;
  std::uint32_t instrument = 0;
  std::uint32_t unit = 0;
  std::uint32_t slot = 0;
  margin::LegState before;
  margin::LegState after;
  std::int64_t lots = 0;  // signed quantity that would work at `price`
  std::int64_t price = 0;
  std::int64_t open_losses = 0;  // of the account without the order that is being decided
  std::uint32_t replaced = limits::no_order;  // index of the handle it replaces
};

// What a decision leaves for the commit that may follow it.
struct Decided {
  margin::UnitSummary unit;   // the order's unit with the order working
  margin::PoolInterval pool;  // that unit's pool then; nothing where it is in none
  margin::Interval risk;      // of the account then, before credits
  margin::Interval credits;
  bool risk_rises = false;  // for certain
  bool closely = false;     // the sums are not those of the units as they are kept
};

// Everything the exact path knows: all intervals are points.
struct ExactMargin {
  Reason reason = Reason::accepted;  // or why there is no exact margin
  margin::AccountInterval before;
  margin::AccountInterval after;
  std::int64_t open_loss = 0;
  std::uint32_t worst_scenario = 0;
  bool reducing = false;
};

// An account as it stands: what it needs and has, open losses taken off its equity.
struct Standing {
  margin::AccountInterval margin;
};

// The same at the live spot, with the totals it comes from laid out as an account's block.
struct ExactUnits {
  std::vector<std::int64_t> words;
  std::array<margin::UnitInterval, risk_units_max> intervals;
  std::uint32_t units = 0;
};

struct LegMove {
  std::uint32_t leg = 0;
  bool is_new = false;  // the leg did not exist
  margin::LegState before;
};

// What a trial trades or would work, and what that loses against the mark.
struct TrialOrder {
  std::uint32_t instrument = 0;
  std::int64_t lots = 0;
  std::int64_t price = 0;
  margin::Interval loss;  // its upper end is in the account's open losses if it works
  bool works = false;
};

// A change of one account that stands in its totals while it is judged (standing_path.cpp).
struct Trial {
  std::uint32_t account = 0;
  std::uint32_t count = 0;
  std::span<LegMove> moves;  // at most one of each leg
  margin::Wallets wallets{};
  std::int64_t open_losses = 0;
  Standing before;
  std::span<TrialOrder> orders;
  bool may_reduce = false;      // may pass because nothing gets worse, if the orders lose little
  std::int64_t cash_value = 0;  // of money that comes in or goes out, in the numeraire
  bool next_leg_is_new = false;

  [[nodiscard]] std::int64_t open_loss() const noexcept;  // of what works
};

struct QuotePlan {
  std::uint32_t leg = no_leg;
  std::uint32_t instrument = 0;
  margin::LegState after;
};

struct QuoteSidePlan {
  std::uint32_t quote = 0;
  Side side = Side::buy;
  TrialOrder order;
};

// What planning a batch adds up to.
struct QuotePlanning {
  std::uint32_t slot = 0;
  std::uint32_t quotes = 0;
  std::uint32_t sides = 0;
  std::uint32_t new_orders = 0;
  std::uint32_t new_legs = 0;
  std::int64_t open_losses = 0;
  std::array<std::int64_t, risk_units_max> scaled_lots{};
};

// Room for the largest batch, taken once.
struct QuoteScratch {
  QuoteScratch(std::uint32_t quotes_max, std::size_t instruments);

  std::vector<LegMove> moves;
  std::vector<QuotePlan> plans;
  std::vector<QuoteSidePlan> sides;
  std::vector<TrialOrder> orders;
  std::vector<limits::Order> controlled;
  std::vector<std::uint64_t> last_batch;  // by instrument: the batch that last quoted it
  std::uint64_t batch = 0;
};

class Gate::Impl {
 public:
  Impl(GateTerms terms, std::pmr::memory_resource* memory);

  // Order path (check_path.cpp).
  void check(const OrderIntent& intent, Verdict& verdict) noexcept;
  void check(std::span<const OrderIntent> intents, std::span<Verdict> verdicts) noexcept;
  void reserve(const OrderIntent& intent, Verdict& verdict) noexcept;
  void replace(const ReplaceIntent& intent, Verdict& verdict) noexcept;

  // What an order is beside its margin (order_identity.cpp).
  void check_with_terms(const OrderIntent& intent, Verdict& verdict) noexcept;
  void reserve_with_terms(const OrderIntent& intent, Verdict& verdict) noexcept;
  void replace_with_terms(const ReplaceIntent& intent, Verdict& verdict) noexcept;
  CancelAllResult release(const CancelAll& cancel) noexcept;
  [[nodiscard]] std::int64_t fillable(const WorkingOrderSlot& order) const noexcept;

  // Quotes under a protection (protection_path.cpp).
  Reason check_protected(const ProtectedQuote& quote) noexcept;
  Reason apply(const ProtectedFill& fill) noexcept;

  // Combos (combo_path.cpp).
  Reason apply(const ComboFill& fill) noexcept;
  const margin::RiskRow& live_derived_row(std::uint32_t slot, std::uint32_t instrument) noexcept;

  // Reports that may not fit (execution_path.cpp).
  Reason apply(const Execution& execution) noexcept;
  Reason apply(const Reconciled& reconciled) noexcept;

  // Quotes (quote_path.cpp).
  QuoteVerdict quote(const QuoteBatch& batch, std::span<QuoteResult> results) noexcept;

  // Money, positions between accounts, settlements (settlement_path.cpp).
  Verdict withdraw(const Withdrawal& withdrawal) noexcept;
  TransferVerdict transfer(const CashTransfer& transfer) noexcept;
  TransferVerdict trade(const BlockTrade& trade) noexcept;
  Verdict exercise(const Exercise& exercise) noexcept;
  Reason apply(const Assignment& assignment) noexcept;
  SettlementResult settle(const MarkSettlement& settlement) noexcept;
  SettlementResult settle(const FundingPayment& payment) noexcept;
  SettlementResult settle(const Expiry& expiry) noexcept;

  // Events (event_path.cpp).
  Reason release(const Cancel& cancel) noexcept;
  Reason apply(const Fill& fill) noexcept;
  Reason apply(const PositionTransfer& transfer) noexcept;
  Reason apply(const CashMovement& movement) noexcept;
  Reason apply(const Hold& hold) noexcept;
  Reason apply(const SpotTick& tick) noexcept;
  Reason apply(const AssetTick& tick) noexcept;

  // Publication (adoption.cpp).
  std::size_t poll(std::span<Adoption> adopted) noexcept;
  Reason reaggregate(AccountId account, Epoch epoch) noexcept;

  // Audits of the running state (audit_answers.cpp): at most one account per poll.
  void answer_audit() noexcept;
  void tell_verdict(const Candidate& candidate, const Verdict& verdict) noexcept;

  // Exact path (exact_path.cpp): revalues the account's legs at the live spot.
  ExactMargin exact_margin(const Candidate& candidate) noexcept;
  // What an order would lose against the mark at the live spot, wherever that is.
  margin::Interval open_loss_now(std::uint32_t slot, std::uint32_t instrument, std::int64_t lots,
                                 std::int64_t price) noexcept;
  // Exact totals of one unit at the live spot, in scratch memory or the account's own block.
  margin::UnitTotals exact_totals(std::uint32_t account, std::uint32_t slot,
                                  std::uint32_t unit) noexcept;
  // Row of one instrument at the live spot; valid until the next call.
  const margin::RiskRow& live_row(std::uint32_t slot, std::uint32_t instrument) noexcept;
  margin::UnitMarket exact_market(std::uint32_t slot, std::uint32_t unit) const noexcept;

  // What is wrong with an order whatever the market; accepted when nothing is.
  [[nodiscard]] Reason order_input(const OrderIntent& intent) const noexcept;
  [[nodiscard]] std::uint32_t slot_for(std::uint32_t account) const noexcept;
  [[nodiscard]] Reason freshness(std::uint32_t slot, std::uint32_t unit_mask) const noexcept;
  void prefetch(std::uint32_t account, std::uint32_t instrument) const noexcept;

  HugePages memory;  // of everything below
  GateShared shared;
  const GateTerms& terms;                      // = shared.terms
  std::unique_ptr<limits::Controls> controls;  // null: none; its memory is `memory`
  Counters counters;
  std::pmr::vector<AccountState> accounts;
  std::pmr::vector<std::int64_t> blocks;
  std::pmr::vector<CachedUnit> cache;           // account * units + unit
  std::pmr::vector<margin::UnitChords> chords;  // the same; none where no account can need them
  std::pmr::vector<CachedPool> pool_cache;      // account * pools + pool
  LegTable legs;
  WorkingOrders orders;
  OrderIds order_ids;
  std::pmr::vector<QuarantinedExecution> quarantined;  // ring, counters.quarantined written
  std::pmr::vector<LegChange> changes;
  std::uint64_t changes_written = 0;
  std::pmr::vector<LiveUnit> live;             // slot * units + unit
  std::pmr::vector<std::int64_t> deductibles;  // of the live units that have any
  // Of each unit's market, by slot: unique per change, and only growing.
  std::array<std::array<std::uint64_t, risk_units_max>, sync::EpochSlots<>::slots_max>
      unit_versions{};
  std::array<std::uint32_t, sync::EpochSlots<>::slots_max> accounts_on_slot{};
  std::array<std::uint64_t, sync::EpochSlots<>::slots_max> epoch_of_slot{};  // 0: not in use
  sync::Published newest;
  std::vector<SpotState> spots;  // by underlying
  margin::AssetPrices asset_prices{};
  std::uint64_t asset_prices_version = 0;  // of the last change, as LiveUnit::version
  Timestamp spots_fresh_until;             // every spot is young enough until then
  std::array<std::uint32_t, sync::EpochSlots<>::slots_max> beyond_max{};  // units, by slot
  Timestamp now;
  std::pmr::vector<std::uint32_t> to_resend;  // accounts, each at most once
  std::uint32_t to_resend_count = 0;
  std::uint32_t asset_prices_to_resend = 0;  // one bit per asset
  std::uint64_t versions = 0;
  AuditRequest audit_request;
  bool audit_pending = false;   // audit_request waits for an answer
  bool verdict_wanted = false;  // the next accepted order's verdict goes to the auditor

  [[nodiscard]] std::int64_t* block(std::uint32_t account) noexcept {
    return aligned_blocks_ + static_cast<std::size_t>(account) * terms.account_words;
  }
  [[nodiscard]] LiveUnit& live_unit(std::uint32_t slot, std::uint32_t unit) noexcept {
    return live[slot * terms.units.size() + unit];
  }
  [[nodiscard]] const LiveUnit& live_unit(std::uint32_t slot, std::uint32_t unit) const noexcept {
    return live[slot * terms.units.size() + unit];
  }
  [[nodiscard]] CachedUnit& cached(std::uint32_t account, std::uint32_t unit) noexcept {
    return cache[account * terms.units.size() + unit];
  }

  [[nodiscard]] CachedPool& cached_pool(std::uint32_t account, std::uint32_t pool) noexcept {
    return pool_cache[account * terms.account.pools.size() + pool];
  }

  // Makes sure the account's totals are under a table that can decide, if there is one.
  void attach(std::uint32_t account) noexcept;
  void sum_under(std::uint32_t account, std::uint32_t slot) noexcept;

 private:
  // check_path.cpp
  Reason validate(const OrderIntent& intent) noexcept;
  void start_fetching(std::uint32_t account, std::uint32_t instrument) const noexcept;
  [[nodiscard]] Candidate candidate(const OrderIntent& intent, std::uint32_t slot,
                                    std::uint32_t leg) const noexcept;
  Reason room_for_order(std::uint32_t leg) noexcept;
  Reason position_limit(const Candidate& candidate) noexcept;
  void decide(const Candidate& candidate, Verdict& verdict) noexcept;
  void decide_exactly(const Candidate& candidate, Reason freshness, Verdict& verdict) noexcept;
  const margin::UnitSummary& unit_now(std::uint32_t account, std::uint32_t slot, std::uint32_t unit,
                                      bool by_chords) noexcept;
  bool follow_chords(std::uint32_t account, std::uint32_t slot, std::uint32_t unit) noexcept;
  bool draw_chords(std::uint32_t account, std::uint32_t slot, std::uint32_t unit) noexcept;
  [[nodiscard]] bool uses_chords(std::uint32_t unit_mask) const noexcept;
  void forget_unit(std::uint32_t account, std::uint32_t unit) noexcept;
  margin::Interval add_up(const AccountState& account, std::uint32_t slot,
                          const margin::body::UnitsSum& units_sum, const margin::UnitViews& units,
                          AccountSum& sum) const noexcept;
  margin::Answer weigh(const Candidate& candidate, const AccountSum& sum,
                       const margin::Interval& borrow, const margin::UnitSummary& unit_before,
                       const margin::Interval& pool_before, const margin::UnitViews& units_after,
                       const margin::Interval& open_loss, Verdict& verdict) noexcept;
  margin::Answer weigh_closely(const Candidate& candidate, std::uint32_t unit_mask,
                               const margin::Interval& open_loss, Verdict& verdict) noexcept;
  const AccountSum& sum_now(std::uint32_t account, std::uint32_t slot,
                            std::uint32_t unit_mask) noexcept;
  [[nodiscard]] std::uint64_t market_version(std::uint32_t slot,
                                             std::uint32_t unit_mask) const noexcept;
  void count(const Verdict& verdict) noexcept;
  WorkingOrderHandle commit(const Candidate& candidate, Money open_loss,
                            WorkingOrderHandle replaced) noexcept;

  // pool_path.cpp; only when the model has pools
  const CachedPool& pool_now(std::uint32_t account, std::uint32_t slot, std::uint32_t pool,
                             std::uint32_t unit_mask) noexcept;
  margin::PoolInterval pool_after(const Candidate& candidate, std::uint32_t pool,
                                  std::uint32_t unit_mask) noexcept;
  [[nodiscard]] std::uint64_t pool_version(std::uint32_t slot, std::uint32_t pool) const noexcept;

  // control_path.cpp; only when there are controls
  [[nodiscard]] std::int64_t order_value(const Candidate& candidate) const noexcept;
  [[nodiscard]] std::int64_t contracts_value(const Candidate& candidate) const noexcept;
  [[nodiscard]] limits::Order controlled_trade(std::uint32_t account, std::uint32_t instrument,
                                               std::int64_t lots,
                                               std::int64_t price) const noexcept;
  [[nodiscard]] limits::Order controlled(const Candidate& candidate) const noexcept;
  Reason take_message(std::uint32_t account) noexcept;
  void hold_against_margin_limits(const Candidate& candidate, Reason freshness,
                                  Verdict& verdict) noexcept;
  void measure(std::uint32_t account, const Verdict& verdict) noexcept;
  void tell_controls(const WorkingOrderSlot& order, WorkingOrderHandle handle, Side side,
                     std::int64_t quantity) noexcept;
  void measure_change(const Trial& trial, const Verdict& verdict) noexcept;
  void remeasure(std::uint32_t account) noexcept;
  void reground_greeks(std::uint32_t account, std::uint32_t slot) noexcept;
  [[nodiscard]] std::int64_t cash_value(std::uint32_t asset, std::int64_t amount) const noexcept;
  void move_cash(std::uint32_t account, std::uint32_t asset, std::int64_t amount) noexcept;
  // order_identity.cpp
  [[nodiscard]] std::int64_t reducible(std::uint32_t leg, Side side) const noexcept;
  [[nodiscard]] Reason order_terms(const OrderIntent& intent) const noexcept;
  void refuse(Reason reason, Verdict& verdict) noexcept;
  void end_order(WorkingOrderHandle handle) noexcept;

  // execution_path.cpp
  [[nodiscard]] Reason execution_input(const Execution& execution) const noexcept;
  Reason suspend(const Execution& execution, std::int64_t quantity, Reason reason) noexcept;
  Reason quarantine(const Execution& execution, Reason reason,
                    WorkingOrderHandle suspense) noexcept;

  // standing_path.cpp
  Standing standing(std::uint32_t account) noexcept;
  Standing standing_exactly(std::uint32_t account, ExactUnits& exact) noexcept;
  bool raises_a_pool_exactly(std::uint32_t slot) noexcept;
  bool worsens_nothing_exactly(std::uint32_t slot) noexcept;
  void begin(Trial& trial, std::uint32_t account) noexcept;
  std::uint32_t insert(Trial& trial, std::uint32_t instrument) noexcept;
  void reprice(Trial& trial, std::int64_t& loss, std::int64_t& loss_max) noexcept;
  void move(Trial& trial, std::uint32_t leg, const margin::LegState& after,
            bool profit_changes) noexcept;
  void move_wallet(std::uint32_t account, std::uint32_t asset, std::int64_t by) noexcept;
  void exchange(Trial& trial) noexcept;
  void take_back(Trial& trial) noexcept;
  void settle(const Trial& trial) noexcept;
  Verdict judge(Trial& trial) noexcept;
  Verdict judge_margin(Trial& trial) noexcept;
  void judge_exactly(Trial& trial, Reason fresh, Verdict& verdict) noexcept;

  // quote_path.cpp
  Reason quote_side_input(const QuoteBatch& batch, const Quote& quote, Side side) noexcept;
  Reason quote_input(const QuoteBatch& batch, const Quote& quote) noexcept;
  Reason plan_quote(QuotePlanning& planning, const QuoteBatch& batch, std::uint32_t index) noexcept;
  Reason room_for_quotes(const QuotePlanning& planning) noexcept;
  Verdict decide_quotes(const QuoteBatch& batch, std::uint32_t first, std::uint32_t last,
                        std::span<QuoteResult> results) noexcept;
  void book_quotes(const QuoteBatch& batch, const QuotePlanning& planning,
                   std::span<QuoteResult> results) noexcept;
  Reason withdraw_quote(const QuoteBatch& batch, const Quote& quote) noexcept;

  // protection_path.cpp
  [[nodiscard]] Reason protection_input(const WorkingOrderSlot* order, InstrumentId instrument,
                                        Side side, Price price) const noexcept;

  // settlement_path.cpp
  [[nodiscard]] Reason time_input(Timestamp time) const noexcept;
  [[nodiscard]] Reason cash_input(std::uint32_t account, AssetId asset,
                                  Money amount) const noexcept;
  Reason add_trade(Trial& trial, std::uint32_t instrument, std::int64_t lots,
                   std::int64_t price) noexcept;
  void admit_sides(const BlockTrade& trade, TransferVerdict& verdict) noexcept;
  Reason admit_exercise(const Exercise& exercise, std::int64_t delivered) noexcept;
  [[nodiscard]] Reason delivery_input(const Exercise& exercise) const noexcept;
  template <class Settle>
  SettlementResult settle_accounts(std::uint32_t instrument, const Settle& settle) noexcept;
  bool settle_leg(std::uint32_t account, std::uint32_t leg,
                  const margin::FillOutcome& outcome) noexcept;

  // event_path.cpp
  void change_leg(std::uint32_t leg, const margin::LegState& after, bool profit_changes) noexcept;
  void move_leg(std::uint32_t leg, const margin::LegState& after, bool profit_changes) noexcept;
  void change_wallet(std::uint32_t account, std::uint32_t asset, std::int64_t by) noexcept;
  void set_asset_price(std::uint32_t asset, std::int64_t price) noexcept;
  void log_change(AccountState& account, std::uint32_t leg, const margin::LegState& before,
                  const margin::LegState& after) noexcept;
  void tell_leg(std::uint32_t account, std::uint32_t leg) noexcept;
  void tell_amount(GateEventKind kind, std::uint32_t account, std::uint32_t id,
                   std::int64_t amount) noexcept;
  void tell(const GateEvent& event) noexcept;
  void tell_asset_price(std::uint32_t asset) noexcept;
  [[nodiscard]] bool has_own_price(AssetId asset) const noexcept;
  [[nodiscard]] bool cash_fits(std::uint32_t account, const scenario::InstrumentTerms& instrument,
                               const margin::FillOutcome& outcome) const noexcept;
  [[nodiscard]] std::int64_t scaled_lots(std::uint32_t account, std::uint32_t unit) noexcept;
  void resend_later(std::uint32_t account) noexcept;
  void change_open_losses(std::uint32_t account, std::int64_t by) noexcept;
  void detach_if_flat(std::uint32_t account) noexcept;

  // adoption.cpp
  void see_newest_table() noexcept;
  void refresh_unit(std::uint32_t slot, std::uint32_t unit) noexcept;
  void refresh_underlying(std::uint32_t underlying) noexcept;
  bool adopt(const Handover& handover) noexcept;
  bool apply_later_changes(std::uint32_t account, const Handover& handover) noexcept;
  void move_to_slot(std::uint32_t account, std::uint32_t slot) noexcept;
  void announce() noexcept;
  bool resend(std::uint32_t account) noexcept;
  void resend_pending() noexcept;
  void forget_cached(std::uint32_t account) noexcept;

  std::int64_t* aligned_blocks_;
  Decided decided_;  // by the last call of decide() that accepted
  margin::RowScratch row_scratch_;
  margin::RiskRow scratch_row_;
  margin::RowCharges scratch_charges_;
  std::vector<std::int32_t> scratch_lanes_;
  std::vector<std::int64_t> scratch_totals_;
  margin::PoolLosses pool_losses_;
  ExactUnits exact_before_;
  ExactUnits exact_after_;
  QuoteScratch quotes_;
  std::vector<std::int32_t> derived_lanes_;
  margin::RiskRow derived_row_;
  margin::RowCharges derived_charges_;
  friend class Gate;
  friend class AccountMover;
};

}  // namespace margingate
