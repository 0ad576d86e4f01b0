// Gates in every state in which they refuse something, and one that trades: between them the order
// path gives every Reason there is. Takes no memory and makes no system call after construction, so
// that guards can run it.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <vector>

#include "support/control_scenes.hpp"
#include "support/random_flow.hpp"
#include "support/tiny_gate.hpp"

namespace margingate::testing {

class RejectScenes {
 public:
  RejectScenes();

  // This many random events, and one of the small scenes now and then.
  void run(int events);
  // Before each batch: the background takes what was told and publishes. Not guarded.
  void let_background_work();

  // Reasons seen so far, and those that only a fault gives left out.
  [[nodiscard]] std::vector<Reason> missing() const;
  [[nodiscard]] bool saw_everything() const noexcept;
  [[nodiscard]] const Counters& counters() const noexcept { return gate_->counters(); }

 private:
  void see(Reason reason) noexcept;
  void see(const Verdict& verdict) noexcept { see(verdict.reason); }
  void set_up_unpriced();
  void set_up_stale();
  void set_up_full();
  void small_scene(int number);
  void unpriced();
  void stale();
  void full();
  void odd_orders();
  void odd_executions();
  void odd_settlements();
  void odd_quotes();
  void odd_strategies();
  void cancel(Gate& gate, const Verdict& verdict);

  std::bitset<1'024> seen_;
  Universe universe_;
  RandomFlow flow_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  Timestamp now_ = universe_start;
  TinyGate no_table_;
  ControlScenes controls_;
  std::unique_ptr<TinyGate> unpriced_, old_table_, old_spot_, far_spot_;
  std::unique_ptr<TinyGate> few_legs_, few_orders_, small_queue_;
  std::unique_ptr<TinyGate> odd_;
  std::uint64_t next_id_ = 1;
};

}  // namespace margingate::testing
