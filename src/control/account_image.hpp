// An account's book as a value: as the gate holds it, or as it might be; and what it would need.
//
// Shape    legs ascending by instrument; wallets by asset.
// Units    as in margin/leg.hpp; wallets in money units of their asset.
// Sign     as in margin/leg.hpp.
// Range    GateLimits.
// Errors   statement_of answers with a Reason.
// Threads  the order thread of the gate.
// Cost     allocates. Not for the order path.
// Source   docs/methodology.md MR-12 to MR-24.
#pragma once

#include <cstdint>
#include <vector>

#include "gate/gate_impl.hpp"

namespace margingate {

struct LegImage {
  std::uint32_t instrument = 0;
  margin::LegState state;
};

struct AccountImage {
  std::vector<LegImage> legs;
  std::uint32_t unit_mask = 0;  // risk units to report, those without legs included
  margin::Wallets wallets{};
  std::int64_t open_losses = 0;
  std::int64_t holds = 0;
};

// The account as it stands; it must exist.
[[nodiscard]] AccountImage image_of(const Gate::Impl& gate, std::uint32_t account);

// The leg in this instrument, added flat if there is none.
[[nodiscard]] margin::LegState& leg_of(AccountImage& image, std::uint32_t instrument);

enum class StatementDetail : std::uint8_t {
  units,      // without positions and losses by scenario
  positions,  // everything
};

// What a book like this would need under the table in this slot, at the live spot.
[[nodiscard]] MarginStatement statement_of(Gate::Impl& gate, std::uint32_t slot,
                                           const AccountImage& image, StatementDetail detail);

}  // namespace margingate
