#include "support/interleavings.hpp"

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
  void wrote(std::size_t location) {
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

}  // namespace

namespace interleaving {

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
