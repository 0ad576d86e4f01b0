// A decision that gate and reference see differently, with all it takes to see it again.
//
// Shape    a market, one account and one order, away from the session it happened in.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    one account; the table's spots and the live spots differ by the drift.
// Errors   examine() says in words what differs; empty when nothing does.
// Threads  pure: every examination builds a gate of its own.
// Cost     a gate, a table and two reference margins per examination.
// Source   docs/verification.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_decision.hpp"
#include "verify/world.hpp"

namespace margingate::verify {

// Something wrong done to a verdict before it is compared: how the verification is verified.
using VerdictFault = std::function<void(const reference::ReferenceAccount& account,
                                        const OrderIntent& intent, Verdict& verdict)>;

struct FailedOrder {
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity quantity;
  Price price;
};

struct Failure {
  std::string what;  // differs, and where it happened
  std::uint64_t session = 0;
  World world;
  Market surface;
  Timestamp as_of;
  std::vector<Price> table_spots;
  std::vector<Price> live_spots;
  reference::ReferenceAccount account;  // legs without working orders
  std::vector<FailedOrder> working;
  FailedOrder order;                    // that is decided
  std::optional<std::size_t> replaced;  // index into working
};

// The decision made again by a gate that holds nothing else.
struct Examination {
  std::string difference;  // empty: gate and reference agree
  Verdict verdict;
  reference::ReferenceDecision exact;
};
[[nodiscard]] Examination examine(const Failure& failure, const VerdictFault& fault);

// The smallest book that still fails: legs and orders dropped, quantities halved. The failure
// itself when it does not happen again away from its session.
struct Shrunk {
  Failure failure;
  bool is_reproduced = false;
  int attempts = 0;
};
[[nodiscard]] Shrunk shrink(const Failure& failure, const VerdictFault& fault);

// market.json, portfolio.json and portfolio-with-order.json in an existing or new directory, and
// the commands that read them.
[[nodiscard]] std::string write_failure(const Failure& failure, const std::string& directory);

}  // namespace margingate::verify
