// Random events for a gate: every kind the host may send, sized so that decisions are close.
//
// Shape    one table of kinds with weights (flow.cpp); a new kind of event is a row there, a maker
//          here, and a case in Ledger::took.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    valid events, but for the kind that must be refused.
// Errors   a maker that finds nothing to do gives nothing, and another kind is drawn.
// Threads  the order thread's.
// Cost     small beside a reference margin.
// Source   docs/verification.md.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "margingate/order.hpp"
#include "margingate/quote.hpp"
#include "run/random.hpp"
#include "verify/ledger.hpp"
#include "verify/world.hpp"

namespace margingate::verify {

// Calls that are no event of a journal.
struct QuoteCall {
  AccountId account;
  QuoteDecision decision = QuoteDecision::together;
  std::vector<Quote> quotes;
  Timestamp time;
};
// To the gate of the world's second model, and back.
struct MoveCall {
  AccountId account;
};
using Step = std::variant<Event, QuoteCall, ProtectedQuote, MoveCall>;

// What the flow may know of the market and the accounts.
struct FlowView {
  // Fair price of a contract at the live spot; negative when there is none.
  std::function<Price(InstrumentId)> fair_price;
  // Exact equity and initial margin of an account, if it can be valued.
  struct Standing {
    Money equity;
    Money initial_margin;
  };
  std::function<std::optional<Standing>(AccountId)> standing;
  // Spots of the newest table.
  std::function<Price(UnderlyingId)> table_spot;
};

class Flow {
 public:
  // At the limit: accounts are put at 97 to 103 % utilisation rather than at 50 to 105 %.
  Flow(const World& world, const Ledger& ledger, FlowView view, bool is_at_limit,
       run::Random random);

  // The books that accounts start with; afterwards each is put at a random utilisation.
  [[nodiscard]] std::vector<Event> opening_book(AccountId account);
  // A cash movement that puts initial margin at a random share of equity.
  [[nodiscard]] std::optional<Event> recentre(AccountId account);
  [[nodiscard]] Step next(Timestamp now);

  [[nodiscard]] static std::vector<std::string_view> kinds();
  // Index of the last event's kind; a movement that opens a burst counts as a cash movement.
  [[nodiscard]] std::size_t last_kind() const noexcept { return last_kind_; }

 private:
  struct Kind;
  static const std::vector<Kind>& table();

  std::optional<Step> new_order();
  std::optional<Step> closing_order();
  std::optional<Step> replace();
  std::optional<Step> cancel();
  std::optional<Step> fill();
  std::optional<Step> transfer();
  std::optional<Step> recentre_current();
  std::optional<Step> coin_movement();
  std::optional<Step> hold();
  std::optional<Step> spot_tick();
  std::optional<Step> settlement();
  std::optional<Step> refused_order();
  std::optional<Step> named_order();
  std::optional<Step> cancel_all();
  std::optional<Step> execution();
  std::optional<Step> unknown_execution();
  std::optional<Step> withdrawal();
  std::optional<Step> cash_transfer();
  std::optional<Step> block_trade();
  std::optional<Step> mark_settlement();
  std::optional<Step> funding();
  std::optional<Step> combo_order();
  std::optional<Step> protection();
  std::optional<Step> shown_quote();
  std::optional<Step> quotes();
  std::optional<Step> exercise();
  std::optional<Step> assignment();
  std::optional<Step> expiry();
  std::optional<Step> kill_switch();
  std::optional<Step> resumption();
  std::optional<Step> limit_override();
  std::optional<Step> reference_price();
  std::optional<Step> trading_day();
  std::optional<Step> account_move();

  [[nodiscard]] std::uint32_t below(std::size_t count) {
    return random_.below(static_cast<std::uint32_t>(count));
  }
  [[nodiscard]] InstrumentId any_instrument();
  [[nodiscard]] InstrumentId instrument_for(AccountId account);
  [[nodiscard]] std::int64_t lots(InstrumentId instrument);
  [[nodiscard]] std::optional<Price> price_near(InstrumentId instrument, double spread);
  // Of an order for anything listed: a net price of a combo, a loss per lot of a protection.
  [[nodiscard]] std::optional<Price> order_price(InstrumentId instrument, double spread);
  [[nodiscard]] std::optional<Step> fill_of_combo(const BookedOrder& order, Quantity lots);
  [[nodiscard]] std::optional<Step> fill_of_protection(const BookedOrder& order, Quantity lots);
  [[nodiscard]] const BookedOrder* own_protection();
  [[nodiscard]] const Combo& combo(InstrumentId instrument) const;
  // Lots of a contract without optionality that as many coins are delivered in.
  struct Delivery {
    InstrumentId instrument;
    Quantity lots;
  };
  [[nodiscard]] std::optional<Delivery> delivery_of(InstrumentId option, std::int64_t lots);
  [[nodiscard]] Money fee_of(InstrumentId instrument, std::int64_t lots, Price price);
  [[nodiscard]] ControlScope any_scope();
  [[nodiscard]] const BookedOrder* own_order();
  [[nodiscard]] AccountId another_account();
  // About what the account could just give away; nothing when it could give nothing.
  [[nodiscard]] Money amount_near_excess();
  [[nodiscard]] double spot(UnderlyingId underlying) const;

  const World& world_;
  const Ledger& ledger_;
  FlowView view_;
  run::Random random_;
  double utilisation_low_;
  double utilisation_high_;
  AccountId account_;  // orders come in bursts
  std::uint32_t burst_ = 0;
  double move_max_ = 0.0005;  // of ticks, relative to the newest table
  std::uint32_t moves_left_ = 0;
  Timestamp now_;
  std::uint64_t next_id_ = 1;
  std::size_t last_kind_ = 0;
  std::optional<OrderIntent> last_order_;
  ControlScope killed_;  // the gate: none
};

}  // namespace margingate::verify
