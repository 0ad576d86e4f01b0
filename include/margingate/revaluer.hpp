// The background half: reprice everything, publish, re-aggregate, watch maintenance margin.
//
// Shape    run_once() is the work; RevaluerThread runs it again and again.
// Units    money in the gate's numeraire and smallest unit.
// Sign     see the fields.
// Range    one Revaluer per gate.
// Errors   run_once never throws; the constructor may (memory).
// Threads  a Revaluer belongs to one thread at a time. It shares with the order thread two
//          single-producer queues, the published tables and nothing else.
// Cost     instruments x scenarios prices when something moved; accounts x legs additions.
// Source   docs/threading.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "margingate/drift_report.hpp"
#include "margingate/gate.hpp"
#include "margingate/ids.hpp"
#include "margingate/market.hpp"
#include "margingate/units.hpp"

namespace margingate {

// An account that fell into a band of its model at the revaluer's market; where the model has
// none, below its maintenance margin.
struct MaintenanceAlert {
  AccountId account;
  Money equity;
  Money maintenance_margin;
  Epoch epoch = 0;
  std::int32_t band = 0;  // index into MarginModel::bands
};

struct RevaluerOptions {
  // Publish a new table once any spot has moved this far, relative, from the newest table, or its
  // surface changed, or it is older than table_age_max.
  double republish_move = 0.0025;
  Duration republish_age = seconds(2);
  // Called on the revaluer's thread, once when an account falls into a band and again only after it
  // has risen out of that one. May be empty.
  std::function<void(const MaintenanceAlert&)> on_alert;
  // One account's running totals and one verdict are audited per so many events of the gate, and
  // one per run_once while the gate is quiet; 0: none.
  std::uint32_t events_per_audit = 64;
  // Called on the revaluer's thread whenever the gate and a full recomputation differ. May be
  // empty; drift_report() counts anyway.
  std::function<void(const DriftAlarm&)> on_drift;
};

// Inputs of one published table, enough to build the same table again.
struct PublishedTable {
  Epoch epoch = 0;
  Timestamp as_of;
  std::uint64_t surface = 0;  // counts update_surface calls, the first is 1
  std::vector<Price> spots;   // by UnderlyingId
};

struct RevaluationReport {
  std::uint64_t events = 0;            // taken from the gate
  std::uint64_t tables_published = 0;  // 0 or 1
  std::uint64_t tables_deferred = 0;   // 1 when every table was still in use
  std::uint64_t accounts_handed_over = 0;
  std::uint64_t accounts_pending = 0;  // still to be handed over under the newest table
  std::uint64_t alerts = 0;
  std::uint64_t drift_alarms = 0;
};

class Revaluer {
 public:
  explicit Revaluer(Gate& gate, RevaluerOptions options = {});
  ~Revaluer();
  Revaluer(const Revaluer&) = delete;
  Revaluer& operator=(const Revaluer&) = delete;

  // New surface, basis and clock; takes effect with the next published table. False when the
  // sizes do not fit the gate.
  bool update_surface(const Market& market);
  // Takes the gate's events, publishes if due, hands over re-aggregated accounts as room allows.
  RevaluationReport run_once() noexcept;
  // Takes the gate's events and nothing else. Returns how many.
  std::uint64_t take_events() noexcept;
  // Publishes at the next run_once even if nothing moved.
  void request_publication() noexcept;
  // Replay: publishes the table these inputs describe; surface must be the newest one given.
  bool publish(const PublishedTable& inputs) noexcept;
  // Inputs of the newest table; epoch 0 before the first.
  [[nodiscard]] const PublishedTable& newest() const noexcept;
  // What the audits of the gate's running state have found so far.
  [[nodiscard]] const DriftReport& drift_report() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Runs a Revaluer on a thread of its own until stopped or destroyed.
class RevaluerThread {
 public:
  struct Totals {
    std::uint64_t runs = 0;
    std::uint64_t tables_published = 0;
    std::uint64_t tables_deferred = 0;
    std::uint64_t accounts_handed_over = 0;
    std::uint64_t alerts = 0;
    std::uint64_t publication_ns_total = 0;  // time inside runs that published
    std::uint64_t publication_ns_max = 0;
  };

  // pause is slept after a run that found nothing to do.
  RevaluerThread(Revaluer& revaluer, Duration pause);
  ~RevaluerThread();
  RevaluerThread(const RevaluerThread&) = delete;
  RevaluerThread& operator=(const RevaluerThread&) = delete;

  // May be called from any thread; the newest surface wins.
  void post_surface(Market market);
  // Called on the revaluer's thread after each publication.
  void on_published(std::function<void(const PublishedTable&)> observer);
  void stop();
  [[nodiscard]] Totals totals() const;
  // As of the last completed run.
  [[nodiscard]] DriftReport drift_report() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace margingate
