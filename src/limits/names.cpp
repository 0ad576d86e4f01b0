#include "margingate/controls.hpp"

namespace margingate {

std::string_view to_string(Control control) noexcept {
  constexpr std::string_view names[controls_count] = {"order_quantity",
                                                      "order_notional",
                                                      "messages",
                                                      "duplicate_orders",
                                                      "repeated_executions",
                                                      "open_orders",
                                                      "open_order_value",
                                                      "position",
                                                      "open_interest",
                                                      "delta",
                                                      "gamma",
                                                      "vega",
                                                      "initial_margin",
                                                      "daily_loss"};
  const auto index = static_cast<std::size_t>(control);
  return index < controls_count ? names[index] : "unknown";
}

std::string_view to_string(ControlLevel level) noexcept {
  constexpr std::string_view names[] = {"account", "desk", "firm", "clearing_member", "gate"};
  const auto index = static_cast<std::size_t>(level);
  return index < std::size(names) ? names[index] : "unknown";
}

}  // namespace margingate
