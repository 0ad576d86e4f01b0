// Accounts of their own that do what no trader of the run does: named and reduce-only orders,
// execution reports that come twice, late or for nothing, quotes in batches, combos, withdrawals,
// transfers, block trades, settlements, funding, exercise and moves to another margin mode. Every
// decision is audited like any other, and the positions kept here are reconciled with the gates' at
// the end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/gate.hpp"
#include "run/gate_driver.hpp"
#include "run/marks.hpp"
#include "run/random.hpp"
#include "run/universe.hpp"

namespace margingate::run {

inline constexpr std::uint32_t side_accounts = 12;

struct SideCount {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
};

class SideFlow {
 public:
  // The accounts are first .. first + side_accounts - 1, in every gate.
  SideFlow(const Universe& universe, const Marks& marks, GateDriver& driver, std::uint32_t first,
           std::uint64_t seed);

  void open();
  // One event, or a short story of several.
  void step(Timestamp time);
  // Withdraws everything that works, so that only positions are left to compare.
  void close();

  [[nodiscard]] const std::map<std::string_view, SideCount>& counts() const { return counts_; }
  // Differences between the gates' positions and those kept here.
  [[nodiscard]] std::vector<std::string> differences() const;

 private:
  void count(std::string_view kind, bool accepted);
  void orders();
  void executions();
  void quotes();
  void combos();
  void protections();
  void cash();
  void block_trade();
  void settlement();
  void exercise();
  void account_move();

  // Whether the account trades in this gate or in the one behind it.
  [[nodiscard]] bool lives(std::uint32_t gate, AccountId account) const;
  [[nodiscard]] AccountId account();
  [[nodiscard]] AccountId another(AccountId account);
  // An instrument of this gate that is priced and not about to end; false when there is none.
  bool pick(std::uint32_t gate, InstrumentId& id);
  [[nodiscard]] std::uint32_t contract(std::uint32_t gate, InstrumentId id) const;
  [[nodiscard]] Price price(std::uint32_t gate, InstrumentId id, double factor) const;
  [[nodiscard]] Money fee_of(std::uint32_t gate, InstrumentId id, Quantity lots, Price price) const;
  [[nodiscard]] Quantity lots(std::uint32_t gate, InstrumentId id, double value);
  [[nodiscard]] OrderIntent order(std::uint32_t gate, AccountId of, InstrumentId id, Side side);
  [[nodiscard]] std::int64_t position(std::uint32_t gate, AccountId of, InstrumentId id) const;
  void moved(std::uint32_t gate, AccountId of, InstrumentId id, std::int64_t by);
  Execution report_of(const OrderIntent& intent, std::uint32_t number, std::int64_t quantity) const;
  void resolve(std::uint32_t gate, const Execution& execution);

  const Universe& universe_;
  const Marks& marks_;
  GateDriver& driver_;
  std::uint32_t first_;
  Random random_;
  Timestamp time_;
  std::uint32_t gate_ = 0;
  std::uint64_t next_id_ = 1;
  std::map<std::array<std::uint32_t, 3>, std::int64_t> positions_;  // gate, account, instrument
  std::map<std::array<std::uint32_t, 3>, QuoteResult> quoted_;
  std::map<std::string_view, SideCount> counts_;
  std::map<std::array<std::uint32_t, 2>, bool> moved_;  // first gate, account: to the second
};

}  // namespace margingate::run
