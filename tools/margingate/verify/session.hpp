// One gate under random events, every decision compared with the whole margin from scratch.
//
// Shape    a world, its gate and revaluer, the ledger beside it; run() until enough is decided.
// Units    as in the public headers.
// Sign     as in the public headers.
// Range    one thread plays both threads' parts, so that an epoch can land between any two events.
// Errors   the first mismatch stops the session; failure() then has everything needed to repeat it.
// Threads  one.
// Cost     a reference margin per decision.
// Source   docs/verification.md.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "margingate/account_move.hpp"
#include "margingate/gate.hpp"
#include "margingate/revaluer.hpp"
#include "reference/reference_controls.hpp"
#include "reference/reference_decision.hpp"
#include "verify/bound_study.hpp"
#include "verify/failure.hpp"
#include "verify/flow.hpp"
#include "verify/ledger.hpp"
#include "verify/row_memo.hpp"
#include "verify/tally.hpp"
#include "verify/world.hpp"

namespace margingate::verify {

struct SessionOptions {
  std::uint64_t decisions = 20'000;
  std::size_t band = 0;      // index into Tally::bands, for the statistics
  bool is_at_limit = false;  // accounts near 100 % utilisation; not part of the statistics
  bool studies_bounds = false;
  VerdictFault fault;  // empty but in tests of the verification itself
};

class Session {
 public:
  Session(World world, const SessionOptions& options, const run::Random& random);

  // Adds what it saw to the tally. Returns early at a mismatch.
  void run(Tally& tally);
  [[nodiscard]] const std::optional<Failure>& failure() const noexcept { return failure_; }

 private:
  struct Question {
    OrderIntent intent;
    std::optional<BookedOrder> replaced;
    CertifiedInterval certified;
  };

  void open();
  void step(Tally& tally);
  void background();
  void adopt(std::size_t most);
  void publish();
  void run_revaluer();
  void apply(const Event& event, Tally& tally);
  void decide(const Event& event, const Question& question, Tally& tally);
  // Calls that no order announces: money and block trades.
  bool decide_change(const Event& event, Tally& tally);
  void judge_change(
      AccountId account, const reference::ReferenceAccount& before, const Verdict& verdict,
      Tally& tally,
      const std::function<reference::ReferenceChange(const reference::ReferenceMarket& market)>&
          change_of);
  void quote(const QuoteCall& call, Tally& tally);
  void quote(const QuoteCall& call, std::span<const Quote> quotes, Tally& tally);
  void show(const ProtectedQuote& quote, Tally& tally);
  void move(const MoveCall& call, Tally& tally);
  // One way; false when the session has failed.
  bool move_one_way(Gate& from, Gate& to, AccountId account, AccountMove& answer, Tally& tally);
  [[nodiscard]] std::optional<reference::ReferenceMarket> market_behind(Epoch epoch) const;
  void open_behind();
  void publish_behind();
  void agree(const std::string& difference, AccountId account, const Verdict& verdict);
  [[nodiscard]] std::string compare_scope(AccountId account) const;
  void compare_account(AccountId account, Tally& tally);
  std::string judge(const Question& question, const Verdict& verdict,
                    reference::ReferenceDecision& exact, Tally& tally);
  void observe(const Question& question, const Verdict& verdict,
               const reference::ReferenceDecision& exact, Tally& tally);
  void fail(const std::string& what, const Question& question, const Verdict& verdict);
  [[nodiscard]] reference::ReferenceAccount with_order(const Question& question) const;
  [[nodiscard]] FlowView view();
  [[nodiscard]] Price fair_price(InstrumentId instrument);
  [[nodiscard]] std::optional<FlowView::Standing> standing(AccountId account);
  [[nodiscard]] const GateConfig& config() const { return world_.setup.config; }

  World world_;
  SessionOptions options_;
  run::Random random_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  // Of the second model, where there is one: nobody stays there.
  std::unique_ptr<Gate> gate_behind_;
  std::unique_ptr<Revaluer> revaluer_behind_;
  Market surface_behind_;
  std::deque<Market> surfaces_;  // by Revaluer's count less one; addresses stay
  std::vector<PublishedTable> tables_;
  std::vector<Price> spots_;
  RowMemo memo_;
  BoundStudy study_;
  Ledger ledger_;
  Flow flow_;
  std::unique_ptr<reference::ReferenceControls> controls_;  // null: the gate has none
  std::optional<Failure> failure_;
  std::set<std::uint64_t> ids_;  // accepted; all are remembered as long as a session
  Timestamp now_;
  std::uint64_t decided_ = 0;
};

}  // namespace margingate::verify
