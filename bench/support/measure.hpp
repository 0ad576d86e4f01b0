// Timing of batches, and of two subjects by turns so that their ratio survives a noisy machine.
//
// Shape    run_batches: one benchmark iteration is one batch. run_pairs: one iteration is a batch
//          of the subject and a batch of the baseline; counters hold medians over all pairs and
//          the quartiles of the ratio.
// Units    counters in nanoseconds per operation; ratio is a number; stolen in per cent.
// Sign     positive.
// Range    batches of some 64 operations or more keep the clock below one per cent.
// Errors   require ends the program.
// Threads  one.
// Cost     two clock reads per batch.
// Source   Google Benchmark, manual timing.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/stolen_time.hpp"

namespace margingate::bench {

// A comparison of speeds means something only between equal answers.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not measured: %s\n", what);
  std::exit(EXIT_FAILURE);
}

// Waits until everything before it is done: makes operations run one after the other.
inline void serialize() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#endif
}

// Nanoseconds for operation(0) .. operation(count - 1).
template <class Operation>
double batch_ns(std::size_t count, Operation&& operation) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) operation(i);
  const auto end = std::chrono::steady_clock::now();
  return std::chrono::duration<double, std::nano>(end - start).count();
}

inline double quantile(std::vector<double> values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

// between() runs before every batch and is not timed.
template <class Operation, class Between>
void run_batches(benchmark::State& state, std::size_t batch, Operation&& operation,
                 Between&& between) {
  std::vector<double> samples;
  for (auto _ : state) {
    between();
    const double ns = batch_ns(batch, operation);
    samples.push_back(ns / static_cast<double>(batch));
    state.SetIterationTime(ns * 1e-9);
  }
  state.counters["ns"] = median(samples);
}

// What a ratio is held against: a bound it must stay under, or one it must pass.
struct RatioGate {
  double at_most = 0.0;
  double at_least = 0.0;
};

template <class Operation>
struct Timed {
  std::size_t batch;
  Operation operation;
};
template <class Operation>
Timed(std::size_t, Operation) -> Timed<Operation>;

// Samples of a subject and its baseline, taken by turns; ratio is subject / baseline, or the
// inverse for a gate that names how much faster the subject must be.
class PairedSamples {
 public:
  explicit PairedSamples(const RatioGate& gate) : gate_(gate) {}

  // Per operation.
  void add(double subject_ns, double baseline_ns) {
    subjects_.push_back(subject_ns);
    baselines_.push_back(baseline_ns);
    const double ratio = subject_ns / baseline_ns;
    ratios_.push_back(gate_.at_least > 0.0 ? 1.0 / ratio : ratio);
  }

  void report(benchmark::State& state) const {
    state.counters["figure_ns"] = median(subjects_);
    state.counters["baseline_ns"] = median(baselines_);
    state.counters["ratio"] = median(ratios_);
    state.counters["ratio_q1"] = quantile(ratios_, 0.25);
    state.counters["ratio_q3"] = quantile(ratios_, 0.75);
    state.counters["stolen_percent"] = 100.0 * stolen_.share();
    if (gate_.at_most > 0.0) state.counters["at_most"] = gate_.at_most;
    if (gate_.at_least > 0.0) state.counters["at_least"] = gate_.at_least;
  }

 private:
  RatioGate gate_;
  StolenTime stolen_;
  std::vector<double> subjects_, baselines_, ratios_;
};

// before_subject() and before_baseline() run before every batch of theirs and are not timed.
template <class Subject, class Baseline, class BeforeSubject, class BeforeBaseline>
void run_pairs(benchmark::State& state, const RatioGate& gate, Timed<Subject> subject,
               Timed<Baseline> baseline, BeforeSubject&& before_subject,
               BeforeBaseline&& before_baseline) {
  PairedSamples samples(gate);
  for (auto _ : state) {
    before_subject();
    const double first = batch_ns(subject.batch, subject.operation);
    before_baseline();
    const double second = batch_ns(baseline.batch, baseline.operation);
    samples.add(first / static_cast<double>(subject.batch),
                second / static_cast<double>(baseline.batch));
    state.SetIterationTime((first + second) * 1e-9);
  }
  samples.report(state);
}

template <class Subject, class Baseline, class Between>
void run_pairs(benchmark::State& state, const RatioGate& gate, Timed<Subject> subject,
               Timed<Baseline> baseline, Between&& between) {
  run_pairs(state, gate, subject, baseline, between, between);
}

// A claim of equality: how many of `compared` differ, which must be none.
inline void report_equal(benchmark::State& state, std::size_t compared, std::size_t different) {
  state.counters["compared"] = static_cast<double>(compared);
  state.counters["different"] = static_cast<double>(different);
}

inline benchmark::internal::Benchmark* add_case(const std::string& name,
                                                std::function<void(benchmark::State&)> body) {
  return benchmark::RegisterBenchmark(name.c_str(),
                                      [body = std::move(body)](auto& state) { body(state); })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

// What every benchmark program does after it has named its cases.
inline int run_cases(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

}  // namespace margingate::bench
