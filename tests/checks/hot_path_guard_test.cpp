// What the order path never does, watched from outside: allocate, call the system, touch new pages.
// A million mixed events reach every Reason while the guards watch. Nothing here means anything
// under a sanitizer.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "support/guarded_batches.hpp"
#include "support/sanitizers.hpp"

#define MARGINGATE_GUARDED (!MARGINGATE_SANITIZED)

namespace {

// Every way to get or give back memory in this process counts while armed. Volatile, because
// compilers know that malloc changes no variable of theirs.
constinit volatile bool armed = false;
constinit volatile std::uint64_t memory_calls = 0;

#if MARGINGATE_GUARDED
void* counted(void* memory) {
  if (armed) memory_calls = memory_calls + 1;
  return memory;
}
void* required(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
#endif

}  // namespace

#if MARGINGATE_GUARDED
// glibc's own, under the names that remain when malloc is replaced.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* memory, std::size_t size);            // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT
void __libc_free(void* memory);                                  // NOLINT

void* malloc(std::size_t size) { return counted(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return counted(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) { return counted(__libc_realloc(memory, size)); }
void* memalign(std::size_t alignment, std::size_t size) {
  return counted(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
  static_cast<void>(counted(memory));
  __libc_free(memory);
}
}

void* operator new(std::size_t size) { return required(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return required(memalign(static_cast<std::size_t>(alignment), size));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace margingate::testing {
namespace {

class HotPathGuard : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!MARGINGATE_GUARDED) GTEST_SKIP() << "a sanitizer allocates and calls the system itself";
  }
};

// Volatile again: what nobody looks at need not be allocated.
TEST_F(HotPathGuard, CountsAllocationsOfEveryKind) {
  const std::uint64_t start = memory_calls;
  armed = true;
  int* volatile number = new int;
  delete number;
  void* volatile block = std::malloc(10);
  block = std::realloc(block, 20);
  std::free(block);
  struct alignas(128) Wide {
    char bytes[128];
  };
  Wide* volatile wide = new Wide;
  delete wide;
  armed = false;
  EXPECT_EQ(memory_calls - start, 7u);
}

TEST_F(HotPathGuard, AllocatesNothing) {
  RejectScenes scenes;
  memory_calls = 0;
  run_guarded_batches(scenes, [](const auto& batch) {
    armed = true;
    batch();
    armed = false;
  });
  EXPECT_EQ(memory_calls, 0u);
}

long minor_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

TEST_F(HotPathGuard, TouchesNoNewPage) {
  RejectScenes scenes;
  // Code pages come in when they are locked, or where that is not allowed, as they are first used.
  const int warm_batches = mlockall(MCL_CURRENT) == 0 ? 1 : 20;
  scenes.run(warm_batches * events_per_batch);
  long faults = 0;
  run_guarded_batches(scenes, [&](const auto& batch) {
    const long before = minor_faults();
    batch();
    faults += minor_faults() - before;
  });
  EXPECT_EQ(faults, 0);
  munlockall();
}

// From here on every system call but the last kills the process.
bool forbid_system_calls() {
  std::array<sock_filter, 6> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog program{filter.size(), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

constexpr int no_filter = 77;

// Status of a child that runs the body without system calls and exits with its result.
template <class Body>
int status_without_system_calls(const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (!forbid_system_calls()) _exit(no_filter);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST_F(HotPathGuard, KillsWhatCallsTheSystem) {
  const int status = status_without_system_calls([] { return getppid() == 0 ? 1 : 0; });
  if (WIFEXITED(status) && WEXITSTATUS(status) == no_filter) GTEST_SKIP() << "no seccomp here";
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
  const int allowed = status_without_system_calls([] { return 42; });
  ASSERT_TRUE(WIFEXITED(allowed));
  EXPECT_EQ(WEXITSTATUS(allowed), 42);
}

// The background may call the system and the order path may not, so every batch runs twice: in a
// child without system calls, then here, where it takes the state on to the next.
TEST_F(HotPathGuard, MakesNoSystemCall) {
  RejectScenes scenes;
  run_guarded_batches(scenes, [](const auto& batch) {
    const int status = status_without_system_calls([&] { return batch(), 0; });
    if (WIFEXITED(status) && WEXITSTATUS(status) == no_filter) GTEST_SKIP() << "no seccomp here";
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    ASSERT_EQ(WEXITSTATUS(status), 0);
    batch();
  });
}

}  // namespace
}  // namespace margingate::testing
