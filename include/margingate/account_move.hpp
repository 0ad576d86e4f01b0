// A whole account moves to another gate: another margin mode, or other parameters.
//
// Shape    a gate has one model; accounts of several modes live in several gates of one host. Both
//          gates must list the same instruments, combos, assets and decimals.
// Units    money units of the numeraire.
// Sign     as in statement.hpp.
// Range    the account must be untouched in the gate that it moves to.
// Errors   a refused move leaves both gates as they were.
// Threads  the order thread of both gates.
// Cost     legs and orders of the account; allocates. Not for the order path.
// Source   docs/decisions/0036-account-modes.md.
#pragma once

#include <vector>

#include "margingate/gate.hpp"

namespace margingate {

struct MovedOrder {
  WorkingOrderHandle before;
  WorkingOrderHandle after;
};

struct AccountMove {
  Reason reason = Reason::internal_fault;
  MarginStatement statement;       // what the account would need and have in the new gate
  std::vector<MovedOrder> orders;  // when accepted
};

// Would the new gate carry the account, and may it enter? Neither gate changes.
[[nodiscard]] AccountMove can_carry(Gate& from, Gate& to, AccountId account);
// The same, and if so the account moves: positions with their entry cash, working orders, ids,
// money and holds. In the old gate it is empty afterwards.
[[nodiscard]] AccountMove move_account(Gate& from, Gate& to, AccountId account);

// Whether an account still has the equity that its model asks for
// (MarginModel::minimum_equity_to_keep).
[[nodiscard]] bool keeps_model(Gate& gate, AccountId account);

}  // namespace margingate
