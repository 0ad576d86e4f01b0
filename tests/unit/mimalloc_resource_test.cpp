#include "margingate/mimalloc_resource.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <new>
#include <vector>

namespace margingate {
namespace {

TEST(MimallocResource, TakesBlocksAtTheAlignmentAskedFor) {
  std::pmr::memory_resource* const resource = mimalloc_resource();
  for (std::size_t alignment_bytes = 1; alignment_bytes <= 4096; alignment_bytes *= 2) {
    void* const block = resource->allocate(100, alignment_bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignment_bytes, 0U) << alignment_bytes;
    resource->deallocate(block, 100, alignment_bytes);
  }
}

TEST(MimallocResource, KeepsOneHeapForAllInstances) {
  MimallocResource other;
  EXPECT_TRUE(mimalloc_resource()->is_equal(other));
  EXPECT_FALSE(mimalloc_resource()->is_equal(*std::pmr::new_delete_resource()));
  void* const block = other.allocate(64, 8);
  mimalloc_resource()->deallocate(block, 64, 8);
}

TEST(MimallocResource, ReportsExhaustionAsBadAlloc) {
  const std::size_t size_bytes = std::numeric_limits<std::size_t>::max() / 2;
  EXPECT_THROW(static_cast<void>(mimalloc_resource()->allocate(size_bytes, 64)), std::bad_alloc);
}

TEST(MimallocResource, AppliesToPolymorphicContainers) {
  std::pmr::vector<int> values(1000, 7, mimalloc_resource());
  values.resize(100'000, 8);
  EXPECT_EQ(values.front(), 7);
  EXPECT_EQ(values.back(), 8);
}

}  // namespace
}  // namespace margingate
