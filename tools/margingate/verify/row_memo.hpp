// Reference rows that several decisions share: a row depends on a table's inputs and the live spot.
//
// Shape    one entry per table and instrument, made by reference_row and by nothing else.
// Units    as in reference_row.hpp.
// Sign     as there.
// Range    tables of which an account may still hold a number; older ones are forgotten.
// Errors   none.
// Threads  the order thread's.
// Cost     one reference row per miss.
// Source   MR-02 to MR-11.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_row.hpp"

namespace margingate::verify {

class RowMemo {
 public:
  explicit RowMemo(const GateConfig& config) : config_(&config) {}

  // The surface that this table was made from must outlive the memo.
  void table(const PublishedTable& table, const Market& surface);
  void spot(UnderlyingId underlying, Price price);

  [[nodiscard]] bool knows(Epoch epoch) const { return tables_.count(epoch) != 0; }
  // Market of a table at the live spots.
  [[nodiscard]] const reference::ReferenceMarket& market(Epoch epoch);
  [[nodiscard]] const reference::ReferenceRow& row(Epoch epoch, InstrumentId instrument);
  [[nodiscard]] std::uint64_t computed() const noexcept { return computed_; }

 private:
  struct Entry {
    Price spot;  // not positive: nothing yet
    reference::ReferenceRow row;
  };
  struct Table {
    reference::ReferenceMarket market;
    std::vector<Entry> rows;
  };

  const GateConfig* config_;
  std::map<Epoch, Table> tables_;
  std::vector<Price> live_spots_;
  std::uint64_t computed_ = 0;
};

}  // namespace margingate::verify
