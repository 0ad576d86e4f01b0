// A gate with funded accounts, positions and working orders, and streams of orders for it.
//
// Shape    every account holds the same number of legs, drawn from the tradable options.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    BookOptions.
// Errors   measure.hpp's require ends the program: nothing is measured on a broken book.
// Threads  one; the revaluer runs on the caller's thread, between batches.
// Cost     builds in microseconds per leg.
// Source   docs/performance.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"
#include "support/workload.hpp"

namespace margingate::bench {

struct BookOptions {
  std::uint32_t accounts = 8;
  std::uint32_t legs = 10;           // per account
  std::uint32_t working_orders = 0;  // over all accounts
  // Equity of every second account as a multiple of its initial margin; the others are rich.
  // Zero: every account is.
  double tight = 1.02;
  std::uint64_t seed = 1;
  // Room for legs beyond those the accounts begin with: orders that stay make new ones.
  bool takes_orders = true;
  std::uint32_t working_orders_max = 1'024;  // beyond working_orders
};

// What orders of a stream have in common when the stream is made.
enum class Outcome { accepted, rejected };

class LoadedGate {
 public:
  LoadedGate(io::GateSetup setup, const BookOptions& options);

  // A power of two of orders, at most `count`, that the certified interval decides this way at the
  // table's spots and at `factor` times them.
  std::vector<OrderIntent> orders(Outcome outcome, std::size_t count, double factor);
  // Any orders, over all accounts.
  std::vector<OrderIntent> any_orders(std::size_t count);

  // Moves every spot to this factor of the table's.
  void tick_all(double factor);
  void tick(std::uint32_t underlying, double factor);
  // Empties the queue to the revaluer, as its thread would.
  void drain() { static_cast<void>(revaluer_->take_events()); }

  // A new table on the same surface; accounts stay under the old one.
  void publish_only();
  // Takes over every account under the newest table; how many that were.
  std::size_t adopt_all();

  Gate& gate() { return *gate_; }
  Revaluer& revaluer() { return *revaluer_; }
  [[nodiscard]] const io::GateSetup& setup() const { return setup_; }
  [[nodiscard]] const BookOptions& options() const { return options_; }

 private:
  void publish();
  void load_account(std::uint32_t account);
  void fund(std::uint32_t account);
  void place_working_orders();
  OrderIntent random_order();
  void keep_decided(Outcome outcome, std::vector<OrderIntent>& orders);

  io::GateSetup setup_;
  BookOptions options_;
  Random random_;
  Timestamp now_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  std::vector<std::vector<InstrumentId>> tradable_;  // by risk unit
  std::vector<Price> fair_;                          // by instrument
};

}  // namespace margingate::bench
