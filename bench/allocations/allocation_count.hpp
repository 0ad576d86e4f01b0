// How often this program asked for memory or gave it back, in every way that C++ has.
//
// Shape    one count; operator new and delete are replaced in a program that links this.
// Units    calls.
// Sign     non-negative.
// Range    none.
// Errors   none.
// Threads  one.
// Cost     an increment per call.
// Source   none. tests/checks/hot_path_guard_test.cpp counts malloc as well.
#pragma once

#include <cstdint>

namespace margingate::bench {

[[nodiscard]] std::uint64_t allocation_count() noexcept;

}  // namespace margingate::bench
