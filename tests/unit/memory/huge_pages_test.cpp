// Blocks go to and come from the other resource, whatever their size; advice changes no content.
#include "memory/huge_pages.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace margingate {
namespace {

class Counting final : public std::pmr::memory_resource {
 public:
  std::size_t allocated = 0;
  std::size_t freed = 0;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    allocated += bytes;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    freed += bytes;
    std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(HugePages, ForwardsEveryBlockWhole) {
  Counting counting;
  HugePages pages(&counting);
  std::size_t expected = 0;
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{4'096}, std::size_t{4} << 20, (std::size_t{9} << 20) + 17}) {
    void* const block = pages.allocate(bytes, 64);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0u);
    std::memset(block, 0x5a, bytes);
    EXPECT_EQ(static_cast<unsigned char*>(block)[bytes - 1], 0x5a);
    expected += bytes;
    EXPECT_EQ(counting.allocated, expected);
    pages.deallocate(block, bytes, 64);
    EXPECT_EQ(counting.freed, expected);
  }
}

TEST(HugePages, AreEqualOnlyToThemselves) {
  Counting counting;
  HugePages first(&counting), second(&counting);
  EXPECT_TRUE(first.is_equal(first));
  EXPECT_FALSE(first.is_equal(second));
}

}  // namespace
}  // namespace margingate
