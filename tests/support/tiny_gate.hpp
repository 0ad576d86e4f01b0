// A gate whose every number can be worked out by hand.
//
// One coin at 100.00, money in cents, two scenarios: the price falls or rises by a tenth. One lot
// of the linear contracts is one coin, so long or short it needs 10.00; one lot of the inverse
// perpetual is worth 10 dollars and needs 1.00. No charges, factors of one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"

namespace margingate::testing {

inline constexpr Timestamp tiny_start{1'750'000'000'000'000'000};
inline constexpr Duration tiny_day{86'400'000'000'000};

namespace tiny {
inline constexpr AssetId dollars{0};
inline constexpr AssetId coins{1};
inline constexpr AssetId euros{2};  // haircut of a tenth, priced by AssetTick

inline constexpr InstrumentId perpetual{0};
inline constexpr InstrumentId future{1};   // 30 days
inline constexpr InstrumentId call{2};     // strike 100, 30 days
inline constexpr InstrumentId inverse{3};  // perpetual of 10 dollars
inline constexpr InstrumentId spot{4};
inline constexpr InstrumentId put{5};  // strike 100, 30 days
inline constexpr std::uint32_t instruments = 6;
}  // namespace tiny

// What a test may change before the gate is built.
struct TinySetup {
  GateConfig config;
  Market surface;
  RevaluerOptions revaluer;
};

[[nodiscard]] TinySetup tiny_setup();

class TinyGate {
 public:
  // Spot ticked at 100.00; nothing published yet. Throws on issues.
  explicit TinyGate(const std::function<void(TinySetup&)>& change = {});

  // Publishes a table now; accounts stay where they are.
  void publish();
  // Publishes a table now and lets every account adopt it.
  void publish_and_adopt();
  // Hands over and adopts until nothing is left, without asking for a new table.
  void adopt();
  Reason tick(double price);
  // The clock, without a tick: the next orders carry it.
  void pass(Duration time) { now = now + time; }
  void update_surface(const Market& market);

  [[nodiscard]] OrderIntent buy(InstrumentId instrument, std::int64_t lots, double price) const;
  [[nodiscard]] OrderIntent sell(InstrumentId instrument, std::int64_t lots, double price) const;
  Reason deposit(std::int64_t cents, AccountId to = {0}, AssetId asset = tiny::dollars);
  Reason transfer(InstrumentId instrument, std::int64_t lots, double price, AccountId to = {0});
  [[nodiscard]] std::string text() { return text({0}); }
  [[nodiscard]] std::string text(AccountId account);
  [[nodiscard]] Money initial_margin(AccountId account = {0});

  Gate& gate() { return *gate_; }
  Revaluer& revaluer() { return *revaluer_; }
  const Market& surface() const { return surface_; }

  Timestamp now = tiny_start;

 private:
  Market surface_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
};

// In units of 10^-2, as the tiny gate counts prices and money.
[[nodiscard]] Price tiny_price(double price);

}  // namespace margingate::testing
