// What the controls are built from, resolved once: scopes in one numbering, chains, limits.
//
// Shape    scopes: accounts first, then desks, firms, clearing members, the gate last.
// Units    as in ScopeLimits; off is INT64_MAX.
// Sign     positive.
// Range    validated by Gate::create.
// Errors   none after creation.
// Threads  immutable.
// Cost     built once.
// Source   docs/decisions/0040-controls-beside-margin.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "margingate/controls.hpp"

namespace margingate::limits {

inline constexpr std::int64_t off = INT64_MAX;
inline constexpr std::size_t levels_count = 5;

// Everything an order of one account is held against, innermost first.
struct Chain {
  std::uint32_t count = 0;
  std::array<std::uint32_t, levels_count> scopes{};
};

struct LimitValues {
  std::array<std::int64_t, controls_count> limit;     // off: INT64_MAX
  std::array<std::int64_t, controls_count> hard_cap;  // of an override; off: INT64_MAX
};

struct InstrumentLimits {
  std::int64_t order_quantity = off;
  std::int64_t position = off;
  std::int64_t open_interest = off;
  std::int64_t price_low = 0;
  std::int64_t price_high = off;
  std::int64_t moving_band_ppm = off;
};

// What one lot of a combo or quote group may trade in one contract.
struct DerivedPart {
  std::uint32_t instrument = 0;
  std::int64_t ratio = 1;  // lots bought with one lot of it; of a group's member one, either way
};

struct DerivedTerms {
  std::uint32_t first = 0;  // into ControlTerms::parts
  std::uint32_t count = 0;
  std::int64_t lots = 1;  // contracts of one lot, of all legs together
  bool is_either_way = false;
};

struct ControlTerms {
  std::uint32_t accounts = 0;
  std::uint32_t instruments = 0;
  std::uint32_t units = 0;
  std::uint32_t orders_max = 0;
  std::uint32_t legs_max = 0;
  std::array<std::uint32_t, levels_count + 1> first_scope{};  // by level; the last: count
  std::vector<Chain> chains;                                  // by account
  std::vector<std::uint32_t> profile;                         // by scope, into profiles
  std::vector<LimitValues> profiles;
  std::vector<InstrumentLimits> instrument_limits;  // by instrument
  std::vector<DerivedTerms> derived;  // combos and quote groups, from instrument `instruments` on
  std::vector<DerivedPart> parts;
  std::int64_t message_period = 0;
  std::int64_t duplicate_period = 0;
  std::int64_t execution_period = 0;
  std::int64_t reference_age_max = 0;
  SelfMatch self_match = SelfMatch::off;
  ControlLevel self_match_level = ControlLevel::account;
  // What is kept at all: a control that is off at every scope costs nothing.
  bool tracks_duplicates = false;
  bool tracks_positions = false;  // of scopes above the account
  bool tracks_legs = false;       // what combos and protections may add to an account's legs
  bool tracks_greeks = false;
  bool tracks_margin = false;  // initial margin or daily loss

  [[nodiscard]] std::uint32_t scope_count() const noexcept { return first_scope[levels_count]; }
  [[nodiscard]] std::uint32_t groups() const noexcept { return scope_count() - accounts; }
  [[nodiscard]] const LimitValues& values(std::uint32_t scope) const noexcept {
    return profiles[profile[scope]];
  }
  [[nodiscard]] bool is_derived(std::uint32_t instrument) const noexcept {
    return instrument >= instruments;
  }
  [[nodiscard]] const DerivedTerms& derivation(std::uint32_t instrument) const noexcept {
    return derived[instrument - instruments];
  }
  // Number of a scope, or scope_count() when there is none of that name.
  [[nodiscard]] std::uint32_t find(ControlScope scope) const noexcept {
    const auto level = static_cast<std::size_t>(scope.level);
    if (level >= levels_count) return scope_count();
    const std::uint32_t count = first_scope[level + 1] - first_scope[level];
    return scope.id < count ? first_scope[level] + scope.id : scope_count();
  }
  [[nodiscard]] ControlScope name(std::uint32_t scope) const noexcept {
    std::size_t level = 0;
    while (scope >= first_scope[level + 1]) ++level;
    return {static_cast<ControlLevel>(level), scope - first_scope[level]};
  }
};

}  // namespace margingate::limits
