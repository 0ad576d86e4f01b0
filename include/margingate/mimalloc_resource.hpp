// Memory resource backed by mimalloc, for a gate whose memory should come from there.
//
// Separate component: find_package(margingate COMPONENTS mimalloc), target margingate::mimalloc.
// Linking it links mimalloc, and the shared mimalloc that Debian ships replaces malloc and
// operator new in the whole process. That is the host's decision, so the core never links it.
//
// Shape    stateless; every instance hands out and takes back the same process-wide heap.
// Units    bytes.
// Sign     none.
// Range    alignment is a power of two.
// Errors   std::bad_alloc when mimalloc has no memory.
// Threads  any; a block may be returned by another thread than the one that took it.
// Cost     one virtual call and mi_malloc_aligned or mi_free; for building, not for the order path.
// Source   mimalloc 2.0 manual, aligned allocation.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace margingate {

class MimallocResource final : public std::pmr::memory_resource {
 private:
  void* do_allocate(std::size_t size_bytes, std::size_t alignment_bytes) override;
  void do_deallocate(void* block, std::size_t size_bytes, std::size_t alignment_bytes) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;
};

// The process-wide instance: never null, never destroyed, so it outlives every static object.
[[nodiscard]] std::pmr::memory_resource* mimalloc_resource() noexcept;

}  // namespace margingate
