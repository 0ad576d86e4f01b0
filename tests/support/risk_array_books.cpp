#include "support/risk_array_books.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace margingate::testing {

using namespace risk_arrays;

namespace {

Losses option_losses(DiceRoll& random, const Losses& future, int delta_percent) {
  Losses losses;
  for (std::size_t i = 0; i < scenario_count; ++i) {
    losses[i] = rounded(future[i] * FixedDecimal(delta_percent) / FixedDecimal(100), 0) +
                FixedDecimal(random.between(-150, 150)) +
                FixedDecimal(i < 14 && i % 2 == 0 ? -60 : 60);
  }
  return losses;
}

constexpr std::array<std::uint32_t, 3> months = {202601, 202602, 202603};

void add_contracts(DiceRoll& random, ParameterSet& set, std::size_t commodity) {
  for (const std::uint32_t month : months) {
    const Losses future = future_losses(3 * random.between(100, 700), 3, "0.33"_d);
    add_future(set, commodity, month, future);
    const int delta = random.between(-90, 90);
    add_option(set, commodity, month, delta > 0 ? OptionRight::call : OptionRight::put, 100,
               option_losses(random, future, delta), FixedDecimal(delta) / FixedDecimal(100),
               random.between(0, 900));
  }
}

void add_charges(DiceRoll& random, CombinedCommodity& terms) {
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

void add_credits(DiceRoll& random, ParameterSet& set) {
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

void choose_methods(DiceRoll& random, CombinedCommodity& terms) {
  terms.short_option_minimum.rate = random.between(0, 400);
  if (random.chance(50)) terms.short_option_minimum.method = ShortOptionMethod::larger_side;
  if (random.chance(30)) terms.scan_method = ScanMethod::tier_per_period;
  if (random.chance(30)) terms.limit_option_value = true;
  if (random.chance(20)) terms.risk_exponent = 1;
  if (random.chance(30)) terms.price_risk_method = PriceRiskMethod::capped;
  terms.price_scan_range = random.between(100, 2'500);
  terms.factors.fill({1, "1.1"_d});
}

}  // namespace

RiskArrayBook random_risk_array_book(unsigned seed, bool with_charges, bool with_credits) {
  DiceRoll random(seed);
  RiskArrayBook book;
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

AccountPositions filled(const RiskArrayBook& book, unsigned subset) {
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

}  // namespace margingate::testing
