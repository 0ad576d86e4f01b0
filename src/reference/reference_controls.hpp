// The controls beside margin from scratch: every exposure summed anew for every question.
//
// Shape    plain containers; told every event after the gate has answered it.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    as in the public headers.
// Errors   disagreements are returned in words; empty means that gate and reference agree.
// Threads  one owner; reads the gate for epochs and measured margins: order thread.
// Cost     accounts x legs + working orders per question; audits and tests only.
// Source   docs/controls.md, "What is measured".
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "reference/exact_integer.hpp"
#include "reference/reference_greeks.hpp"
#include "reference/reference_market.hpp"

namespace margingate::reference {

class ReferenceControls {
 public:
  // The market of a published table, if it is still known.
  using MarketOf = std::function<std::optional<ReferenceMarket>(Epoch)>;

  ReferenceControls(const GateConfig& config, MarketOf market_of);

  // An order or replace and the gate's answer. What the two disagree in, and then nothing is
  // remembered; otherwise the answer is.
  [[nodiscard]] std::string judge(Gate& gate, const OrderIntent& intent,
                                  std::optional<WorkingOrderHandle> replaced,
                                  const Verdict& verdict);
  // One side of a batch of quotes: what it replaces, if that was alive, and where it works when
  // accepted. Of no lots: withdrawn.
  struct QuotedSide {
    OrderIntent intent;
    std::optional<WorkingOrderHandle> replaced;
    WorkingOrderHandle booked;
  };
  // A batch decided together; one quote of it when each is decided by itself.
  [[nodiscard]] std::string judge(Gate& gate, AccountId account, Timestamp time,
                                  const std::vector<QuotedSide>& sides, const Verdict& verdict);
  // Calls that no order announces.
  [[nodiscard]] std::string judge(Gate& gate, const BlockTrade& trade,
                                  const TransferVerdict& verdict);
  [[nodiscard]] std::string judge(Gate& gate, const Exercise& exercise, const Verdict& verdict);
  [[nodiscard]] std::string judge(const Withdrawal& withdrawal, const Verdict& verdict);
  [[nodiscard]] std::string judge(const CashTransfer& transfer, const TransferVerdict& verdict);
  // A quote shown under a protection of this account.
  [[nodiscard]] std::string judge(AccountId account, const ProtectedQuote& quote, Reason reason);
  // An execution report, and what the gate made of it.
  void took(Gate& gate, const Execution& execution, Reason reason);
  // Any other event, once the gate has accepted it.
  void took(const Event& event);
  // The account adopted totals of another table: its margin was measured again.
  void adopted(Gate& gate, AccountId account);

  // The account has moved to another gate, or has come from one: as the gate judged it, its orders
  // with it.
  void moved_away(AccountId account);
  void moved_in(Gate& gate, AccountId account, const MarginStatement& statement);

  // The account's positions as the gate shows them: for events that move them in other ways.
  void reread(const Gate& gate, AccountId account);

  // Sums of one scope against the gate's own, to the last unit; empty when equal.
  [[nodiscard]] std::string status_difference(Gate& gate, ControlScope scope) const;
  // The first exposure of any scope that stands above its limit; empty when there is none. Holds
  // always while nothing but orders, fills and cancels happens.
  [[nodiscard]] std::string first_excess(Gate& gate) const;

 private:
  struct Order {
    std::uint32_t account = 0;
    std::uint32_t instrument = 0;
    bool is_buy = false;
    std::int64_t remaining = 0;
    std::int64_t price = 0;
    std::int64_t value = 0;
    OrderId id{};
    bool in_suspense = false;
  };
  // A contract that one lot of an order trades: bought, sold if negative.
  struct Part {
    std::uint32_t instrument = 0;
    std::int64_t ratio = 1;
  };
  // What is asked: an order that would work, or trades at once.
  struct Request {
    OrderIntent intent;
    std::int64_t value = 0;
    std::optional<WorkingOrderHandle> replaced;
    bool fills = false;
    WorkingOrderHandle handle;
  };
  struct Compared {
    Int128 without = 0;
    Int128 with = 0;
  };
  static constexpr WorkingOrderHandle temporary{UINT32_MAX, UINT32_MAX};
  struct Identity {
    std::uint32_t instrument = 0;
    bool is_buy = false;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t time = 0;
  };
  struct Executions {
    std::uint32_t instrument = 0;
    bool is_buy = false;
    std::int64_t time = 0;
    std::int64_t count = 0;
  };
  // A leaky bucket: what messages have put in, less what has leaked since.
  struct Bucket {
    std::int64_t level = 0;
    std::int64_t time = 0;
  };
  using ScopeKey = std::pair<int, std::uint32_t>;
  struct Party {
    bool is_killed = false;
    bool is_suspended = false;
    Bucket bucket;
    Executions executions;
    std::deque<Identity> recent;
  };
  struct Measure {
    std::int64_t requirement = 0;
    std::int64_t equity = 0;
    std::int64_t base = 0;
  };
  struct Leg {
    std::int64_t net = 0, buys = 0, sells = 0;
    [[nodiscard]] std::int64_t worst() const { return std::max(net + buys, sells - net); }
    void add(const Leg& other) {
      net += other.net;
      buys += other.buys;
      sells += other.sells;
    }
  };

  [[nodiscard]] static ScopeKey key(ControlScope scope) {
    return {static_cast<int>(scope.level), scope.id};
  }
  [[nodiscard]] std::vector<ControlScope> chain(std::uint32_t account) const;
  [[nodiscard]] bool belongs(std::uint32_t account, ControlScope scope) const;
  [[nodiscard]] const ScopeLimits& base_limits(ControlScope scope) const;
  [[nodiscard]] std::int64_t limit(ControlScope scope, Control control) const;
  [[nodiscard]] bool is_group(std::uint32_t instrument) const;
  [[nodiscard]] std::vector<Part> parts(std::uint32_t instrument) const;
  [[nodiscard]] Leg lots_in(const Order& order, std::uint32_t instrument) const;
  std::optional<Order> put(const Request& request);
  void take_back(const Request& request, const std::optional<Order>& gone);
  [[nodiscard]] Compared compare(const Request& request, const std::function<Int128()>& measure);
  [[nodiscard]] Leg leg(std::uint32_t account, std::uint32_t instrument) const;
  [[nodiscard]] Leg sum(ControlScope scope, std::uint32_t instrument) const;
  [[nodiscard]] Int128 open_interest(ControlScope scope, std::uint32_t instrument) const;
  [[nodiscard]] Int128 worst_greek(Gate& gate, ControlScope scope, std::uint32_t unit,
                                   std::size_t greek, AccountId at_epoch_of, Epoch epoch) const;
  [[nodiscard]] const std::vector<ReferenceGreeks>* greeks_at(Epoch epoch) const;
  [[nodiscard]] std::int64_t order_value(const ReferenceMarket& market,
                                         const OrderIntent& intent) const;

  [[nodiscard]] Reason message(std::uint32_t account, Timestamp now);
  [[nodiscard]] Reason order(Gate& gate, const Request& request, Epoch epoch,
                             const std::map<WorkingOrderHandle, Order>& resting);
  [[nodiscard]] Reason price(InstrumentId instrument, Price price, Timestamp now) const;
  [[nodiscard]] Reason instrument_controls(const Request& request);
  [[nodiscard]] Reason contract_limits(const Request& request);
  [[nodiscard]] Reason positions(ControlScope scope, const Request& request);
  [[nodiscard]] Reason greeks(Gate& gate, ControlScope scope, const std::vector<Request>& requests,
                              Epoch epoch);
  [[nodiscard]] Reason margin(std::uint32_t account, const Verdict& verdict, Int128 equity) const;
  [[nodiscard]] std::string margin_difference(std::uint32_t account, const Verdict& verdict,
                                              Int128 cash_value) const;
  [[nodiscard]] std::int64_t cash_value(AssetId asset, Int128 amount) const;
  [[nodiscard]] Epoch epoch_of(const Gate& gate, AccountId account, const Verdict& verdict) const;
  void count_message(std::uint32_t account, Timestamp now);
  void book(const OrderIntent& intent, std::int64_t value,
            std::optional<WorkingOrderHandle> replaced, WorkingOrderHandle handle);
  void measure(std::uint32_t account, const Verdict& verdict);
  void measure_change(std::uint32_t account, const Verdict& verdict, std::int64_t cash_value);
  void executed(const Order& order, bool is_buy);
  void reduce(WorkingOrderHandle handle, std::int64_t quantity);
  void filled(const Fill& fill);
  void filled(const ComboFill& fill);
  void filled(const ProtectedFill& fill);
  void cancelled(const CancelAll& cancel);
  void ended(InstrumentId instrument);

  const GateConfig* config_;
  MarketOf market_of_;
  bool limits_greeks_ = false;
  bool limits_margin_ = false;
  Timestamp now_;
  std::map<ScopeKey, Party> parties_;
  std::vector<std::uint32_t> desks_;  // by account
  std::vector<LimitOverride> overrides_;
  std::vector<std::map<std::uint32_t, std::int64_t>> nets_;  // by account: instrument to lots
  std::map<WorkingOrderHandle, Order> orders_;
  std::vector<Measure> measures_;  // by account
  std::map<std::uint32_t, ReferencePrice> references_;
  std::vector<Price> asset_prices_;  // by asset; zero: not known
  mutable std::map<Epoch, std::vector<ReferenceGreeks>> greeks_;
};

}  // namespace margingate::reference
