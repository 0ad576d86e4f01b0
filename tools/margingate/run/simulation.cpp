#include "run/simulation.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "run/alert_log.hpp"
#include "run/audit.hpp"
#include "run/control_desk.hpp"
#include "run/exchange.hpp"
#include "run/opening.hpp"
#include "run/progress.hpp"
#include "run/record_header.hpp"
#include "run/settlement.hpp"
#include "run/side_flow.hpp"
#include "run/tape_schedule.hpp"
#include "run/tick_timer.hpp"
#include "run/trading_flow.hpp"

namespace margingate::run {
namespace {

// Event time in which the newest table may lie behind before the order side waits for it, and
// between the inline revaluations of a deterministic run.
constexpr Duration table_lag_max = seconds(120);
constexpr Duration revaluation_period = seconds(5);
constexpr Duration republish_age = seconds(30);
constexpr Duration spot_heartbeat = seconds(15);
// Rows of the schedule for each event beside the order flow.
constexpr std::uint64_t steps_per_side_event = 8;

RevaluerOptions revaluer_options() {
  RevaluerOptions options;
  options.republish_age = republish_age;
  return options;
}

class Simulation {
 public:
  Simulation(const RunOptions& options, const Universe& universe)
      : options_(options),
        universe_(universe),
        parameters_(
            load_parameters(options.params_directory, options.model, options.parameter_files)),
        second_(load_second_parameters(options_, parameters_)),
        session_(make_session(
            universe, parameters_.sets, session_limits(options), revaluer_options(),
            [this](std::uint32_t gate, const MaintenanceAlert& alert) { alerts_.add(gate, alert); },
            second_.sets)),
        marks_(universe) {
    if (!options.record_path.empty()) {
      const std::string header = record_header(options_, universe, both(parameters_, second_));
      record_ = std::make_unique<RecordWriter>(options.record_path, header, true);
    }
    if (options.audits) audit_ = std::make_unique<Audit>(universe, session_);
    driver_.emplace(session_, record_.get(), audit_.get());
    revaluation_.emplace(*driver_);
    start_marks();
    picker_.emplace(universe, session_, marks_);
    traders_ = make_traders(universe, session_, marks_, *picker_, options.accounts, options.seed);
    flow_.emplace(universe, marks_, *picker_, traders_, options.seed);
    exchange_.emplace(universe, *driver_,
                      [this](std::uint32_t account, std::uint32_t contract, std::int64_t lots) {
                        flow_->on_fill(account, contract, lots);
                      });
    flow_->attach(*exchange_);
    side_.emplace(universe, marks_, *driver_, options.accounts, options.seed);
  }

  RunReport run() {
    driver_->set_timing(false);
    open_accounts(marks_, traders_, *driver_, *revaluation_);
    side_->open();
    revaluation_->settle();
    utilisation_ = measure_utilisation(session_, options_.accounts);
    driver_->set_timing(true);
    trade();
    driver_->set_timing(false);
    side_->close();
    revaluation_->stop_threads();
    revaluation_->settle();
    if (record_) record_->finish({driver_->counts().decisions(), driver_->hash()});
    return report();
  }

 private:
  void start_marks() {
    marks_.use_surface(0);
    marks_.set_time(universe_.surfaces.front().as_of);
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      marks_.set_spot(coin, universe_.surfaces.front().spots[coin]);
    }
  }

  ScheduleInputs schedule_inputs() const {
    ScheduleInputs inputs;
    inputs.begin = universe_.surfaces.front().as_of;
    inputs.end = universe_.surfaces.back().as_of;
    inputs.spots_begin = universe_.surfaces.front().spots;
    inputs.spots_end = universe_.surfaces.back().spots;
    inputs.order_events = options_.orders;
    return inputs;
  }

  void trade() {
    TapeSchedule schedule(universe_.tape, schedule_inputs());
    const Timestamp begin = universe_.surfaces.front().as_of;
    const Timestamp end = universe_.surfaces.back().as_of;
    switch_at_ = begin + Duration{(end - begin).value / 2};
    Settlement settlement(universe_, marks_, *driver_, *exchange_);
    Progress progress(options_.audits ? "run, audited" : "run", options_.orders, options_.is_quiet);
    if (!options_.is_deterministic) revaluation_->start_threads();
    const std::uint64_t started = TickTimer::steady_ns();
    std::uint64_t done = 0;
    ControlDesk desk(*driver_, marks_, options_.accounts);
    const auto between = [&] {
      if (options_.has_controls) desk.step(marks_.time());
      if (!options_.is_deterministic) revaluation_->poll();
      progress.update(++done);
      return driver_->stopped();
    };
    std::uint64_t steps = 0;
    ScheduleStep step;
    while (!driver_->stopped() && schedule.next(step)) {
      contracts_settled_ += settlement.settle_until(step.time);
      move_market(step);
      revalue(step.time);
      flow_->step(step, between);
      const bool is_due = ++steps % steps_per_side_event == 0;
      if (driver_->stopped() || !is_due) continue;
      driver_->set_timing(false);
      side_->step(step.time);
      driver_->set_timing(true);
    }
    wall_seconds_ = static_cast<double>(TickTimer::steady_ns() - started) / 1e9;
    progress.finish(done);
  }

  void move_market(const ScheduleStep& step) {
    if (marks_.surface() == 0 && step.time >= switch_at_) {
      marks_.use_surface(universe_.surfaces.size() - 1);
      revaluation_->use_surface(universe_.surfaces.size() - 1);
    }
    marks_.set_time(step.time);
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      const bool is_quoted = !step.is_trade && step.coin == coin;
      if (!is_quoted && step.time - ticked_[coin] < spot_heartbeat) continue;
      marks_.set_spot(coin, step.spots[coin]);
      driver_->tick(coin, step.spots[coin], step.time);
      ticked_[coin] = step.time;
    }
  }

  void revalue(Timestamp time) {
    if (!options_.is_deterministic) {
      revaluation_->wait_for_table(time, table_lag_max);
    } else if (time - revalued_ >= revaluation_period) {
      revaluation_->settle();
      revalued_ = time;
    }
  }

  RunReport report() {
    RunReport report;
    report.options = options_;
    report.instruction_set = to_string(session_.gates.front().gate->instruction_set());
    for (const GateSession& gate : session_.gates) {
      report.gates.push_back(
          {gate.numeraire, gate.parameters, static_cast<std::uint32_t>(gate.contracts.size()),
           static_cast<std::uint32_t>(gate.coins.size()), gate.gate->counters()});
    }
    for (std::uint32_t i = 0; i < universe_.contracts.size(); ++i) {
      if (!session_.is_routed(i)) continue;
      ++report.contracts_by_kind[static_cast<std::size_t>(universe_.contracts[i].kind)];
    }
    for (const Trader& trader : traders_) ++report.traders[static_cast<std::size_t>(trader.kind)];
    report.begin = universe_.surfaces.front().as_of;
    report.end = marks_.time();
    report.spots_begin = universe_.surfaces.front().spots;
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      report.spots_end[coin] = marks_.spot(coin);
    }
    report.utilisation = utilisation_;
    report.wall_seconds = wall_seconds_;
    report.counts = driver_->counts();
    report.times = driver_->times();
    report.ns_per_tick = TickTimer().ns_per_tick();
    report.hash = driver_->hash();
    report.revaluation = revaluation_->totals();
    report.contracts_settled = contracts_settled_;
    report.orders_working = exchange_->live();
    report.side_events = side_->counts();
    report.side_differences = side_->differences();
    add_alerts(report);
    add_checks(report);
    if (options_.compares_models && report.audit_mismatch.empty()) add_comparison(report);
    return report;
  }

  void add_alerts(RunReport& report) const {
    report.alerts = alerts_.count();
    for (const AlertLog::Entry& entry : alerts_.kept()) {
      report.first_alerts.push_back(
          {entry.alert.account.value, session_.gates[entry.gate].numeraire,
           static_cast<double>(entry.alert.equity.value) / money_scale,
           static_cast<double>(entry.alert.maintenance_margin.value) / money_scale});
    }
  }

  void add_checks(RunReport& report) {
    for (const GateSession& gate : session_.gates) {
      for (std::uint32_t i = 0; i < options_.accounts + side_accounts; ++i) {
        ++report.totals.accounts;
        if (!gate.gate->totals_equal_recomputed(AccountId{i})) ++report.totals.different;
      }
    }
    if (audit_) {
      report.audited = audit_->decisions();
      report.audited_without_margin = audit_->without_margin();
      report.audit_mismatch = audit_->mismatch();
    }
    if (record_) report.record_bytes = record_->size_bytes();
  }

  void add_comparison(RunReport& report) {
    ComparisonInputs inputs;
    inputs.surface = marks_.surface();
    inputs.time = marks_.time();
    for (std::size_t coin = 0; coin < coins_max; ++coin) inputs.spots[coin] = marks_.spot(coin);
    inputs.params_directory = options_.params_directory;
    report.comparison =
        compare_models(universe_, view_accounts(universe_, session_, options_.accounts), inputs);
  }

  RunOptions options_;
  const Universe& universe_;
  AlertLog alerts_;
  LoadedParameters parameters_;
  LoadedParameters second_;
  Session session_;
  Marks marks_;
  std::unique_ptr<RecordWriter> record_;
  std::unique_ptr<Audit> audit_;
  std::optional<GateDriver> driver_;
  std::optional<RevaluationRunner> revaluation_;
  std::optional<OptionPicker> picker_;
  std::vector<Trader> traders_;
  std::optional<TradingFlow> flow_;
  std::optional<Exchange> exchange_;
  std::optional<SideFlow> side_;
  std::array<Timestamp, coins_max> ticked_{};
  Timestamp switch_at_;
  Timestamp revalued_;
  std::vector<double> utilisation_;
  double wall_seconds_ = 0.0;
  std::uint64_t contracts_settled_ = 0;
};

}  // namespace

SessionLimits session_limits(const RunOptions& options) {
  // Books have six legs on average; most orders meet a contract the account has traded before.
  constexpr std::uint64_t legs_per_account = 12;
  constexpr std::uint64_t legs_most = 64'000'000;
  SessionLimits limits;
  limits.accounts = options.accounts + side_accounts;
  limits.legs = static_cast<std::uint32_t>(
      std::min(legs_most, options.accounts * legs_per_account + options.orders / 2 + 4096));
  limits.working_orders = std::max<std::uint32_t>(65'536, options.accounts * 8);
  limits.has_controls = options.has_controls;
  return limits;
}

RunReport simulate(const RunOptions& options, const Universe& universe) {
  return Simulation(options, universe).run();
}

}  // namespace margingate::run
