// A convenience around Revaluer::run_once: one thread, one mailbox for surfaces.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "margingate/revaluer.hpp"

namespace margingate {

class RevaluerThread::Impl {
 public:
  Impl(Revaluer& with, Duration pause_between) : revaluer(with), pause(pause_between) {
    thread = std::thread([this] { run(); });
  }

  void run();
  void run_step();

  Revaluer& revaluer;
  Duration pause;
  mutable std::mutex mutex;  // guards everything below but the thread
  std::condition_variable wake;
  std::optional<Market> posted;
  std::function<void(const PublishedTable&)> observer;
  Totals totals;
  DriftReport drift;
  bool stopping = false;
  std::thread thread;
};

void RevaluerThread::Impl::run_step() {
  std::optional<Market> market;
  std::function<void(const PublishedTable&)> observe;
  {
    const std::lock_guard lock(mutex);
    market.swap(posted);
    observe = observer;
  }
  if (market) revaluer.update_surface(*market);
  const auto start = std::chrono::steady_clock::now();
  const RevaluationReport report = revaluer.run_once();
  const auto took = std::chrono::steady_clock::now() - start;
  if (report.tables_published != 0 && observe) observe(revaluer.newest());

  std::unique_lock lock(mutex);
  ++totals.runs;
  totals.tables_published += report.tables_published;
  totals.tables_deferred += report.tables_deferred;
  totals.accounts_handed_over += report.accounts_handed_over;
  totals.alerts += report.alerts;
  drift = revaluer.drift_report();
  if (report.tables_published != 0) {
    const auto ns = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
    totals.publication_ns_total += ns;
    totals.publication_ns_max = std::max(totals.publication_ns_max, ns);
  }
  const bool idle =
      report.events == 0 && report.tables_published == 0 && report.accounts_handed_over == 0;
  if (idle && !stopping) wake.wait_for(lock, std::chrono::nanoseconds(pause.value));
}

void RevaluerThread::Impl::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
    }
    run_step();
  }
}

RevaluerThread::RevaluerThread(Revaluer& revaluer, Duration pause)
    : impl_(std::make_unique<Impl>(revaluer, pause)) {}

RevaluerThread::~RevaluerThread() { stop(); }

void RevaluerThread::post_surface(Market market) {
  const std::lock_guard lock(impl_->mutex);
  impl_->posted = std::move(market);
  impl_->wake.notify_one();
}

void RevaluerThread::on_published(std::function<void(const PublishedTable&)> observer) {
  const std::lock_guard lock(impl_->mutex);
  impl_->observer = std::move(observer);
}

void RevaluerThread::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->wake.notify_one();
  }
  if (impl_->thread.joinable()) impl_->thread.join();
}

RevaluerThread::Totals RevaluerThread::totals() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->totals;
}

DriftReport RevaluerThread::drift_report() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->drift;
}

}  // namespace margingate
