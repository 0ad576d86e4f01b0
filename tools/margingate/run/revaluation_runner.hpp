// Runs the revaluers of a session: on threads of their own, or inline at points of event time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "margingate/revaluer.hpp"
#include "run/gate_driver.hpp"
#include "run/session.hpp"
#include "run/table_feed.hpp"

namespace margingate::run {

struct RevaluationTotals {
  std::uint64_t runs = 0;
  std::uint64_t tables_published = 0;
  std::uint64_t tables_deferred = 0;
  std::uint64_t accounts_handed_over = 0;
  std::uint64_t publication_ns_total = 0;
  std::uint64_t publication_ns_max = 0;
  std::uint64_t waits = 0;  // of the order side for a table, see wait_for_table
  DriftReport drift;        // of all gates; the worst is of one
};

class RevaluationRunner {
 public:
  explicit RevaluationRunner(GateDriver& driver);
  ~RevaluationRunner();
  RevaluationRunner(const RevaluationRunner&) = delete;
  RevaluationRunner& operator=(const RevaluationRunner&) = delete;

  // Inline: publishes if due and hands every account over. Not while threads run.
  void settle();
  void start_threads();
  void stop_threads();
  [[nodiscard]] bool has_threads() const noexcept { return !threads_.empty(); }

  // Surfaces are numbered from 0 here.
  void use_surface(std::size_t surface);
  // Adopts what the revaluers have handed over.
  void poll();
  // Event time runs faster than the clock in a run: holds the order side back while the newest
  // table is older than this, some seconds at most.
  void wait_for_table(Timestamp now, Duration age_max);

  [[nodiscard]] RevaluationTotals totals() const;

 private:
  bool settle_once(std::uint32_t gate);
  void make_room(std::uint32_t gate);

  GateDriver* driver_;
  std::vector<std::unique_ptr<TableFeed>> feeds_;
  std::vector<std::unique_ptr<RevaluerThread>> threads_;
  RevaluationTotals totals_;
};

}  // namespace margingate::run
