// A memory resource that asks the operating system to back large blocks with huge pages.
//
// Shape    forwards to another resource; blocks of several huge pages are advised before use.
// Units    bytes.
// Sign     none.
// Range    any size.
// Errors   those of the other resource; a refused advice changes nothing but speed.
// Threads  as safe as the other resource.
// Cost     one system call per large block, when a gate is created.
// Source   docs/decisions/0011-account-memory.md.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace margingate {

class HugePages final : public std::pmr::memory_resource {
 public:
  explicit HugePages(std::pmr::memory_resource* upstream) noexcept : upstream_(upstream) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::pmr::memory_resource* upstream_;
};

}  // namespace margingate
