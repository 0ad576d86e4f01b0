// What the files of the plain controls have in common: when a limit is broken, and which refusals
// come before a control is asked.
//
// Shape    pure functions.
// Units    none.
// Sign     none.
// Range    any.
// Errors   none.
// Threads  pure.
// Cost     none.
// Source   docs/controls.md, "What is measured".
#pragma once

#include <cstdint>
#include <string>

#include "margingate/verdict.hpp"
#include "reference/exact_integer.hpp"

namespace margingate::reference {

inline constexpr std::int64_t no_limit = INT64_MAX;

inline bool breaks(Int128 before, Int128 after, std::int64_t limit) {
  return limit != no_limit && after > limit && after > before;
}

inline bool is_input(Reason reason) {
  const auto number = static_cast<int>(reason);
  return (number >= 100 && number < 200) || reason == Reason::unknown_account ||
         reason == Reason::unknown_instrument || reason == Reason::unknown_order;
}

inline bool is_message_reason(Reason r) {
  return r == Reason::killed || r == Reason::suspended || r == Reason::message_limit;
}

inline bool is_order_reason(Reason r) {
  return r >= Reason::order_quantity_limit && r <= Reason::self_match;
}

// Refusals that come between the message and the order's own controls, or of an unpriced row.
inline bool is_in_between(const Verdict& verdict) {
  if (verdict.decided_by != DecidedBy::input) return false;
  const auto number = static_cast<int>(verdict.reason);
  return (number >= 200 && number < 300) || (number >= 400 && number < 500);
}

inline std::string disagreement(const char* what, Reason gate, Reason reference) {
  return std::string(what) + ": gate " + std::string(to_string(gate)) + ", reference " +
         std::string(to_string(reference));
}

}  // namespace margingate::reference
