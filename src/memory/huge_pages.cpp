#include "memory/huge_pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstdint>

namespace margingate {
namespace {

constexpr std::uintptr_t huge_page_bytes = std::uintptr_t{2} << 20;

// Only the huge pages that lie inside the block: its ends may be shared with other blocks.
void advise([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t first = (address + huge_page_bytes - 1) & ~(huge_page_bytes - 1);
  const std::uintptr_t end = (address + bytes) & ~(huge_page_bytes - 1);
  if (first >= end) return;
  static_cast<void>(madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE));
#endif
}

}  // namespace

void* HugePages::do_allocate(std::size_t bytes, std::size_t alignment) {
  void* const block = upstream_->allocate(bytes, alignment);
  if (bytes >= 2 * huge_page_bytes) advise(block, bytes);
  return block;
}

void HugePages::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  upstream_->deallocate(block, bytes, alignment);
}

}  // namespace margingate
