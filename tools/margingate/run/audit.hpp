// Recomputes decisions from scratch and compares: verdict class, margins and open loss.
//
// Before each decision the visible state of the account is copied out of the gate; after it the
// reference decides on that copy, at the table the verdict names and the live spots.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margingate/gate.hpp"
#include "reference/reference_account.hpp"
#include "reference/reference_controls.hpp"
#include "reference/reference_decision.hpp"
#include "reference/reference_market.hpp"
#include "reference/reference_move.hpp"
#include "run/record.hpp"
#include "run/session.hpp"
#include "run/universe.hpp"

namespace margingate::run {

class Audit {
 public:
  Audit(const Universe& universe, const Session& session);

  void table(std::uint32_t gate, const PublishedTable& table);
  void spot(std::uint32_t gate, const SpotTick& tick);
  // Whatever was accepted and decided nothing, for the controls.
  void event(std::uint32_t gate, const Action& action);

  void before(std::uint32_t gate, const OrderIntent& intent);
  void before(std::uint32_t gate, const ReplaceIntent& intent);
  // False at the first mismatch, which mismatch() then describes.
  bool after(const Verdict& verdict);

  // A change of an account that no order announced: `before` is the account without it. False at
  // the first mismatch.
  using ChangeOf =
      std::function<reference::ReferenceChange(const reference::ReferenceMarket& market)>;
  bool after_change(std::uint32_t gate, std::string_view what,
                    const reference::ReferenceAccount& before, const ChangeOf& change_of,
                    const Verdict& verdict);

  // An account that moved to another gate, or was refused there. False at the first mismatch.
  bool after_move(std::uint32_t from, std::uint32_t to, AccountId account,
                  const reference::MovedBooks& before, const AccountMove& move);

  // An execution report, whatever became of it.
  void report(std::uint32_t gate, const Execution& execution, Reason reason);
  // A call that is no order, by the reference of the controls. False at the first mismatch.
  using ControlsJudge = std::function<std::string(reference::ReferenceControls&, Gate&)>;
  bool controls_judged(std::uint32_t gate, std::string_view what,
                       const ControlsJudge& difference_of);

  [[nodiscard]] std::uint64_t decisions() const noexcept { return decisions_; }
  // Decisions made before margin was looked at: there is nothing to compare but the refusal.
  [[nodiscard]] std::uint64_t without_margin() const noexcept { return without_margin_; }
  [[nodiscard]] const std::string& mismatch() const noexcept { return mismatch_; }

 private:
  struct GateView {
    std::deque<PublishedTable> tables;
    std::vector<Price> live_spots;
    std::unique_ptr<reference::ReferenceControls> controls;  // null: the gate has none
  };

  bool margin_agrees(const Verdict& verdict);
  bool controls_agree(const Verdict& verdict);

  void copy_account(std::uint32_t gate, AccountId account);
  [[nodiscard]] const PublishedTable* table_of(std::uint32_t gate, Epoch epoch) const;
  [[nodiscard]] reference::ReferenceMarket market_of(const PublishedTable& table) const;
  [[nodiscard]] reference::ReferenceMarket market_of(std::uint32_t gate,
                                                     const PublishedTable& table) const;
  [[nodiscard]] reference::ReferenceDecision decide(const reference::ReferenceMarket& market) const;
  bool fail(std::string_view what, const Verdict& verdict,
            const reference::ReferenceDecision& exact);

  const Universe* universe_;
  const Session* session_;
  std::vector<GateView> views_;
  std::uint32_t gate_ = 0;
  OrderIntent intent_;
  std::optional<WorkingOrderHandle> replaced_order_;
  // The working order that a replace takes away before its successor is judged.
  std::optional<Gate::WorkingOrder> replaced_;
  bool is_known_ = true;  // a replace may name an order that has ended
  reference::ReferenceAccount account_;
  std::uint64_t decisions_ = 0;
  std::uint64_t without_margin_ = 0;
  std::string mismatch_;
};

}  // namespace margingate::run
