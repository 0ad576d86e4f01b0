#include "backtest/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "io/what_if.hpp"
#include "margingate/live_correlation.hpp"

namespace margingate::backtest {
namespace {

constexpr const char* numeraire = "USD";
constexpr double significant_digits = 8.0;
constexpr double price_minimum = 1e-8;  // of what the gate can hold

// Quantities of few digits are whole numbers of lots.
double rounded(double quantity) {
  if (quantity == 0.0) return 0.0;
  const double digits = significant_digits - 1.0 - std::floor(std::log10(std::fabs(quantity)));
  const double scale = std::pow(10.0, std::fabs(digits));
  return digits >= 0.0 ? std::round(quantity * scale) / scale
                       : std::round(quantity / scale) * scale;
}

class DailyBook {
 public:
  DailyBook(const PriceHistory& history, const HeldBook& book) : history_(history), book_(book) {
    for (const HeldLeg& leg : book.legs) {
      const std::size_t underlying = history.index_of(leg.underlying);
      if (underlying == PriceHistory::npos) {
        throw std::invalid_argument("no prices of " + leg.underlying + " in " + history.file);
      }
      places_.push_back(underlying);
    }
  }

  [[nodiscard]] double close(std::size_t leg, std::size_t day) const {
    return history_.closes[places_[leg]][day];
  }
  // In units of the underlying, held from this close on.
  [[nodiscard]] double quantity(std::size_t leg, std::size_t day) const {
    const HeldLeg& held = book_.legs[leg];
    return rounded(held.quantity != 0.0 ? held.quantity : held.notional / close(leg, day));
  }

  // In the coin: as many contracts of one dollar as the quantity is worth.
  [[nodiscard]] double contracts(std::size_t leg, std::size_t day, bool in_coin) const {
    const double units = quantity(leg, day);
    const bool counts_dollars = in_coin && !book_.legs[leg].option;
    return counts_dollars ? rounded(units * close(leg, day)) : units;
  }

  [[nodiscard]] double strike(std::size_t leg, std::size_t day) const {
    return rounded(book_.legs[leg].option->moneyness * close(leg, day));
  }
  [[nodiscard]] double volatility(std::size_t leg, std::size_t day) const {
    return rule_volatility(HistoryUpTo(history_, day).closes(places_[leg]));
  }
  // On `later`, of the option entered on `day`.
  [[nodiscard]] double value(std::size_t leg, std::size_t day, std::size_t later) const {
    const HeldOption& option = *book_.legs[leg].option;
    return option_value(option.type, close(leg, later), strike(leg, day), volatility(leg, later),
                        option.days - static_cast<double>(later - day));
  }

  [[nodiscard]] bool has_options() const { return book_.has_options(); }

  void require_only(const std::string& coin) const {
    for (const HeldLeg& leg : book_.legs) {
      if (leg.underlying == coin) continue;
      throw std::invalid_argument("counts in " + coin + " alone; the book holds " + leg.underlying);
    }
  }

  [[nodiscard]] double exposure(std::size_t day) const {
    double sum = 0.0;
    for (std::size_t leg = 0; leg < book_.legs.size(); ++leg) {
      sum += std::fabs(quantity(leg, day)) * close(leg, day);
    }
    return sum;
  }

  // In the numeraire; what is lost in a coin counts at the price of the day margin was called.
  [[nodiscard]] double loss(std::size_t day, std::size_t later, bool in_coin) const {
    double loss = 0.0;
    for (std::size_t leg = 0; leg < book_.legs.size(); ++leg) {
      const double before = close(leg, day);
      const double after = close(leg, later);
      const double held = contracts(leg, day, in_coin);
      if (book_.legs[leg].option) {
        const double rate = in_coin ? before / after : 1.0;
        loss += held * (value(leg, day, day) - value(leg, day, later) * rate);
      } else {
        loss += in_coin ? held * (before / after - 1.0) : held * (before - after);
      }
    }
    return loss;
  }

  [[nodiscard]] io::MarketFile market(std::size_t day, bool in_coin) const {
    io::MarketFile market;
    market.file = history_.file + " at " + history_.days[day];
    market.as_of = history_.times[day];
    market.numeraire = numeraire;
    market.assets.push_back({numeraire, 1.0});
    for (std::size_t leg = 0; leg < book_.legs.size(); ++leg) {
      const std::string& name = book_.legs[leg].underlying;
      if (market.find_underlying(name) == nullptr) {
        market.underlyings.push_back({name, close(leg, day)});
        market.assets.push_back({name, close(leg, day)});
      }
      market.instruments.push_back(instrument(leg, day, in_coin));
    }
    add_correlations(day, market);
    return market;
  }

  [[nodiscard]] io::PortfolioFile portfolio(std::size_t day, bool in_coin) const {
    io::PortfolioFile portfolio;
    portfolio.file = book_.name;
    portfolio.account = book_.name;
    for (std::size_t leg = 0; leg < book_.legs.size(); ++leg) {
      portfolio.positions.push_back({book_.legs[leg].instrument(), contracts(leg, day, in_coin),
                                     entry_price(leg, day, in_coin)});
    }
    return portfolio;
  }

 private:
  // Of daily returns up to this close; older ones would not weigh anything.
  void add_correlations(std::size_t day, io::MarketFile& market) const {
    constexpr std::size_t window = 250;
    LiveCorrelation live(places_.size());
    std::vector<double> closes(places_.size());
    for (std::size_t d = day + 1 - std::min(day + 1, window); d <= day; ++d) {
      for (std::size_t leg = 0; leg < places_.size(); ++leg) closes[leg] = close(leg, d);
      live.observe(closes);
    }
    for (std::size_t a = 0; a < places_.size(); ++a) {
      for (std::size_t b = a + 1; b < places_.size(); ++b) {
        const std::string& first = book_.legs[a].underlying;
        const std::string& second = book_.legs[b].underlying;
        const double correlation = live.correlation(a, b);
        if (first == second || std::isnan(correlation)) continue;
        market.correlations.push_back({first, second, correlation});
      }
    }
  }

  [[nodiscard]] double entry_price(std::size_t leg, std::size_t day, bool in_coin) const {
    if (!book_.legs[leg].option) return close(leg, day);
    const double paid = value(leg, day, day) / (in_coin ? close(leg, day) : 1.0);
    return std::max(paid, price_minimum);
  }

  [[nodiscard]] io::MarketInstrument instrument(std::size_t leg, std::size_t day,
                                                bool in_coin) const {
    const HeldLeg& held = book_.legs[leg];
    io::MarketInstrument contract;
    contract.name = held.instrument();
    contract.kind = held.option ? InstrumentKind::option : InstrumentKind::perpetual;
    contract.payoff = in_coin ? Payoff::inverse : Payoff::linear;
    contract.underlying = held.underlying;
    contract.settlement_asset = in_coin ? held.underlying : numeraire;
    contract.forward_price = close(leg, day);
    if (!held.option) {
      contract.mark_price = contract.forward_price;
      return contract;
    }
    contract.option_type = held.option->type;
    contract.strike = strike(leg, day);
    contract.expiry = history_.times[day] + seconds(86'400LL * held.option->days);
    contract.implied_volatility = volatility(leg, day);
    return contract;
  }

  const PriceHistory& history_;
  const HeldBook& book_;
  std::vector<std::size_t> places_;  // in the history, by leg
};

double margin_called(const DailyBook& book, std::size_t day, const models::ParameterSet& set,
                     MarginKind kind) {
  const std::string coin = models::required_numeraire(set);
  const bool in_coin = !coin.empty();
  if (in_coin) book.require_only(coin);
  if (book.has_options() && !models::covers(set, InstrumentKind::option)) {
    throw std::invalid_argument("has no margin for options");
  }
  const io::MarketFile market = book.market(day, in_coin);
  const io::WhatIf result = io::run_what_if(market, book.portfolio(day, in_coin), set);
  const double rate = in_coin ? market.find_underlying(coin)->index_price : 1.0;
  return result.amount(kind == MarginKind::initial ? result.statement.initial_margin
                                                   : result.statement.maintenance_margin) *
         rate;
}

}  // namespace

ParametersAsOf fixed_parameters(models::ParameterSet parameters) {
  return [set = std::move(parameters)](const HistoryUpTo&) { return set; };
}

Backtest run_backtest(const PriceHistory& history, const HeldBook& book,
                      const ParametersAsOf& parameters, const BacktestOptions& options) {
  const DailyBook daily(history, book);
  Backtest result;
  const std::size_t days = history.days.size();
  // Options need a past that their volatility is made of.
  const std::size_t first = book.has_options() ? volatility_window : 0;
  for (std::size_t day = first; day + options.horizon < days; ++day) {
    if (options.on_progress) options.on_progress(day, days - options.horizon);
    if (!options.from.empty() && history.days[day] < options.from) continue;
    if (!options.to.empty() && history.days[day] > options.to) break;
    const models::ParameterSet set = parameters(HistoryUpTo(history, day));
    const bool in_coin = !models::required_numeraire(set).empty();
    result.name = set.name;
    result.model = set.model;
    BacktestDay entry;
    entry.day = history.days[day];
    entry.time = history.times[day];
    entry.exposure = daily.exposure(day);
    entry.margin = margin_called(daily, day, set, options.margin);
    entry.loss = daily.loss(day, day + options.horizon, in_coin);
    result.days.push_back(std::move(entry));
  }
  if (result.days.empty()) throw std::invalid_argument("no day of the history is asked for");
  result.summary = summarise(result.days, options);
  return result;
}

BacktestSummary summarise(const std::vector<BacktestDay>& days, const BacktestOptions& options) {
  BacktestSummary summary;
  double shortfalls = 0.0;
  double shares = 0.0;
  for (std::size_t n = 0; n < days.size(); ++n) {
    const BacktestDay& day = days[n];
    shares += day.exposure > 0.0 ? day.margin / day.exposure : 0.0;
    const bool is_tested = n % options.horizon == 0;
    summary.tested_days += is_tested ? 1 : 0;
    if (day.margin > 0.0) {
      summary.worst_loss_to_margin = std::max(summary.worst_loss_to_margin, day.loss / day.margin);
    }
    if (!day.is_exceedance()) continue;
    ++summary.exceedances;
    summary.tested_exceedances += is_tested ? 1 : 0;
    shortfalls += day.shortfall();
    if (day.shortfall() <= summary.shortfall_max) continue;
    summary.shortfall_max = day.shortfall();
    summary.worst_day = day.day;
  }
  const double count = static_cast<double>(days.size());
  summary.margin_to_exposure = shares / count;
  summary.coverage = 1.0 - static_cast<double>(summary.exceedances) / count;
  if (summary.exceedances > 0) {
    summary.shortfall_mean = shortfalls / static_cast<double>(summary.exceedances);
  }
  summary.kupiec = kupiec_test(summary.tested_exceedances, summary.tested_days, options.confidence);
  return summary;
}

}  // namespace margingate::backtest
