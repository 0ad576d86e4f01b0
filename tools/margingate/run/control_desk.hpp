// The risk desk of a run: limits for everybody in a hierarchy, and what a desk does to them during
// a day: kill switches, overrides, resumptions, reference prices, the start of a day.
#pragma once

#include <cstdint>

#include "margingate/gate.hpp"
#include "run/gate_driver.hpp"
#include "run/marks.hpp"

namespace margingate::run {

// Eight desks, two firms, one clearing member of the first firm. `unit` is one US dollar in the
// numeraire.
[[nodiscard]] ControlsConfig desk_controls(const GateConfig& config, double unit);

class ControlDesk {
 public:
  ControlDesk(GateDriver& driver, const Marks& marks, std::uint32_t accounts);

  // Called after each order event; acts now and then.
  void step(Timestamp time);

 private:
  void act(std::uint32_t gate, Timestamp time);

  GateDriver* driver_;
  const Marks* marks_;
  std::uint32_t accounts_;
  std::uint64_t steps_ = 0;
  std::uint64_t acts_ = 0;
};

}  // namespace margingate::run
