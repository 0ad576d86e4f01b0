// What the certified interval alone says about an order, before any exact revaluation.
//
// Shape    two intervals, and how wide each part of them is, summed over the account's risk units.
// Units    money in the gate's numeraire and smallest unit.
// Sign     requirement >= 0; equity signed; widths >= 0, but for the credits': what is earned for
//          certain is earned on the upper ends of scan risks.
// Range    widths are zero while the spot has not moved since the account's table was published.
// Errors   reason says why there is no interval; everything else is then empty.
// Threads  a value.
// Cost     that of a decision; for audits of the bounds, not for the order path.
// Source   docs/numerics.md, "The certified interval"; docs/verification.md.
#pragma once

#include "margingate/ids.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

struct CertifiedInterval {
  struct Widths {
    Money scan_or_floor;
    Money expiry_delta;
    Money delta_shock;
    Money added;
    Money unrealised_losses;
    Money profit;     // of positions, before haircuts
    Money open_loss;  // of the order
    Money credits;    // between risk units
  };

  Reason reason = Reason::accepted;
  bool decidable = false;   // false: no bound is known at this spot, the account is revalued
  bool risk_rises = false;  // for certain, so a refusal needs no look at MR-26
  Epoch epoch = 0;
  Money requirement_lo;  // with the order working
  Money requirement_hi;
  Money equity_lo;  // after the order's open loss
  Money equity_hi;
  Widths widths;
};

}  // namespace margingate
