// One number for all decisions of a run: XXH64 over (sequence, reason, account, contract) of each.
#pragma once

#include <xxhash.h>

#include <array>
#include <cstdint>

#include "margingate/verdict.hpp"

namespace margingate::run {

class VerdictHash {
 public:
  void add(Reason reason, std::uint32_t account, std::uint32_t contract) noexcept {
    const std::array<std::uint64_t, 3> words = {
        ++sequence_, static_cast<std::uint64_t>(reason),
        (static_cast<std::uint64_t>(account) << 32) | contract};
    state_ = XXH64(words.data(), sizeof words, state_);
  }
  [[nodiscard]] std::uint64_t digest() const noexcept { return state_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return sequence_; }

 private:
  // Each decision is hashed with the digest so far as the seed, so that order matters and a
  // running value can be shown at any point.
  std::uint64_t state_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace margingate::run
