// Who trades: kinds of accounts with the books and the money such accounts have.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "run/exchange.hpp"
#include "run/marks.hpp"
#include "run/random.hpp"
#include "run/session.hpp"
#include "run/universe.hpp"

namespace margingate::run {

enum class TraderKind : std::uint8_t {
  market_maker,
  directional,
  covered_writer,
  spreader,
  tail_seller,
  near_liquidation,
};
inline constexpr std::size_t trader_kinds = 6;

std::string_view to_string(TraderKind kind) noexcept;

struct Holding {
  std::uint32_t contract = 0;
  std::int64_t lots = 0;  // signed
};

// What a market maker shows on one contract.
struct QuoteSlot {
  std::uint32_t contract = 0;
  std::array<OrderRef, 2> orders;  // by Side
};

struct Trader {
  TraderKind kind = TraderKind::directional;
  std::uint8_t coin = 0;                 // where most of the book is
  double size_quote = 0.0;               // what the account is about, quote currency
  double utilisation = 0.5;              // of its equity by its positions, at the start
  double coin_share = 0.0;               // of its collateral
  std::vector<Holding> book;             // at the start
  std::vector<std::uint32_t> contracts;  // what it has traded so far
  std::vector<QuoteSlot> quotes;
  std::uint32_t next_quote = 0;
  std::array<double, coins_max> delta_coins{};
};

// Options worth trading: weight by open interest and nearness to the forward.
class OptionPicker {
 public:
  OptionPicker(const Universe& universe, const Session& session, const Marks& marks);

  // Around the money by weight; with far set, options of little delta. nowhere when there is none.
  [[nodiscard]] std::uint32_t near_money(Random& random, std::size_t coin) const;
  [[nodiscard]] std::uint32_t far_out(Random& random, std::size_t coin) const;
  [[nodiscard]] std::uint32_t call_above(Random& random, std::size_t coin) const;
  // Same expiry and type with another strike, or same strike and type with another expiry.
  [[nodiscard]] std::uint32_t other_strike(Random& random, std::uint32_t contract) const;
  [[nodiscard]] std::uint32_t other_expiry(Random& random, std::uint32_t contract) const;
  [[nodiscard]] std::uint32_t future(Random& random, std::size_t coin) const;

 private:
  struct Weighted {
    std::vector<std::uint32_t> contracts;
    std::vector<double> running_sums;
    void add(std::uint32_t contract, double weight);
    [[nodiscard]] std::uint32_t pick(Random& random) const;
  };

  const Universe* universe_;
  std::array<Weighted, coins_max> near_;
  std::array<Weighted, coins_max> far_;
  std::array<Weighted, coins_max> calls_;
  std::array<Weighted, coins_max> futures_;
};

std::vector<Trader> make_traders(const Universe& universe, const Session& session,
                                 const Marks& marks, const OptionPicker& picker,
                                 std::uint32_t count, std::uint64_t seed);

}  // namespace margingate::run
