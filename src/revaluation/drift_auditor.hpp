// Compares the gate's running state with a full recomputation, account by account, for ever.
//
// Shape    asks for one account's totals at a time; the answers come among the gate's events.
// Units    money units.
// Sign     as in drift_report.hpp.
// Range    GateLimits.
// Errors   what cannot be compared any more is counted and asked for again in the next cycle.
// Threads  the revaluer's thread only.
// Cost     per answer the account's legs; per verdict its legs repriced at the live spot.
// Source   docs/threading.md, "Audits".
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "gate/gate_shared.hpp"
#include "margin/row_builder.hpp"
#include "margin/scan_pool.hpp"
#include "margingate/drift_report.hpp"
#include "revaluation/account_mirror.hpp"

namespace margingate {

class DriftAuditor {
 public:
  using OnDrift = std::function<void(const DriftAlarm&)>;

  DriftAuditor(GateShared& shared, const AccountMirror& mirror, std::uint32_t events_per_audit);

  // Asks the gate for as many accounts as it has told events for; one when it is quiet.
  void ask(std::uint64_t events) noexcept;
  // True when the event is an answer. The mirror must hold every event before it.
  bool take(const GateEvent& event, const OnDrift& on_drift) noexcept;
  [[nodiscard]] const DriftReport& report() const noexcept { return report_; }

 private:
  [[nodiscard]] bool next_account(std::uint32_t& account) noexcept;
  [[nodiscard]] bool is_comparable(const GateEvent& event) const noexcept;
  void check_totals(const GateEvent& event, const OnDrift& on_drift) noexcept;
  void compare_unit(const GateEvent& event, std::uint32_t unit, DriftAlarm& alarm) noexcept;
  void check_verdict(const GateEvent& event, const OnDrift& on_drift) noexcept;
  void sum_at_table(std::uint32_t account, const RiskTable& table) noexcept;
  [[nodiscard]] margin::UnitInterval unit_at_spot(std::uint32_t account, const RiskTable& table,
                                                  std::uint32_t unit) noexcept;
  [[nodiscard]] margin::AccountInterval account_at_spot(std::uint32_t account,
                                                        const RiskTable& table) noexcept;
  bool outside(const GateEvent& event, DriftAlarm& alarm, std::int64_t lowest, std::int64_t highest,
               std::int64_t exact, const OnDrift& on_drift) noexcept;

  GateShared& shared_;
  const GateTerms& terms_;
  const AccountMirror& mirror_;
  std::uint64_t events_per_audit_;
  std::uint64_t credit_ = 0;  // events told for which nothing was asked yet
  std::uint32_t cursor_ = 0;  // account whose turn is next
  std::vector<std::uint32_t> free_buffers_;
  std::vector<std::int64_t> sums_;
  std::vector<std::int32_t> lanes_;
  std::vector<std::int64_t> deductibles_;
  margin::PoolLosses pool_losses_;
  margin::RowScratch row_scratch_;
  margin::RiskRow row_;
  margin::RowCharges charges_;
  std::vector<std::int32_t> derived_lanes_ = std::vector<std::int32_t>(3 * scenario::lanes_max);
  margin::RiskRow derived_row_;
  margin::RowCharges derived_charges_;
  DriftReport report_;
};

}  // namespace margingate
