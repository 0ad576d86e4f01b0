// The bound over fills of working orders against every subset of them, each margined from scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "risk_arrays/fill_bounds.hpp"
#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

struct Book {
  ParameterSet set;
  AccountPositions account;
  std::vector<ContractOrder> orders;
};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int between(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<unsigned>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937 engine_;
};

Losses option_losses(Random& random, const Losses& future, int delta_percent) {
  Losses losses;
  for (std::size_t i = 0; i < scenario_count; ++i) {
    losses[i] = rounded(future[i] * FixedDecimal(delta_percent) / FixedDecimal(100), 0) +
                FixedDecimal(random.between(-150, 150)) +
                FixedDecimal(i < 14 && i % 2 == 0 ? -60 : 60);
  }
  return losses;
}

constexpr std::array<std::uint32_t, 3> months = {202601, 202602, 202603};

void add_contracts(Random& random, ParameterSet& set, std::size_t commodity) {
  for (const std::uint32_t month : months) {
    const Losses future = future_losses(3 * random.between(100, 700), 3, "0.33"_d);
    add_future(set, commodity, month, future);
    const int delta = random.between(-90, 90);
    add_option(set, commodity, month, delta > 0 ? OptionRight::call : OptionRight::put, 100,
               option_losses(random, future, delta), FixedDecimal(delta) / FixedDecimal(100),
               random.between(0, 900));
  }
}

void add_charges(Random& random, CombinedCommodity& terms) {
  terms.intra_tiers = {{1, {months[0], 0}, {months[0], 0}, {}},
                       {2, {months[1], 0}, {months[2], 0}, {}}};
  const auto tier = [](int number, FixedDecimal ratio, Side side) {
    return IntraSpreadLeg{number, {}, ratio, side};
  };
  const auto month = [](std::size_t index, FixedDecimal ratio, Side side) {
    return IntraSpreadLeg{{}, {months[index], 0}, ratio, side};
  };
  if (random.chance(60)) {
    terms.intra_spreads.push_back(
        {1,
         random.between(10, 200),
         {month(0, 1, Side::a), month(1, random.between(1, 2), Side::b)}});
  }
  if (random.chance(40)) {
    terms.intra_spreads.push_back(
        {2,
         random.between(10, 200),
         {month(0, 1, Side::a), month(1, 2, Side::b), month(2, 1, Side::a)}});
  }
  terms.intra_spreads.push_back(
      {3, random.between(10, 200), {tier(1, 1, Side::a), tier(2, 1, Side::b)}});
  if (random.chance(50)) {
    terms.intra_spreads.push_back(
        {4, random.between(10, 200), {tier(2, 1, Side::a), tier(2, 1, Side::b)}});
  }
  if (random.chance(60)) {
    terms.spot_rates.push_back({{months[0], 0},
                                random.between(0, 90),
                                random.between(0, 90),
                                random.chance(80),
                                random.chance(80)});
  }
}

void add_credits(Random& random, ParameterSet& set) {
  const std::array<const char*, 3> codes = {"A", "B", "C"};
  for (std::size_t i = 0; i < 3; ++i) {
    InterSpread spread;
    spread.priority = static_cast<int>(i) + 1;
    spread.is_flat = random.chance(20);
    const std::size_t j = (i + 1) % 3;
    for (const std::size_t leg_index : {i, j}) {
      InterSpreadLeg leg;
      leg.commodity = codes[leg_index];
      leg.ratio = random.between(1, 3);
      leg.side = leg_index == i ? Side::a : Side::b;
      leg.rate = random.between(20, 95);
      if (random.chance(10)) leg.period = {months[0], 0};
      spread.legs.push_back(leg);
    }
    (random.chance(25) ? set.super_spreads : set.inter_spreads).push_back(spread);
  }
}

void choose_methods(Random& random, CombinedCommodity& terms) {
  terms.short_option_minimum.rate = random.between(0, 400);
  if (random.chance(50)) terms.short_option_minimum.method = ShortOptionMethod::larger_side;
  if (random.chance(30)) terms.scan_method = ScanMethod::tier_per_period;
  if (random.chance(30)) terms.limit_option_value = true;
  if (random.chance(20)) terms.risk_exponent = 1;
  if (random.chance(30)) terms.price_risk_method = PriceRiskMethod::capped;
  terms.price_scan_range = random.between(100, 2'500);
  terms.factors.fill({1, "1.1"_d});
}

Book random_book(unsigned seed, bool with_charges, bool with_credits) {
  Random random(seed);
  Book book;
  book.set.scenarios = classic_scenario_set(3, "0.33"_d);
  for (const char* code : {"A", "B", "C"}) {
    const std::size_t commodity = add_commodity(book.set, code);
    CombinedCommodity& terms = book.set.combined_commodities[commodity];
    choose_methods(random, terms);
    if (with_charges) add_charges(random, terms);
    add_contracts(random, book.set, commodity);
  }
  if (with_credits) add_credits(random, book.set);
  const int contract_max = static_cast<int>(book.set.contracts.size()) - 1;
  std::vector<std::pair<std::size_t, FixedDecimal>> positions;
  for (std::size_t i = 0; i < book.set.contracts.size(); ++i) {
    if (random.chance(40)) positions.emplace_back(i, random.between(-12, 12));
  }
  book.account = net_account(positions);
  const int order_count = random.between(1, 10);
  for (int i = 0; i < order_count; ++i) {
    const int size = random.between(1, 9);
    book.orders.push_back({static_cast<std::size_t>(random.between(0, contract_max)),
                           random.chance(50) ? size : -size});
  }
  return book;
}

AccountPositions filled(const Book& book, unsigned subset) {
  AccountPositions account = book.account;
  for (std::size_t i = 0; i < book.orders.size(); ++i) {
    if ((subset >> i & 1U) == 0) continue;
    const FixedDecimal quantity = book.orders[i].quantity;
    const bool buys = quantity > FixedDecimal();
    account.positions.push_back({book.orders[i].contract, buys ? quantity : FixedDecimal(),
                                 buys ? FixedDecimal() : -quantity});
  }
  // One position per contract, so that longs and shorts of it net.
  std::vector<std::pair<std::size_t, FixedDecimal>> net;
  for (const ContractPosition& position : account.positions) {
    const auto at = std::find_if(net.begin(), net.end(),
                                 [&](const auto& one) { return one.first == position.contract; });
    const FixedDecimal quantity = position.long_quantity - position.short_quantity;
    if (at == net.end()) {
      net.emplace_back(position.contract, quantity);
    } else {
      at->second += quantity;
    }
  }
  return net_account(net);
}

unsigned first_seed() {
  const char* text = std::getenv("MARGINGATE_SEED");
  return text == nullptr ? 1U : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

struct Totals {
  FixedDecimal maintenance;
  FixedDecimal initial;
};

Totals totals_of(const AccountMargin& margin) {
  if (margin.currencies.empty()) return {};
  return {margin.currencies[0].maintenance_margin, margin.currencies[0].initial_margin};
}

Totals worst_of_all_subsets(const Book& book) {
  Totals worst;
  for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
    const Totals totals = totals_of(margin_account(book.set, filled(book, subset)));
    worst.maintenance = std::max(worst.maintenance, totals.maintenance);
    worst.initial = std::max(worst.initial, totals.initial);
  }
  return worst;
}

constexpr unsigned book_count = 300;

TEST(RiskArrayFills, AreExactForScanRiskMinimumAndOptionValue) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_book(seed, false, false);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    const Totals worst = worst_of_all_subsets(book);
    ASSERT_EQ(bound.currencies.at(0).maintenance_margin, worst.maintenance);
    ASSERT_EQ(bound.currencies.at(0).initial_margin, worst.initial);
  }
}

// Each part of each commodity, and the margin, in every subset.
void expect_bound(const AccountBound& bound, const AccountMargin& margin) {
  for (const CommodityMargin& part : margin.commodities) {
    const auto at = std::find_if(bound.commodities.begin(), bound.commodities.end(),
                                 [&](const CommodityBound& one) { return one.code == part.code; });
    ASSERT_NE(at, bound.commodities.end());
    EXPECT_LE(part.scan_risk, at->scan_risk);
    EXPECT_LE(part.short_option_minimum, at->short_option_minimum);
    EXPECT_LE(part.intra_charge, at->intra_charge);
    EXPECT_LE(part.spot_charge, at->spot_charge);
    EXPECT_GE(part.super_credit + part.inter_credit, at->credit);
  }
  const Totals totals = totals_of(margin);
  EXPECT_LE(totals.maintenance, bound.currencies.at(0).maintenance_margin);
  EXPECT_LE(totals.initial, bound.currencies.at(0).initial_margin);
}

TEST(RiskArrayFills, BoundEveryChargeAndCreditOverEverySubset) {
  unsigned shrinking = 0;
  unsigned with_credit = 0;
  double excess = 0.0;
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_book(seed, true, true);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    const AccountMargin before = margin_account(book.set, book.account);
    Totals worst;
    bool counted = false;
    for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
      const AccountMargin margin = margin_account(book.set, filled(book, subset));
      expect_bound(bound, margin);
      if (::testing::Test::HasFailure()) return;
      worst.maintenance = std::max(worst.maintenance, totals_of(margin).maintenance);
      for (const CommodityMargin& part : margin.commodities) {
        for (const CommodityMargin& other : before.commodities) {
          counted = counted || (part.code == other.code && !part.net_delta.is_zero() &&
                                magnitude(part.net_delta) < magnitude(other.net_delta) &&
                                part.risk_requirement > other.risk_requirement);
        }
      }
    }
    shrinking += counted ? 1 : 0;
    with_credit += std::any_of(bound.commodities.begin(), bound.commodities.end(),
                               [](const CommodityBound& one) { return !one.credit.is_zero(); })
                       ? 1
                       : 0;
    if (!worst.maintenance.is_zero()) {
      excess +=
          bound.currencies.at(0).maintenance_margin.to_double() / worst.maintenance.to_double() -
          1.0;
    }
  }
  // The cases that matter are among them: a delta that shrinks while its requirement grows, and
  // credits that no way to fill takes away.
  EXPECT_GE(shrinking, book_count / 10);
  EXPECT_GE(with_credit, book_count / 10);
  std::printf("shrinking deltas in %u of %u books, sure credits in %u, mean excess %.1f %%\n",
              shrinking, book_count, with_credit, 100.0 * excess / book_count);
}

TEST(RiskArrayFills, BoundPartialFills) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const Book book = random_book(seed, true, true);
    const AccountBound bound = bound_over_fills(book.set, book.account, book.orders);
    Random random(seed);
    for (int i = 0; i < 40; ++i) {
      Book partial = book;
      for (ContractOrder& order : partial.orders) {
        order.quantity = order.quantity * FixedDecimal(random.between(0, 4)) / FixedDecimal(4);
      }
      const unsigned all = (1U << partial.orders.size()) - 1;
      expect_bound(bound, margin_account(partial.set, filled(partial, all)));
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace margingate::testing
