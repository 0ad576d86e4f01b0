#include "margin/unit_chords.hpp"

#include <algorithm>

namespace margingate::margin {
namespace {

constexpr std::int64_t one_band = std::int64_t{1} << drift_fraction_bits;

// Amount = value + |move| * (rise or fall) with an error of at most `error` either way.
struct Line {
  std::int64_t value = 0;
  std::int64_t up = 0;
  std::int64_t down = 0;

  Line& operator+=(const Line& other) noexcept {
    value += other.value;
    up += other.up;
    down += other.down;
    return *this;
  }
};

std::int64_t magnitude(std::int64_t x) noexcept { return x < 0 ? -x : x; }

// Ends of amount + move * drift, give or take |move| * slack and the rounding.
Line upper_line(const DriftingAmount& a, std::int64_t rounding) noexcept {
  return {a.amount + rounding, a.drift + a.slack, -a.drift + a.slack};
}

Line lower_line(const DriftingAmount& a, std::int64_t rounding) noexcept {
  return {a.amount - rounding, a.drift - a.slack, -a.drift - a.slack};
}

Drift at(std::int64_t bands) noexcept {
  const std::int64_t distance = magnitude(bands);
  return {true, bands, distance, distance};
}

// One scenario's loss bounds the worst from below wherever the spot goes.
Line worst_line(const UnitMarket& market, const UnitTotals& totals,
                std::int64_t rounding) noexcept {
  const std::size_t count = market.terms->lanes.scenario_count;
  if (count == 0) return {};
  const auto worst =
      static_cast<std::size_t>(std::max_element(totals.loss, totals.loss + count) - totals.loss);
  if (totals.loss[worst] <= 0) return {};
  return lower_line(
      {totals.loss[worst], totals.drift[worst], totals.curvature[worst] + totals.flip[worst]},
      rounding);
}

Line expiry_line(const UnitMarket& market, const UnitTotals& totals,
                 std::int64_t rounding) noexcept {
  Line line{-rounding, 0, 0};
  for (std::size_t b = 0; b < market.layout.bucket_count; ++b) {
    line.value += std::max(totals.expiry_hi[b], -totals.expiry_lo[b]);
    line.up -= totals.expiry_slack[b];
  }
  line.down = line.up;
  return line;
}

class Amounts {
 public:
  explicit Amounts(UnitChords& chords) : chords_(chords) {}

  // The move is known to a unit of 2^-16 bands, and evaluating drops low bits of coefficients. What
  // an amount is moved outwards by is returned: one that contains another has to go as far again.
  std::int64_t put_upper(std::size_t amount, const Line& line,
                         std::int64_t contained = 0) noexcept {
    return put(amount, line, contained, +1);
  }
  std::int64_t put_lower(std::size_t amount, const Line& line,
                         std::int64_t contained = 0) noexcept {
    return put(amount, line, contained, -1);
  }
  std::int64_t put_chord(std::size_t amount, std::int64_t middle, std::int64_t above,
                         std::int64_t below, std::int64_t contained = 0) noexcept {
    return put_upper(amount, {middle, above - middle, below - middle}, contained);
  }

 private:
  std::int64_t put(std::size_t amount, const Line& line, std::int64_t contained,
                   std::int64_t outwards) noexcept {
    const std::int64_t steepest = std::max(magnitude(line.up), magnitude(line.down));
    const std::int64_t error = (steepest >> (drift_fraction_bits - 1)) + chord_rounding + contained;
    chords_.base[amount] = line.value + outwards * error;
    chords_.up[amount] = line.up;
    chords_.down[amount] = line.down;
    return error;
  }
  // For the bits dropped before multiplying, and after it.
  static constexpr std::int64_t chord_rounding = (std::int64_t{1} << chord_dropped_bits) + 4;

  UnitChords& chords_;
};

}  // namespace

bool has_chords(const scenario::RiskUnitTerms& terms) noexcept {
  return !terms.lanes.has_deductibles && !terms.charges_delta_shock && terms.scan_quantum == 1 &&
         terms.reducer.is_worst() && !terms.is_pooled;
}

std::int64_t delta_width_over_band(const UnitScalars& scalars) noexcept {
  return scalars.delta_slack + 2 * scalars.lots + 4 * scalars.legs + 2;
}

void build_chords(const UnitMarket& market, const UnitTotals& totals, UnitChords& chords) noexcept {
  UnitMarket node = market;
  node.within_band = true;
  const auto evaluate = [&](std::int64_t bands) {
    node.drift = at(bands);
    return unit_interval(node, totals);
  };
  const UnitInterval below = evaluate(-one_band);
  const UnitInterval middle = evaluate(0);
  const UnitInterval above = evaluate(one_band);
  const UnitScalars& s = *totals.scalars;
  const scenario::RiskUnitTerms& terms = *market.terms;
  const std::int64_t row_rounding = 2 * s.scaled_lots;
  const std::int64_t rounding = 2 * s.lots + 4 * s.legs + 4;

  Line lowest = worst_line(market, totals, row_rounding + 4);
  if (terms.charges_floor && s.floor.amount > lowest.value) lowest = lower_line(s.floor, rounding);
  Amounts amounts(chords);
  // Credits are taken off totals as a share of the floored scan: what that is too wide by must not
  // be earned, so the total goes out at least as far.
  const std::int64_t error_hi = amounts.put_chord(floored_hi, middle.floored_scan.hi,
                                                  above.floored_scan.hi, below.floored_scan.hi);
  const std::int64_t error_lo = amounts.put_lower(floored_lo, lowest);
  amounts.put_chord(total_hi, middle.total.hi, above.total.hi, below.total.hi, error_hi);
  if (terms.charges_added && s.added.amount > 0) lowest += lower_line(s.added, rounding);
  if (terms.charges_unrealised_losses && s.unrealised_loss.amount > 0) {
    lowest += lower_line(s.unrealised_loss, rounding);
  }
  if (terms.charges_expiry_delta) lowest += expiry_line(market, totals, rounding);
  amounts.put_lower(total_lo, lowest, error_lo);
  for (std::size_t lane = 0; lane < 2; ++lane) {
    const DriftingAmount profit{s.profit[lane], s.profit_drift[lane], s.profit_curvature[lane]};
    amounts.put_upper(numeraire_hi + 2 * lane, upper_line(profit, rounding));
    amounts.put_lower(numeraire_lo + 2 * lane, lower_line(profit, rounding));
  }
}

}  // namespace margingate::margin
