// Which trades end a breach: tried one by one on an image of the account, the best taken.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "control/account_image.hpp"
#include "margin/fixed_point.hpp"
#include "margin/trade_cash.hpp"
#include "margingate/liquidation.hpp"

namespace margingate {
namespace {

// Two slices that free as much per unit of impact, but for rounding: the larger one is taken.
constexpr double alike = 0.999;
// Counted beside the impact, so that without any the plan that trades least is taken.
constexpr double turnover_share = 1e-6;
// Legs whose pairs are tried, the dearest ones of the account.
constexpr std::size_t paired_legs_max = 16;
// A slice is all of a position, a half, ... down to this share of what was held at first.
constexpr std::int64_t slices = 8;

// Positions that are reduced together, each by the same share.
struct Slice {
  struct Part {
    std::uint32_t instrument = 0;
    std::int64_t lots = 0;  // of the whole slice, > 0
  };
  std::vector<Part> parts;

  [[nodiscard]] std::int64_t steps() const noexcept {
    std::int64_t most = 0;
    for (const Part& part : parts) most = std::max(most, part.lots);
    return most;
  }
};

struct Attempt {
  AccountImage image;
  std::vector<LiquidationTrade> trades;
  MarginLevel level;
  std::int64_t cost = 0;
  double turnover = 0.0;  // value of what is traded
  bool is_valid = false;
};

struct LegMargin {
  std::uint32_t instrument = 0;
  std::int64_t first_lots = 0;  // held when the plan began, without sign
  std::int64_t maintenance = 0;
  double loss_share = 0.0;  // unrealised loss over the margin asked for the position
};

MarginLevel level_of(const MarginStatement& statement) {
  return {statement.equity, statement.initial_margin, statement.maintenance_margin};
}

}  // namespace

class LiquidationPlanner {
 public:
  LiquidationPlanner(Gate& gate, const LiquidationRequest& request)
      : gate_(*gate.impl_), request_(request) {}

  LiquidationPlan run() {
    plan_.target = request_.target;
    plan_.scope = liquidation_scope(gate_.terms.config.model);
    if (!load()) return plan_;
    plan_.before = plan_.after = level_;
    if (level_.equity.value >= liquidation_threshold(level_)) return plan_;
    release_orders();
    weigh_legs();
    switch (plan_.scope) {
      case LiquidationScope::position:
        close_positions();
        break;
      case LiquidationScope::positions:
        reduce_positions();
        break;
      case LiquidationScope::whole_account:
        reduce_account();
        break;
    }
    finish();
    return plan_;
  }

 private:
  bool refuse(Reason reason) {
    plan_.reason = reason;
    plan_.outcome = LiquidationOutcome::unpriced;
    return false;
  }

  bool load() {
    const std::uint32_t account = request_.account.value;
    if (account >= gate_.accounts.size()) return refuse(Reason::unknown_account);
    if (gate_.accounts[account].unreconciled) return refuse(Reason::account_unreconciled);
    gate_.attach(account);
    slot_ = gate_.slot_for(account);
    if (slot_ == sync::EpochSlots<>::no_slot) return refuse(Reason::no_risk_table);
    image_ = image_of(gate_, account);
    const MarginStatement statement = statement_of(gate_, slot_, image_, StatementDetail::units);
    if (statement.reason != Reason::accepted) return refuse(statement.reason);
    level_ = level_of(statement);
    return true;
  }

  // Below it the account is in the model's last band: liquidated.
  [[nodiscard]] std::int64_t liquidation_threshold(const MarginLevel& level) const {
    return margin::multiply_ceil(level.maintenance_margin.value, gate_.terms.bands.back().ratio_ppb,
                                 margin::parts_per_one);
  }
  [[nodiscard]] std::int64_t requirement(const MarginLevel& level) const {
    const std::int64_t threshold = liquidation_threshold(level);
    return request_.target == LiquidationTarget::initial_margin
               ? std::max(level.initial_margin.value, threshold)
               : threshold;
  }
  [[nodiscard]] std::int64_t excess(const MarginLevel& level) const {
    return level.equity.value - requirement(level);
  }
  [[nodiscard]] bool is_restored() const { return excess(level_) >= 0; }

  // No margin rises, and equity comes closer to the target.
  [[nodiscard]] bool helps(const Attempt& trial) const {
    return trial.is_valid && trial.level.initial_margin <= level_.initial_margin &&
           trial.level.maintenance_margin <= level_.maintenance_margin &&
           excess(trial.level) > excess(level_);
  }

  void add_step(Attempt trial) {
    LiquidationStep step;
    step.trades = std::move(trial.trades);
    step.before = level_;
    step.after = trial.level;
    step.cost = {trial.cost};
    step.freed = {requirement(level_) - requirement(trial.level)};
    plan_.cost += step.cost;
    for (const LiquidationTrade& trade : step.trades) {
      traded_[trade.instrument.value] += trade.quantity.value;
    }
    plan_.steps.push_back(std::move(step));
    level_ = trial.level;
    image_before_ = std::exchange(image_, std::move(trial.image));
  }

  void take_back_step() {
    const LiquidationStep& step = plan_.steps.back();
    for (const LiquidationTrade& trade : step.trades) {
      traded_[trade.instrument.value] -= trade.quantity.value;
    }
    plan_.cost -= step.cost;
    level_ = step.before;
    image_ = image_before_;
    plan_.steps.pop_back();
  }

  // More of the trade that the last step made becomes part of it, if that is as good.
  void add_or_join(const Slice& slice) {
    Attempt next = as_far_as_needed(slice);
    const bool goes_on = !plan_.steps.empty() && plan_.steps.back().trades.size() == 1 &&
                         next.trades.size() == 1 &&
                         plan_.steps.back().trades[0].instrument == next.trades[0].instrument;
    if (!goes_on) return add_step(std::move(next));
    const LiquidationTrade first = plan_.steps.back().trades[0];
    take_back_step();
    const std::int64_t both_lots = first.quantity.value + next.trades[0].quantity.value;
    const Slice both{{{first.instrument.value, both_lots}}};
    Attempt joined = try_slice(both, both_lots);
    const bool is_as_good = helps(joined) && (excess(joined.level) >= 0 || excess(next.level) < 0);
    if (is_as_good) return add_step(std::move(joined));
    const Slice alone{{{first.instrument.value, first.quantity.value}}};
    add_step(try_slice(alone, first.quantity.value));
    add_step(std::move(next));
  }

  void release_orders() {
    Attempt trial;
    trial.image = image_;
    bool any = image_.open_losses != 0;
    for (LegImage& leg : trial.image.legs) {
      any = any || leg.state.working_buys != 0 || leg.state.working_sells != 0;
      leg.state.working_buys = leg.state.working_sells = 0;
    }
    if (!any) return;
    trial.image.open_losses = 0;
    trial.level = level_of(statement_of(gate_, slot_, trial.image, StatementDetail::units));
    add_step(std::move(trial));
  }

  // Each position by itself: what it needs and how much of that it has lost.
  void weigh_legs() {
    for (const LegImage& leg : image_.legs) {
      if (leg.state.net == 0) continue;
      AccountImage alone;
      alone.legs = {leg};
      alone.unit_mask = std::uint32_t{1} << gate_.terms.instruments[leg.instrument].risk_unit;
      const MarginStatement statement = statement_of(gate_, slot_, alone, StatementDetail::units);
      std::int64_t loss = 0;
      std::int64_t total = 0;
      for (const RiskUnitStatement& unit : statement.risk_units) {
        loss += unit.unrealised_losses.value;
        total += unit.total.value;
      }
      const double asked = static_cast<double>(std::max<std::int64_t>(total - loss, 1));
      legs_.push_back({leg.instrument, leg.state.gross_net(), statement.maintenance_margin.value,
                       static_cast<double>(loss) / asked});
    }
  }

  [[nodiscard]] std::int64_t held(std::uint32_t instrument) const {
    for (const LegImage& leg : image_.legs) {
      if (leg.instrument == instrument) return leg.state.gross_net();
    }
    return 0;
  }

  // Isolated: the position that has lost most of its own margin, and all of it.
  void close_positions() {
    std::stable_sort(legs_.begin(), legs_.end(), [](const LegMargin& a, const LegMargin& b) {
      return a.loss_share > b.loss_share;
    });
    for (const LegMargin& leg : legs_) {
      if (is_restored()) return;
      const Slice slice{{{leg.instrument, held(leg.instrument)}}};
      Attempt trial = try_slice(slice, slice.steps());
      if (helps(trial)) add_step(std::move(trial));
    }
  }

  // Cross: the position that is charged most, as far as needed.
  void reduce_positions() {
    std::stable_sort(legs_.begin(), legs_.end(), [](const LegMargin& a, const LegMargin& b) {
      return a.maintenance > b.maintenance;
    });
    for (const LegMargin& leg : legs_) {
      if (is_restored()) return;
      const Slice slice{{{leg.instrument, held(leg.instrument)}}};
      Attempt trial = as_far_as_needed(slice);
      if (helps(trial)) add_step(std::move(trial));
    }
  }

  // Portfolio: whatever frees most margin per unit of impact: a position, two that hedge one
  // another, or a slice of everything.
  void reduce_account() {
    std::stable_sort(legs_.begin(), legs_.end(), [](const LegMargin& a, const LegMargin& b) {
      return a.maintenance > b.maintenance;
    });
    const std::size_t steps_max = std::max<std::uint32_t>(request_.steps_max, 1);
    while (!is_restored() && plan_.steps.size() + 1 < steps_max) {
      const std::optional<Slice> best = best_slice();
      if (!best) break;
      add_or_join(*best);
    }
    if (is_restored()) return;
    Attempt rest = as_far_as_needed(everything(1));
    if (helps(rest)) add_step(std::move(rest));
  }

  [[nodiscard]] Slice everything(std::int64_t divisor) const {
    Slice slice;
    for (const LegMargin& leg : legs_) add_part(slice, leg.instrument, divisor);
    return slice;
  }

  void add_part(Slice& slice, std::uint32_t instrument, std::int64_t divisor) const {
    const std::int64_t lots = held(instrument);
    if (lots > 0) slice.parts.push_back({instrument, (lots + divisor - 1) / divisor});
  }

  [[nodiscard]] std::vector<Slice> candidates() const {
    std::vector<Slice> list;
    for (std::int64_t divisor = 1; divisor <= slices; divisor *= 2) {
      for (std::size_t i = 0; i < legs_.size(); ++i) {
        const std::int64_t lots =
            std::min(held(legs_[i].instrument), (legs_[i].first_lots + divisor - 1) / divisor);
        if (lots > 0) list.push_back({{{legs_[i].instrument, lots}}});
        const std::size_t pairs = std::min(legs_.size(), paired_legs_max);
        for (std::size_t j = i + 1; j < pairs; ++j) add_pair(list, i, j, divisor);
      }
      list.push_back(everything(divisor));
    }
    return list;
  }

  void add_pair(std::vector<Slice>& list, std::size_t i, std::size_t j,
                std::int64_t divisor) const {
    const auto unit = [&](std::size_t leg) {
      return gate_.terms.instruments[legs_[leg].instrument].risk_unit;
    };
    if (unit(i) != unit(j)) return;
    Slice slice;
    add_part(slice, legs_[i].instrument, divisor);
    add_part(slice, legs_[j].instrument, divisor);
    if (slice.parts.size() == 2) list.push_back(std::move(slice));
  }

  std::optional<Slice> best_slice() {
    std::optional<Slice> best;
    double best_score = 0.0;
    std::int64_t best_freed = 0;
    for (Slice& slice : candidates()) {
      const Attempt trial = try_slice(slice, slice.steps());
      if (!helps(trial)) continue;
      const std::int64_t freed = requirement(level_) - requirement(trial.level);
      const double score = static_cast<double>(freed) / (static_cast<double>(trial.cost) +
                                                         turnover_share * (trial.turnover + 1.0));
      const bool is_better =
          score * alike > best_score || (score > best_score * alike && freed > best_freed);
      if (best && !is_better) continue;
      best_score = score;
      best_freed = freed;
      best = std::move(slice);
    }
    return best;
  }

  // All of the slice, or the least of it that restores the account.
  Attempt as_far_as_needed(const Slice& slice) {
    Attempt whole = try_slice(slice, slice.steps());
    if (!helps(whole) || excess(whole.level) < 0) return whole;
    std::int64_t too_little = 0;
    std::int64_t enough = slice.steps();
    while (enough - too_little > 1) {
      const std::int64_t middle = too_little + (enough - too_little) / 2;
      Attempt trial = try_slice(slice, middle);
      if (helps(trial) && excess(trial.level) >= 0) {
        enough = middle;
        whole = std::move(trial);
      } else {
        too_little = middle;
      }
    }
    return whole;
  }

  // The account after `share` of slice.steps() of the slice have been closed.
  Attempt try_slice(const Slice& slice, std::int64_t share) {
    Attempt trial;
    trial.image = image_;
    const std::int64_t steps = slice.steps();
    for (const Slice::Part& part : slice.parts) {
      const auto lots = static_cast<std::int64_t>(
          (static_cast<margin::Int128>(part.lots) * share + steps - 1) / steps);
      if (lots > 0 && !close(trial, part.instrument, lots)) return trial;
    }
    const MarginStatement statement =
        statement_of(gate_, slot_, trial.image, StatementDetail::units);
    trial.level = level_of(statement);
    trial.is_valid = statement.reason == Reason::accepted && !trial.trades.empty();
    return trial;
  }

  bool close(Attempt& trial, std::uint32_t instrument, std::int64_t lots) {
    const scenario::InstrumentTerms& contract = gate_.terms.instruments[instrument];
    const LiveUnit& live = gate_.live_unit(slot_, contract.risk_unit);
    const margin::RiskRow& row = live.market.drift.moved
                                     ? gate_.live_row(slot_, instrument)
                                     : gate_.shared.tables[slot_].rows[instrument];
    margin::LegState& leg = leg_of(trial.image, instrument);
    const std::int64_t signed_lots = leg.net > 0 ? -lots : lots;
    const std::int64_t price = closing_price(instrument, row, live.live_coin, signed_lots);
    const std::int64_t price_scale = live.live_coin.price_scale;
    if (price == 0 || !margin::trade_in_range(contract, price_scale, lots, price)) return false;
    const std::int64_t cash = margin::entry_cash(contract, signed_lots, price);
    const std::int64_t fee =
        margin::multiply_ceil(std::abs(cash), contract.fee_ppb, margin::parts_per_one);
    const margin::FillOutcome outcome = margin::after_fill(contract, leg, signed_lots, price);
    trial.cost +=
        margin::open_loss(contract, row, margin::Drift{}, live.live_coin, signed_lots, price).hi;
    trial.turnover += std::fabs(static_cast<double>(lots) * static_cast<double>(row.value));
    leg = outcome.leg;
    trial.image.wallets[contract.settlement_asset] += outcome.realised - fee;
    trial.trades.push_back(
        {{instrument}, signed_lots > 0 ? Side::buy : Side::sell, {lots}, {price}, {fee}});
    return true;
  }

  // The mark as a price, worse by the impact; 0 when the mark has none.
  [[nodiscard]] std::int64_t closing_price(std::uint32_t instrument, const margin::RiskRow& row,
                                           const margin::CoinPrice& coin,
                                           std::int64_t signed_lots) const {
    const scenario::InstrumentTerms& contract = gate_.terms.instruments[instrument];
    double value = static_cast<double>(row.value);
    if (contract.settles_in_coin) {
      value *= static_cast<double>(coin.price_scale) / static_cast<double>(coin.price);
    }
    const double numerator = static_cast<double>(contract.trade_numerator);
    const double denominator = static_cast<double>(contract.trade_denominator);
    if (contract.reciprocal_price && !(value < 0.0)) return 0;
    const double mark = contract.reciprocal_price ? -numerator / (value * denominator)
                                                  : value * denominator / numerator;
    const double impact = impact_of_next(instrument, std::abs(signed_lots));
    const double price =
        signed_lots > 0 ? std::ceil(mark * (1.0 + impact)) : std::floor(mark * (1.0 - impact));
    if (!(price <= static_cast<double>(margin::price_max))) return 0;
    return std::max<std::int64_t>(static_cast<std::int64_t>(price), 1);
  }

  // What the plan trades in an instrument is one trade, in however many steps: the share of these
  // lots beyond those before.
  [[nodiscard]] double impact_of_next(std::uint32_t instrument, std::int64_t lots) const {
    const MarketImpact impact = impact_of(instrument);
    const auto found = traded_.find(instrument);
    const std::int64_t before = found == traded_.end() ? 0 : found->second;
    const auto given_up = [&](std::int64_t total) {
      return static_cast<double>(total) * impact.share({total});
    };
    const double share = (given_up(before + lots) - given_up(before)) / static_cast<double>(lots);
    return std::min(share, impact_max);
  }

  [[nodiscard]] MarketImpact impact_of(std::uint32_t instrument) const {
    if (instrument < request_.impacts.size()) return request_.impacts[instrument];
    return default_impact(gate_.terms.instruments[instrument].kind);
  }

  void finish() {
    plan_.after = level_;
    plan_.outcome = is_restored() ? LiquidationOutcome::restored : LiquidationOutcome::short_fall;
    plan_.deficit = {std::max<std::int64_t>(-excess(level_), 0)};
  }

  Gate::Impl& gate_;
  const LiquidationRequest& request_;
  LiquidationPlan plan_;
  std::uint32_t slot_ = 0;
  AccountImage image_;
  AccountImage image_before_;  // the last step
  MarginLevel level_;
  std::vector<LegMargin> legs_;
  std::map<std::uint32_t, std::int64_t> traded_;  // lots so far, by instrument
};

LiquidationPlan plan_liquidation(Gate& gate, const LiquidationRequest& request) {
  return LiquidationPlanner(gate, request).run();
}

}  // namespace margingate
