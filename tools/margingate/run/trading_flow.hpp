// What the accounts do as the tape goes by: take, make, hedge, rest and withdraw.
//
// A quarter of the order events take liquidity, at the moments, on the sides and in the relative
// sizes of the tape's trades; with four events a row every trade becomes one aggressive order. The
// rest are market makers' refreshes and the resting orders of everybody else.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "run/exchange.hpp"
#include "run/marks.hpp"
#include "run/random.hpp"
#include "run/tape_schedule.hpp"
#include "run/traders.hpp"

namespace margingate::run {

class TradingFlow {
 public:
  TradingFlow(const Universe& universe, const Marks& marks, const OptionPicker& picker,
              std::vector<Trader>& traders, std::uint64_t seed);

  // The exchange tells on_fill about executions.
  void attach(Exchange& exchange) { exchange_ = &exchange; }
  void on_fill(std::uint32_t account, std::uint32_t contract, std::int64_t lots);

  // Makes the row's order events; between is called after each, and may say that it is over.
  void step(const ScheduleStep& step, const std::function<bool()>& between);

 private:
  bool act(const ScheduleStep& step);
  bool take(const ScheduleStep& step);
  bool make(std::size_t coin);
  bool quote(std::uint32_t account, QuoteSlot& slot, Side side, bool is_forced);
  bool hedge(std::uint32_t account, std::size_t coin);
  bool rest(const ScheduleStep& step);
  bool withdraw();

  [[nodiscard]] bool is_tradable(std::uint32_t contract) const;
  std::uint32_t choose_contract(const Trader& trader, std::size_t coin);
  [[nodiscard]] Side choose_side(const Trader& trader, std::uint32_t contract, Side tape_side);
  [[nodiscard]] std::int64_t lots_of(std::uint32_t contract, double value_quote) const;
  [[nodiscard]] double half_spread(std::uint32_t contract, double mark) const;
  [[nodiscard]] std::int64_t taking_price(std::uint32_t contract, Side side) const;

  const Universe& universe_;
  const Marks& marks_;
  const OptionPicker& picker_;
  std::vector<Trader>& traders_;
  Exchange* exchange_ = nullptr;
  Random random_;
  std::uint32_t makers_ = 0;  // the first accounts
  std::uint32_t next_maker_ = 0;
  double takes_due_ = 0.0;
  std::deque<OrderRef> resting_;  // of accounts that are no market makers, oldest first
};

}  // namespace margingate::run
