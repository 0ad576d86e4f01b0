// What a trade pays, what it leaves in the position, and what an order costs beyond the mark.
//
// Shape    one instrument at a time.
// Units    entry cash in money units of the settlement asset; profit and open loss in money units
//          of the numeraire.
// Sign     quantities signed, buying positive; cash received positive; open loss >= 0.
// Range    price > 0; quantity not zero.
// Errors   none.
// Threads  pure but for the account that a fill is applied to.
// Cost     a few wide divisions.
// Source   MR-13, MR-14, MR-15.
#pragma once

#include <cstdint>

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_row.hpp"

namespace margingate::reference {

// MR-13: floor(-value(quantity, price)). The contract size is the shortest decimal number that
// reads back as the configured double: 0.1 is one tenth.
[[nodiscard]] Money reference_entry_cash(const GateConfig& config, InstrumentId instrument,
                                         std::int64_t quantity, Price price);

// MR-13: moves the net quantity by a signed trade. Working quantities and open losses stay.
void reference_apply_fill(const GateConfig& config, ReferenceAccount& account,
                          InstrumentId instrument, std::int64_t quantity, Price price);

// MR-14, of `quantity` lots that were entered for `entry_cash`.
[[nodiscard]] std::int64_t reference_unrealised_profit(const ReferenceMarket& market,
                                                       const ReferenceRow& row,
                                                       InstrumentId instrument,
                                                       std::int64_t quantity, Money entry_cash);

// MR-15.
[[nodiscard]] Money reference_open_loss(const ReferenceMarket& market, const ReferenceRow& row,
                                        InstrumentId instrument, std::int64_t quantity,
                                        Price price);

// MR-15: what a fill of `filled` out of `remaining` lots gives back of an order's open loss.
[[nodiscard]] Money reference_open_loss_released(Money open_loss, std::int64_t remaining,
                                                 std::int64_t filled) noexcept;

}  // namespace margingate::reference
