#include "backtest/historical_calibration.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "history/scenario_set.hpp"

namespace margingate::backtest {
namespace {

using models::HistoricalMeasure;
using models::HistoricalParameters;
using models::HistoricalSource;

constexpr double stressed_weight = 0.25;  // the least that Article 28(1)(b) allows

history::SetTerms terms_of(const HistoricalParameters& parameters,
                           const HistoricalMeasure& measure) {
  history::SetTerms terms;
  terms.rows = measure.rows;
  terms.horizon = parameters.calibration.horizon_days;
  terms.filter.decay = parameters.calibration.decay;
  terms.filter.first_days = parameters.calibration.first_days;
  terms.filter.floor_percentile = parameters.calibration.volatility_floor_percentile;
  return terms;
}

history::ScenarioSet set_of(HistoricalSource source, const history::DailyCloses& closes,
                            const history::SetTerms& terms) {
  switch (source) {
    case HistoricalSource::filtered:
      return history::filtered_set(closes, terms);
    case HistoricalSource::stressed:
      return history::stressed_set(closes, terms);
    case HistoricalSource::long_run:
      return history::long_run_set(closes, terms);
  }
  throw std::invalid_argument("a source of scenarios that there is not");
}

void require_more_closes(const HistoryUpTo& known, std::size_t needed) {
  if (known.days() >= needed) return;
  throw std::invalid_argument("calibration needs " + std::to_string(needed) + " days, found " +
                              std::to_string(known.days()));
}

std::string after(const std::string& name, const std::string& what) { return name + ", " + what; }

}  // namespace

models::ParameterSet calibrate_historical(models::ParameterSet set, const HistoryUpTo& known) {
  auto* const numbers = std::get_if<HistoricalParameters>(&set.numbers);
  if (numbers == nullptr) throw std::invalid_argument(set.name + ": a set of the model historical");
  require_more_closes(known, calibration_days(set));
  history::DailyCloses closes;
  for (std::size_t u = 0; u < known.underlyings().size(); ++u) closes.push_back(known.closes(u));
  std::map<std::string, models::HistoricalUnderlying> own;
  for (const std::string& name : known.underlyings()) {
    models::HistoricalUnderlying& target = own[name];
    target = numbers->underlyings.of(name);
    target.price_moves.clear();
    target.volatility_moves.clear();
  }
  for (const HistoricalMeasure& measure : numbers->measures) {
    const history::ScenarioSet scenarios =
        set_of(measure.source, closes, terms_of(*numbers, measure));
    for (std::size_t u = 0; u < closes.size(); ++u) {
      models::HistoricalUnderlying& target = own[known.underlyings()[u]];
      target.price_moves.push_back(scenarios.moves[u].price);
      target.volatility_moves.push_back(scenarios.moves[u].volatility);
    }
  }
  double farthest = -1.0;
  for (const auto& [name, underlying] : own) {
    const double distance = history::root_mean_square(underlying.price_moves.front());
    if (distance <= farthest) continue;
    farthest = distance;
    numbers->underlyings.standard.price_moves = underlying.price_moves;
    numbers->underlyings.standard.volatility_moves = underlying.volatility_moves;
  }
  numbers->underlyings.own = std::move(own);
  return set;
}

std::size_t calibration_days(const models::ParameterSet& set) {
  const auto* const numbers = std::get_if<HistoricalParameters>(&set.numbers);
  std::size_t needed = 0;
  if (numbers == nullptr) return needed;
  for (const HistoricalMeasure& measure : numbers->measures) {
    needed = std::max(needed, history::days_needed(terms_of(*numbers, measure)));
  }
  // The returns that the first variance is made of are not scenarios as well.
  return needed + numbers->calibration.first_days;
}

std::optional<ParametersAsOf> recalibrated(const models::ParameterSet& set, std::size_t every) {
  if (!std::holds_alternative<HistoricalParameters>(set.numbers)) return std::nullopt;
  struct InForce {
    models::ParameterSet set;
    std::size_t days = 0;  // of the history it was made from; 0: none yet
  };
  const auto in_force = std::make_shared<InForce>();
  return [set, every, in_force](const HistoryUpTo& known) {
    const bool is_due = in_force->days == 0 || known.days() < in_force->days ||
                        known.days() >= in_force->days + every;
    if (is_due) {
      in_force->set = calibrate_historical(set, known);
      in_force->set.name = after(set.name, "recalibrated");
      in_force->days = known.days();
    }
    return in_force->set;
  };
}

std::vector<models::ParameterSet> procyclicality_variants(const models::ParameterSet& set) {
  const auto* const numbers = std::get_if<HistoricalParameters>(&set.numbers);
  if (numbers == nullptr || numbers->measures.front().source != HistoricalSource::filtered) {
    return {};
  }
  const auto stressed =
      std::find_if(numbers->measures.begin(), numbers->measures.end(),
                   [](const auto& m) { return m.source == HistoricalSource::stressed; });
  if (stressed == numbers->measures.end()) return {};
  const auto made = [&](const std::string& what, std::vector<HistoricalMeasure> measures,
                        PartsTogether together) {
    models::ParameterSet variant = set;
    variant.name = after(set.name, what);
    auto& changed = std::get<HistoricalParameters>(variant.numbers);
    changed.measures = std::move(measures);
    changed.together = together;
    changed.buffer = 0.0;
    return variant;
  };
  HistoricalMeasure current = numbers->measures.front();
  current.weight = 1.0;
  HistoricalMeasure long_run = current;
  long_run.name = "long run";
  long_run.source = HistoricalSource::long_run;
  HistoricalMeasure most = current;
  most.weight = 1.0 - stressed_weight;
  HistoricalMeasure stress = *stressed;
  stress.weight = stressed_weight;
  return {made("filtered alone", {current}, PartsTogether::sum),
          made("a quarter stressed", {most, stress}, PartsTogether::sum),
          made("long-run floor", {current, long_run}, PartsTogether::largest)};
}

Backtest with_buffer(Backtest calculated, history::ProcyclicalityBuffer buffer,
                     const BacktestOptions& options) {
  for (BacktestDay& day : calculated.days) {
    if (!(day.exposure > 0.0)) continue;
    day.margin = buffer.apply(day.margin / day.exposure) * day.exposure;
  }
  calculated.name = after(calculated.name, "buffer");
  calculated.summary = summarise(calculated.days, options);
  return calculated;
}

}  // namespace margingate::backtest
