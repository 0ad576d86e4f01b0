// Creation refuses what it cannot hold to, and says everything at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory_resource>
#include <string>
#include <vector>

#include "support/tiny_gate.hpp"

namespace margingate::testing {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> paths_of(const std::vector<GateIssue>& issues) {
  std::vector<std::string> paths;
  for (const GateIssue& issue : issues) {
    EXPECT_FALSE(issue.expected.empty()) << issue.where;
    paths.push_back(issue.where);
  }
  return paths;
}

std::vector<std::string> issues_after(const std::function<void(GateConfig&)>& change) {
  GateConfig config = tiny_setup().config;
  change(config);
  const Gate::Created created = Gate::create(config);
  EXPECT_EQ(created.gate == nullptr, !created.issues.empty());
  return paths_of(created.issues);
}

bool has(const std::vector<std::string>& paths, const std::string& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

struct BrokenField {
  const char* path;
  std::function<void(GateConfig&)> change;
};

std::vector<BrokenField> broken_limits() {
  return {
      {"limits.accounts_max", [](GateConfig& c) { c.limits.accounts_max = 0; }},
      {"limits.accounts_max", [](GateConfig& c) { c.limits.accounts_max = (1u << 24) + 1; }},
      {"limits.legs_max", [](GateConfig& c) { c.limits.legs_max = 0; }},
      {"limits.working_orders_max", [](GateConfig& c) { c.limits.working_orders_max = 0; }},
      {"limits.risk_tables_max", [](GateConfig& c) { c.limits.risk_tables_max = 2; }},
      {"limits.risk_tables_max", [](GateConfig& c) { c.limits.risk_tables_max = 17; }},
      {"limits.queue_capacity", [](GateConfig& c) { c.limits.queue_capacity = 63; }},
      {"limits.queue_capacity",
       [](GateConfig& c) {
         c.instruments.resize(64, c.instruments[0]);
         c.limits.queue_capacity = 2 * (64 + 3 + 3) - 1;
       }},
      {"limits.changes_max", [](GateConfig& c) { c.limits.changes_max = 63; }},
      {"limits.quantity_max", [](GateConfig& c) { c.limits.quantity_max = 0; }},
      {"limits.quantity_max", [](GateConfig& c) { c.limits.quantity_max = (1 << 30) + 1; }},
      {"limits.cash_max", [](GateConfig& c) { c.limits.cash_max = (std::int64_t{1} << 60) + 1; }},
      {"money_decimals", [](GateConfig& c) { c.money_decimals = 19; }},
      {"money_decimals", [](GateConfig& c) { c.money_decimals = -1; }},
      {"price_decimals", [](GateConfig& c) { c.price_decimals = 13; }},
      {"drift_band", [](GateConfig& c) { c.drift_band = 0.0; }},
      {"drift_band", [](GateConfig& c) { c.drift_band = nan; }},
      {"drift_max", [](GateConfig& c) { c.drift_max = 0.91; }},
      {"drift_max", [](GateConfig& c) { c.drift_max = c.drift_band / 2; }},
      {"reducing_open_loss_rate_max", [](GateConfig& c) { c.reducing_open_loss_rate_max = -0.1; }},
      {"table_age_max", [](GateConfig& c) { c.table_age_max = {0}; }},
      {"spot_age_max", [](GateConfig& c) { c.spot_age_max = {-1}; }},
  };
}

std::vector<BrokenField> broken_contracts() {
  return {
      {"assets", [](GateConfig& c) { c.assets.resize(9); }},
      {"numeraire", [](GateConfig& c) { c.numeraire = {3}; }},
      {"assets[2].haircut", [](GateConfig& c) { c.assets[2].haircut = 1.1; }},
      {"assets[1].haircut", [](GateConfig& c) { c.assets[1].haircut = nan; }},
      {"underlyings[0].asset", [](GateConfig& c) { c.underlyings[0].asset = {9}; }},
      {"underlyings[1].asset",
       [](GateConfig& c) {
         c.underlyings.push_back({{1}, 5.0});
       }},
      {"underlyings[0].reference_price",
       [](GateConfig& c) { c.underlyings[0].reference_price = 0.0; }},
      {"instruments", [](GateConfig& c) { c.instruments.clear(); }},
      {"instruments[1].underlying", [](GateConfig& c) { c.instruments[1].underlying = {1}; }},
      {"instruments[1].risk_unit", [](GateConfig& c) { c.instruments[1].risk_unit = {1}; }},
      {"instruments[1].settlement_asset",
       [](GateConfig& c) { c.instruments[1].settlement_asset = {7}; }},
      {"instruments[0].settlement_asset",
       [](GateConfig& c) { c.instruments[0].settlement_asset = tiny::euros; }},
      {"instruments[3].settlement_asset",
       [](GateConfig& c) { c.instruments[3].settlement_asset = tiny::dollars; }},
      {"instruments[2].contract_size", [](GateConfig& c) { c.instruments[2].contract_size = 0.0; }},
      {"instruments[2].contract_size", [](GateConfig& c) { c.instruments[2].contract_size = nan; }},
      {"instruments[2].contract_size",
       [](GateConfig& c) { c.instruments[2].contract_size = 1.00000000049; }},
      {"instruments[2].lots_per_contract",
       [](GateConfig& c) { c.instruments[2].lots_per_contract = 0; }},
      {"instruments[2].strike", [](GateConfig& c) { c.instruments[2].strike = nan; }},
      {"instruments[5].strike", [](GateConfig& c) { c.instruments[5].strike = -100.0; }},
      {"instruments[1].expiry", [](GateConfig& c) { c.instruments[1].expiry = {0}; }},
      {"instruments[5].exercise_style",
       [](GateConfig& c) {
         c.instruments[5].exercise_style = ExerciseStyle::american;
         c.instruments[5].payoff = Payoff::inverse;
         c.instruments[5].settlement_asset = tiny::coins;
       }},
      {"instruments[4].payoff",
       [](GateConfig& c) {
         c.instruments[4].payoff = Payoff::inverse;
         c.instruments[4].settlement_asset = tiny::coins;
       }},
      {"instruments[0].payoff",
       [](GateConfig& c) {
         c.numeraire = tiny::coins;
         c.instruments[0].settlement_asset = tiny::coins;
       }},
      {"model.units[0].scan.scenarios[1].weight",
       [](GateConfig& c) { c.model.units[0].scan.scenarios[1].weight = 0.0; }},
      {"model.units[1]", [](GateConfig& c) { c.model.units.push_back(c.model.units[0]); }},
      {"model.initial_factor", [](GateConfig& c) { c.model.initial_factor = nan; }},
  };
}

TEST(GateCreate, AcceptsTheTinyGate) {
  EXPECT_TRUE(issues_after([](GateConfig&) {}).empty());
}

TEST(GateCreate, ReportsEachBrokenLimitWithItsPath) {
  for (const BrokenField& broken : broken_limits()) {
    SCOPED_TRACE(broken.path);
    const std::vector<std::string> paths = issues_after(broken.change);
    EXPECT_EQ(paths.at(0), broken.path);
    // A band that is no number leaves no room for the limit above it.
    EXPECT_TRUE(paths.size() == 1 || broken.path == std::string("drift_band"));
  }
}

TEST(GateCreate, ReportsEachBrokenContractWithItsPath) {
  for (const BrokenField& broken : broken_contracts()) {
    SCOPED_TRACE(broken.path);
    EXPECT_TRUE(has(issues_after(broken.change), broken.path));
  }
}

TEST(GateCreate, ReportsEverythingAtOnce) {
  const std::vector<std::string> paths = issues_after([](GateConfig& c) {
    c.limits.accounts_max = 0;
    c.limits.changes_max = 1;
    c.money_decimals = 99;
    c.drift_band = nan;
    c.assets[2].haircut = 2.0;
    c.instruments[1].lots_per_contract = -1;
    c.instruments[2].strike = 0.0;
    c.model.maintenance_factor = 0.0;
    c.model.units[0].scan.scenarios[0].price_move = -1.0;
  });
  for (const char* path :
       {"limits.accounts_max", "limits.changes_max", "money_decimals", "drift_band",
        "assets[2].haircut", "instruments[1].lots_per_contract", "instruments[2].strike",
        "model.maintenance_factor", "model.units[0].scan.scenarios[0].price_move"}) {
    EXPECT_TRUE(has(paths, path)) << path;
  }
}

TEST(GateCreate, RejectsMoreExpiriesThanAUnitTellsApart) {
  const auto with_expiries = [](int count) {
    return issues_after([count](GateConfig& c) {
      while (static_cast<int>(c.instruments.size()) < 6 + count - 1) {
        c.instruments.push_back(c.instruments[1]);
        c.instruments.back().expiry.ns += static_cast<std::int64_t>(c.instruments.size());
      }
    });
  };
  EXPECT_TRUE(with_expiries(23).empty());
  EXPECT_TRUE(has(with_expiries(24), "model.units[0]"));
}

TEST(GateCreate, RejectsSizesThatMoneyCannotCarry) {
  const std::vector<std::string> paths = issues_after([](GateConfig& c) {
    c.money_decimals = 18;
    c.price_decimals = 12;
    c.instruments[0].contract_size = 1e9;
  });
  EXPECT_TRUE(has(paths, "instruments[0].contract_size"));
}

TEST(GateCreate, RejectsInstructionSetsThatAreNotThere) {
  GateConfig config = tiny_setup().config;
  for (const InstructionSet set :
       {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    config.instruction_set = set;
    const Gate::Created created = Gate::create(config);
    EXPECT_EQ(created.gate != nullptr, is_supported(set));
    if (!created.gate) continue;
    EXPECT_EQ(created.gate->instruction_set(), set);
  }
}

// Counts what it is asked for and passes it on.
class CountingResource final : public std::pmr::memory_resource {
 public:
  std::size_t bytes = 0;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    bytes += size;
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* p, std::size_t size, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(p, size, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(GateCreate, TakesTheMemoryItStates) {
  CountingResource memory;
  GateConfig config = tiny_setup().config;
  config.memory = &memory;
  const std::size_t stated = Gate::memory_required_bytes(config);
  EXPECT_GT(stated, 0u);
  EXPECT_EQ(memory.bytes, 0u);
  const Gate::Created created = Gate::create(config);
  ASSERT_TRUE(created.gate);
  EXPECT_EQ(memory.bytes, stated);
  config.limits.accounts_max *= 100;
  EXPECT_GT(Gate::memory_required_bytes(config), stated);
  config.limits.accounts_max = 0;
  EXPECT_EQ(Gate::memory_required_bytes(config), 0u);
}

TEST(ReasonNames, AreKnownAndDistinct) {
  std::vector<std::string> names;
  for (std::uint16_t number = 0; number < 1'000; ++number) {
    const std::string name{to_string(static_cast<Reason>(number))};
    if (name != "unknown") names.push_back(name);
  }
  EXPECT_GE(names.size(), 71u);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace margingate::testing
