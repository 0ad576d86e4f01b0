// Market state that a risk table is built from: surface, basis and clock.
//
// Shape    one entry per instrument, underlying and asset of the GateConfig, by position.
// Units    prices in quote currency (forwards, marks of futures, spots); volatilities as
//          fractions per year; asset prices in the gate's numeraire.
// Sign     prices positive.
// Range    NaN means "not known": the instrument is then rejected with its own reason.
// Errors   Revaluer::update_surface refuses wrong sizes; bad numbers close only what they price.
// Threads  a value; handed to the revaluer on the revaluer's own thread.
// Cost     read once per published table.
// Source   docs/methodology.md, "market".
#pragma once

#include <limits>
#include <vector>

#include "margingate/units.hpp"

namespace margingate {

struct InstrumentQuote {
  // Price of one unit of the underlying for delivery at this instrument's expiry: the forward of
  // an option, the mark of a future or perpetual. What is held outright is at the spot unless it
  // has a price of its own here, as a staked coin has, or one in another currency.
  double forward = std::numeric_limits<double>::quiet_NaN();
  double implied_volatility = std::numeric_limits<double>::quiet_NaN();  // options only
  // Of the whole market in this instrument, in quote currency; read only by charges that scale
  // with it, to which NaN or a negative number is as much as there can be.
  double open_interest_quote = 0.0;
  // How far the host trusts this quote, 0 .. 1; read only by charges for doubt, to which NaN and
  // what is below zero are zero.
  double confidence = 1.0;
  // Continuously compounded, to this instrument's expiry; below zero counts as zero. Read only
  // where a model discounts options or scales their shocked values by it, and of american options.
  double interest_rate = 0.0;
  // Part of an option's forward that is fixed already, while its settlement price is averaged: the
  // spot moves only the rest. 0 .. forward
  double settled_price = 0.0;
};

struct Market {
  // Clock of the tables built from it: no earlier than the newest tick, and contracts that expire
  // by then cannot be priced. A surface from the future expires contracts early.
  Timestamp as_of;
  std::vector<double> spots;            // by UnderlyingId
  std::vector<InstrumentQuote> quotes;  // by InstrumentId, observed at these spots
  // By MarginModel::credits, what each is worth now: the model's rate at most; NaN and what is
  // below zero are zero. Empty: the model's rates. See live_correlation.hpp.
  std::vector<double> credit_rates{};
};

}  // namespace margingate
