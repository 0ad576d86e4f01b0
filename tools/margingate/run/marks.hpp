// What the host believes each contract is worth right now: surface, live spots and clock.
#pragma once

#include <array>
#include <cstdint>

#include "run/universe.hpp"

namespace margingate::run {

struct Mark {
  double price = 0.0;        // as quoted: coins for options, quote currency otherwise
  double delta_coins = 0.0;  // of one lot
  double implied_volatility = 0.0;
};

class Marks {
 public:
  explicit Marks(const Universe& universe) : universe_(&universe) {}

  void use_surface(std::size_t surface) { surface_ = surface; }
  void set_time(Timestamp time) { time_ = time; }
  void set_spot(std::size_t coin, double spot) { spots_[coin] = spot; }

  [[nodiscard]] Timestamp time() const noexcept { return time_; }
  [[nodiscard]] double spot(std::size_t coin) const noexcept { return spots_[coin]; }
  [[nodiscard]] std::size_t surface() const noexcept { return surface_; }

  // Not expired and priced by the surface in force.
  [[nodiscard]] bool is_priced(std::uint32_t contract) const noexcept;
  [[nodiscard]] Mark mark(std::uint32_t contract) const noexcept;
  [[nodiscard]] double forward(std::uint32_t contract) const noexcept;
  // What an option or future is settled at when it expires at the live spot.
  [[nodiscard]] double settlement_price(std::uint32_t contract) const noexcept;
  // Coins that one lot stands for, whatever it is quoted in.
  [[nodiscard]] double coins_per_lot(std::uint32_t contract) const noexcept;

 private:
  const Universe* universe_;
  std::size_t surface_ = 0;
  Timestamp time_;
  std::array<double, coins_max> spots_{};
};

// A price on the tick grid, at least one tick. Rounds down for buys, up for sells.
std::int64_t on_tick(double price, std::int64_t tick, bool round_up) noexcept;

}  // namespace margingate::run
