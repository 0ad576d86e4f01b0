#include "margingate/mimalloc_resource.hpp"

#include <mimalloc.h>

#include <new>

namespace margingate {

void* MimallocResource::do_allocate(std::size_t size_bytes, std::size_t alignment_bytes) {
  void* const block = mi_malloc_aligned(size_bytes, alignment_bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void MimallocResource::do_deallocate(void* block, std::size_t /*size_bytes*/,
                                     std::size_t /*alignment_bytes*/) {
  mi_free(block);
}

// All instances share one heap, so any of them may free what another one handed out.
bool MimallocResource::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  return this == &other || dynamic_cast<const MimallocResource*>(&other) != nullptr;
}

std::pmr::memory_resource* mimalloc_resource() noexcept {
  // Built in place and never destroyed: containers with static lifetime may still return blocks
  // to it while the process ends.
  alignas(MimallocResource) static std::byte storage[sizeof(MimallocResource)];
  static MimallocResource* const resource = new (storage) MimallocResource();
  return resource;
}

}  // namespace margingate
