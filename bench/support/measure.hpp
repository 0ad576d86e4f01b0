// Timing of batches, and of two subjects by turns so that their ratio survives a noisy machine.
//
// Shape    run_batches: one benchmark iteration is one batch. run_pairs: one iteration is a batch
//          of the subject and a batch of the baseline; counters hold the medians of all pairs.
// Units    counters in nanoseconds per operation; ratio is a number.
// Sign     positive.
// Range    batches of some 64 operations or more keep the clock below one per cent.
// Errors   none.
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
#include <vector>

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

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

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

// between() runs before every batch and is not timed. ratio is subject / baseline, or the inverse
// for a gate that names how much faster the subject must be.
template <class Subject, class Baseline, class Between>
void run_pairs(benchmark::State& state, const RatioGate& gate, Timed<Subject> subject,
               Timed<Baseline> baseline, Between&& between) {
  std::vector<double> subjects, baselines, ratios;
  for (auto _ : state) {
    between();
    const double first = batch_ns(subject.batch, subject.operation);
    between();
    const double second = batch_ns(baseline.batch, baseline.operation);
    subjects.push_back(first / static_cast<double>(subject.batch));
    baselines.push_back(second / static_cast<double>(baseline.batch));
    const double ratio = subjects.back() / baselines.back();
    ratios.push_back(gate.at_least > 0.0 ? 1.0 / ratio : ratio);
    state.SetIterationTime((first + second) * 1e-9);
  }
  state.counters["figure_ns"] = median(subjects);
  state.counters["baseline_ns"] = median(baselines);
  state.counters["ratio"] = median(ratios);
  if (gate.at_most > 0.0) state.counters["at_most"] = gate.at_most;
  if (gate.at_least > 0.0) state.counters["at_least"] = gate.at_least;
}

}  // namespace margingate::bench
