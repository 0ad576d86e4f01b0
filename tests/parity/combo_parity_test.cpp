// Every decision on a combo against the whole margin from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reference/reference_trade.hpp"
#include "support/audited_flow.hpp"

namespace margingate::testing {
namespace {

constexpr std::uint32_t accounts = 4;

bool is_alike(const Instrument& a, const Instrument& b) {
  return a.risk_unit == b.risk_unit && a.payoff == b.payoff &&
         a.settlement_asset == b.settlement_asset && a.contract_size == b.contract_size &&
         a.lots_per_contract == b.lots_per_contract;
}

// Two to four legs that may be combined, with small ratios.
std::vector<Combo> random_combos(Random& random, const GateConfig& config, int count) {
  std::vector<Combo> combos;
  const auto last = static_cast<std::int64_t>(config.instruments.size()) - 1;
  while (static_cast<int>(combos.size()) < count) {
    Combo combo;
    const auto size = static_cast<std::size_t>(random.integer(2, 4));
    for (int tries = 0; tries < 200 && combo.legs.size() < size; ++tries) {
      const InstrumentId id{static_cast<std::uint32_t>(random.integer(0, last))};
      const Instrument& one = config.instruments[id.value];
      if (one.payoff == Payoff::inverse && one.kind != InstrumentKind::option) continue;
      const bool fits = std::all_of(combo.legs.begin(), combo.legs.end(), [&](const ComboLeg& leg) {
        return leg.instrument != id && is_alike(one, config.instruments[leg.instrument.value]);
      });
      const auto ratio = static_cast<std::int32_t>(random.integer(1, 3));
      if (fits) combo.legs.push_back({id, random.chance(0.5) ? ratio : -ratio});
    }
    if (combo.legs.size() >= 2) combos.push_back(combo);
  }
  return combos;
}

void list_combos(Random& random, GateConfig& config) {
  config.combos = random_combos(random, config, 12);
}

// Legs whose losses are given, beside such as are priced.
void list_combos_of_delivered(Random& random, GateConfig& config) {
  list_combos(random, config);
  deliver_losses(random, config);
}

class ComboSession : public AuditedFlow {
 public:
  ComboSession(std::uint64_t seed, bool coin, double tick_move, bool delivered = false)
      : AuditedFlow({seed, accounts, coin, tick_move, 12, 0.2, 2.0, 3,
                     delivered ? list_combos_of_delivered : list_combos}) {}

  void run(int steps) {
    for (int i = 0; i < steps && gate_.mismatch().empty(); ++i) {
      now_ = now_ + milliseconds(50);
      const double what = random_.uniform();
      if (what < 0.35) {
        apply(flow_.next(now_));
      } else if (what < 0.38) {
        gate_.publish_and_adopt();
      } else if (what < 0.55 && !working_.empty()) {
        end_one();
      } else {
        order();
      }
    }
  }
  int fills = 0;

 private:
  struct Working {
    WorkingOrderHandle order;
    InstrumentId combo;
  };

  const Combo& combo(InstrumentId id) const {
    return config().combos[id.value - config().instruments.size()];
  }

  // Near what the legs are worth.
  Price leg_price(InstrumentId id) {
    const auto market = gate_.market_of(gate_.gate().newest_epoch());
    const auto row = reference::reference_row(market, id);
    const Money one = reference::reference_entry_cash(config(), id, 1'000'000, {100'000'000});
    double price = static_cast<double>(row.value) * 1e14 / -static_cast<double>(one.value);
    if (config().instruments[id.value].payoff == Payoff::inverse) {
      // The value is in the numeraire, the price in coins.
      const Instrument& i = config().instruments[id.value];
      if (i.settlement_asset != config().numeraire) {
        price /= static_cast<double>(gate_.spots()[i.underlying.value].value) / 1e8;
      }
    }
    return {std::max<std::int64_t>(1, std::llround(price))};
  }

  void order() {
    const auto count = static_cast<std::int64_t>(config().combos.size());
    const InstrumentId id{static_cast<std::uint32_t>(config().instruments.size()) +
                          static_cast<std::uint32_t>(random_.integer(0, count - 1))};
    double price = 0.0;
    double gross = 0.0;
    for (const ComboLeg& leg : combo(id).legs) {
      const auto one = static_cast<double>(leg_price(leg.instrument).value);
      price += leg.ratio * one;
      gross += std::abs(leg.ratio) * one;
    }
    price += gross * random_.uniform(-0.02, 0.02);
    const InstrumentId first = combo(id).legs.front().instrument;
    const Instrument& i = config().instruments[first.value];
    const double lots =
        random_.uniform(0.05, 0.6) / i.contract_size * static_cast<double>(i.lots_per_contract);
    const OrderIntent intent{{static_cast<std::uint32_t>(random_.integer(0, accounts - 1))},
                             id,
                             random_.chance(0.5) ? Side::buy : Side::sell,
                             {std::max<std::int64_t>(1, std::llround(lots))},
                             {std::llround(price)},
                             now_};
    const Verdict verdict = gate_.reserve(intent);
    if (verdict.accepted()) working_.push_back({verdict.order, id});
  }

  void end_one() {
    const auto at = static_cast<std::size_t>(
        random_.integer(0, static_cast<std::int64_t>(working_.size()) - 1));
    const Working one = working_[at];
    working_[at] = working_.back();
    working_.pop_back();
    if (random_.chance(0.4)) {
      ASSERT_EQ(gate_.gate().release(Cancel{one.order}), Reason::accepted);
      return;
    }
    ComboFill fill{one.order, gate_.gate().working_order(one.order)->remaining, {}};
    std::size_t n = 0;
    for (const ComboLeg& leg : combo(one.combo).legs) fill.prices[n++] = leg_price(leg.instrument);
    ASSERT_EQ(gate_.gate().apply(fill), Reason::accepted);
    ++fills;
  }

  std::vector<Working> working_;
};

TEST(ComboParity, EveryDecisionEqualsTheReference) {
  std::uint64_t decisions = 0;
  std::uint64_t accepted = 0;
  std::uint64_t by_interval = 0;
  int fills = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ComboSession session(seed, seed % 2 == 0, seed % 4 < 2 ? 0.0005 : 0.01, seed % 4 == 3);
    session.run(700);
    EXPECT_EQ(session.gate().mismatch(), "") << "seed " << seed;
    for (std::uint32_t a = 0; a < accounts; ++a) {
      EXPECT_TRUE(session.gate().gate().totals_equal_recomputed({a})) << "seed " << seed;
    }
    decisions += session.gate().decisions;
    accepted += session.gate().accepted;
    by_interval += session.gate().by_interval;
    fills += session.fills;
  }
  EXPECT_GT(decisions, 2'000u);
  EXPECT_GT(accepted, 500u);
  EXPECT_LT(accepted, decisions - 300u);
  EXPECT_GT(by_interval, decisions / 3);
  EXPECT_GT(fills, 200);
}

}  // namespace
}  // namespace margingate::testing
