// Liquidation plans of random books under every model that ships, at a spot that has moved since
// the table: each step against a margin from scratch, and what every plan promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/file_error.hpp"
#include "margin/fixed_point.hpp"
#include "margingate/liquidation.hpp"
#include "margingate/revaluer.hpp"
#include "reference/reference_requirement.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"
#include "support/random.hpp"
#include "support/sanitizers.hpp"
#include "support/shipped_model.hpp"

namespace margingate::testing {
namespace {

using reference::ReferenceAccount;
using reference::ReferenceMargin;
using reference::ReferenceMarket;

constexpr AccountId account{0};
constexpr int books = MARGINGATE_SANITIZED ? 10 : 60;

// Every parameter set of a margin model that a gate takes, by name.
std::vector<std::string> shipped_sets() {
  std::vector<std::string> names;
  const std::filesystem::path params = std::string(MARGINGATE_SOURCE_DIR) + "/params";
  for (const auto& entry : std::filesystem::directory_iterator(params)) {
    if (entry.path().extension() != ".json") continue;
    try {
      const std::string name = entry.path().stem().string();
      const ShippedModel model = shipped_model(name);
      if (Gate::create(model.config).gate) names.push_back(name);
    } catch (const io::FileError&) {
      continue;  // not of such a model
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A breached account on a gate of its own.
class Breach {
 public:
  Breach(std::string_view parameters, Random& random) : model_(shipped_model(parameters)) {
    model_.config.limits.accounts_max = 1;
    model_.config.limits.legs_max = 64;
    for (Instrument& instrument : model_.config.instruments) {
      if (random.chance(0.3)) instrument.fee_rate_max = random.uniform(0.0, 0.001);
    }
    Gate::Created created = Gate::create(model_.config);
    EXPECT_TRUE(created.gate);
    gate_ = std::move(created.gate);
    revaluer_ = std::make_unique<Revaluer>(*gate_);
    EXPECT_TRUE(revaluer_->update_surface(model_.surface));
    tick(1.0);
    static_cast<void>(revaluer_->run_once());
    gate_->poll();
    table_spots_ = live_spots_;
    open(random);
    tick(random.uniform(0.97, 1.03));
    fund(random.uniform(-0.5, 0.99));
  }

  Gate& gate() { return *gate_; }
  [[nodiscard]] bool is_empty() const { return gate_->legs(account).empty(); }

  [[nodiscard]] ReferenceAccount reference() const {
    return reference::reference_account(*gate_, account);
  }
  [[nodiscard]] ReferenceMargin margin(const ReferenceAccount& of) const {
    const ReferenceMarket market{&model_.config, &model_.surface, shipped_clock,
                                 table_spots_,   live_spots_,     asset_prices_};
    return reference::reference_margin(market, of);
  }
  [[nodiscard]] const GateConfig& config() const { return model_.config; }

 private:
  void tick(double factor) {
    asset_prices_.resize(model_.config.assets.size());
    live_spots_ = model_.spots;
    for (std::uint32_t u = 0; u < live_spots_.size(); ++u) {
      live_spots_[u].value =
          static_cast<std::int64_t>(static_cast<double>(model_.spots[u].value) * factor);
      EXPECT_EQ(gate_->apply(SpotTick{{u}, live_spots_[u], shipped_clock}), Reason::accepted);
    }
  }

  [[nodiscard]] Price price_of(const Instrument& instrument, Random& random) const {
    const double spot = static_cast<double>(model_.spots[instrument.underlying.value].value);
    const double share = instrument.kind == InstrumentKind::option ? random.uniform(0.01, 0.1)
                                                                   : random.uniform(0.95, 1.05);
    const bool in_coin =
        instrument.kind == InstrumentKind::option && instrument.payoff == Payoff::inverse;
    return {std::max<std::int64_t>(1, static_cast<std::int64_t>((in_coin ? 1e6 : spot) * share))};
  }

  void open(Random& random) {
    const auto instruments = static_cast<std::int64_t>(model_.config.instruments.size());
    const std::int64_t legs = random.integer(1, 7);
    for (std::int64_t n = 0; n < legs; ++n) {
      const auto id = static_cast<std::uint32_t>(random.integer(0, instruments - 1));
      const Instrument& instrument = model_.config.instruments[id];
      const bool in_dollars = instrument.contract_size > 1.0;
      const std::int64_t lots = random.integer(1, in_dollars ? 20'000 : 60);
      EXPECT_EQ(
          gate_->apply(PositionTransfer{
              account, {id}, {random.chance(0.5) ? lots : -lots}, price_of(instrument, random)}),
          Reason::accepted);
    }
    work(random);
  }

  // Some orders, under a deposit that lets every one pass.
  void work(Random& random) {
    const Money enough{std::int64_t{1} << 58};
    const AssetId numeraire = model_.config.numeraire;
    static_cast<void>(gate_->apply(CashMovement{account, numeraire, enough}));
    for (std::int64_t n = random.integer(0, 2); n > 0; --n) {
      const auto id = static_cast<std::uint32_t>(
          random.integer(0, static_cast<std::int64_t>(model_.config.instruments.size()) - 1));
      static_cast<void>(gate_->reserve({account,
                                        {id},
                                        random.chance(0.5) ? Side::buy : Side::sell,
                                        {random.integer(1, 10)},
                                        price_of(model_.config.instruments[id], random),
                                        shipped_clock}));
    }
    static_cast<void>(gate_->apply(CashMovement{account, numeraire, -enough}));
  }

  // Equity becomes this share of maintenance margin.
  void fund(double share) {
    const MarginStatement statement = gate_->statement(account);
    EXPECT_EQ(statement.reason, Reason::accepted);
    const auto wanted =
        static_cast<std::int64_t>(static_cast<double>(statement.maintenance_margin.value) * share);
    const Money missing{wanted - statement.equity.value};
    EXPECT_EQ(gate_->apply(CashMovement{account, model_.config.numeraire, missing}),
              Reason::accepted);
  }

  ShippedModel model_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  std::vector<Price> table_spots_;
  std::vector<Price> live_spots_;
  std::vector<std::optional<Price>> asset_prices_;
};

void expect_level(const MarginLevel& level, const ReferenceMargin& margin) {
  ASSERT_EQ(margin.reason, Reason::accepted);
  EXPECT_EQ(level.equity.value, margin.equity.value);
  EXPECT_EQ(level.initial_margin.value, margin.initial_margin.value);
  EXPECT_EQ(level.maintenance_margin.value, margin.maintenance_margin.value);
}

void apply_step(const GateConfig& config, const LiquidationStep& step, ReferenceAccount& after) {
  if (step.trades.empty()) {
    for (auto& leg : after.legs) leg.working_buys = leg.working_sells = 0;
    after.open_losses = {};
  }
  for (const LiquidationTrade& trade : step.trades) {
    const auto leg = std::find_if(after.legs.begin(), after.legs.end(), [&](const auto& one) {
      return one.instrument == trade.instrument;
    });
    ASSERT_NE(leg, after.legs.end());
    const std::int64_t lots =
        trade.side == Side::buy ? trade.quantity.value : -trade.quantity.value;
    ASSERT_GT(trade.quantity.value, 0);
    ASSERT_LE(trade.quantity.value, std::abs(leg->net)) << "more than is held";
    ASSERT_LT(static_cast<double>(lots) * static_cast<double>(leg->net), 0.0) << "does not reduce";
    reference::reference_apply_fill(config, after, trade.instrument, lots, trade.price);
    const AssetId asset = config.instruments[trade.instrument.value].settlement_asset;
    after.wallets[asset.value] -= trade.fee;
  }
}

// Equity less the target, by the model's data: at least what its last band asks for.
class Target {
 public:
  Target(const MarginModel& model, const LiquidationPlan& plan)
      : ratio_(model.bands.empty() ? 1.0 : model.bands.back().ratio), target_(plan.target) {}

  [[nodiscard]] std::int64_t excess(const MarginLevel& level) const {
    const auto ratio_ppb = std::llround(ratio_ * 1e9);
    const std::int64_t threshold =
        margin::multiply_ceil(level.maintenance_margin.value, ratio_ppb, margin::parts_per_one);
    return level.equity.value - (target_ == LiquidationTarget::initial_margin
                                     ? std::max(level.initial_margin.value, threshold)
                                     : threshold);
  }

 private:
  double ratio_;
  LiquidationTarget target_;
};

void expect_sound(Breach& breach, const LiquidationPlan& plan) {
  ASSERT_EQ(plan.reason, Reason::accepted);
  ASSERT_NE(plan.outcome, LiquidationOutcome::not_needed);
  const Target target(breach.config().model, plan);
  ReferenceAccount account_now = breach.reference();
  expect_level(plan.before, breach.margin(account_now));
  std::int64_t cost = 0;
  const MarginLevel* level = &plan.before;
  for (const LiquidationStep& step : plan.steps) {
    expect_level(step.before, breach.margin(account_now));
    apply_step(breach.config(), step, account_now);
    expect_level(step.after, breach.margin(account_now));
    EXPECT_LE(step.after.initial_margin, step.before.initial_margin);
    EXPECT_LE(step.after.maintenance_margin, step.before.maintenance_margin);
    if (!step.trades.empty()) {
      EXPECT_GT(target.excess(step.after), target.excess(step.before));
    }
    EXPECT_GE(step.cost.value, 0);
    cost += step.cost.value;
    level = &step.after;
  }
  expect_level(plan.after, breach.margin(account_now));
  EXPECT_EQ(target.excess(plan.after), target.excess(*level));
  EXPECT_EQ(plan.cost.value, cost);
  if (plan.outcome == LiquidationOutcome::restored) {
    EXPECT_GE(target.excess(plan.after), 0);
    EXPECT_EQ(plan.deficit.value, 0);
  } else {
    EXPECT_EQ(plan.deficit.value, -target.excess(plan.after));
    EXPECT_GT(plan.deficit.value, 0);
  }
}

// The host does what the plan says, and the gate asks for what the plan said.
void carry_out(Breach& breach, const LiquidationPlan& plan) {
  Gate& gate = breach.gate();
  for (const LiquidationStep& step : plan.steps) {
    if (step.trades.empty()) static_cast<void>(gate.release(CancelAll{account, {}, {}}));
    for (const LiquidationTrade& trade : step.trades) {
      const std::int64_t lots =
          trade.side == Side::buy ? trade.quantity.value : -trade.quantity.value;
      ASSERT_EQ(gate.apply(PositionTransfer{account, trade.instrument, {lots}, trade.price}),
                Reason::accepted);
      const AssetId asset = breach.config().instruments[trade.instrument.value].settlement_asset;
      if (trade.fee.value == 0) continue;
      ASSERT_EQ(gate.apply(CashMovement{account, asset, -trade.fee}), Reason::accepted);
    }
    const MarginStatement statement = gate.statement(account);
    ASSERT_EQ(statement.equity, step.after.equity);
    ASSERT_EQ(statement.initial_margin, step.after.initial_margin);
    ASSERT_EQ(statement.maintenance_margin, step.after.maintenance_margin);
  }
}

struct Tally {
  int restored = 0;
  int fell_short = 0;
};

Tally plan_books(std::string_view parameters, LiquidationTarget target, std::uint64_t seed) {
  Random random(seed);
  Tally tally;
  for (int n = 0; n < books; ++n) {
    SCOPED_TRACE(std::string(parameters) + ", seed " + std::to_string(seed) + ", book " +
                 std::to_string(n));
    Breach breach(parameters, random);
    if (breach.is_empty()) continue;
    LiquidationRequest request;
    request.target = target;
    request.steps_max = static_cast<std::uint32_t>(random.integer(1, 100));
    if (random.chance(0.7)) {
      request.impacts.resize(breach.config().instruments.size());
      for (MarketImpact& impact : request.impacts) {
        impact = {random.uniform(0.0, 0.01), random.uniform(0.0, 0.01), random.uniform(0.0, 0.02),
                  random.uniform(1.0, 1'000.0)};
      }
    }
    const LiquidationPlan plan = plan_liquidation(breach.gate(), request);
    if (plan.outcome == LiquidationOutcome::not_needed) continue;  // needed nothing, as it was
    expect_sound(breach, plan);
    carry_out(breach, plan);
    plan.outcome == LiquidationOutcome::restored ? ++tally.restored : ++tally.fell_short;
    if (::testing::Test::HasFailure()) return tally;
  }
  return tally;
}

TEST(LiquidationPlans, AreSoundUnderEveryModelThatShips) {
  const std::vector<std::string> sets = shipped_sets();
  ASSERT_GE(sets.size(), 4u);
  for (const std::string& parameters : sets) {
    const Tally tally = plan_books(parameters, LiquidationTarget::initial_margin, 20'260'822);
    // Otherwise one of the two promises was never looked at.
    EXPECT_GT(tally.restored, 0) << parameters;
    EXPECT_GT(tally.fell_short, 0) << parameters;
  }
}

TEST(LiquidationPlans, AreSoundWhenOnlyMaintenanceMarginIsRestored) {
  for (const std::string& parameters : shipped_sets()) {
    const Tally tally = plan_books(parameters, LiquidationTarget::maintenance_margin, 7);
    EXPECT_GT(tally.restored, 0) << parameters;
  }
}

TEST(LiquidationPlans, ChangeNothingInTheGate) {
  Random random(11);
  Breach breach("portfolio-generic", random);
  const std::vector<Gate::Leg> before = breach.gate().legs(account);
  const Money equity = breach.gate().statement(account).equity;
  static_cast<void>(plan_liquidation(breach.gate(), {}));
  EXPECT_EQ(breach.gate().statement(account).equity, equity);
  EXPECT_EQ(breach.gate().legs(account).size(), before.size());
  EXPECT_TRUE(breach.gate().totals_equal_recomputed(account));
}

}  // namespace
}  // namespace margingate::testing
