#include "support/interleavings.hpp"

#include <algorithm>

#include "support/random.hpp"

namespace margingate::testing {
namespace {

// Of the program that is being made or run; one exploration at a time.
std::size_t locations = 0;
std::vector<std::string> last_writes;  // by location: which step of which thread

// A thread and the baton between it and the scheduler.
class Worker {
 public:
  Worker(std::size_t index, const std::function<void()>& body)
      : index_(index), thread_([this, &body] { run(body); }) {}
  ~Worker() { thread_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Scheduler: the thread goes on up to its next access.
  void advance() {
    ++steps_;
    pass(true);
    wait_for(false);
  }
  [[nodiscard]] bool done() const { return done_; }
  // All that can matter for what the thread does next.
  [[nodiscard]] std::string trace() const { return std::to_string(steps_) + ':' + seen_; }

  // Thread: back to the scheduler.
  void hand_back() {
    pass(false);
    wait_for(true);
  }
  void saw(std::uint64_t value) { seen_ += std::to_string(value) + ','; }
  [[nodiscard]] std::size_t index() const { return index_; }
  void wrote(std::size_t location) {
    if (last_writes.size() <= location) last_writes.resize(location + 1);
    last_writes[location] = std::to_string(index_) + '@' + std::to_string(steps_);
  }

  static inline thread_local Worker* current = nullptr;

 private:
  void run(const std::function<void()>& body) {
    current = this;
    wait_for(true);
    body();
    done_ = true;
    pass(false);
  }
  void pass(bool to_thread) {
    const std::lock_guard lock(mutex_);
    threads_turn_ = to_thread;
    changed_.notify_all();
  }
  void wait_for(bool threads_turn) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return threads_turn_ == threads_turn; });
  }

  std::size_t index_;
  std::size_t steps_ = 0;  // the fields up to here belong to whoever has the turn
  std::string seen_;
  bool done_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool threads_turn_ = false;
  std::thread thread_;
};

class Search {
 public:
  explicit Search(const std::function<Program()>& make) : make_(make) {}

  Exploration all() {
    do {
      locations = 0;
      const Program program = make_();
      last_writes.assign(locations, "");
      run(program);
      ++exploration_.runs;
      exploration_.failure = program.failure();
    } while (!exploration_.failure && next());
    exploration_.states = states_.size();
    return exploration_;
  }

 private:
  struct Decision {
    std::size_t taken = 0;
    std::size_t of = 0;
  };

  void run(const Program& program) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::size_t i = 0; i < program.threads.size(); ++i) {
      workers.push_back(std::make_unique<Worker>(i, program.threads[i]));
      workers.back()->advance();  // to its first access
    }
    bool known = false;
    for (std::size_t step = 0;; ++step) {
      std::vector<Worker*> ready;
      for (const auto& worker : workers) {
        if (!worker->done()) ready.push_back(worker.get());
      }
      if (ready.empty()) return;
      if (!known && step == decisions_.size()) {
        known = !states_.insert(state_of(workers)).second;
        if (!known) decisions_.push_back({0, ready.size()});
      }
      // From a known state on any schedule will do, just to come to an end.
      ready[step < decisions_.size() ? decisions_[step].taken : 0]->advance();
    }
  }

  static std::string state_of(const std::vector<std::unique_ptr<Worker>>& workers) {
    std::string state;
    for (const auto& worker : workers) state += worker->trace() + '|';
    for (const std::string& write : last_writes) state += write + ';';
    return state;
  }

  // The last decision that has another alternative takes it.
  bool next() {
    while (!decisions_.empty() && decisions_.back().taken + 1 == decisions_.back().of) {
      decisions_.pop_back();
    }
    if (decisions_.empty()) return false;
    ++decisions_.back().taken;
    return true;
  }

  const std::function<Program()>& make_;
  std::vector<Decision> decisions_;
  std::set<std::string> states_;
  Exploration exploration_;
};

// One run by priorities: the highest that can run does, and falls to the end at a change.
std::size_t run_by_priority(const Program& program, Random& random,
                            const std::set<std::size_t>& changes) {
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<Worker*> by_priority;
  for (std::size_t i = 0; i < program.threads.size(); ++i) {
    workers.push_back(std::make_unique<Worker>(i, program.threads[i]));
    workers.back()->advance();
    const auto place = random.integer(0, static_cast<std::int64_t>(i));
    by_priority.insert(by_priority.begin() + place, workers.back().get());
  }
  for (std::size_t step = 0;; ++step) {
    const auto next = std::find_if(by_priority.begin(), by_priority.end(),
                                   [](const Worker* worker) { return !worker->done(); });
    if (next == by_priority.end()) return step;
    Worker* const worker = *next;
    if (changes.count(step) != 0) std::rotate(next, next + 1, by_priority.end());
    worker->advance();
  }
}

}  // namespace

Sampling sample(const std::function<Program()>& make, const SamplingOptions& options) {
  Sampling result;
  Random random(options.seed);
  for (std::size_t run = 0; run < options.runs && !result.failure; ++run) {
    locations = 0;
    last_writes.clear();
    const Program program = make();
    std::set<std::size_t> changes;
    // The first run, without changes, tells how long a run is.
    for (std::size_t c = 0; run > 0 && c < options.changes; ++c) {
      changes.insert(
          static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(result.steps_max))));
    }
    result.steps_max = std::max(result.steps_max, run_by_priority(program, random, changes));
    ++result.runs;
    result.run_of_failure = run;
    result.failure = program.failure();
  }
  return result;
}

namespace interleaving {

std::size_t current_thread() {
  return Worker::current == nullptr ? SIZE_MAX : Worker::current->index();
}

std::size_t new_location() { return locations++; }
void before_access() {
  if (Worker::current != nullptr) Worker::current->hand_back();
}
void saw(std::uint64_t value) {
  if (Worker::current != nullptr) Worker::current->saw(value);
}
void wrote(std::size_t location) {
  if (Worker::current != nullptr) Worker::current->wrote(location);
}

}  // namespace interleaving

Exploration explore(const std::function<Program()>& make) { return Search(make).all(); }

}  // namespace margingate::testing
