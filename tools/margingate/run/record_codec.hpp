// One entry of a record to bytes and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "run/record.hpp"

namespace margingate::run {

void encode(const Entry& entry, std::vector<std::uint8_t>& out);

// Reads one entry at `position` and moves it behind; nullopt, with `position` where the trouble
// is, when the bytes are no entry.
std::optional<Entry> decode(std::span<const std::uint8_t> bytes, std::size_t& position);

}  // namespace margingate::run
