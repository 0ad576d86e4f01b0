// Which of two kinds of legs to pair, and by how much, so that most is saved.
//
// Shape    `left` and `right` hold units to be paired; an edge says what a pair of units saves.
// Units    units of the underlying; savings in the caller's integer money per unit.
// Sign     units and savings non-negative.
// Range    units and total savings within 2^62; an edge's ends are indices of left and right.
// Errors   none.
// Threads  pure.
// Cost     cold: one search over all edges per pair that is made or remade.
// Source   Successive shortest paths (Busacker and Gowen, 1960). What is saved is the most that any
//          pairing saves, because the graph has two sides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace margingate::strategies {

struct PairingEdge {
  std::size_t left = 0;
  std::size_t right = 0;
  std::int64_t saving = 0;
};

// Units paired by each edge.
[[nodiscard]] std::vector<std::int64_t> cheapest_pairing(std::span<const std::int64_t> left,
                                                         std::span<const std::int64_t> right,
                                                         std::span<const PairingEdge> edges);

}  // namespace margingate::strategies
