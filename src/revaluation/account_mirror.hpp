// The revaluer's copy of positions, working orders and cash, kept from the gate's events.
//
// Shape    legs by (account, instrument); one MirrorAccount per account.
// Units    as in gate_messages.hpp.
// Sign     as in gate_messages.hpp.
// Range    GateLimits.
// Errors   an account with a gap in its sequence is not trusted until it was sent again.
// Threads  the revaluer's thread only.
// Cost     one hash lookup per leg event.
// Source   docs/threading.md.
#pragma once

#include <cstdint>
#include <vector>

#include "gate/gate_messages.hpp"
#include "gate/gate_terms.hpp"
#include "gate/leg_table.hpp"
#include "margin/account_requirement.hpp"

namespace margingate {

struct MirrorAccount {
  std::uint64_t sequence = 0;
  std::uint32_t live_legs = 0;
  std::uint32_t unit_mask = 0;
  bool in_step = true;    // false: an event was missed
  std::int8_t band = -1;  // of its model, at the last look; -1: none
  std::int64_t open_losses = 0;
  std::int64_t holds = 0;
  margin::Wallets wallets{};
};

struct MirrorSpot {
  std::int64_t price = 0;
  Timestamp time;
};

class AccountMirror {
 public:
  explicit AccountMirror(const GateTerms& terms)
      : legs_(terms.config.limits.legs_max, terms.config.limits.accounts_max,
              std::pmr::get_default_resource()),
        accounts_(terms.config.limits.accounts_max),
        spots_(terms.config.underlyings.size()),
        terms_(terms) {}

  void apply(const GateEvent& event) noexcept;

  [[nodiscard]] std::vector<MirrorAccount>& accounts() noexcept { return accounts_; }
  [[nodiscard]] const std::vector<MirrorAccount>& accounts() const noexcept { return accounts_; }
  [[nodiscard]] const LegTable& legs() const noexcept { return legs_; }
  [[nodiscard]] const std::vector<MirrorSpot>& spots() const noexcept { return spots_; }
  [[nodiscard]] const margin::AssetPrices& asset_prices() const noexcept { return asset_prices_; }

 private:
  void set_leg(const GateEvent& event) noexcept;

  LegTable legs_;
  std::vector<MirrorAccount> accounts_;
  std::vector<MirrorSpot> spots_;
  margin::AssetPrices asset_prices_{};
  const GateTerms& terms_;
};

}  // namespace margingate
