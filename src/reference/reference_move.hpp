// An account that moves to a gate of another model, and what it leaves behind.
//
// Shape    the account's book, and a comparison in words.
// Units    as in account_move.hpp.
// Sign     as in account_move.hpp.
// Range    any.
// Errors   none.
// Threads  reads both gates: order thread.
// Cost     a whole margin from scratch; audits only.
// Source   docs/decisions/0036-account-modes.md.
#pragma once

#include <string>
#include <vector>

#include "margingate/account_move.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_requirement.hpp"

namespace margingate::reference {

// All that is an account's in a gate.
struct AccountBook {
  ReferenceAccount account;
  std::vector<Gate::WorkingOrder> orders;
};
[[nodiscard]] AccountBook account_book(const Gate& gate, AccountId account);

struct ReferenceMove {
  Reason reason = Reason::accepted;
  Money open_losses;  // MR-15, of every order at the new gate's market
  ReferenceMargin margin;
};

// Whether a book may enter the gate of this market. open_losses: as that gate has booked them;
// bounds, and never less than what MR-15 gives.
[[nodiscard]] ReferenceMove reference_move(const ReferenceMarket& to, const AccountBook& book,
                                           Money open_losses);

struct MovedBooks {
  AccountBook from;
  AccountBook to;
};

// What gates and reference disagree in about a move, or what a refused one has changed; empty when
// nothing. `before` as both gates were; the market is that of the gate moved to at the statement's
// epoch, null when that is not known.
[[nodiscard]] std::string move_difference(const Gate& from, const Gate& to, AccountId account,
                                          const MovedBooks& before, const AccountMove& move,
                                          const ReferenceMarket* market);

}  // namespace margingate::reference
