// The books kept beside the gate: what every account must hold after each event, by the reference.
//
// Shape    one ReferenceAccount per account and the orders that work.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    follows only what the gate accepted.
// Errors   difference() says in words where gate and ledger part.
// Threads  the order thread's.
// Cost     the account's legs per event.
// Source   MR-12 to MR-15.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"

namespace margingate::verify {

struct BookedOrder {
  WorkingOrderHandle handle;
  AccountId account;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity remaining;
  Price price;
  Money open_loss;
  OrderId id{};
  bool in_suspense = false;
};

class Ledger {
 public:
  Ledger(const GateConfig& config, std::uint32_t accounts);

  // What an accepted event does. Every kind of event that changes an account has its case here.
  void took(const Event& event, const Verdict& verdict);

  // One side of an accepted quote: works now, or is withdrawn; what it replaces ends.
  void took_quote(AccountId account, InstrumentId instrument, Side side, const QuoteSide& quoted,
                  WorkingOrderHandle booked, Money open_loss);

  // An execution that the gate holds in suspense: it stands among the orders.
  void took_suspense(WorkingOrderHandle handle, const Gate::WorkingOrder& suspense);

  // The account has been in another gate: its orders work under other handles, with open losses
  // booked anew.
  void came_back(const Gate& gate, AccountId account,
                 const std::function<WorkingOrderHandle(WorkingOrderHandle)>& now);

  [[nodiscard]] const reference::ReferenceAccount& account(AccountId id) const {
    return accounts_[id.value];
  }
  [[nodiscard]] const std::vector<BookedOrder>& orders() const noexcept { return orders_; }
  [[nodiscard]] const BookedOrder* find(WorkingOrderHandle handle) const;
  // Legs that are not flat.
  [[nodiscard]] std::size_t legs(AccountId id) const;

  // Where the gate's view of an account differs; empty when nowhere.
  [[nodiscard]] std::string difference(const Gate& gate, AccountId id) const;

 private:
  void took_order(const OrderIntent& intent, const Verdict& verdict);
  void took_replace(const ReplaceIntent& intent, const Verdict& verdict);
  void took_fill(const Fill& fill);
  void took_cancel(const Cancel& cancel);
  void took_cancel_all(const CancelAll& cancel);
  void took_execution(const Execution& execution);
  void took_combo_fill(const ComboFill& fill);
  void took_protected_fill(const ProtectedFill& fill);
  void took_expiry(const Expiry& expiry);
  void took_settlement(const MarkSettlement& settlement);
  void took_funding(const FundingPayment& payment);
  reference::ReferenceLeg& leg(AccountId id, InstrumentId instrument);
  void change_working(const BookedOrder& order, std::int64_t lots);
  // The filled part of an order no longer works.
  void used_up(std::size_t at, std::int64_t lots);
  void trade(AccountId account, InstrumentId instrument, std::int64_t lots, Price price);
  void end(std::size_t at);

  const GateConfig* config_;
  std::vector<reference::ReferenceAccount> accounts_;
  std::vector<BookedOrder> orders_;
};

}  // namespace margingate::verify
