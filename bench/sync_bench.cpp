// What do the primitives between threads cost, next to the alternatives: reading what was
// published, totals that one thread or many may write, a queue next to a bare flag?
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <shared_mutex>
#include <string>

#include "support/measure.hpp"
#include "support/second_core.hpp"
#include "sync/cache_line.hpp"
#include "sync/channel.hpp"
#include "sync/epoch_slots.hpp"

namespace {

using namespace margingate;
using namespace margingate::bench;

constexpr std::size_t row_words = 32;  // 256 bytes
constexpr std::size_t batch = 256;
using Row = std::array<std::int64_t, row_words>;

std::int64_t sum(const Row& row) {
  std::int64_t total = 0;
  for (const std::int64_t word : row) total += word;
  return total;
}

Row numbered() {
  Row row;
  for (std::size_t i = 0; i < row_words; ++i) row[i] = static_cast<std::int64_t>(i);
  return row;
}

// The library's way: an immutable value in a slot, and an announcement that it was let go of.
struct Snapshot {
  std::array<Row, 4> rows{numbered(), numbered(), numbered(), numbered()};
  sync::EpochSlots<> slots{4};
  Snapshot() { slots.publish(slots.acquire_free(), 1); }
  std::int64_t read() {
    const sync::Published newest = slots.newest();
    const std::int64_t result = sum(rows[newest.slot]);
    slots.announce_oldest_in_use(newest.epoch);
    return result;
  }
};

// A seqlock that the language allows: every word is an atomic of its own.
struct Seqlock {
  std::atomic<std::uint64_t> version{0};
  std::array<std::atomic<std::int64_t>, row_words> words{};
  Seqlock() {
    const Row row = numbered();
    for (std::size_t i = 0; i < row_words; ++i) words[i].store(row[i]);
  }
  std::int64_t read() {
    Row copy;
    for (;;) {
      const std::uint64_t before = version.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < row_words; ++i)
        copy[i] = words[i].load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (before % 2 == 0 && version.load(std::memory_order_relaxed) == before) return sum(copy);
    }
  }
};

struct SharedMutex {
  std::shared_mutex mutex;
  Row row = numbered();
  std::int64_t read() {
    const std::shared_lock lock(mutex);
    return sum(row);
  }
};

struct PlainPointer {
  Row row = numbered();
  Row* current = &row;
  std::int64_t read() {
    benchmark::DoNotOptimize(current);
    return sum(*current);
  }
};

template <class Holder>
struct Read {
  Holder* holder;
  void operator()(std::size_t) const {
    std::int64_t result = holder->read();
    benchmark::DoNotOptimize(result);
  }
};

template <class Baseline>
void add_read(const std::string& name, const RatioGate& gate) {
  add_case("ratio/publish_read/snapshot/" + name, [=](benchmark::State& state) {
    Snapshot snapshot;
    Baseline baseline;
    require(snapshot.read() == baseline.read(), "readers read different rows");
    run_pairs(state, gate, Timed{batch, Read<Snapshot>{&snapshot}},
              Timed{batch, Read<Baseline>{&baseline}}, [] {});
  });
}

// Totals over 32 scenarios that one thread owns, and such that any may add to.
void add_contended() {
  add_case("ratio/contended_vec/single_writer/atomic_adds", [](benchmark::State& state) {
    alignas(64) Row own{};
    const Row row = numbered();
    std::array<std::atomic<std::int64_t>, row_words> shared{};
    const auto plain = [&](std::size_t) {
      for (std::size_t s = 0; s < row_words; ++s) own[s] += row[s];
      benchmark::ClobberMemory();
    };
    const auto atomic = [&](std::size_t) {
      for (std::size_t s = 0; s < row_words; ++s) {
        shared[s].fetch_add(row[s], std::memory_order_relaxed);
      }
    };
    plain(0);
    atomic(0);
    for (std::size_t s = 0; s < row_words; ++s) require(own[s] == shared[s], "totals differ");
    run_pairs(state, {0.0, 10.0}, Timed{batch, plain}, Timed{batch, atomic}, [] {});
  });
}

struct alignas(sync::cache_line_pair_bytes) Flag {
  std::atomic<std::uint64_t> value{0};
};

struct Message {
  std::array<std::uint64_t, 8> words{};  // 64 bytes
};

// The partner answers both a bare flag and a queue, whichever it is asked by.
class Partner {
 public:
  Partner()
      : to_(1'024),
        back_(1'024),
        thread_([this](const std::atomic<bool>& stopping) { answer(stopping); }) {}

  void flag_round_trip() {
    ++count_;
    ping_.value.store(count_, std::memory_order_release);
    while (pong_.value.load(std::memory_order_acquire) != count_) continue;
  }
  void queue_round_trip() {
    Message message;
    message.words[0] = ++count_;
    while (!to_.try_push(message)) continue;
    while (!back_.try_pop(message)) continue;
    require(message.words[0] == count_, "another message came back");
  }

 private:
  void answer(const std::atomic<bool>& stopping) {
    std::uint64_t seen = 0;
    Message message;
    while (!stopping.load(std::memory_order_relaxed)) {
      const std::uint64_t now = ping_.value.load(std::memory_order_acquire);
      if (now != seen) {
        seen = now;
        pong_.value.store(now, std::memory_order_release);
      }
      if (to_.try_pop(message)) {
        while (!back_.try_push(message)) continue;
      }
    }
  }

  Flag ping_, pong_;
  sync::Channel<Message> to_, back_;
  std::uint64_t count_ = 0;
  SecondCore thread_;
};

void add_queue() {
  add_case("ratio/queue_rtt/boost_spsc/floor_pingpong", [](benchmark::State& state) {
    Partner partner;
    run_pairs(state, {3.0, 0.0},
              Timed{std::size_t{64}, [&](std::size_t) { partner.queue_round_trip(); }},
              Timed{std::size_t{64}, [&](std::size_t) { partner.flag_round_trip(); }}, [] {});
    state.counters["cores"] = 2;
  });
}

}  // namespace

int main(int argc, char** argv) {
  add_read<Seqlock>("seqlock", {0.0, 6.0});
  add_read<SharedMutex>("shared_mutex", {0.0, 10.0});
  add_read<PlainPointer>("plain_pointer", {1.5, 0.0});
  add_contended();
  if (has_second_core()) add_queue();
  return run_cases(argc, argv);
}
