// The queue between two threads: order kept, nothing lost, nothing invented.
#include "sync/channel.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace margingate::sync {
namespace {

// Large enough that a torn copy could not go unnoticed.
struct Element {
  std::uint64_t number = 0;
  std::uint64_t copies[7] = {};
};

Element element(std::uint64_t number) {
  Element e;
  e.number = number;
  for (std::uint64_t& copy : e.copies) copy = ~number;
  return e;
}

bool is_whole(const Element& e) {
  for (const std::uint64_t copy : e.copies) {
    if (copy != ~e.number) return false;
  }
  return true;
}

TEST(Channel, KeepsItsCapacityAndOrder) {
  Channel<int> channel(3);
  EXPECT_EQ(channel.capacity(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(channel.try_push(i));
  EXPECT_FALSE(channel.try_push(3));
  int popped = -1;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(channel.try_pop(popped));
    EXPECT_EQ(popped, i);
  }
  EXPECT_FALSE(channel.try_pop(popped));
}

TEST(Channel, HasRoomForWhatCanBePushed) {
  Channel<int> channel(8);
  int popped = 0;
  for (int round = 0; round < 40; ++round) {
    for (std::size_t room = 0; room <= 9; ++room) {
      EXPECT_EQ(channel.has_room(room), room <= 8);
    }
    const int pushes = 1 + round % 8;
    for (int i = 0; i < pushes; ++i) ASSERT_TRUE(channel.try_push(i));
    const auto left = static_cast<std::size_t>(8 - pushes);
    EXPECT_TRUE(channel.has_room(left));
    EXPECT_FALSE(channel.has_room(left + 1));
    for (int i = 0; i < pushes; ++i) ASSERT_TRUE(channel.try_pop(popped));
  }
}

// Every capacity makes the two meet at another place.
void expect_order_under_contention(std::size_t capacity, std::uint64_t count) {
  SCOPED_TRACE(capacity);
  Channel<Element> channel(capacity);
  std::uint64_t refused = 0;
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < count;) {
      const bool room = channel.has_room(1);
      const bool pushed = channel.try_push(element(i));
      if (room && !pushed) break;  // the consumer below will miss the rest
      if (pushed) ++i;
      refused += !pushed;
      if (!pushed) std::this_thread::yield();
    }
    // Ends the consumer whatever happened.
    while (!channel.try_push(element(UINT64_MAX))) std::this_thread::yield();
  });
  std::uint64_t next = 0;
  std::uint64_t torn = 0;
  std::uint64_t out_of_order = 0;
  for (Element e;;) {
    if (!channel.try_pop(e)) {
      std::this_thread::yield();
      continue;
    }
    torn += !is_whole(e);
    if (e.number == UINT64_MAX) break;
    out_of_order += e.number != next;
    next = e.number + 1;
  }
  producer.join();
  EXPECT_EQ(next, count);
  EXPECT_EQ(torn, 0u);
  EXPECT_EQ(out_of_order, 0u);
}

TEST(Channel, KeepsOrderUnderContention) {
  for (const std::size_t capacity : {1u, 2u, 7u, 64u, 1'024u}) {
    expect_order_under_contention(capacity, capacity == 1 ? 20'000 : 100'000);
  }
}

}  // namespace
}  // namespace margingate::sync
