// Expiries: orders of an expired contract are withdrawn, positions in it are paid out.
#pragma once

#include <cstdint>
#include <vector>

#include "run/exchange.hpp"
#include "run/gate_driver.hpp"
#include "run/marks.hpp"
#include "run/universe.hpp"

namespace margingate::run {

class Settlement {
 public:
  Settlement(const Universe& universe, const Marks& marks, GateDriver& driver, Exchange& exchange);

  // Before anything happens at this time. Returns how many contracts have expired.
  std::uint64_t settle_until(Timestamp time);

 private:
  const Universe& universe_;
  const Marks& marks_;
  GateDriver& driver_;
  Exchange& exchange_;
  std::vector<std::uint32_t> by_expiry_;  // contracts, next one last
};

}  // namespace margingate::run
