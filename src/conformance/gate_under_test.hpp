// What a gate must offer to be run through the conformance pack: implement it for another gate.
//
// Shape    one object per case; accounts 0 .. 7 are called A .. H, instruments as World says.
// Units    money and prices in cents; quantities in lots; times in nanoseconds from the start.
// Sign     quantities of positions signed, long positive; everything else as named.
// Range    small numbers throughout.
// Errors   every call answers with the name of a reason; "accepted" when nothing was refused.
// Threads  one.
// Cost     none that matters.
// Source   conformance/README.md describes the world and the steps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace margingate::conformance {

struct ScopeName {
  std::string level = "gate";  // account, desk, firm, clearing_member, gate
  std::uint32_t id = 0;
  friend bool operator==(const ScopeName&, const ScopeName&) = default;
};

struct LimitSetting {
  ScopeName scope;
  std::string control;
  std::int64_t value = 0;
  std::int64_t hard_cap = 0;  // 0: the value itself
};

struct InstrumentLimit {
  std::string instrument;
  std::string control;
  std::int64_t value = 0;
};

struct ListedCombo {
  std::string name;
  std::vector<std::pair<std::string, std::int64_t>> legs;  // instrument, ratio
};

struct ListedGroup {
  std::string name;
  std::vector<std::string> members;
};

// What a case asks for before trading starts.
struct World {
  std::vector<LimitSetting> limits;
  std::vector<InstrumentLimit> instrument_limits;
  std::map<std::uint32_t, std::uint32_t> desk_of;    // account to desk
  std::map<std::uint32_t, std::uint32_t> firm_of;    // desk to firm
  std::map<std::uint32_t, std::uint32_t> member_of;  // firm to clearing member
  std::vector<ListedCombo> combos;
  std::vector<ListedGroup> groups;
  std::map<std::string, std::int64_t> settings;  // e.g. "working_orders_max"
  std::set<std::string> unquoted;                // instruments without a mark
  std::set<std::string> without_volatility;
  std::set<std::string> unset_limits;  // "gate position": left as it is by default
  std::string self_match = "off";
  std::string self_match_level = "account";
  bool has_controls = false;
  bool has_table = true;
};

struct OrderTerms {
  std::uint32_t account = 0;
  std::string instrument;
  bool is_buy = true;
  std::int64_t lots = 0;
  std::int64_t price = 0;
  std::set<std::string> flags;  // reduce-only, post-only, immediate, market; id=7 names it
};

// Bids and asks of one account in one call; each replaces the account's last one of its side.
struct QuoteTerms {
  struct Side {
    std::int64_t lots = 0;  // 0: none
    std::int64_t price = 0;
  };
  struct Quote {
    std::string instrument;
    Side bid;
    Side ask;
  };
  std::uint32_t account = 0;
  bool together = true;
  std::vector<Quote> quotes;
};

struct ReportTerms {
  std::uint64_t id = 0;
  std::uint32_t number = 0;
  std::uint32_t account = 0;
  bool is_buy = true;
  std::int64_t lots = 0;
  std::string instrument;
  std::int64_t price = 0;
};

struct Answer {
  std::string reason;
  std::int64_t required = 0;   // initial margin with the order
  std::int64_t available = 0;  // equity with the order
};

class GateUnderTest {
 public:
  GateUnderTest() = default;
  GateUnderTest(const GateUnderTest&) = delete;
  GateUnderTest& operator=(const GateUnderTest&) = delete;
  virtual ~GateUnderTest() = default;

  // The issues that keep the gate from starting, one a line; empty when it runs.
  virtual std::string start(const World& world) = 0;

  // Orders are known by the name the case gives them.
  virtual Answer order(const std::string& name, const OrderTerms& terms) = 0;
  virtual Answer check(const OrderTerms& terms) = 0;
  virtual Answer replace(const std::string& name, std::int64_t lots, std::int64_t price) = 0;
  virtual std::string cancel(const std::string& name) = 0;
  virtual std::string fill(const std::string& name, std::int64_t lots, std::int64_t price) = 0;
  virtual std::string transfer(std::uint32_t account, const std::string& instrument,
                               std::int64_t lots, std::int64_t price) = 0;
  virtual std::string deposit(std::uint32_t account, const std::string& asset,
                              std::int64_t amount) = 0;
  virtual std::string hold(std::uint32_t account, std::int64_t amount) = 0;
  virtual std::string tick(const std::string& coin, std::int64_t price) = 0;
  virtual std::string revalue() = 0;
  virtual void pass(std::int64_t nanoseconds) = 0;

  virtual std::string kill(const ScopeName& scope, bool engage, const std::string& authority,
                           bool is_signed) = 0;
  virtual std::string resume(const ScopeName& scope, const std::string& authority) = 0;
  virtual std::string override_limit(const ScopeName& scope, const std::string& control,
                                     std::int64_t value, std::int64_t nanoseconds,
                                     const std::string& authority, bool is_signed) = 0;
  virtual std::string reference_price(const std::string& instrument, std::int64_t price) = 0;
  virtual std::string start_day() = 0;

  // The life of an order beside a single one. A gate that has none of it leaves these alone, and
  // the cases that ask for them fail.
  using Prices = std::vector<std::int64_t>;
  virtual std::string fill_combo(const std::string& /*name*/, std::int64_t /*lots*/,
                                 const Prices& /*by_leg*/) {
    return missing;
  }
  // The batch's reason when decided together, one for each quote otherwise.
  virtual std::vector<std::string> quote(const QuoteTerms& /*terms*/) { return {missing}; }
  virtual std::string show(const std::string& /*protection*/, const std::string& /*instrument*/,
                           bool /*is_bid*/, std::int64_t /*price*/) {
    return missing;
  }
  virtual std::string fill_protected(const std::string& /*protection*/,
                                     const std::string& /*instrument*/, bool /*is_buy*/,
                                     std::int64_t /*lots*/, std::int64_t /*price*/) {
    return missing;
  }
  virtual std::string report(const ReportTerms& /*report*/) { return missing; }
  virtual std::string resolve(bool /*did_happen*/) { return missing; }
  virtual std::string cancel_all(std::uint32_t /*account*/) { return missing; }
  virtual std::string trade(std::uint32_t /*buyer*/, std::uint32_t /*seller*/,
                            const std::string& /*instrument*/, std::int64_t /*lots*/,
                            std::int64_t /*price*/) {
    return missing;
  }
  virtual std::string withdraw(std::uint32_t /*account*/, std::int64_t /*amount*/) {
    return missing;
  }
  virtual std::string give(std::uint32_t /*from*/, std::uint32_t /*to*/, std::int64_t /*amount*/) {
    return missing;
  }
  virtual std::string exercise(std::uint32_t /*account*/, const std::string& /*option*/,
                               std::int64_t /*lots*/, const std::string& /*delivery*/,
                               std::int64_t /*delivered*/, std::int64_t /*strike*/) {
    return missing;
  }
  virtual std::string settle(const std::string& /*instrument*/, std::int64_t /*price*/) {
    return missing;
  }

  // What stands now; names as in conformance/README.md, e.g. "requirement", "position PERP".
  virtual std::int64_t account_amount(std::uint32_t account, const std::string& what) = 0;
  virtual std::int64_t scope_amount(const ScopeName& scope, const std::string& what) = 0;
  virtual std::int64_t order_amount(const std::string& name, const std::string& what) = 0;
  virtual std::string finding(const std::string& what) = 0;

 protected:
  static constexpr const char* missing = "this gate has no such call";
};

// The gate of this library.
[[nodiscard]] std::unique_ptr<GateUnderTest> make_margingate();

}  // namespace margingate::conformance
