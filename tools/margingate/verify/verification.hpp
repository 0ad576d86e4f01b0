// Many sessions over chains and models on several threads, added up.
//
// Shape    options in, a tally and at most one shrunk failure out.
// Units    none of its own.
// Sign     none.
// Range    session n is fixed by seed and n, whichever thread runs it.
// Errors   std::runtime_error for what cannot be read or built.
// Threads  starts options.threads workers and joins them.
// Cost     decisions * a reference margin.
// Source   docs/verification.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/parameter_set.hpp"
#include "verify/failure.hpp"
#include "verify/tally.hpp"
#include "verify/world.hpp"

namespace margingate::verify {

struct VerificationOptions {
  std::uint64_t seed = 1;
  std::uint64_t decisions = 200'000;
  std::uint32_t threads = 1;
  std::vector<double> bands = {0.01, 0.03};  // three sessions in four take the first
  bool studies_bounds = false;               // see bound_study.hpp
  VerdictFault fault;                        // empty but in tests of the verification itself
};

struct Verification {
  Tally tally;
  std::optional<Failure> failure;  // of the lowest session that failed
  double seconds = 0.0;
};

// One entry per model: the sets of one model are taken in turn.
using ModelSets = std::vector<std::vector<models::ParameterSet>>;

[[nodiscard]] Verification verify(const Chains& chains, const ModelSets& model_sets,
                                  const VerificationOptions& options,
                                  const std::function<void(std::uint64_t decided)>& on_progress);

}  // namespace margingate::verify
