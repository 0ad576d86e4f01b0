// The pre-trade portfolio margin gate: one writer, every order decided on the whole account.
//
// Shape    created once from a GateConfig; all memory is taken then and never again.
// Units    see units.hpp; prices and money scaled by GateConfig::price_decimals, money_decimals.
// Sign     see the argument types.
// Range    GateLimits; every value outside it is refused with its own Reason, state unchanged.
// Errors   none thrown after create(); calls answer with a Reason.
// Threads  all members are for the one thread that owns the gate (the order thread). The Revaluer
//          of the same gate may run on another; they share only queues and published tables.
// Cost     check and reserve: fixed work per risk unit, independent of legs, working orders,
//          accounts and instruments, unless the exact path is taken (legs of the account).
// Source   docs/architecture.md; docs/threading.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "margingate/certified_interval.hpp"
#include "margingate/controls.hpp"
#include "margingate/counters.hpp"
#include "margingate/ids.hpp"
#include "margingate/instruction_set.hpp"
#include "margingate/instrument.hpp"
#include "margingate/limits.hpp"
#include "margingate/margin_model.hpp"
#include "margingate/order.hpp"
#include "margingate/quote.hpp"
#include "margingate/statement.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

struct GateConfig {
  GateLimits limits;
  AssetId numeraire;       // what money, equity and requirements are counted in
  int money_decimals = 8;  // smallest money unit = 10^-money_decimals of the numeraire, 0 .. 18
  int price_decimals = 8;  // smallest price unit = 10^-price_decimals, 0 .. 12
  std::vector<Asset> assets;
  std::vector<Underlying> underlyings;
  std::vector<Instrument> instruments;
  std::vector<Combo> combos;  // combo k is traded as instrument instruments.size() + k
  // The protection of group g is held as a buy order of instrument
  // instruments.size() + combos.size() + g: its lots are the limit, its price what a lot may lose
  // against the mark when it trades.
  std::vector<QuoteGroup> quote_groups;
  MarginModel model;

  // Relative spot move since a table was published that its certified bounds cover; beyond it
  // every decision revalues. 0.0001 .. 0.1
  double drift_band = 0.01;
  // Relative spot move since the newest table beyond which nothing is priced. <= 0.9
  double drift_max = 0.3;
  // Age of the account's risk table, and of a spot, beyond which only reducing orders pass.
  Duration table_age_max = seconds(10);
  Duration spot_age_max = seconds(60);
  // A reducing order may pay this share of its notional beyond the mark and still pass.
  double reducing_open_loss_rate_max = 0.05;

  // Controls beside margin; without them the gate decides on margin alone.
  std::optional<ControlsConfig> controls;

  std::optional<InstructionSet> instruction_set;  // best supported one unless given
  std::pmr::memory_resource* memory = nullptr;    // default resource unless given
};

// An account's place in a published table, as adopted by poll().
struct Adoption {
  AccountId account;
  Epoch epoch = 0;
};

struct CancelAllResult {
  Reason reason = Reason::accepted;
  std::uint32_t orders = 0;
};

// Both sides of a call that moves something between two accounts.
struct TransferVerdict {
  Reason reason = Reason::internal_fault;  // accepted when both are; otherwise the one that refused
  Verdict from;                            // or the buyer
  Verdict to;                              // or the seller
};

// A call about every account that holds an instrument.
struct SettlementResult {
  Reason reason = Reason::accepted;
  std::uint32_t accounts = 0;      // whose position was settled
  std::uint32_t orders = 0;        // working orders released
  std::uint32_t unreconciled = 0;  // accounts it could not be booked for: closed, see Reconciled
};

// An execution that did not fit, and where it is counted.
struct QuarantinedExecution {
  Execution execution;
  Reason reason = Reason::accepted;  // of band 600
  // Alive while the execution is in suspense: release it when it did not happen, fill it when it
  // did. Dead when all was booked, or when nothing could be and the account is unreconciled.
  WorkingOrderHandle suspense;
};

class Revaluer;

class Gate {
 public:
  struct Created;
  // Validates everything and reports every issue; on any issue there is no gate.
  [[nodiscard]] static Created create(const GateConfig& config);
  // Bytes that create() will take for these limits.
  [[nodiscard]] static std::size_t memory_required_bytes(const GateConfig& config);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Decides and changes no position, order or money.
  [[nodiscard]] Verdict check(const OrderIntent& intent) noexcept;
  // check() for each intent in turn, while what later ones read is being fetched. Answers as many
  // as both spans hold; returns how many.
  std::size_t check(std::span<const OrderIntent> intents, std::span<Verdict> verdicts) noexcept;
  // Decides; when accepted, the order counts as working and the verdict carries its handle.
  [[nodiscard]] Verdict reserve(const OrderIntent& intent) noexcept;
  // Decides on the difference; refused means the original order still works, untouched.
  [[nodiscard]] Verdict replace(const ReplaceIntent& intent) noexcept;
  // Decides a batch of quotes; results[i] is about quotes[i]. Withdrawals always pass.
  [[nodiscard]] QuoteVerdict quote(const QuoteBatch& batch,
                                   std::span<QuoteResult> results) noexcept;
  // May this quote be shown under the protection that is held? Asks no margin and keeps nothing:
  // any number of quotes of any size may be, since no more trades than the limit (MR-36).
  Reason check_protected(const ProtectedQuote& quote) noexcept;
  // The rest of a working order no longer works. Passes in every state of the gate.
  Reason release(const Cancel& cancel) noexcept;
  // Every working order that matches is released. Costs a look at every order alive. How many.
  CancelAllResult release(const CancelAll& cancel) noexcept;
  // Makes an execution part of the position. A reduce-only order fills no further than fillable().
  Reason apply(const Fill& fill) noexcept;
  // The same from a report, which may be late, doubled or about nothing: band 600 of Reason.
  Reason apply(const ComboFill& fill) noexcept;
  Reason apply(const ProtectedFill& fill) noexcept;
  Reason apply(const Execution& execution) noexcept;
  Reason apply(const Reconciled& reconciled) noexcept;
  Reason apply(const PositionTransfer& transfer) noexcept;
  Reason apply(const CashMovement& movement) noexcept;
  Reason apply(const Hold& hold) noexcept;
  Reason apply(const SpotTick& tick) noexcept;
  Reason apply(const AssetTick& tick) noexcept;
  // Steering the controls; Reason::no_controls on a gate that has none.
  Reason apply(const KillSwitch& event) noexcept;
  Reason apply(const Resumption& event) noexcept;
  Reason apply(const LimitOverride& event) noexcept;
  Reason apply(const ReferencePrice& event) noexcept;
  Reason apply(const TradingDayStart& event) noexcept;
  // Money that leaves an account, or moves to another one in one step.
  [[nodiscard]] Verdict withdraw(const Withdrawal& withdrawal) noexcept;
  [[nodiscard]] TransferVerdict transfer(const CashTransfer& transfer) noexcept;
  // Both sides are decided, and both or neither is booked.
  [[nodiscard]] TransferVerdict trade(const BlockTrade& trade) noexcept;
  // The option ends and what it delivers is traded, in one decision.
  [[nodiscard]] Verdict exercise(const Exercise& exercise) noexcept;
  Reason apply(const Assignment& assignment) noexcept;
  // Every account that holds the instrument. Costs a look at every account.
  SettlementResult settle(const MarkSettlement& settlement) noexcept;
  SettlementResult settle(const FundingPayment& payment) noexcept;
  SettlementResult settle(const Expiry& expiry) noexcept;
  // The one entry for journals and replay: each alternative as its own call above.
  Verdict apply(const Event& event) noexcept;

  // How much of a working order may trade now: its rest, or what reduces the position if less.
  [[nodiscard]] Quantity fillable(WorkingOrderHandle order) const noexcept;
  // The working order with this id; a handle that is not alive when there is none.
  [[nodiscard]] WorkingOrderHandle find_order(OrderId id) const noexcept;

  // Sees the newest published table and adopts accounts that the revaluer has re-aggregated, at
  // most adopted.size() of them. Returns how many; call between orders.
  std::size_t poll(std::span<Adoption> adopted) noexcept;
  std::size_t poll() noexcept;
  // Newest table that poll() has seen.
  [[nodiscard]] Epoch newest_epoch() const noexcept;
  // Re-sums one account under the given table if it is alive: first-touch fallback and replay.
  Reason reaggregate(AccountId account, Epoch epoch) noexcept;

  // What a control refused or saw at the last order call.
  [[nodiscard]] ControlFinding control_finding() const noexcept;
  // Switches, limits and exposures of one scope, overrides expired as of the last event.
  [[nodiscard]] ScopeStatus scope_status(ControlScope scope) noexcept;

  // Brings what the next decision on this account and instrument reads towards the caches.
  void prefetch(AccountId account, InstrumentId instrument) const noexcept;

  // What the account needs now, exactly, at the live spot. Allocates; not for the order path.
  [[nodiscard]] MarginStatement statement(AccountId account);
  // The same, were this order working as well.
  [[nodiscard]] MarginStatement statement(const OrderIntent& with);

  // What the certified interval says by itself: for audits of the bounds. Like check(), it may move
  // the account to a newer table and changes nothing else.
  [[nodiscard]] CertifiedInterval certified_interval(const OrderIntent& with);
  [[nodiscard]] CertifiedInterval certified_interval(const ReplaceIntent& with);

  struct Leg {
    InstrumentId instrument;
    Quantity net_quantity;
    Quantity working_buys;
    Quantity working_sells;
    Money entry_cash;  // settlement asset; what was received (+) or paid (-) for the net quantity
  };
  struct WorkingOrder {
    AccountId account;
    InstrumentId instrument;
    Side side;
    Quantity remaining;
    Price price;
    Money open_loss;
    OrderId id{};
    OrderKind kind = OrderKind::limit;
    bool reduce_only = false;
    bool in_suspense = false;  // no order: an execution that may or may not have happened
  };
  // Read-only views for reports and audits; allocate.
  [[nodiscard]] std::vector<Leg> legs(AccountId account) const;
  [[nodiscard]] std::vector<Money> wallets(AccountId account) const;  // by AssetId
  [[nodiscard]] Money open_losses(AccountId account) const;
  [[nodiscard]] Money holds(AccountId account) const;
  [[nodiscard]] Epoch epoch(AccountId account) const noexcept;
  [[nodiscard]] std::vector<WorkingOrderHandle> working_orders(AccountId account) const;
  // Closed because something could not be booked, until Reconciled.
  [[nodiscard]] bool is_unreconciled(AccountId account) const noexcept;
  [[nodiscard]] std::optional<WorkingOrder> working_order(WorkingOrderHandle order) const noexcept;
  // The newest execution that did not fit: what the last answer of band 600 was about.
  [[nodiscard]] QuarantinedExecution last_quarantined() const noexcept;
  // What did not fit, oldest first, as far as it is remembered.
  [[nodiscard]] std::vector<QuarantinedExecution> quarantined() const;
  // True when the account's running totals equal a sum over its legs from zero, to the last unit.
  [[nodiscard]] bool totals_equal_recomputed(AccountId account);

  [[nodiscard]] const Counters& counters() const noexcept;
  [[nodiscard]] InstructionSet instruction_set() const noexcept;
  [[nodiscard]] const GateConfig& config() const noexcept;

  class Impl;

 private:
  friend class AccountMover;
  friend class LiquidationPlanner;
  friend class Revaluer;
  friend struct GateInternals;  // tests and benchmarks that look inside define it
  explicit Gate(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

struct GateIssue {
  std::string where;  // path of the field, e.g. "instruments[12].strike"
  std::string expected;
};

struct Gate::Created {
  std::unique_ptr<Gate> gate;  // null when there are issues
  std::vector<GateIssue> issues;
};

}  // namespace margingate
