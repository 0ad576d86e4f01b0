// A random flow on an audited gate whose accounts have cash and positions to start with.
#pragma once

#include <cstdint>
#include <functional>

#include "support/audited_gate.hpp"
#include "support/random.hpp"
#include "support/random_flow.hpp"

namespace margingate::testing {

struct AuditedFlowOptions {
  std::uint64_t seed = 1;
  std::uint32_t accounts = 4;
  bool coin = false;         // numeraire
  double tick_move = 0.001;  // relative, per tick
  int options_per_underlying = 10;
  // Each account's cash, in coins or in 30,000 units of quote currency.
  double funds_min = 0.5;
  double funds_max = 4.0;
  int transfers = 3;  // positions taken over, per account
  std::function<void(Random&, GateConfig&)> configure = {};
};

class AuditedFlow {
 public:
  explicit AuditedFlow(const AuditedFlowOptions& options);
  AuditedFlow(const AuditedFlow&) = delete;  // the flow refers to the gate's universe
  AuditedFlow& operator=(const AuditedFlow&) = delete;

  AuditedGate& gate() { return gate_; }

 protected:
  void apply(const Event& event);
  [[nodiscard]] const GateConfig& config() const { return gate_.universe().config; }

  Random random_;
  AuditedGate gate_;
  RandomFlow flow_;
  Timestamp now_ = universe_start;
};

}  // namespace margingate::testing
