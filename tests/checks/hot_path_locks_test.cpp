// The order path takes no lock: every lock of this process is counted while armed, over a million
// mixed events that reach every Reason. Nothing here means anything under a sanitizer, which
// replaces the locks itself.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore.h>

#include <cstdint>
#include <mutex>
#include <shared_mutex>

#include "support/guarded_batches.hpp"
#include "support/sanitizers.hpp"

#define MARGINGATE_GUARDED (!MARGINGATE_SANITIZED)

namespace {

constinit volatile bool armed = false;
constinit volatile std::uint64_t locks = 0;

#if MARGINGATE_GUARDED
void count() {
  if (armed) locks = locks + 1;
}

// The next definition of the same name: glibc's.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#endif

}  // namespace

#if MARGINGATE_GUARDED
// Each counts and passes on to the C library.
#define MARGINGATE_COUNTED(NAME, TYPE)                 \
  int NAME(TYPE* lock) noexcept {                      \
    count();                                           \
    static auto* const real = next<int(TYPE*)>(#NAME); \
    return real(lock);                                 \
  }

extern "C" {
MARGINGATE_COUNTED(pthread_mutex_lock, pthread_mutex_t)
MARGINGATE_COUNTED(pthread_mutex_trylock, pthread_mutex_t)
MARGINGATE_COUNTED(pthread_rwlock_rdlock, pthread_rwlock_t)
MARGINGATE_COUNTED(pthread_rwlock_wrlock, pthread_rwlock_t)
MARGINGATE_COUNTED(pthread_rwlock_tryrdlock, pthread_rwlock_t)
MARGINGATE_COUNTED(pthread_rwlock_trywrlock, pthread_rwlock_t)
// Their types are not of the pattern above.
int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  count();
  static auto* const real = next<int(pthread_spinlock_t*)>("pthread_spin_lock");
  return real(lock);
}
int sem_wait(sem_t* semaphore) {
  count();
  static auto* const real = next<int(sem_t*)>("sem_wait");
  return real(semaphore);
}
}
#endif

namespace margingate::testing {
namespace {

class HotPathLocks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!MARGINGATE_GUARDED) GTEST_SKIP() << "a sanitizer has locks of its own";
  }
};

TEST_F(HotPathLocks, CountsLocksOfEveryKind) {
  std::mutex mutex;
  std::shared_mutex shared;
  pthread_spinlock_t spin;
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  sem_t semaphore;
  sem_init(&semaphore, 0, 1);
  const std::uint64_t start = locks;
  armed = true;
  mutex.lock();
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
  shared.lock();
  shared.unlock();
  shared.lock_shared();
  shared.unlock_shared();
  pthread_spin_lock(&spin);
  pthread_spin_unlock(&spin);
  sem_wait(&semaphore);
  armed = false;
  EXPECT_EQ(locks - start, 6u);
}

TEST_F(HotPathLocks, TakesNoLock) {
  RejectScenes scenes;
  const std::uint64_t start = locks;
  run_guarded_batches(scenes, [](const auto& batch) {
    armed = true;
    batch();
    armed = false;
  });
  EXPECT_EQ(locks - start, 0u);
}

}  // namespace
}  // namespace margingate::testing
