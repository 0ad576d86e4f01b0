// Work on a second processor while a benchmark runs on the first.
//
// Shape    a thread that is pinned elsewhere and runs a body until it is told to stop.
// Units    none.
// Sign     none.
// Range    machines with at least two processors; ask has_second_core first.
// Errors   none.
// Threads  the creator starts and stops; the body sees `stopping`.
// Cost     none on the first processor.
// Source   none.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

#include "sync/cache_line.hpp"

namespace margingate::bench {

inline bool has_second_core() { return sysconf(_SC_NPROCESSORS_ONLN) >= 2; }

inline void pin_to(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(processor), &set);
  static_cast<void>(pthread_setaffinity_np(pthread_self(), sizeof set, &set));
}

class SecondCore {
 public:
  // body(stopping) returns soon after `stopping` has become true.
  template <class Body>
  explicit SecondCore(Body body) {
    const int first = sched_getcpu();
    pin_to(first);
    const int count = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    thread_ = std::thread([this, first, count, body = std::move(body)]() mutable {
      pin_to((first + 1) % count);
      body(stopping_);
    });
  }
  ~SecondCore() {
    stopping_.store(true, std::memory_order_release);
    thread_.join();
  }
  SecondCore(const SecondCore&) = delete;
  SecondCore& operator=(const SecondCore&) = delete;

 private:
  alignas(sync::cache_line_pair_bytes) std::atomic<bool> stopping_{false};
  std::thread thread_;
};

inline void spin_pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace margingate::bench
