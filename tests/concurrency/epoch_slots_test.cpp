// Publication in reusable slots: every interleaving of one writer and one reader, and both for
// real.
#include "sync/epoch_slots.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "support/interleavings.hpp"

namespace margingate::testing {
namespace {

using Slots = sync::EpochSlots<ScheduledAtomic>;
constexpr std::uint32_t slot_count = 3;
constexpr int publications = 5;
constexpr int looks = 3;

// A published value of two words: both are the epoch, or it is torn.
struct Value {
  ScheduledAtomic<std::uint64_t> first;
  ScheduledAtomic<std::uint64_t> second;
};

// A wrong way to reuse slots: the next one, whoever may still read it.
class SlotsInTurn : public Slots {
 public:
  using Slots::Slots;
  std::uint32_t acquire_free() noexcept { return next_++ % slot_count; }

 private:
  std::uint32_t next_ = 0;
};

enum class Reader { correct, announces_too_early };
enum class Writer { correct, publishes_before_it_has_written };

// What happened in any run of an exploration: proof that the interesting cases were reached.
struct Reached {
  int deferred = 0;
  int reused = 0;
  int held_an_old_one = 0;
};

template <class SlotsType>
class World {
 public:
  explicit World(Reached& reached) : reached_(reached) {}

  void write(Writer how) {
    for (int i = 0; i < publications; ++i) {
      const std::uint32_t slot = slots_.acquire_free();
      if (slot == Slots::no_slot) {
        ++reached_.deferred;
        continue;
      }
      reached_.reused += used_[slot];
      used_[slot] = true;
      ++epoch_;
      if (how == Writer::publishes_before_it_has_written) slots_.publish(slot, epoch_);
      values_[slot].first.store(epoch_);
      values_[slot].second.store(epoch_);
      if (how == Writer::correct) slots_.publish(slot, epoch_);
    }
  }

  // Like the order thread: keeps using the value from its last look while it takes the next look.
  void read(Reader how) {
    sync::Published held;
    for (int i = 0; i < looks; ++i) {
      const sync::Published newest = slots_.newest();
      if (newest.epoch < held.epoch) failure_ = "epochs went back";
      if (how == Reader::announces_too_early) slots_.announce_oldest_in_use(newest.epoch);
      if (held.epoch != 0) check(held);
      reached_.held_an_old_one += held.epoch != 0 && held.epoch != newest.epoch;
      if (newest.epoch != 0) check(newest);
      held = newest;
      if (how == Reader::correct) slots_.announce_oldest_in_use(held.epoch);
    }
  }

  [[nodiscard]] std::optional<std::string> failure() const { return failure_; }

 private:
  void check(const sync::Published& published) {
    const Value& value = values_[published.slot];
    const std::uint64_t first = value.first.load();
    const std::uint64_t second = value.second.load();
    if (first == published.epoch && second == published.epoch) return;
    failure_ = "epoch " + std::to_string(published.epoch) + " reads " + std::to_string(first) +
               " and " + std::to_string(second);
  }

  Reached& reached_;
  SlotsType slots_{slot_count};
  std::array<Value, slot_count> values_;
  std::array<bool, slot_count> used_{};
  std::uint64_t epoch_ = 0;
  std::optional<std::string> failure_;
};

template <class SlotsType>
Exploration explore_world(Writer writer, Reader reader, Reached& reached) {
  return explore([&] {
    const auto world = std::make_shared<World<SlotsType>>(reached);
    return Program{{[=] { world->write(writer); }, [=] { world->read(reader); }},
                   [=] { return world->failure(); }};
  });
}

TEST(EpochSlotsInterleavings, NeverShowAValueThatIsBeingRewritten) {
  Reached reached;
  const Exploration all = explore_world<Slots>(Writer::correct, Reader::correct, reached);
  EXPECT_EQ(all.failure.value_or("nothing"), "nothing");
  EXPECT_GT(all.states, 1'000u);
  EXPECT_GT(reached.deferred, 0);
  EXPECT_GT(reached.reused, 0);
  EXPECT_GT(reached.held_an_old_one, 0);
}

TEST(EpochSlotsInterleavings, CatchAReaderThatAnnouncesBeforeItIsDone) {
  Reached reached;
  const Exploration found =
      explore_world<Slots>(Writer::correct, Reader::announces_too_early, reached);
  EXPECT_TRUE(found.failure.has_value());
}

TEST(EpochSlotsInterleavings, CatchAWriterThatReusesSlotsInTurn) {
  Reached reached;
  const Exploration found = explore_world<SlotsInTurn>(Writer::correct, Reader::correct, reached);
  EXPECT_TRUE(found.failure.has_value());
}

TEST(EpochSlotsInterleavings, CatchAWriterThatPublishesTooEarly) {
  Reached reached;
  const Exploration found =
      explore_world<Slots>(Writer::publishes_before_it_has_written, Reader::correct, reached);
  EXPECT_TRUE(found.failure.has_value());
}

// The search itself, on the oldest example there is.
Program two_increments() {
  const auto counter = std::make_shared<ScheduledAtomic<int>>(0);
  const auto increment = [=] { counter->store(counter->load() + 1); };
  return {{increment, increment}, [=]() -> std::optional<std::string> {
            const int value = counter->load();
            if (value == 2) return std::nullopt;
            return "ends at " + std::to_string(value);
          }};
}

TEST(Interleavings, FindALostUpdate) {
  EXPECT_EQ(explore(two_increments).failure.value_or("nothing"), "ends at 1");
}

TEST(Interleavings, VisitEveryOrderOfTwoWriters) {
  std::set<int> ends;
  const Exploration all = explore([&] {
    const auto word = std::make_shared<ScheduledAtomic<int>>(0);
    const auto write = [=](int first) {
      return [=] {
        word->store(first);
        word->store(first + 1);
      };
    };
    return Program{{write(1), write(10)}, [&ends, word]() -> std::optional<std::string> {
                     ends.insert(word->load());
                     return std::nullopt;
                   }};
  });
  EXPECT_FALSE(all.failure.has_value());
  EXPECT_EQ(ends, (std::set<int>{2, 11}));
  // Of the six orders none is left out unless it leads to a state already seen.
  EXPECT_GE(all.runs, 4u);
  EXPECT_LE(all.runs, 6u);
}

// The same roles on real threads and std::atomic, with plain values: for the thread sanitizer.
TEST(EpochSlots, PublishWholeValuesToAnotherThread) {
  constexpr std::uint64_t epochs = 20'000;
  sync::EpochSlots<> slots(slot_count);
  std::array<std::array<std::uint64_t, 16>, slot_count> values{};
  std::thread writer([&] {
    for (std::uint64_t epoch = 1; epoch <= epochs;) {
      const std::uint32_t slot = slots.acquire_free();
      if (slot == sync::EpochSlots<>::no_slot) {
        std::this_thread::yield();
        continue;
      }
      values[slot].fill(epoch);
      slots.publish(slot, epoch++);
    }
  });
  std::uint64_t torn = 0;
  sync::Published held;
  while (held.epoch < epochs) {
    const sync::Published newest = slots.newest();
    EXPECT_GE(newest.epoch, held.epoch);
    for (const sync::Published& used : {held, newest}) {
      if (used.epoch == 0) continue;
      for (const std::uint64_t word : values[used.slot]) torn += word != used.epoch;
    }
    const bool waiting = newest.epoch == held.epoch;
    held = newest;
    slots.announce_oldest_in_use(held.epoch);
    if (waiting) std::this_thread::yield();
  }
  writer.join();
  EXPECT_EQ(torn, 0u);
}

TEST(EpochSlots, HaveNoSlotWhileEveryOneIsInUse) {
  sync::EpochSlots<> slots(3);
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    EXPECT_EQ(slots.newest().epoch, epoch - 1);
    const std::uint32_t slot = slots.acquire_free();
    ASSERT_EQ(slot, epoch - 1);
    slots.publish(slot, epoch);
  }
  EXPECT_EQ(slots.acquire_free(), sync::EpochSlots<>::no_slot);
  slots.announce_oldest_in_use(1);
  EXPECT_EQ(slots.acquire_free(), sync::EpochSlots<>::no_slot);
  slots.announce_oldest_in_use(2);
  EXPECT_EQ(slots.acquire_free(), 0u);
  slots.announce_oldest_in_use(3);
  EXPECT_EQ(slots.acquire_free(), 0u);
  slots.publish(0, 4);
  EXPECT_EQ(slots.newest().slot, 0u);
  EXPECT_EQ(slots.acquire_free(), 1u);
}

}  // namespace
}  // namespace margingate::testing
