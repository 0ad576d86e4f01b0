// Runs small concurrent programs in every order in which their shared accesses can happen.
//
// The threads of a program are real, but one runs at a time: before every access to a
// ScheduledAtomic it hands control back, and the scheduler decides who goes on. A depth-first
// search over these decisions reaches every state: a state that was seen before, that is the same
// values read by every thread and the same last writer everywhere, is not entered again.
// Sequentially consistent only: what weaker orders allow is the thread sanitizer's subject.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace margingate::testing {

// One program: its threads, and a look at what they did after they ended.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<std::optional<std::string>()> failure;  // what went wrong, if anything
};

struct Exploration {
  std::size_t runs = 0;
  std::size_t states = 0;
  std::optional<std::string> failure;  // of the first run that failed
};

// Visits all states of the program that `make` makes anew for every run, until one run fails.
[[nodiscard]] Exploration explore(const std::function<Program()>& make);

// For programs with too many orders to visit: so many runs, each with random priorities of the
// threads, of which the one that runs loses its place at `changes` random steps (probabilistic
// concurrency testing; Burckhardt, Kothari, Musuvathi, Nagarakatte 2010). Until one run fails;
// `run_of_failure` and the same seed repeat it.
struct Sampling {
  std::size_t runs = 0;
  std::size_t steps_max = 0;  // of one run
  std::size_t run_of_failure = 0;
  std::optional<std::string> failure;
};
struct SamplingOptions {
  std::uint64_t seed = 1;
  std::size_t runs = 100;
  std::size_t changes = 3;
};
[[nodiscard]] Sampling sample(const std::function<Program()>& make, const SamplingOptions& options);

// What ScheduledAtomic tells the scheduler; nothing happens outside of explore().
namespace interleaving {
[[nodiscard]] std::size_t new_location();
// Index of the thread that runs in its Program; SIZE_MAX outside of it.
[[nodiscard]] std::size_t current_thread();
void before_access();
void saw(std::uint64_t value);
void wrote(std::size_t location);
}  // namespace interleaving

// What sync templates take instead of std::atomic; T is an integer. Its accesses are also those of
// plain memory: one word at a time, in any order with the other threads'.
template <class T>
class ScheduledAtomic {
 public:
  ScheduledAtomic(T value = {}) : value_(value) {}

  [[nodiscard]] T load(std::memory_order = std::memory_order_seq_cst) const noexcept {
    interleaving::before_access();
    const T value = value_.load();
    interleaving::saw(static_cast<std::uint64_t>(value));
    return value;
  }
  void store(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    interleaving::before_access();
    value_.store(value);
    interleaving::wrote(location_);
  }

 private:
  std::size_t location_ = interleaving::new_location();
  std::atomic<T> value_;
};

}  // namespace margingate::testing
