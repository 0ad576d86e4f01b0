#include "compare/strategy_baseline.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

#include "strategies/strategy_margin.hpp"

namespace margingate::compare {
namespace {

constexpr double index_option_rate = 0.15;
constexpr double whole_max = 1e9;

std::optional<std::int64_t> whole(double quantity) {
  if (std::fabs(quantity) > whole_max || quantity != std::floor(quantity)) return std::nullopt;
  return static_cast<std::int64_t>(quantity);
}

struct UnderlyingHolding {
  strategies::Holding holding;
  strategies::StrategyRates rates;
};

// Takes positions one by one; what does not fit is named and ends it.
class Holdings {
 public:
  Holdings(const io::MarketFile& market) : market_(market) {}

  std::string add(const io::PortfolioPosition& position) {
    const io::MarketInstrument& instrument = *market_.find_instrument(position.instrument);
    const bool is_option = instrument.kind == InstrumentKind::option;
    if (instrument.payoff != Payoff::linear) return position.instrument + " pays in a coin";
    if (!is_option && instrument.kind != InstrumentKind::spot) {
      return position.instrument + " is no share and no option";
    }
    UnderlyingHolding& of = by_underlying_[instrument.underlying];
    of.holding.price = market_.find_underlying(instrument.underlying)->index_price;
    const auto contracts =
        whole(is_option ? position.quantity : position.quantity * instrument.contract_size);
    if (!contracts) return position.instrument + " is not held in whole numbers";
    return is_option ? add_option(instrument, *contracts, of)
                     : add_units(instrument, *contracts, of);
  }

  StrategyBaseline margin() const {
    StrategyBaseline sum;
    for (const auto& [name, of] : by_underlying_) {
      const strategies::StrategyMargin margin = strategy_margin(of.holding, of.rates);
      sum.requirement += margin.requirement;
      sum.net += margin.net;
    }
    return sum;
  }

 private:
  static std::string add_units(const io::MarketInstrument& instrument, std::int64_t units,
                               UnderlyingHolding& of) {
    of.holding.units += units;
    if (instrument.mark_price > 0.0) of.holding.held_price = instrument.mark_price;
    return "";
  }

  std::string add_option(const io::MarketInstrument& instrument, std::int64_t contracts,
                         UnderlyingHolding& of) {
    if (!(instrument.mark_price >= 0.0)) return instrument.name + " has no mark_price";
    const auto multiplier = whole(instrument.contract_size);
    std::int64_t& known = multipliers_[instrument.underlying];
    if (!multiplier || (known != 0 && known != *multiplier)) {
      return instrument.name + " has another contract size than other options, or not a whole one";
    }
    known = of.holding.multiplier = *multiplier;
    if (instrument.exercise_style == ExerciseStyle::european) of.rates.option = index_option_rate;
    of.holding.options.push_back({instrument.option_type, instrument.strike, instrument.expiry,
                                  instrument.mark_price, contracts});
    return "";
  }

  const io::MarketFile& market_;
  std::map<std::string, UnderlyingHolding> by_underlying_;
  std::map<std::string, std::int64_t> multipliers_;
};

}  // namespace

StrategyBaseline strategy_baseline(const io::MarketFile& market,
                                   const io::PortfolioFile& portfolio) {
  Holdings holdings(market);
  StrategyBaseline none;
  if (!portfolio.working_orders.empty()) none.refusal = "orders are working";
  for (const io::PortfolioPosition& position : portfolio.positions) {
    if (none.refusal.empty()) none.refusal = holdings.add(position);
  }
  return none.refusal.empty() ? holdings.margin() : none;
}

}  // namespace margingate::compare
