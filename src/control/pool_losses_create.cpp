// The memory of pooled losses, taken once.
#include <algorithm>

#include "margin/scan_pool.hpp"

namespace margingate::margin {

PoolLosses::PoolLosses(const AccountTerms& terms, const std::vector<std::size_t>& lane_counts,
                       MarginScope margin)
    : terms_(terms), margin_(margin) {
  std::size_t words = 0;
  std::size_t longest = 0;
  for (std::size_t u = 0; u < lane_counts.size(); ++u) {
    if (terms.pool_of_unit[u] == no_pool) continue;
    words += 2 * lane_counts[u];
    longest = std::max(longest, lane_counts[u]);
  }
  if (words == 0) return;
  storage_.resize(words + sums_count * longest + 8);
  const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
  auto* next = reinterpret_cast<std::int64_t*>((address + 63) / 64 * 64);
  for (std::size_t u = 0; u < lane_counts.size(); ++u) {
    if (terms.pool_of_unit[u] == no_pool) continue;
    upper_[u] = next;
    lower_[u] = next + lane_counts[u];
    next += 2 * lane_counts[u];
  }
  for (std::int64_t*& sums : sums_) sums = next, next += longest;
}

}  // namespace margingate::margin
