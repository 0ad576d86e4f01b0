#include "strategies/cheapest_pairing.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace margingate::strategies {
namespace {

// Nodes: left ones, then right ones.
class Pairing {
 public:
  Pairing(std::span<const std::int64_t> left, std::span<const std::int64_t> right,
          std::span<const PairingEdge> edges)
      : edges_(edges),
        left_count_(left.size()),
        free_(left.begin(), left.end()),
        paired_(edges.size()) {
    free_.insert(free_.end(), right.begin(), right.end());
  }

  // One more pair, perhaps at the cost of remaking others. False when none would save anything.
  bool extend() {
    find_best_paths();
    std::optional<std::size_t> end;
    for (std::size_t node = left_count_; node < free_.size(); ++node) {
      if (free_[node] == 0 || best_[node] <= 0) continue;
      if (!end || best_[node] > best_[*end]) end = node;
    }
    if (!end) return false;
    std::int64_t units = free_[*end];
    std::size_t node = *end;
    while (came_by_[node]) {
      const std::size_t edge = *came_by_[node];
      const bool is_forward = node >= left_count_;
      if (!is_forward) units = std::min(units, paired_[edge]);
      node = is_forward ? edges_[edge].left : left_count_ + edges_[edge].right;
    }
    units = std::min(units, free_[node]);
    free_[node] -= units;
    free_[*end] -= units;
    for (node = *end; came_by_[node];) {
      const std::size_t edge = *came_by_[node];
      const bool is_forward = node >= left_count_;
      paired_[edge] += is_forward ? units : -units;
      node = is_forward ? edges_[edge].left : left_count_ + edges_[edge].right;
    }
    return true;
  }

  [[nodiscard]] const std::vector<std::int64_t>& paired() const { return paired_; }

 private:
  static constexpr std::int64_t unreachable = std::numeric_limits<std::int64_t>::min();

  // Bellman and Ford: from left nodes with something left over, edges forward, pairs backward.
  void find_best_paths() {
    best_.assign(free_.size(), unreachable);
    came_by_.assign(free_.size(), std::nullopt);
    for (std::size_t node = 0; node < left_count_; ++node) {
      if (free_[node] > 0) best_[node] = 0;
    }
    const auto reach = [&](std::size_t from, std::size_t to, std::int64_t saving,
                           std::size_t edge) {
      if (best_[from] == unreachable || best_[from] + saving <= best_[to]) return false;
      best_[to] = best_[from] + saving;
      came_by_[to] = edge;
      return true;
    };
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t e = 0; e < edges_.size(); ++e) {
        const std::size_t from = edges_[e].left;
        const std::size_t to = left_count_ + edges_[e].right;
        changed |= reach(from, to, edges_[e].saving, e);
        if (paired_[e] > 0) changed |= reach(to, from, -edges_[e].saving, e);
      }
    }
  }

  std::span<const PairingEdge> edges_;
  std::size_t left_count_;
  std::vector<std::int64_t> free_;
  std::vector<std::int64_t> paired_;
  std::vector<std::int64_t> best_;
  std::vector<std::optional<std::size_t>> came_by_;
};

}  // namespace

std::vector<std::int64_t> cheapest_pairing(std::span<const std::int64_t> left,
                                           std::span<const std::int64_t> right,
                                           std::span<const PairingEdge> edges) {
  Pairing pairing(left, right, edges);
  while (pairing.extend()) {
  }
  return pairing.paired();
}

}  // namespace margingate::strategies
