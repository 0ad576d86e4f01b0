// Every call of the host to its gates, with what a run adds around it: time, record, audit, hash.
//
// Only the gate call itself stands inside the timed bracket.
#pragma once

#include <xxhash.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "margingate/account_move.hpp"
#include "margingate/gate.hpp"
#include "run/histogram.hpp"
#include "run/record.hpp"
#include "run/session.hpp"
#include "run/table_feed.hpp"
#include "run/verdict_hash.hpp"

namespace margingate::run {

class Audit;

struct CallTimes {
  Histogram accepts;
  Histogram rejects;
  Histogram replaces;
  Histogram cancels;
  Histogram fills;
  Histogram spot_ticks;
  Histogram floor;  // an empty bracket beside each decision
};

struct DecisionCounts {
  std::map<Reason, std::uint64_t> by_reason;
  std::array<std::uint64_t, 3> by_path{};  // DecidedBy
  std::uint64_t new_orders = 0;
  std::uint64_t replaces = 0;
  std::uint64_t quote_batches = 0;
  std::uint64_t account_moves = 0;
  std::uint64_t cancels = 0;
  std::uint64_t fills = 0;
  std::uint64_t transfers = 0;
  std::uint64_t spot_ticks = 0;
  std::uint64_t failed_events = 0;  // releases, fills or transfers that a gate refused
  // Relative width of the certified interval of the requirement, in parts per 10^9.
  Histogram interval_widths;

  [[nodiscard]] std::uint64_t decisions() const noexcept {
    return new_orders + replaces + quote_batches + account_moves;
  }
};

class GateDriver {
 public:
  // record and audit may be null.
  GateDriver(Session& session, RecordWriter* record, Audit* audit);

  void prefetch(std::uint32_t account, std::uint32_t contract) const noexcept;
  Verdict reserve(std::uint32_t account, std::uint32_t contract, Side side, std::int64_t quantity,
                  std::int64_t price, Timestamp time);
  // The same with everything an order may carry; the instrument is the gate's.
  Verdict reserve(std::uint32_t gate, const OrderIntent& intent);
  QuoteVerdict quote(std::uint32_t gate, const QuoteBatch& batch, std::span<QuoteResult> results);
  Verdict withdraw(std::uint32_t gate, const Withdrawal& withdrawal);
  TransferVerdict transfer(std::uint32_t gate, const CashTransfer& transfer);
  TransferVerdict trade(std::uint32_t gate, const BlockTrade& trade);
  Verdict exercise(std::uint32_t gate, const Exercise& exercise);
  AccountMove move(std::uint32_t from, std::uint32_t to, AccountId account);
  Reason show(std::uint32_t gate, AccountId account, const ProtectedQuote& quote);
  // Recorded, and whatever the gate answers is an answer.
  Verdict tell(std::uint32_t gate, const Event& event);
  // account and contract are those of the working order.
  Verdict replace(std::uint32_t account, std::uint32_t contract, const ReplaceIntent& intent);
  Verdict replace(std::uint32_t gate, std::uint32_t account, std::uint32_t contract,
                  const ReplaceIntent& intent);
  bool release(std::uint32_t gate, WorkingOrderHandle order);
  bool fill(std::uint32_t gate, const Fill& fill);
  // Untimed: transfers, cash, holds.
  bool apply(std::uint32_t gate, const Event& event);
  void tick(std::size_t coin, double spot, Timestamp time);

  // Lets the gate see tables and adopt accounts. The feed says what the tables were made of.
  std::size_t poll(std::uint32_t gate, TableFeed& feed);

  // What to do while a gate's queue to its revaluer is full.
  void set_make_room(std::function<void(std::uint32_t gate)> make_room) {
    make_room_ = std::move(make_room);
  }
  void set_timing(bool on) noexcept { timing_ = on; }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  [[nodiscard]] const CallTimes& times() const noexcept { return times_; }
  [[nodiscard]] const DecisionCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_.digest(); }
  [[nodiscard]] Session& session() noexcept { return *session_; }
  [[nodiscard]] const Session& session() const noexcept { return *session_; }
  [[nodiscard]] Timestamp table_time(std::uint32_t gate) const noexcept {
    return table_times_[gate];
  }

 private:
  void count(const Verdict& verdict, std::uint32_t account, std::uint32_t contract);
  void write(std::uint32_t gate, Action action);
  void took(std::uint32_t gate, const Event& event, bool is_accepted);
  void judged(bool agrees) noexcept { stopped_ = stopped_ || !agrees; }
  void see_tables(std::uint32_t gate, Epoch newest, TableFeed& feed);

  Session* session_;
  RecordWriter* record_;
  Audit* audit_;
  CallTimes times_;
  DecisionCounts counts_;
  VerdictHash hash_;
  std::vector<Epoch> seen_;
  std::vector<Timestamp> table_times_;
  std::vector<Adoption> adopted_;
  std::function<void(std::uint32_t)> make_room_;
  bool timing_ = true;
  bool stopped_ = false;
};

}  // namespace margingate::run
