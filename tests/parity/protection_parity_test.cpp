// What a protection holds against every way in which its quotes may fill, by the reference; and the
// gate's decisions on protections against the reference's.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "reference/reference_requirement.hpp"
#include "reference/reference_trade.hpp"
#include "support/audited_gate.hpp"

namespace margingate::testing {
namespace {

constexpr std::int64_t limit = 4;

Universe universe_with_group(Random& random, bool coin, bool delivered) {
  UniverseOptions options;
  options.numeraire = coin ? Numeraire::coin : Numeraire::quote;
  options.options_per_underlying = 12;
  options.delivered = delivered;
  Universe universe = make_universe(random, options);
  universe.config.limits.accounts_max = 2;
  QuoteGroup group;
  const auto& all = universe.config.instruments;
  for (std::uint32_t i = 0; i < all.size() && group.instruments.size() < 4; ++i) {
    if (all[i].kind != InstrumentKind::option) continue;
    const Instrument& first =
        group.instruments.empty() ? all[i] : all[group.instruments.front().value];
    const bool alike = all[i].risk_unit == first.risk_unit && all[i].payoff == first.payoff &&
                       all[i].contract_size == first.contract_size &&
                       all[i].lots_per_contract == first.lots_per_contract;
    if (alike) group.instruments.push_back({i});
  }
  universe.config.quote_groups = {group};
  return universe;
}

// Calls visit with signed lots per instrument of every fill of at most `left` lots.
void every_fill(std::vector<std::int64_t>& lots, std::size_t at, std::int64_t left,
                const std::function<void(const std::vector<std::int64_t>&)>& visit) {
  if (at == lots.size()) return visit(lots);
  for (std::int64_t n = -left; n <= left; ++n) {
    lots[at] = n;
    every_fill(lots, at + 1, left - std::abs(n), visit);
  }
  lots[at] = 0;
}

// The mark as an entry price cannot be written exactly, so positions get the entry that makes their
// profit zero: what is compared is the requirement, charges and all.
TEST(ProtectionParity, NoWayToFillNeedsMoreThanIsHeld) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    AuditedGate gate(universe_with_group(random, seed % 2 == 0, seed % 4 == 1));
    const GateConfig& config = gate.universe().config;
    gate.update_surface(gate.universe().surface);
    for (std::uint32_t u = 0; u < config.underlyings.size(); ++u) {
      const double spot = static_cast<double>(gate.spots()[u].value) / 1e8;
      gate.tick(u, spot * random.uniform(0.99, 1.01), universe_start);
    }
    gate.publish_and_adopt();
    const reference::ReferenceMarket market = gate.market_of(gate.gate().newest_epoch());
    const QuoteGroup& group = config.quote_groups.front();
    const InstrumentId held{static_cast<std::uint32_t>(config.instruments.size())};
    // A book of other contracts of the same kind.
    reference::ReferenceAccount account;
    account.wallets.resize(config.assets.size());
    for (int i = 0; i < 3; ++i) {
      account.legs.push_back({{static_cast<std::uint32_t>(i)}, random.integer(-9, 9), 0, 0, {}});
    }
    const std::int64_t scale = config.instruments[group.instruments[0].value].lots_per_contract;
    std::vector<std::int64_t> fills(group.instruments.size());
    reference::ReferenceAccount protected_account = account;
    protected_account.legs.push_back({held, 0, limit * scale, 0, {}});
    const Money before = reference_margin(market, protected_account).initial_margin;
    std::uint64_t ways = 0;
    every_fill(fills, 0, limit, [&](const std::vector<std::int64_t>& lots) {
      reference::ReferenceAccount after = account;
      std::int64_t traded = 0;
      for (std::size_t i = 0; i < lots.size(); ++i) {
        traded += std::abs(lots[i]);
        after.legs.push_back({group.instruments[i], lots[i] * scale, 0, 0, {}});
      }
      after.legs.push_back({held, 0, (limit - traded) * scale, 0, {}});
      ++ways;
      ASSERT_LE(reference_margin(market, after).initial_margin, before) << "seed " << seed;
    });
    EXPECT_GT(ways, 200u);
  }
}

TEST(ProtectionParity, EveryDecisionEqualsTheReference) {
  std::uint64_t accepted = 0;
  std::uint64_t decisions = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    const bool coin = seed % 2 == 0;
    AuditedGate gate(universe_with_group(random, coin, seed % 4 == 1));
    const GateConfig& config = gate.universe().config;
    gate.update_surface(gate.universe().surface);
    Timestamp now = universe_start;
    std::vector<double> spots;
    for (std::uint32_t u = 0; u < config.underlyings.size(); ++u) {
      spots.push_back(static_cast<double>(gate.spots()[u].value) / 1e8);
      gate.tick(u, spots[u], now);
    }
    gate.publish_and_adopt();
    const double funds = (coin ? 2.0 : 60'000.0) * std::pow(10.0, config.money_decimals);
    static_cast<void>(
        gate.gate().apply(CashMovement{{0}, config.numeraire, {std::llround(funds)}}));
    const QuoteGroup& group = config.quote_groups.front();
    const InstrumentId held{static_cast<std::uint32_t>(config.instruments.size())};
    const Instrument& one = config.instruments[group.instruments[0].value];
    for (int i = 0; i < 400 && gate.mismatch().empty(); ++i) {
      now = now + milliseconds(5);
      for (std::uint32_t u = 0; u < spots.size(); ++u) {
        gate.tick(u, spots[u] * random.uniform(0.995, 1.005), now);
      }
      const double lots = random.uniform(0.1, 12.0) / one.contract_size *
                          static_cast<double>(one.lots_per_contract);
      const Price loss{1 + random.integer(0, 1'000'000)};
      const Verdict verdict = gate.reserve(
          {{0}, held, Side::buy, {std::max<std::int64_t>(1, std::llround(lots))}, loss, now});
      if (!verdict.accepted()) continue;
      const InstrumentId traded = group.instruments[static_cast<std::size_t>(random.integer(0, 3))];
      const Side side = random.chance(0.5) ? Side::buy : Side::sell;
      const Quantity part{std::max<std::int64_t>(1, std::llround(lots / 8.0))};
      const Price price{std::max<std::int64_t>(1, random.integer(1, 10'000'000))};
      if (random.chance(0.5)) {
        EXPECT_EQ(gate.gate().apply(ProtectedFill{verdict.order, traded, side, part, price}),
                  Reason::accepted);
      }
      if (random.chance(0.97)) {
        static_cast<void>(gate.gate().release(Cancel{verdict.order}));
      }
    }
    EXPECT_EQ(gate.mismatch(), "") << "seed " << seed;
    EXPECT_TRUE(gate.gate().totals_equal_recomputed({0}));
    accepted += gate.accepted;
    decisions += gate.decisions;
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(decisions - accepted, 100u);
}

}  // namespace
}  // namespace margingate::testing
