// The host: order books around the gates, used as a matching process would.
//
// An order is reserved first; what the gate accepts is matched by price and time, each execution
// is applied to both sides, and the rest works on or is released.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "margingate/order.hpp"
#include "run/gate_driver.hpp"
#include "run/order_book.hpp"
#include "run/universe.hpp"

namespace margingate::run {

// Names an order of the host; one that has ended is recognised by its serial number.
struct OrderRef {
  std::uint32_t slot = nowhere;
  std::uint32_t serial = 0;
};

struct HostOrder {
  std::uint32_t account = 0;
  std::uint32_t contract = 0;
  std::uint32_t serial = 0;
  Side side = Side::buy;
  bool is_live = false;
  std::int64_t price = 0;
  std::int64_t remaining = 0;
  WorkingOrderHandle handle;
};

struct OrderRequest {
  std::uint32_t account = 0;
  std::uint32_t contract = 0;
  Side side = Side::buy;
  std::int64_t lots = 0;
  std::int64_t price = 0;
  bool rests = false;  // otherwise immediate or cancel
};

class Exchange {
 public:
  // account, contract, signed lots
  using FillObserver = std::function<void(std::uint32_t, std::uint32_t, std::int64_t)>;

  Exchange(const Universe& universe, GateDriver& driver, FillObserver on_fill);

  // Worth a call as soon as account and contract are known: pricing the order hides the latency.
  void prefetch(std::uint32_t account, std::uint32_t contract) const noexcept {
    driver_->prefetch(account, contract);
  }
  // The order if something of it rests.
  OrderRef submit(const OrderRequest& request, Timestamp time);
  bool replace(OrderRef ref, std::int64_t lots, std::int64_t price, Timestamp time);
  void cancel(OrderRef ref);
  void cancel_all(std::uint32_t contract);

  // nullptr when it has ended.
  [[nodiscard]] const HostOrder* find(OrderRef ref) const noexcept;
  [[nodiscard]] const OrderBook& book(std::uint32_t contract) const { return books_[contract]; }
  [[nodiscard]] std::uint64_t live() const noexcept { return live_; }
  [[nodiscard]] std::uint64_t traded_lots() const noexcept { return traded_lots_; }

 private:
  std::uint32_t open(const OrderRequest& request, WorkingOrderHandle handle);
  void close(std::uint32_t slot);
  void match(std::uint32_t slot);
  void execute(std::uint32_t taker, const BookOrder& resting, std::int64_t lots);
  void take_off_book(const HostOrder& order, std::uint32_t slot);
  void rest(std::uint32_t slot);
  [[nodiscard]] std::uint32_t gate_of(const HostOrder& order) const;

  GateDriver* driver_;
  FillObserver on_fill_;
  std::vector<OrderBook> books_;
  std::vector<HostOrder> orders_;
  std::vector<std::uint32_t> free_;
  std::uint64_t live_ = 0;
  std::uint64_t traded_lots_ = 0;
};

}  // namespace margingate::run
