// What words that two threads share are made of. Tests put a header of the same name before this
// one, whose words let a scheduler decide who goes on.
#pragma once

#include <atomic>

namespace margingate::sync {

template <class T>
using SharedWord = std::atomic<T>;

}  // namespace margingate::sync
