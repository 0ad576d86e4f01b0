// Runs small concurrent programs in every order in which their atomic accesses can happen.
//
// Each thread of a program is a real thread, but only one runs at a time: at every access of a
// ScheduledAtomic and at every step() it hands control back, and the scheduler decides who goes on.
// A depth-first search over these decisions visits all schedules. Sequentially consistent only:
// what weaker orders allow is the thread sanitizer's subject.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace margingate::testing {

class Scheduler {
 public:
  // Called by a program's threads: anybody may run next.
  static void yield() {
    if (current_ != nullptr) current_->hand_back();
  }

  // Runs the program's threads to their end; `choices` says who goes on at each step, then the
  // first that can. Returns how many could at each step; choices grows to what was taken.
  std::vector<std::size_t> run(const std::vector<std::function<void()>>& bodies,
                               std::vector<std::size_t>& choices) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (const auto& body : bodies) workers.push_back(std::make_unique<Worker>(body));
    std::vector<std::size_t> widths;
    for (;;) {
      std::vector<Worker*> ready;
      for (const auto& worker : workers) {
        if (!worker->done()) ready.push_back(worker.get());
      }
      if (ready.empty()) return widths;
      if (choices.size() == widths.size()) choices.push_back(0);
      ready[choices[widths.size()]]->advance();
      widths.push_back(ready.size());
    }
  }

 private:
  // A thread and the baton between it and the scheduler.
  class Worker {
   public:
    explicit Worker(const std::function<void()>& body)
        : thread_([this, body] {
            current_ = this;
            wait_for(true);
            body();
            finish();
          }) {}
    ~Worker() { thread_.join(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Scheduler: lets the thread go on to its next access.
    void advance() {
      pass(true);
      wait_for(false);
    }
    // Thread: back to the scheduler.
    void hand_back() {
      pass(false);
      wait_for(true);
    }
    [[nodiscard]] bool done() {
      const std::lock_guard lock(mutex_);
      return done_;
    }

   private:
    void pass(bool to_thread) {
      const std::lock_guard lock(mutex_);
      threads_turn_ = to_thread;
      changed_.notify_all();
    }
    void wait_for(bool threads_turn) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return threads_turn_ == threads_turn; });
    }
    void finish() {
      const std::lock_guard lock(mutex_);
      done_ = true;
      threads_turn_ = false;
      changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool threads_turn_ = false;
    bool done_ = false;
    std::thread thread_;
  };

  static inline thread_local Worker* current_ = nullptr;
};

// What sync templates take instead of std::atomic.
template <class T>
class ScheduledAtomic {
 public:
  ScheduledAtomic() = default;
  ScheduledAtomic(T value) : value_(value) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] T load(std::memory_order) const noexcept {
    Scheduler::yield();
    return value_.load();
  }
  void store(T value, std::memory_order) noexcept {
    Scheduler::yield();
    value_.store(value);
  }

 private:
  std::atomic<T> value_{};
};

// One program: its threads, and a check after they ended. Made anew for every schedule.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<std::optional<std::string>()> verdict;  // what went wrong, if anything
};

struct Exploration {
  std::size_t schedules = 0;
  std::optional<std::string> failure;  // of the first schedule that failed
};

// Depth first over all schedules, until one fails or none is left.
inline Exploration explore(const std::function<Program()>& make) {
  Exploration exploration;
  std::vector<std::size_t> choices;
  for (;;) {
    const Program program = make();
    const std::vector<std::size_t> widths = Scheduler{}.run(program.threads, choices);
    ++exploration.schedules;
    exploration.failure = program.verdict();
    if (exploration.failure) return exploration;
    // The last decision that has another alternative takes it.
    choices.resize(widths.size());
    while (!choices.empty() && choices.back() + 1 == widths[choices.size() - 1]) choices.pop_back();
    if (choices.empty()) return exploration;
    ++choices.back();
  }
}

}  // namespace margingate::testing
