#include "verify/verification.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "verify/session.hpp"

namespace margingate::verify {
namespace {

constexpr std::uint64_t session_decisions_most = 20'000;
constexpr std::uint64_t session_decisions_least = 400;
constexpr std::uint64_t sessions_least = 10;  // of a model: every kind of session comes up
constexpr std::uint64_t tight_age_every = 7;  // sessions in which tables grow too old
constexpr std::uint64_t controls_every = 3;   // rounds in which there are controls beside margin

struct Plan {
  std::uint64_t sessions;
  std::uint64_t decisions_each;
};

// Every chain under every model, if there are decisions enough.
Plan plan_of(const Chains& chains, const ModelSets& sets, std::uint64_t decisions) {
  const std::uint64_t pairs =
      std::max<std::uint64_t>(chains.markets.size() * sets.size(), sessions_least * sets.size());
  const std::uint64_t each = std::clamp(
      decisions / pairs, std::min(session_decisions_least, decisions), session_decisions_most);
  return {(decisions + each - 1) / each, each};
}

class Workers {
 public:
  Workers(const Chains& chains, const ModelSets& sets, const VerificationOptions& options)
      : chains_(chains),
        sets_(sets),
        options_(options),
        plan_(plan_of(chains, sets, options.decisions)),
        result_{Tally(options.bands), std::nullopt, 0.0} {}

  Verification run(const std::function<void(std::uint64_t)>& on_progress) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < options_.threads; ++i) {
      threads.emplace_back([this] { work(); });
    }
    while (running_ != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (on_progress) on_progress(decided_);
    }
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    result_.seconds = spent.count();
    return std::move(result_);
  }

 private:
  void work() {
    try {
      Tally mine(options_.bands);
      for (std::uint64_t n = next_++; n < plan_.sessions && !stops_; n = next_++) {
        const std::uint64_t before = mine.decisions;
        run_session(n, mine);
        decided_ += mine.decisions - before;
      }
      const std::lock_guard lock(mutex_);
      result_.tally.add(mine);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
      stops_ = true;
    }
    --running_;
  }

  // Any set that accounts could move to; nothing when there is none.
  const models::ParameterSet* second_of(const models::ParameterSet& set, run::Random& random) {
    std::vector<const models::ParameterSet*> fitting;
    for (const std::vector<models::ParameterSet>& sets : sets_) {
      for (const models::ParameterSet& other : sets) {
        if (models::may_move_between(set, other)) fitting.push_back(&other);
      }
    }
    if (fitting.empty()) return nullptr;
    return fitting[random.below(static_cast<std::uint32_t>(fitting.size()))];
  }

  void run_session(std::uint64_t n, Tally& tally) {
    const std::uint64_t models = sets_.size();
    const std::uint64_t round = n / models;
    const auto& sets = sets_[n % models];
    const models::ParameterSet& set = sets[(round + round / chains_.markets.size()) % sets.size()];
    run::Random random(options_.seed, n + 1);
    SessionOptions session;
    session.decisions = plan_.decisions_each;
    session.band = options_.bands.size() > 1 && round % 4 == 3 ? 1 : 0;
    session.is_at_limit = round % 5 == 4;
    session.studies_bounds = options_.studies_bounds;
    session.fault = options_.fault;
    WorldOptions world;
    world.drift_band = options_.bands[session.band];
    if (n % tight_age_every == tight_age_every - 1) world.table_age_max = seconds(4);
    world.has_controls = round % controls_every == controls_every - 1;
    const io::MarketFile& chain = chains_.markets[round % chains_.markets.size()];
    world.second = second_of(set, random);
    Session one(make_world(chain, set, world, random), session, random);
    one.run(tally);
    if (!one.failure()) return;
    const std::lock_guard lock(mutex_);
    stops_ = true;
    if (result_.failure && result_.failure->session < n) return;
    result_.failure = one.failure();
    result_.failure->session = n;
  }

  const Chains& chains_;
  const ModelSets& sets_;
  const VerificationOptions& options_;
  Plan plan_;
  Verification result_;
  std::mutex mutex_;
  std::exception_ptr error_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> decided_{0};
  std::atomic<bool> stops_{false};
  std::atomic<std::uint32_t> running_{options_.threads};
};

}  // namespace

Verification verify(const Chains& chains, const ModelSets& model_sets,
                    const VerificationOptions& options,
                    const std::function<void(std::uint64_t)>& on_progress) {
  return Workers(chains, model_sets, options).run(on_progress);
}

}  // namespace margingate::verify
