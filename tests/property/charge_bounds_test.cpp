// Every model that ships, under working orders: the requirement against brute force over all ways
// in which they may fill at their prices. Never below the worst of them, exact where the model's
// page says exact, and by how much above it elsewhere: the printed table is what the pages quote.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "reference/reference_requirement.hpp"
#include "reference/reference_trade.hpp"
#include "support/random.hpp"
#include "support/sanitizers.hpp"
#include "support/shipped_model.hpp"

namespace margingate::testing {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceMargin;
using reference::ReferenceMarket;
using reference::ReferenceRow;
using reference::ReferenceUnit;

constexpr int books = MARGINGATE_SANITIZED ? 40 : 600;

// A model and its market as the reference takes them.
struct World {
  ShippedModel model;
  const GateConfig& config = model.config;
  const Market& surface = model.surface;
  ReferenceMarket market;
  std::vector<ReferenceRow> rows;  // by instrument

  explicit World(std::string_view parameters)
      : model(shipped_model(parameters)), market{&config,     &surface,    shipped_clock,
                                                 model.spots, model.spots, {}} {
    market.asset_prices.resize(config.assets.size());
    for (std::uint32_t i = 0; i < config.instruments.size(); ++i) {
      rows.push_back(reference_row(market, {i}));
      EXPECT_EQ(rows.back().reason, Reason::accepted);
    }
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
};

struct Order {
  std::size_t leg = 0;
  std::int64_t lots = 0;  // signed
  Price price;
  Money open_loss;
};

// Some legs held, some orders working on them, with cash and a hold.
struct Book {
  ReferenceAccount positions;
  std::vector<ReferenceRow> rows;  // by leg
  std::vector<Order> orders;

  Book(const World& world, Random& random) {
    const std::size_t instruments = world.config.instruments.size();
    positions.wallets.resize(world.config.assets.size());
    positions.wallets[world.config.numeraire.value] = {1'000'000'000'000'000};
    positions.holds = {random.integer(0, 1'000'000'000)};
    for (std::int64_t left = random.integer(1, 6); left > 0; --left) {
      const InstrumentId id{
          static_cast<std::uint32_t>(random.integer(0, std::int64_t(instruments) - 1))};
      const bool is_known = std::any_of(positions.legs.begin(), positions.legs.end(),
                                        [&](const auto& leg) { return leg.instrument == id; });
      if (is_known) continue;
      positions.legs.push_back({id, 0, 0, 0, {}});
      rows.push_back(world.rows[id.value]);
      const std::int64_t held = lots(world, random, id);
      reference_apply_fill(world.config, positions, id, held, fair_price(world, random, id, 0.1));
    }
    for (std::int64_t left = random.integer(1, MARGINGATE_SANITIZED ? 6 : 10); left > 0; --left) {
      Order order;
      order.leg = static_cast<std::size_t>(
          random.integer(0, static_cast<std::int64_t>(positions.legs.size()) - 1));
      const InstrumentId id = positions.legs[order.leg].instrument;
      order.lots = lots(world, random, id);
      order.price = fair_price(world, random, id, 0.02);
      order.open_loss =
          reference_open_loss(world.market, rows[order.leg], id, order.lots, order.price);
      orders.push_back(order);
    }
  }

  [[nodiscard]] ReferenceAccount with_orders_working() const {
    ReferenceAccount account = positions;
    for (const Order& order : orders) {
      reference::ReferenceLeg& leg = account.legs[order.leg];
      (order.lots > 0 ? leg.working_buys : leg.working_sells) += std::abs(order.lots);
      account.open_losses += order.open_loss;
    }
    return account;
  }
  // Bit i of `filled` says that order i has traded completely, the others are gone.
  [[nodiscard]] ReferenceAccount with_orders_filled(const World& world, std::size_t filled) const {
    ReferenceAccount account = positions;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if ((filled >> i & 1U) == 0) continue;
      reference_apply_fill(world.config, account, positions.legs[orders[i].leg].instrument,
                           orders[i].lots, orders[i].price);
    }
    return account;
  }

 private:
  // Large enough for charges that grow with size, either way.
  static std::int64_t lots(const World& world, Random& random, InstrumentId id) {
    const Instrument& i = world.config.instruments[id.value];
    const double spot = world.surface.spots[i.underlying.value];
    const double per_lot =
        i.contract_size / static_cast<double>(i.lots_per_contract) *
        (i.payoff == Payoff::inverse && i.kind != InstrumentKind::option ? 1.0 : spot);
    const double wanted = 40'000'000.0 * random.uniform(0.1, 2.0) / per_lot;
    const auto size = std::max<std::int64_t>(1, std::llround(wanted));
    return random.chance(0.5) ? size : -size;
  }
  static Price fair_price(const World& world, Random& random, InstrumentId id, double spread) {
    const Instrument& i = world.config.instruments[id.value];
    const double spot = world.surface.spots[i.underlying.value];
    double fair = world.surface.quotes[id.value].forward;
    if (i.kind == InstrumentKind::option) {
      // Of one lot, in money; back to a price per coin.
      const double money = static_cast<double>(world.rows[id.value].value) /
                           std::pow(10.0, world.config.money_decimals) *
                           static_cast<double>(i.lots_per_contract) / i.contract_size;
      const bool in_coins =
          world.config.numeraire == i.settlement_asset || i.payoff == Payoff::linear;
      fair = in_coins ? money : money / spot;
      fair = std::max(fair, i.payoff == Payoff::inverse ? 1e-4 : 1.0);
    }
    return {std::max<std::int64_t>(
        1, std::llround(fair * random.uniform(1 - spread, 1 + spread) * 1e6))};
  }
};

struct Worst {
  std::int64_t scan = 0, expiry_delta = 0, delta_shock = 0, added = 0, floor = 0, total = 0;
};

void take_worse(const ReferenceUnit& unit, Worst& worst) {
  worst.scan = std::max(worst.scan, unit.scan_risk);
  worst.expiry_delta = std::max(worst.expiry_delta, unit.expiry_delta);
  worst.delta_shock = std::max(worst.delta_shock, unit.delta_shock);
  worst.added = std::max(worst.added, unit.added);
  worst.floor = std::max(worst.floor, unit.floor);
  worst.total = std::max(worst.total, unit.total - unit.unrealised_losses);
}

// Scenario by scenario of a pool: never below the worst fill, and where no pair of alternatives
// differs exactly that.
class WorstPools {
 public:
  explicit WorstPools(const ReferenceMargin& bound) {
    for (const reference::ReferencePool& pool : bound.pools) {
      losses_.emplace_back(pool.losses.size(), std::numeric_limits<std::int64_t>::min());
    }
  }
  void add(const ReferenceMargin& after) {
    for (std::size_t p = 0; p < losses_.size(); ++p) {
      for (std::size_t s = 0; s < losses_[p].size(); ++s) {
        losses_[p][s] = std::max(losses_[p][s], after.pools[p].losses[s]);
      }
    }
  }
  void expect_bounded(const MarginModel& model, const ReferenceMargin& bound) const {
    for (std::size_t p = 0; p < losses_.size(); ++p) {
      for (std::size_t s = 0; s < losses_[p].size(); ++s) {
        ASSERT_GE(bound.pools[p].losses[s], losses_[p][s]) << "pool " << p << " scenario " << s;
        if (is_skewed(model, p, s)) continue;
        ASSERT_EQ(bound.pools[p].losses[s], losses_[p][s]) << "pool " << p << " scenario " << s;
      }
    }
  }

 private:
  static bool is_skewed(const MarginModel& model, std::size_t pool, std::size_t scenario) {
    const auto& groups = model.pools[pool].groups;
    return std::any_of(groups.begin(), groups.end(), [&](const ScanGroup& group) {
      return std::any_of(group.units.begin(), group.units.end(), [&](RiskUnitId unit) {
        return model.units[unit.value].scan.scenarios[scenario].skew.applies();
      });
    });
  }

  std::vector<std::vector<std::int64_t>> losses_;
};

// Relative excess of a bound over what it bounds.
class Excess {
 public:
  void add(std::int64_t bound, std::int64_t worst) {
    if (worst > 0)
      shares_.push_back(static_cast<double>(bound - worst) / static_cast<double>(worst));
  }
  void print(const std::string& model, const char* what) {
    if (shares_.empty()) return;
    std::sort(shares_.begin(), shares_.end());
    double sum = 0.0;
    for (const double share : shares_) sum += share;
    const auto count = static_cast<double>(shares_.size());
    const auto exact = std::upper_bound(shares_.begin(), shares_.end(), 0.0) - shares_.begin();
    std::printf(
        "%-24s %-18s %6zu books, exact in %5.1f %%, over by mean %7.3f %% p99 %7.3f %%"
        " most %7.2f %%\n",
        model.c_str(), what, shares_.size(), 100.0 * static_cast<double>(exact) / count,
        100.0 * sum / count, 100.0 * shares_[static_cast<std::size_t>(0.99 * (count - 1))],
        100.0 * shares_.back());
  }

 private:
  std::vector<double> shares_;
};

// What integer money can be off by between an order's booked loss and the cash of its fill: each
// fill rounds its cash once and two shares of it, each leg its conversion to the numeraire once; a
// unit of a coin counts its price in units of the numeraire.
std::int64_t cash_rounding(const World& world, const Book& book) {
  const double coin = world.config.numeraire.value == 0 ? world.surface.spots[0] : 1.0;
  return static_cast<std::int64_t>(3 * book.orders.size() + book.positions.legs.size() + 3) *
         static_cast<std::int64_t>(coin);
}

class ChargeBounds : public ::testing::TestWithParam<std::string> {};

TEST_P(ChargeBounds, HoldOverAllFillsAndAreExactWhereTheModelSaysSo) {
  const World world(GetParam());
  const bool is_deribit = world.config.model.name == "deribit";
  const bool is_rates = world.config.model.units[0].scan.scenarios.empty();
  constexpr std::uint64_t seed = 20260822;
  Random random(seed);
  Excess units, account;
  int shocked = 0;  // units with a delta shock charge
  for (int b = 0; b < books; ++b) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " book " + std::to_string(b));
    const Book book(world, random);
    const ReferenceAccount working = book.with_orders_working();
    const ReferenceMargin bound = reference_margin(world.market, working, book.rows);
    ASSERT_EQ(bound.reason, Reason::accepted);
    std::vector<Worst> worst(bound.units.size());
    WorstPools pools(bound);
    std::int64_t worst_margin = 0;
    const std::int64_t excess = bound.equity.value - bound.initial_margin.value;
    const std::int64_t rounding = cash_rounding(world, book);
    for (std::size_t filled = 0; filled < std::size_t{1} << book.orders.size(); ++filled) {
      const ReferenceMargin after =
          reference_margin(world.market, book.with_orders_filled(world, filled), book.rows);
      pools.add(after);
      std::int64_t losses = 0;
      for (std::size_t u = 0; u < worst.size(); ++u) {
        take_worse(after.units[u], worst[u]);
        losses += after.units[u].unrealised_losses;
      }
      worst_margin = std::max(worst_margin, after.initial_margin.value - losses);
      // Fills at the orders' own prices never leave the account with less than it was asked for.
      ASSERT_GE(after.equity.value - after.initial_margin.value, excess - rounding);
    }
    std::int64_t losses = 0;
    for (std::size_t u = 0; u < worst.size(); ++u) {
      const ReferenceUnit& unit = bound.units[u];
      ASSERT_EQ(unit.scan_risk, worst[u].scan);
      ASSERT_EQ(unit.expiry_delta, worst[u].expiry_delta);
      ASSERT_EQ(unit.added, worst[u].added);
      ASSERT_EQ(unit.floor, worst[u].floor);
      ASSERT_EQ(unit.delta_shock, worst[u].delta_shock);
      ASSERT_GE(unit.total - unit.unrealised_losses, worst[u].total);
      units.add(unit.total - unit.unrealised_losses, worst[u].total);
      shocked += unit.delta_shock > 0;
      losses += unit.unrealised_losses;
    }
    pools.expect_bounded(world.config.model, bound);
    if (HasFatalFailure()) return;
    const std::int64_t asked = bound.initial_margin.value - losses;
    ASSERT_GE(asked, worst_margin);
    if (is_rates) {
      ASSERT_EQ(asked, worst_margin);
    }
    account.add(asked - working.holds.value, worst_margin - working.holds.value);
  }
  const std::string model(GetParam());
  EXPECT_EQ(is_deribit, shocked > 0);
  units.print(model, "risk unit");
  account.print(model, "initial margin");
}

INSTANTIATE_TEST_SUITE_P(OfModelsThatShip, ChargeBounds, ::testing::ValuesIn(shipped_parameters()),
                         [](const auto& at) {
                           std::string name = at.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// A model of one parameter each, to see the two credits that go the other way.
class AgainstIntuition : public ::testing::Test {
 protected:
  ReferenceAccount account(std::int64_t btc, std::int64_t eth, std::int64_t btc_sells) const {
    ReferenceAccount a;
    a.wallets.resize(world.config.assets.size());
    a.legs = {{btc_perpetual, btc, 0, btc_sells, {}}, {eth_perpetual, eth, 0, 0, {}}};
    return a;
  }
  std::int64_t margin(const ReferenceAccount& a) const {
    return reference_margin(world.market, a).initial_margin.value;
  }

  World world{"portfolio-generic"};
  // Linear ones: after the inverse perpetual, two futures and twelve options of each coin.
  InstrumentId btc_perpetual{15};
  InstrumentId eth_perpetual{45};
};

// Long one coin against the other earns the offset. An order that sells all of the first shrinks a
// delta and the scan risk of its unit, but if it fills the offset is gone: the bound says so at
// once.
TEST_F(AgainstIntuition, AnOffsetIsLostWhenADeltaCouldShrinkToNothing) {
  ASSERT_EQ(world.config.instruments[15].payoff, Payoff::linear);
  ASSERT_EQ(world.config.instruments[45].underlying, UnderlyingId{1});
  const std::int64_t hedged = margin(account(10, -200, 0));
  const std::int64_t partly = margin(account(10, -200, 9));
  const std::int64_t fully = margin(account(10, -200, 10));
  EXPECT_EQ(partly, hedged);  // the delta stays long whatever fills, and so does the offset
  EXPECT_GT(fully, hedged);
  // Not the worst of the two ways to fill: no longer earned if all fill, no less risk if none do.
  const std::int64_t worst = std::max(margin(account(10, -200, 0)), margin(account(0, -200, 0)));
  EXPECT_GT(fully, worst);
}

// A long call stands against a short future. Selling the call takes a long delta away and leaves
// the short one bare: the delta shock grows although the position becomes smaller.
TEST(DeltaShockAgainstIntuition, GrowsWhenALongOptionThatHedgesIsSold) {
  const World world("deribit-btc-2024-06-17");
  const InstrumentId perpetual{0};
  InstrumentId call{0};
  for (std::uint32_t i = 0; i < world.config.instruments.size(); ++i) {
    const Instrument& instrument = world.config.instruments[i];
    const bool is_call =
        instrument.kind == InstrumentKind::option && instrument.option_type == OptionType::call;
    if (is_call && instrument.strike < 60'000.0) call = {i};
  }
  ASSERT_EQ(world.config.instruments[call.value].kind, InstrumentKind::option);
  const auto shock = [&](std::int64_t calls, std::int64_t sells) {
    ReferenceAccount a;
    a.wallets.resize(world.config.assets.size());
    a.legs = {{perpetual, -60'000'000, 0, 0, {}}, {call, calls, 0, sells, {}}};
    return reference_margin(world.market, a).units[0].delta_shock;
  };
  EXPECT_GT(shock(0, 0), shock(9'000, 0));
  EXPECT_EQ(shock(9'000, 9'000), shock(0, 0));
}

}  // namespace
}  // namespace margingate::testing
