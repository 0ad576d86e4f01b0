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
#include <vector>

#include "margingate/order.hpp"
#include "run/random.hpp"
#include "verify/ledger.hpp"
#include "verify/world.hpp"

namespace margingate::verify {

// What the flow may know of the market and the accounts.
struct FlowView {
  // Fair price of an instrument at the live spot; not positive when there is none.
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
  [[nodiscard]] Event next(Timestamp now);

  [[nodiscard]] static std::vector<std::string_view> kinds();

 private:
  struct Kind;
  static const std::vector<Kind>& table();

  std::optional<Event> new_order();
  std::optional<Event> closing_order();
  std::optional<Event> replace();
  std::optional<Event> cancel();
  std::optional<Event> fill();
  std::optional<Event> transfer();
  std::optional<Event> recentre_current();
  std::optional<Event> coin_movement();
  std::optional<Event> hold();
  std::optional<Event> spot_tick();
  std::optional<Event> settlement();
  std::optional<Event> refused_order();
  std::optional<Event> named_order();
  std::optional<Event> cancel_all();
  std::optional<Event> execution();
  std::optional<Event> unknown_execution();
  std::optional<Event> withdrawal();
  std::optional<Event> cash_transfer();
  std::optional<Event> block_trade();
  std::optional<Event> mark_settlement();
  std::optional<Event> funding();

  [[nodiscard]] std::uint32_t below(std::size_t count) {
    return random_.below(static_cast<std::uint32_t>(count));
  }
  [[nodiscard]] InstrumentId any_instrument();
  [[nodiscard]] InstrumentId instrument_for(AccountId account);
  [[nodiscard]] std::int64_t lots(InstrumentId instrument);
  [[nodiscard]] std::optional<Price> price_near(InstrumentId instrument, double spread);
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
};

}  // namespace margingate::verify
