#include "run/revaluation_runner.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "run/tick_timer.hpp"

namespace margingate::run {
namespace {

constexpr int settle_rounds_max = 1'000'000;
constexpr std::uint64_t wait_ns_max = 5'000'000'000;
constexpr Duration thread_pause{20'000};

}  // namespace

RevaluationRunner::RevaluationRunner(GateDriver& driver) : driver_(&driver) {
  for (std::size_t i = 0; i < driver.session().gates.size(); ++i) {
    feeds_.push_back(std::make_unique<TableFeed>());
  }
  driver.set_make_room([this](std::uint32_t gate) { make_room(gate); });
}

RevaluationRunner::~RevaluationRunner() { driver_->set_make_room({}); }

void RevaluationRunner::make_room(std::uint32_t gate) {
  if (has_threads()) {
    std::this_thread::yield();
    driver_->poll(gate, *feeds_[gate]);
  } else {
    settle_once(gate);
  }
}

bool RevaluationRunner::settle_once(std::uint32_t gate) {
  Revaluer& revaluer = *driver_->session().gates[gate].revaluer;
  const std::uint64_t begin = TickTimer::steady_ns();
  const RevaluationReport report = revaluer.run_once();
  const std::uint64_t spent = TickTimer::steady_ns() - begin;
  ++totals_.runs;
  totals_.tables_published += report.tables_published;
  totals_.tables_deferred += report.tables_deferred;
  totals_.accounts_handed_over += report.accounts_handed_over;
  if (report.tables_published != 0) {
    totals_.publication_ns_total += spent;
    totals_.publication_ns_max = std::max(totals_.publication_ns_max, spent);
    feeds_[gate]->push(revaluer.newest());
  }
  const std::size_t adopted = driver_->poll(gate, *feeds_[gate]);
  return report.events != 0 || report.tables_published != 0 || report.accounts_handed_over != 0 ||
         report.accounts_pending != 0 || adopted != 0;
}

void RevaluationRunner::settle() {
  for (std::uint32_t gate = 0; gate < feeds_.size(); ++gate) {
    int rounds = 0;
    while (settle_once(gate)) {
      if (++rounds > settle_rounds_max) throw std::runtime_error("revaluation does not settle");
    }
  }
}

void RevaluationRunner::start_threads() {
  for (std::uint32_t gate = 0; gate < feeds_.size(); ++gate) {
    Revaluer& revaluer = *driver_->session().gates[gate].revaluer;
    threads_.push_back(std::make_unique<RevaluerThread>(revaluer, thread_pause));
    TableFeed* const feed = feeds_[gate].get();
    threads_.back()->on_published([feed](const PublishedTable& table) { feed->push(table); });
  }
}

void RevaluationRunner::stop_threads() {
  for (const auto& thread : threads_) {
    thread->stop();
    const RevaluerThread::Totals totals = thread->totals();
    totals_.runs += totals.runs;
    totals_.tables_published += totals.tables_published;
    totals_.tables_deferred += totals.tables_deferred;
    totals_.accounts_handed_over += totals.accounts_handed_over;
    totals_.publication_ns_total += totals.publication_ns_total;
    totals_.publication_ns_max = std::max(totals_.publication_ns_max, totals.publication_ns_max);
  }
  threads_.clear();
}

void RevaluationRunner::use_surface(std::size_t surface) {
  for (std::size_t gate = 0; gate < feeds_.size(); ++gate) {
    GateSession& session = driver_->session().gates[gate];
    if (has_threads()) {
      threads_[gate]->post_surface(session.surfaces[surface]);
    } else if (!session.revaluer->update_surface(session.surfaces[surface])) {
      throw std::runtime_error("a surface does not fit its gate");
    }
  }
}

void RevaluationRunner::poll() {
  for (std::uint32_t gate = 0; gate < feeds_.size(); ++gate) driver_->poll(gate, *feeds_[gate]);
}

void RevaluationRunner::wait_for_table(Timestamp now, Duration age_max) {
  if (!has_threads()) return;
  for (std::uint32_t gate = 0; gate < feeds_.size(); ++gate) {
    if (now - driver_->table_time(gate) <= age_max) continue;
    ++totals_.waits;
    const std::uint64_t begin = TickTimer::steady_ns();
    while (now - driver_->table_time(gate) > age_max &&
           TickTimer::steady_ns() - begin < wait_ns_max) {
      std::this_thread::yield();
      driver_->poll(gate, *feeds_[gate]);
    }
  }
}

// Revaluers run on no other thread while this is asked.
RevaluationTotals RevaluationRunner::totals() const {
  RevaluationTotals totals = totals_;
  for (const GateSession& gate : driver_->session().gates) {
    const DriftReport& one = gate.revaluer->drift_report();
    DriftReport& sum = totals.drift;
    sum.accounts_checked += one.accounts_checked;
    sum.totals_mismatches += one.totals_mismatches;
    sum.verdicts_checked += one.verdicts_checked;
    sum.verdict_mismatches += one.verdict_mismatches;
    sum.not_comparable += one.not_comparable;
    sum.cycles += one.cycles;
    sum.worst_totals_difference =
        std::max(sum.worst_totals_difference, one.worst_totals_difference);
    sum.worst_verdict_difference =
        std::max(sum.worst_verdict_difference, one.worst_verdict_difference);
  }
  return totals;
}

}  // namespace margingate::run
