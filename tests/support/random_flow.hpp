// Random events for a gate over a Universe: orders near their fair price, fills, cancels, replaces,
// cash, ticks and, if asked, nonsense of every kind.
#pragma once

#include <cstdint>
#include <vector>

#include "margingate/gate.hpp"
#include "support/random.hpp"
#include "support/universe.hpp"

namespace margingate::testing {

struct FlowOptions {
  std::uint64_t seed = 1;
  std::uint32_t accounts = 8;
  std::uint32_t working_max = 256;  // orders kept working
  double nonsense = 0.0;            // share of events that must be refused
  double tick_move = 0.001;         // relative, per tick
};

// Takes no memory after construction. The caller gives each event to a gate and its verdict back.
class RandomFlow {
 public:
  RandomFlow(const Universe& universe, const FlowOptions& options);

  [[nodiscard]] Event next(Timestamp now);
  void took(const Event& event, const Verdict& verdict);

  [[nodiscard]] Event deposit(std::uint32_t account, double units);
  [[nodiscard]] Event transfer(std::uint32_t account);
  [[nodiscard]] Event tick(std::uint32_t underlying, Timestamp now) const;
  [[nodiscard]] std::uint32_t underlyings() const;
  // Some working order ends; false when none works.
  [[nodiscard]] bool cancel_one(Event& event);

 private:
  struct Working {
    WorkingOrderHandle order;
    std::int64_t remaining = 0;
    Price price;
  };

  [[nodiscard]] std::uint32_t account();
  [[nodiscard]] InstrumentId instrument();
  [[nodiscard]] Price price_near(InstrumentId id);
  [[nodiscard]] std::int64_t lots_near(InstrumentId id, double coins);
  [[nodiscard]] OrderIntent order(Timestamp now);
  [[nodiscard]] Event working_order_event(Timestamp now);
  [[nodiscard]] Event nonsense(Timestamp now);
  [[nodiscard]] Event nonsense_order(Timestamp now);
  [[nodiscard]] Event move_spot(Timestamp now);
  void forget(WorkingOrderHandle order, std::int64_t quantity);

  const Universe& universe_;
  FlowOptions options_;
  Random random_;
  std::vector<double> spots_;
  std::vector<Working> working_;
};

}  // namespace margingate::testing
