// What the order path asks of an account under risk arrays, with orders working, against the whole
// margin in decimals of every way in which they may fill.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>

#include "margingate/gate.hpp"
#include "models/risk_array_set.hpp"
#include "reference/reference_requirement.hpp"
#include "risk_arrays/account_margin.hpp"
#include "support/risk_array_books.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;
using models::OptionValueUse;

constexpr double money_scale = 1e4;
constexpr Timestamp clock{1'767'225'600'000'000'000};  // 2026-01-01
constexpr std::int64_t day_ns = 86'400'000'000'000;

// A gate that lists every contract of the set, one lot each.
struct ListedSet {
  GateConfig config;
  Market surface;

  explicit ListedSet(const ParameterSet& set, OptionValueUse option_value) {
    config.money_decimals = 4;
    config.price_decimals = 2;
    config.assets.resize(1 + set.combined_commodities.size());
    config.numeraire = {0};
    for (std::uint32_t u = 0; u < set.combined_commodities.size(); ++u) {
      config.underlyings.push_back({{1 + u}, 100.0});
      surface.spots.push_back(100.0);
    }
    surface.as_of = clock;
    std::vector<std::size_t> contracts;
    for (std::size_t i = 0; i < set.contracts.size(); ++i) list(set, i, contracts);
    config.model = models::risk_array_set_model(set, {AccountType::speculator, option_value},
                                                contracts, config.instruments);
  }

  [[nodiscard]] reference::ReferenceMarket market() const {
    const std::vector<Price> spots(config.underlyings.size(), Price{10'000});
    return {&config, &surface, clock, spots, spots, {}};
  }

 private:
  void list(const ParameterSet& set, std::size_t i, std::vector<std::size_t>& contracts) {
    const Contract& contract = set.contracts[i];
    const Product& product = set.products[contract.product];
    Instrument instrument;
    const bool is_option = risk_arrays::is_option(product.kind);
    instrument.kind = is_option ? InstrumentKind::option : InstrumentKind::future;
    instrument.option_type =
        contract.right == OptionRight::call ? OptionType::call : OptionType::put;
    instrument.underlying = {static_cast<std::uint32_t>(product.combined_commodity)};
    instrument.settlement_asset = {0};
    if (is_option) instrument.strike = contract.strike.to_double();
    instrument.expiry = clock + Duration{day_ns * 30 * (contract.underlying_period.month % 100)};
    config.instruments.push_back(instrument);
    contracts.push_back(i);
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    surface.quotes.push_back({is_option ? unknown : 100.0, unknown});
  }
};

FixedDecimal value_of(const ParameterSet& set, std::size_t contract) {
  const bool counts = set.products[set.contracts[contract].product].is_premium_style;
  return counts ? set.contracts[contract].value : FixedDecimal();
}

std::int64_t whole(FixedDecimal quantity) { return std::llround(quantity.to_double()); }

reference::ReferenceAccount account_of(const RiskArrayBook& book) {
  reference::ReferenceAccount account;
  for (std::uint32_t i = 0; i < book.set.contracts.size(); ++i) {
    reference::ReferenceLeg leg{{i}, 0, 0, 0, {}};
    for (const ContractPosition& position : book.account.positions) {
      if (position.contract == i) {
        leg.net += whole(position.long_quantity - position.short_quantity);
      }
    }
    for (const ContractOrder& order : book.orders) {
      const std::int64_t lots = whole(order.quantity);
      if (order.contract == i) (lots > 0 ? leg.working_buys : leg.working_sells) += std::abs(lots);
    }
    account.legs.push_back(leg);
  }
  return account;
}

FixedDecimal option_value(const RiskArrayBook& book) {
  FixedDecimal sum;
  for (const ContractPosition& position : book.account.positions) {
    sum +=
        (position.long_quantity - position.short_quantity) * value_of(book.set, position.contract);
  }
  return sum;
}

// What has been paid for options, at their value, once the orders have traded.
FixedDecimal premium(const RiskArrayBook& book, unsigned subset) {
  FixedDecimal paid;
  for (std::size_t i = 0; i < book.orders.size(); ++i) {
    if ((subset >> i & 1U) == 0) continue;
    paid += book.orders[i].quantity * value_of(book.set, book.orders[i].contract);
  }
  return paid;
}

// Cash that the account must have for the order path to let its orders work.
double cash_asked(const RiskArrayBook& book, OptionValueUse option_value_use) {
  const ListedSet listed(book.set, option_value_use);
  const auto margin = reference_margin(listed.market(), account_of(book));
  EXPECT_EQ(margin.reason, Reason::accepted);
  return static_cast<double>(margin.initial_margin.value) / money_scale -
         option_value(book).to_double();
}

// Cash that the whole margin asks for now so that every way to fill is covered; `part_of` says what
// of a margin counts.
template <class PartOf>
double cash_needed(const RiskArrayBook& book, const PartOf& part_of) {
  double worst = -1e18;
  for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
    const AccountMargin margin = margin_account(book.set, filled(book, subset));
    worst = std::max(worst, part_of(margin) + premium(book, subset).to_double());
  }
  return worst;
}

double initial_margin(const AccountMargin& margin) {
  return margin.currencies.empty() ? 0.0 : margin.currencies[0].initial_margin.to_double();
}

// Half a money unit per lot for each of a row's amounts.
double rounding(const RiskArrayBook& book) {
  double lots = 1.0;
  for (const reference::ReferenceLeg& leg : account_of(book).legs) {
    lots += static_cast<double>(std::abs(leg.net) + leg.working_buys + leg.working_sells);
  }
  return 2.0 * lots / money_scale;
}

void use_exact_methods(ParameterSet& set, bool limits_option_value) {
  for (CombinedCommodity& terms : set.combined_commodities) {
    terms.short_option_minimum.method = ShortOptionMethod::gross;
    terms.scan_method = ScanMethod::one_tier;
    terms.limit_option_value = limits_option_value;
  }
}

unsigned first_seed() {
  const char* text = std::getenv("MARGINGATE_SEED");
  return text == nullptr ? 1U : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

constexpr unsigned book_count = 150;

// By hand on the model's page: (10,240 + 5 * 140 + 2 * 100 + 3,600) * 1.1, and 3,800 of short
// calls.
TEST(RiskArrayOrders, AskWhatThePageSaysOfTheConstructedExample) {
  const PipelineExample example = pipeline_example();
  const RiskArrayBook book{example.set, example.account, {}};
  EXPECT_NEAR(cash_asked(book, OptionValueUse::within_commodity), 16'214.0 + 3'800.0, 2e-3);
}

TEST(RiskArrayOrders, AskExactlyTheWorstFillWithoutChargesAndCredits) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    RiskArrayBook book = random_risk_array_book(seed, false, false);
    use_exact_methods(book.set, true);
    ASSERT_NEAR(cash_asked(book, OptionValueUse::within_commodity),
                cash_needed(book, initial_margin), 1e-6);
  }
}

// Where option value pays for other commodities, the requirement less it may be below zero.
TEST(RiskArrayOrders, AskExactlyTheWorstFillLessSharedOptionValue) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    RiskArrayBook book = random_risk_array_book(seed, false, false);
    use_exact_methods(book.set, false);
    const double needed = cash_needed(book, [](const AccountMargin& margin) {
      double sum = 0.0;
      for (const CommodityMargin& part : margin.commodities) {
        sum += (part.initial - part.net_option_value).to_double();
      }
      return sum;
    });
    ASSERT_NEAR(cash_asked(book, OptionValueUse::across_commodities), needed, 1e-6);
  }
}

bool shrinks_and_rises(const AccountMargin& before, const AccountMargin& after) {
  for (const CommodityMargin& was : before.commodities) {
    for (const CommodityMargin& is : after.commodities) {
      const bool shrinks = is.code == was.code && !is.net_delta.is_zero() &&
                           magnitude(is.net_delta) < magnitude(was.net_delta);
      if (shrinks && is.risk_requirement > was.risk_requirement) return true;
    }
  }
  return false;
}

TEST(RiskArrayOrders, AskNoLessThanAnyWayToFillNeeds) {
  unsigned shrinking = 0;
  double excess = 0.0;
  double without_credits = 0.0;
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const RiskArrayBook book = random_risk_array_book(seed, true, true);
    const double asked = cash_asked(book, OptionValueUse::within_commodity);
    const double needed = cash_needed(book, initial_margin);
    ASSERT_GE(asked, needed - rounding(book));
    RiskArrayBook uncredited = book;
    uncredited.set.inter_spreads.clear();
    uncredited.set.super_spreads.clear();
    const double whole_margin = cash_needed(uncredited, initial_margin);
    ASSERT_GE(asked, whole_margin - rounding(book));
    if (needed > 0.0) excess += asked / needed - 1.0;
    if (whole_margin > 0.0) without_credits += asked / whole_margin - 1.0;
    const AccountMargin before = margin_account(book.set, book.account);
    bool shrinks = false;
    for (unsigned subset = 0; subset < 1U << book.orders.size(); ++subset) {
      shrinks =
          shrinks || shrinks_and_rises(before, margin_account(book.set, filled(book, subset)));
    }
    shrinking += shrinks ? 1 : 0;
  }
  EXPECT_GE(shrinking, book_count / 10);
  std::printf(
      "shrinking deltas in %u of %u books; above the worst fill by %.1f %% on average, "
      "%.1f %% of it where no credit is granted either\n",
      shrinking, book_count, 100.0 * excess / book_count, 100.0 * without_credits / book_count);
}

TEST(RiskArrayOrders, AskNoLessThanPartialFillsNeed) {
  for (unsigned seed = first_seed(); seed < first_seed() + book_count; ++seed) {
    SCOPED_TRACE("MARGINGATE_SEED=" + std::to_string(seed));
    const RiskArrayBook book = random_risk_array_book(seed, true, true);
    const double asked = cash_asked(book, OptionValueUse::within_commodity);
    DiceRoll random(seed);
    for (int i = 0; i < 20; ++i) {
      RiskArrayBook partial = book;
      for (ContractOrder& order : partial.orders) {
        const int size = static_cast<int>(std::abs(whole(order.quantity)));
        const bool buys = order.quantity > FixedDecimal();
        const int traded = random.between(0, size);
        order.quantity = buys ? traded : -traded;
      }
      const unsigned all = (1U << partial.orders.size()) - 1;
      const AccountMargin margin = margin_account(partial.set, filled(partial, all));
      ASSERT_GE(asked, initial_margin(margin) + premium(partial, all).to_double() - rounding(book));
    }
  }
}

TEST(RiskArrayOrders, AreTakenByAGate) {
  for (unsigned seed = first_seed(); seed < first_seed() + 20; ++seed) {
    const RiskArrayBook book = random_risk_array_book(seed, true, true);
    const ListedSet listed(book.set, OptionValueUse::within_commodity);
    const Gate::Created created = Gate::create(listed.config);
    for (const GateIssue& issue : created.issues) ADD_FAILURE() << issue.where << issue.expected;
    EXPECT_NE(created.gate, nullptr);
  }
}

}  // namespace
}  // namespace margingate::testing
