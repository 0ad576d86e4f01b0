// What audited decisions came to: counts, and how wide and how honest the certified intervals were.
//
// Shape    cells by drift since the epoch and by time to the nearest expiry, once per drift band.
// Units    widths and shares are fractions; histograms hold widths in 10^-12 of the requirement.
// Sign     none.
// Range    widths above 100 % count as that.
// Errors   none.
// Threads  one per worker, added up at the end.
// Cost     some increments per decision.
// Source   docs/verification.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "margingate/certified_interval.hpp"
#include "margingate/verdict.hpp"
#include "run/histogram.hpp"
#include "verify/bound_study.hpp"

namespace margingate::verify {

inline constexpr std::size_t drift_buckets = 6;
inline constexpr std::array<double, drift_buckets - 1> drift_bounds = {0.0, 0.0005, 0.0025, 0.01,
                                                                       0.03};
inline constexpr std::array<const char*, drift_buckets> drift_names = {
    "0", "<= 0.05 %", "<= 0.25 %", "<= 1 %", "<= 3 %", "> 3 %"};
[[nodiscard]] std::size_t drift_bucket(double move);

// Finer ones for the plot: four to a decade, from 0.001 % to 3.2 %.
inline constexpr std::size_t plot_buckets = 14;
[[nodiscard]] std::size_t plot_bucket(double move);
// The middle of the bucket.
[[nodiscard]] double plot_move(std::size_t bucket);

// By expiry only moves up to 1 % are counted: beyond a band everything is revalued anyway.
inline constexpr std::size_t expiry_drift = 3;
inline constexpr std::size_t expiry_buckets = 6;
inline constexpr std::array<const char*, expiry_buckets> expiry_names = {
    "< 1 h", "< 6 h", "< 1 d", "< 7 d", ">= 7 d", "no option"};
// Nanoseconds to the nearest option's expiry; negative when the account has none.
[[nodiscard]] std::size_t expiry_bucket(std::int64_t nearest_ns);

// What the interval said, before anything was revalued.
enum class Answer : std::uint8_t {
  decided,    // it said yes, or no to an order that raises risk for certain
  straddles,  // equity and requirement overlap
  reducing,   // it said no, but the order may reduce risk
  unbounded,  // no bound is known: beyond the band, or a row without one
};
inline constexpr std::size_t answers = 4;

inline constexpr double width_units_per_one = 1e12;
inline constexpr double used_units_per_one = 1e6;

struct Observation {
  double move = 0.0;  // largest |spot move| since the account's table
  std::int64_t nearest_expiry_ns = -1;
  bool is_nearest_expiry = false;  // world of one expiry
  double utilisation = 0.0;        // exact initial margin before the order, over equity
  Answer answer = Answer::decided;
  bool has_interval = false;
  double width = 0.0;                // of requirement and equity together, of the requirement
  double used = 0.0;                 // share of the certified half-width, 0 .. 1
  CertifiedInterval::Widths widths;  // by part
};

struct Cell {
  std::uint64_t decisions = 0;
  std::array<std::uint64_t, answers> by_answer{};
  double used_max = 0.0;
  double width_sum = 0.0;

  void add(const Cell& other);
  // Of decisions, left to the exact path because the interval could not tell.
  [[nodiscard]] double fallback_share() const;
};

// Where the width comes from: shares of it, summed over decisions.
struct WidthParts {
  static constexpr std::size_t count = 8;
  static constexpr std::array<const char*, count> names = {
      "scan risk",         "expiry delta", "delta shock", "added charges",
      "unrealised losses", "profit",       "open loss",   "credits"};
  std::array<double, count> sums{};
  std::uint64_t decisions = 0;
};

// Decisions of accounts at 50 to 100 %, and how many each alternative bound leaves.
struct StudyCell {
  std::uint64_t decisions = 0;
  std::uint64_t left_now = 0;  // by the interval as it is
  std::array<std::uint64_t, bounds> left{};

  void add(const StudyCell& other);
};

struct BandTally {
  std::array<std::array<Cell, expiry_buckets>, drift_buckets> cells;
  // Accounts at 50 to 100 % utilisation before the order, in worlds of all expiries and of the
  // nearest alone.
  std::array<Cell, drift_buckets> covered;
  std::array<Cell, drift_buckets> covered_nearest;
  std::vector<run::Histogram> widths_by_drift;   // by drift bucket
  std::vector<run::Histogram> widths_by_expiry;  // by expiry bucket
  std::vector<run::Histogram> widths_by_move;    // by plot bucket
  std::vector<run::Histogram> used_by_drift;     // in 10^-6, by drift bucket
  std::array<WidthParts, drift_buckets> parts;
  // Worlds of all expiries, worlds of the nearest alone.
  std::array<std::array<StudyCell, drift_buckets>, 2> study;

  BandTally();
  void add(const BandTally& other);
  void record(const Observation& seen);
  // Moves up to the end of this bucket, accounts at 50 to 100 %.
  [[nodiscard]] Cell covered_up_to(std::size_t drift, bool nearest_expiry) const;
  void record(const Observation& seen, const Straddles& straddles);
  [[nodiscard]] StudyCell study_up_to(std::size_t drift, bool nearest_expiry) const;
  [[nodiscard]] Cell drift_cell(std::size_t drift) const;
  // Moves above zero and up to the end of the bucket expiry_drift.
  [[nodiscard]] Cell expiry_cell(std::size_t expiry) const;
};

struct ModelCount {
  std::string model;
  std::uint64_t decisions = 0;
  std::uint64_t accepted = 0;
  std::uint64_t reducing = 0;
  std::uint64_t exact = 0;
};

struct Tally {
  std::vector<double> bands;
  std::vector<BandTally> by_band;  // by the index of `bands`
  std::vector<ModelCount> models;
  Cell at_limit;  // decisions of sessions at the limit, which are in no band's cells
  std::vector<std::uint64_t> events;         // by Flow kind
  std::map<Reason, std::uint64_t> refusals;  // of orders, by controls beside margin
  std::uint64_t duplicate_ids = 0;           // refused for their number
  std::map<Reason, std::uint64_t> moves;     // of accounts to another model, and back
  std::uint64_t decisions = 0;               // compared with the reference
  std::uint64_t refused_on_input = 0;        // nothing to compare but the refusal
  std::uint64_t sessions = 0;
  std::uint64_t epochs = 0;
  std::uint64_t adoptions = 0;
  std::uint64_t adoptions_with_changes = 0;
  std::uint64_t first_touch_sums = 0;
  std::uint64_t accounts_compared = 0;  // books against the ledger, totals against a recomputation
  std::uint64_t reference_rows = 0;
  std::uint64_t mismatches = 0;

  explicit Tally(std::vector<double> drift_bands = {});
  void add(const Tally& other);
  ModelCount& model(const std::string& name);
};

}  // namespace margingate::verify
