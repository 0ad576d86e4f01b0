#include "verify/tally.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace margingate::verify {
namespace {

constexpr std::int64_t hour_ns = 3'600'000'000'000;
constexpr double buckets_per_decade = 4.0;
constexpr double plot_move_least = 1.3335214321633e-5;  // 10^-4.875
constexpr double half_step = 1.3335214321633;           // 10^(1/8)
constexpr double utilisation_low = 0.5;
constexpr double utilisation_high = 1.0;

bool is_covered(const Observation& seen) {
  return seen.utilisation >= utilisation_low && seen.utilisation <= utilisation_high;
}

std::uint64_t width_units(double width) {
  return static_cast<std::uint64_t>(std::clamp(width, 0.0, 1.0) * width_units_per_one);
}

}  // namespace

std::size_t drift_bucket(double move) {
  std::size_t bucket = 0;
  while (bucket < drift_bounds.size() && move > drift_bounds[bucket]) ++bucket;
  return bucket;
}

std::size_t plot_bucket(double move) {
  std::size_t bucket = 0;
  while (bucket + 1 < plot_buckets && move > plot_move(bucket) * half_step) ++bucket;
  return bucket;
}

double plot_move(std::size_t bucket) {
  return plot_move_least * std::pow(10.0, static_cast<double>(bucket) / buckets_per_decade);
}

std::size_t expiry_bucket(std::int64_t nearest_ns) {
  if (nearest_ns < 0) return expiry_buckets - 1;
  constexpr std::array<std::int64_t, expiry_buckets - 2> hours = {1, 6, 24, 168};
  std::size_t bucket = 0;
  while (bucket < hours.size() && nearest_ns >= hours[bucket] * hour_ns) ++bucket;
  return bucket;
}

void Cell::add(const Cell& other) {
  decisions += other.decisions;
  for (std::size_t i = 0; i < answers; ++i) by_answer[i] += other.by_answer[i];
  used_max = std::max(used_max, other.used_max);
  width_sum += other.width_sum;
}

double Cell::fallback_share() const {
  if (decisions == 0) return 0.0;
  const std::uint64_t left = by_answer[static_cast<std::size_t>(Answer::straddles)] +
                             by_answer[static_cast<std::size_t>(Answer::unbounded)];
  return static_cast<double>(left) / static_cast<double>(decisions);
}

void StudyCell::add(const StudyCell& other) {
  decisions += other.decisions;
  left_now += other.left_now;
  for (std::size_t i = 0; i < bounds; ++i) left[i] += other.left[i];
}

void BandTally::record(const Observation& seen, const Straddles& straddles) {
  if (!is_covered(seen) || !seen.has_interval) return;
  StudyCell one;
  one.decisions = 1;
  one.left_now = seen.answer == Answer::straddles ? 1 : 0;
  for (std::size_t i = 0; i < bounds; ++i) one.left[i] = straddles[i] ? 1 : 0;
  study[seen.is_nearest_expiry ? 1 : 0][drift_bucket(seen.move)].add(one);
}

StudyCell BandTally::study_up_to(std::size_t drift, bool nearest_expiry) const {
  StudyCell sum;
  for (std::size_t d = 0; d <= drift; ++d) sum.add(study[nearest_expiry ? 1 : 0][d]);
  return sum;
}

BandTally::BandTally()
    : widths_by_drift(drift_buckets),
      widths_by_expiry(expiry_buckets),
      widths_by_move(plot_buckets),
      used_by_drift(drift_buckets) {}

void BandTally::add(const BandTally& other) {
  for (std::size_t d = 0; d < drift_buckets; ++d) {
    for (std::size_t e = 0; e < expiry_buckets; ++e) cells[d][e].add(other.cells[d][e]);
    covered[d].add(other.covered[d]);
    covered_nearest[d].add(other.covered_nearest[d]);
    for (std::size_t p = 0; p < study.size(); ++p) study[p][d].add(other.study[p][d]);
    widths_by_drift[d].add(other.widths_by_drift[d]);
    used_by_drift[d].add(other.used_by_drift[d]);
    parts[d].decisions += other.parts[d].decisions;
    for (std::size_t i = 0; i < WidthParts::count; ++i) parts[d].sums[i] += other.parts[d].sums[i];
  }
  for (std::size_t e = 0; e < expiry_buckets; ++e) {
    widths_by_expiry[e].add(other.widths_by_expiry[e]);
  }
  for (std::size_t p = 0; p < plot_buckets; ++p) widths_by_move[p].add(other.widths_by_move[p]);
}

void BandTally::record(const Observation& seen) {
  Cell one;
  one.decisions = 1;
  one.by_answer[static_cast<std::size_t>(seen.answer)] = 1;
  one.used_max = seen.used;
  one.width_sum = seen.width;
  const std::size_t drift = drift_bucket(seen.move);
  const std::size_t expiry = expiry_bucket(seen.nearest_expiry_ns);
  cells[drift][expiry].add(one);
  if (is_covered(seen)) {
    (seen.is_nearest_expiry ? covered_nearest : covered)[drift].add(one);
  }
  if (!seen.has_interval) return;
  widths_by_drift[drift].record(width_units(seen.width));
  if (drift == 0) return;
  widths_by_expiry[expiry].record(width_units(seen.width));
  used_by_drift[drift].record(static_cast<std::uint64_t>(seen.used * used_units_per_one));
  widths_by_move[plot_bucket(seen.move)].record(width_units(seen.width));
}

Cell BandTally::covered_up_to(std::size_t drift, bool nearest_expiry) const {
  Cell sum;
  for (std::size_t d = 0; d <= drift; ++d) sum.add((nearest_expiry ? covered_nearest : covered)[d]);
  return sum;
}

Cell BandTally::drift_cell(std::size_t drift) const {
  Cell sum;
  for (const Cell& cell : cells[drift]) sum.add(cell);
  return sum;
}

Cell BandTally::expiry_cell(std::size_t expiry) const {
  Cell sum;
  for (std::size_t drift = 1; drift <= expiry_drift; ++drift) sum.add(cells[drift][expiry]);
  return sum;
}

Tally::Tally(std::vector<double> drift_bands)
    : bands(std::move(drift_bands)), by_band(bands.size()) {}

ModelCount& Tally::model(const std::string& name) {
  for (ModelCount& count : models) {
    if (count.model == name) return count;
  }
  models.push_back({name, 0, 0, 0, 0});
  return models.back();
}

void Tally::add(const Tally& other) {
  for (std::size_t b = 0; b < by_band.size(); ++b) by_band[b].add(other.by_band[b]);
  for (const ModelCount& count : other.models) {
    ModelCount& mine = model(count.model);
    mine.decisions += count.decisions;
    mine.accepted += count.accepted;
    mine.reducing += count.reducing;
    mine.exact += count.exact;
  }
  at_limit.add(other.at_limit);
  events.resize(std::max(events.size(), other.events.size()));
  for (std::size_t i = 0; i < other.events.size(); ++i) events[i] += other.events[i];
  for (const auto& [reason, count] : other.refusals) refusals[reason] += count;
  for (const auto& [reason, count] : other.moves) moves[reason] += count;
  duplicate_ids += other.duplicate_ids;
  decisions += other.decisions;
  refused_on_input += other.refused_on_input;
  sessions += other.sessions;
  epochs += other.epochs;
  adoptions += other.adoptions;
  adoptions_with_changes += other.adoptions_with_changes;
  first_touch_sums += other.first_touch_sums;
  accounts_compared += other.accounts_compared;
  reference_rows += other.reference_rows;
  mismatches += other.mismatches;
}

}  // namespace margingate::verify
