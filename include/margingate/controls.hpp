// Controls beside margin: what a gate may be told to refuse whatever the account's margin is.
//
// Shape    a tree of scopes: account, desk, firm, clearing member, gate; the same limits at each.
// Units    lots, gate money units, counts; bands in parts per million; Greek limits as in
//          docs/methodology.md MR-40.
// Sign     limits positive; exposures are compared at the worst fill of the working orders.
// Range    Gate::create refuses a limit that is not set, or that can never bind.
// Errors   each control has its own Reason, 500 to 599; ControlFinding has scope and amounts.
// Threads  values; configuration is immutable once a gate is built, changed by control events only.
// Cost     a gate without controls pays one branch; limits_bench has each control on and off.
// Source   docs/controls.md maps each control to the rules that ask for it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "margingate/ids.hpp"
#include "margingate/order.hpp"
#include "margingate/units.hpp"
#include "margingate/verdict.hpp"

namespace margingate {

// A limit is a decision somebody made: it has a value, or it is off by name. Left alone it is
// neither, and no gate starts with it. An override may raise it to its hard cap, never further.
class Limit {
 public:
  constexpr Limit() noexcept = default;
  static constexpr Limit at(std::int64_t value) noexcept { return {value, value, State::set}; }
  static constexpr Limit off() noexcept { return {0, 0, State::off}; }
  [[nodiscard]] constexpr Limit with_hard_cap(std::int64_t cap) const noexcept {
    return {value_, cap, state_};
  }
  [[nodiscard]] constexpr bool is_set() const noexcept { return state_ == State::set; }
  [[nodiscard]] constexpr bool is_off() const noexcept { return state_ == State::off; }
  [[nodiscard]] constexpr std::int64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr std::int64_t hard_cap() const noexcept { return hard_cap_; }

 private:
  enum class State : std::uint8_t { missing, set, off };
  constexpr Limit(std::int64_t value, std::int64_t cap, State state) noexcept
      : value_(value), hard_cap_(cap), state_(state) {}
  std::int64_t value_ = 0;
  std::int64_t hard_cap_ = 0;
  State state_ = State::missing;
};

// The limits of one scope. A scope's exposure is that of all accounts below it, working orders
// at their worst; of each order only the message, not its outcome, counts towards `messages`.
struct ScopeLimits {
  Limit order_quantity;       // lots of one order
  Limit order_notional;       // price x quantity of one order, in money
  Limit messages;             // new orders and replaces per ControlsConfig::message_period
  Limit duplicate_orders;     // identical new orders per duplicate_period, 1 .. 8
  Limit repeated_executions;  // fills of one instrument and side in a row, each within
                              // execution_period of the last; then suspended until resumed
  Limit open_orders;          // working at once
  Limit open_order_value;     // sum of their notional
  Limit position;             // lots of any one instrument, net, either way
  Limit open_interest;        // lots of any one instrument, sum over accounts of the larger way
  Limit delta;                // of any one risk unit, net, either way
  Limit gamma;
  Limit vega;
  Limit initial_margin;  // credit: sum of the accounts' requirements as last measured
  Limit daily_loss;      // equity lost since the trading day started, cash movements left out

  static constexpr ScopeLimits all_off() noexcept {
    constexpr Limit o = Limit::off();
    return {o, o, o, o, o, o, o, o, o, o, o, o, o, o};
  }
};

inline constexpr std::size_t controls_count = 14;
// Name of a control, as in ScopeLimits, e.g. "order_quantity".
std::string_view to_string(Control control) noexcept;
std::string_view to_string(ControlLevel level) noexcept;

inline constexpr std::uint32_t no_parent = UINT32_MAX;

struct PartyControls {
  std::uint32_t parent = no_parent;  // desk: a firm; firm: a clearing member
  ScopeLimits limits;
};

struct AccountControls {
  AccountId account;
  std::uint32_t desk = no_parent;
  ScopeLimits limits;
};

// Of one instrument, for every account.
struct InstrumentControls {
  Limit order_quantity;  // lots
  Limit position;        // lots of one account
  Limit open_interest;   // lots over the whole gate
  Limit price_low;       // static collar, prices
  Limit price_high;
  Limit moving_band_ppm;  // |price - reference| / reference; needs a ReferencePrice

  static constexpr InstrumentControls all_off() noexcept {
    constexpr Limit o = Limit::off();
    return {o, o, o, o, o, o};
  }
};

enum class SelfMatch : std::uint8_t {
  off,
  signal,  // accepted; ControlFinding::self_match names the own order it would meet
  refuse,
};

struct ControlsConfig {
  ScopeLimits gate;                             // over everything
  std::vector<PartyControls> clearing_members;  // by id
  std::vector<PartyControls> firms;             // by id
  std::vector<PartyControls> desks;             // by id
  ScopeLimits account;                          // of every account not named in `accounts`
  std::vector<AccountControls> accounts;        // each at most once
  std::vector<InstrumentControls> instruments;  // by InstrumentId; empty: none has any
  Duration message_period = seconds(1);
  Duration duplicate_period = seconds(1);
  Duration execution_period = seconds(1);
  Duration reference_age_max = seconds(60);
  SelfMatch self_match = SelfMatch::off;
  ControlLevel self_match_level = ControlLevel::account;  // whose orders count as one's own
};

// Why a control refused, or what it saw. Of the last order call on a gate with controls.
struct ControlFinding {
  Reason reason = Reason::accepted;
  ControlScope scope;
  std::int64_t limit = 0;
  std::int64_t before = 0;  // exposure without the order
  std::int64_t after = 0;   // and with it, saturated to 64 bits
  WorkingOrderHandle self_match;
};

// One scope as it stands.
struct ScopeStatus {
  bool is_killed = false;
  bool is_suspended = false;                               // by repeated_executions
  std::array<std::int64_t, controls_count> limits{};       // effective; INT64_MAX: off
  std::array<Timestamp, controls_count> override_until{};  // zero: none
  std::int64_t open_orders = 0;
  Money open_order_value;
  Money initial_margin;
  Money equity;
  Money daily_loss;  // negative: a gain
};

}  // namespace margingate
