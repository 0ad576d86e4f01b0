// What the gate answers, and why.
//
// Shape    Verdict is a trivially copyable value, two cache lines.
// Units    money in the gate's numeraire and smallest unit; times in nanoseconds.
// Sign     requirement >= 0; equity signed; uncertainty >= 0.
// Range    see docs/numerics.md.
// Errors   a refused call changes nothing; Reason says which rule refused. Band 600 is no refusal:
//          an execution that does not fit has been counted, pessimistically.
// Threads  values.
// Cost     no formatting on the order path; to_string returns static text.
// Source   reason bands: 0 accepted, 100 bad input, 200 unknown or stale, 300 margin,
//          400 capacity, 500 controls beside margin, 600 quarantined executions,
//          900 internal. Numbers are never reused.
#pragma once

#include <cstdint>
#include <string_view>

#include "margingate/ids.hpp"
#include "margingate/units.hpp"

namespace margingate {

enum class Reason : std::uint16_t {
  accepted = 0,
  accepted_reducing = 1,  // margin is short, but nothing gets worse in any scenario or charge

  quantity_not_positive = 100,
  quantity_too_large = 101,
  price_not_positive = 102,
  price_too_large = 103,
  time_went_back = 104,
  fill_exceeds_order = 105,
  cash_out_of_range = 106,
  duplicate_order_id = 110,    // this order id is remembered already
  order_terms_conflict = 111,  // terms that exclude each other, or that do not exist
  would_not_reduce = 112,      // reduce-only, and more than the position or not against it
  immediate_order = 113,       // never rests, so cannot be replaced
  wrong_instrument = 114,      // of a kind to which this cannot happen
  not_expired = 115,
  same_account = 116,  // both sides of a transfer or trade
  batch_too_large = 118,
  quote_crossed = 119,            // bid at or above ask
  duplicate_quote = 120,          // the instrument is quoted twice in one batch
  batch_refused = 121,            // refused with the quote or margin that refused the batch
  price_beyond_protection = 122,  // loses more a lot than the protection holds
  position_too_small = 117,       // less is held than is exercised or assigned

  unknown_account = 200,
  unknown_instrument = 201,
  unknown_order = 202,
  unknown_underlying = 203,
  unknown_asset = 204,
  no_risk_table = 210,
  stale_risk_table = 211,
  stale_spot = 212,
  spot_beyond_limit = 213,
  missing_mark = 220,
  missing_volatility = 221,
  instrument_expired = 222,
  risk_array_out_of_range = 223,
  position_unpriced = 224,     // the account holds something that cannot be priced
  account_in_use = 226,        // in the gate that another account would move to
  account_unreconciled = 225,  // an execution could not be booked; see Reconciled

  insufficient_margin = 300,
  equity_below_minimum = 301,  // of the model that the account would move to

  legs_full = 400,
  working_orders_full = 401,
  queue_full = 402,
  position_limit = 403,

  // Controls beside margin.
  killed = 500,
  suspended = 501,  // by repeated executions
  message_limit = 502,
  order_quantity_limit = 503,
  order_notional_limit = 504,
  static_price_collar = 505,
  moving_price_collar = 506,
  no_reference_price = 507,
  stale_reference_price = 508,
  duplicate_order = 509,
  open_order_limit = 510,
  open_order_value_limit = 511,
  net_position_limit = 512,
  open_interest_limit = 513,
  delta_limit = 514,
  gamma_limit = 515,
  vega_limit = 516,
  self_match = 517,
  credit_limit = 518,
  daily_loss_limit = 519,
  // Events that steer the controls.
  no_controls = 530,  // the gate was built without any
  unknown_scope = 531,
  unknown_control = 532,
  signature_missing = 533,
  authority_missing = 534,
  override_expiry_missing = 535,
  override_out_of_range = 536,
  override_beyond_hard_cap = 537,
  control_off = 538,  // nothing is measured that an override could limit

  // Executions that do not fit what the gate knows. The state has changed; nothing is lost.
  duplicate_execution = 600,          // booked before: nothing more is booked
  unknown_order_executed = 601,       // in suspense: counted as if it had happened and had not
  ended_order_executed = 602,         // in suspense
  execution_contradicts_order = 603,  // another account, instrument or side: in suspense
  execution_exceeds_order = 604,      // filled up to the order's rest, more is in suspense
  execution_out_of_order = 605,       // booked; an earlier one is missing and still works
  execution_beyond_limit = 606,       // booked at its price, which is worse than the order's
  execution_not_reducing = 607,       // booked; a reduce-only order opened a position

  internal_fault = 900,
};

constexpr bool is_accepted(Reason reason) noexcept {
  return static_cast<std::uint16_t>(reason) < 100;
}

std::string_view to_string(Reason reason) noexcept;

enum class DecidedBy : std::uint16_t {
  input,     // refused or passed before margin was looked at
  interval,  // the certified interval decided
  exact,     // the account was revalued at the live spot
};

struct Verdict {
  Reason reason = Reason::internal_fault;
  DecidedBy decided_by : 2 = DecidedBy::input;
  std::uint16_t worst_scenario : 14 = 0;  // in the order's risk unit or its pool, after the order
  RiskUnitId risk_unit;
  WorkingOrderHandle order;  // valid when reserve or replace accepted
  Money requirement_before;  // upper ends of certified intervals; exact when
  Money requirement_after;   // uncertainty is zero
  Money uncertainty;         // requirement_after minus its lower end
  Money equity;              // lower end, after the order's open loss
  Money equity_uncertainty;
  Money open_loss;  // booked for what the order pays beyond the mark
  Epoch epoch = 0;
  Duration epoch_age;

  constexpr bool accepted() const noexcept { return is_accepted(reason); }
  constexpr explicit operator bool() const noexcept { return accepted(); }
};
static_assert(sizeof(Verdict) <= 128);

}  // namespace margingate
