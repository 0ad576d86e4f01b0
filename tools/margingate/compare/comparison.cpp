#include "compare/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <set>

namespace margingate::compare {
namespace {

double scaled(const ComparedModel& model, Money MarginStatement::*field) {
  return model.what_if->amount(model.what_if->statement.*field) * model.rate;
}

double notional_per_contract(const io::MarketFile& market, const io::MarketInstrument& instrument) {
  const double index = market.find_underlying(instrument.underlying)->index_price;
  if (instrument.kind == InstrumentKind::option) return instrument.contract_size * index;
  if (instrument.kind == InstrumentKind::spot) return instrument.contract_size * index;
  if (instrument.payoff == Payoff::linear) {
    return instrument.contract_size * instrument.forward_price;
  }
  return instrument.contract_size * index / instrument.forward_price;
}

class Evaluation {
 public:
  Evaluation(const io::MarketFile& market, const io::PortfolioFile& portfolio,
             const models::ParameterSet& set)
      : market_(market), portfolio_(portfolio), set_(set) {}

  // Fills the model, or its refusal.
  void run(ComparedModel& model) const {
    model.refusal = not_covered();
    if (model.refusal.empty()) model.refusal = wrong_currency();
    if (!model.refusal.empty()) return;
    try {
      model.what_if = io::run_what_if(market_, portfolio_, set_);
      for (const std::string& name : instruments()) {
        model.alone[name] = margin_alone(market_, portfolio_, set_, name);
      }
      model.refusal = unmargined(model);
    } catch (const std::exception& error) {
      model.refusal = error.what();
    }
    if (!model.refusal.empty()) return;
    model.rate = rate_of(model.what_if->currency);
    model.scope = liquidation_scope(model.what_if->setup.config.model);
    model.parts = requirement_parts(*model.what_if);
  }

 private:
  [[nodiscard]] std::set<std::string> instruments() const {
    std::set<std::string> names;
    for (const auto& position : portfolio_.positions) names.insert(position.instrument);
    for (const auto& order : portfolio_.working_orders) names.insert(order.instrument);
    return names;
  }

  [[nodiscard]] std::string not_covered() const {
    for (const std::string& name : instruments()) {
      if (!models::covers(set_, market_.find_instrument(name)->kind)) {
        return "has no margin for contracts such as " + name;
      }
    }
    return "";
  }

  // A model that counts in a coin takes what is worth that coin and nothing else.
  [[nodiscard]] std::string wrong_currency() const {
    const std::string coin = models::required_numeraire(set_);
    if (coin.empty()) return "";
    for (const std::string& name : instruments()) {
      const io::MarketInstrument& instrument = *market_.find_instrument(name);
      if (instrument.underlying != coin) return "counts in " + coin + " alone; " + name + " is not";
      if (instrument.payoff != Payoff::inverse) {
        return "counts in " + coin + "; " + name + " pays in " + instrument.settlement_asset;
      }
    }
    for (const auto& entry : portfolio_.collateral) {
      if (entry.asset != coin) return "counts in " + coin + "; collateral is in " + entry.asset;
    }
    return "";
  }

  // A model that asks nothing of a position, long or short, does not know such contracts.
  [[nodiscard]] std::string unmargined(const ComparedModel& model) const {
    for (const auto& [name, margin] : model.alone) {
      if (margin > 0.0) continue;
      io::PortfolioFile flipped = portfolio_;
      for (auto& position : flipped.positions) position.quantity = -position.quantity;
      for (auto& order : flipped.working_orders) {
        order.side = order.side == Side::buy ? Side::sell : Side::buy;
      }
      if (margin_alone(market_, flipped, set_, name) > 0.0) continue;
      return "asks nothing for " + name + ", long or short: it has no rule for such contracts";
    }
    return "";
  }

  [[nodiscard]] double rate_of(const std::string& currency) const {
    if (currency == market_.numeraire) return 1.0;
    const io::MarketUnderlying* coin = market_.find_underlying(currency);
    return coin != nullptr ? coin->index_price : market_.find_asset(currency)->price;
  }

  const io::MarketFile& market_;
  const io::PortfolioFile& portfolio_;
  const models::ParameterSet& set_;
};

bool is_larger(const ComparedModel& a, const ComparedModel& b) {
  if (a.initial_margin() != b.initial_margin()) return a.initial_margin() > b.initial_margin();
  return a.parameters < b.parameters;
}

}  // namespace

double ComparedModel::initial_margin() const {
  return scaled(*this, &MarginStatement::initial_margin);
}

double ComparedModel::maintenance_margin() const {
  return scaled(*this, &MarginStatement::maintenance_margin);
}

double ComparedModel::equity() const { return scaled(*this, &MarginStatement::equity); }

std::optional<double> ComparedModel::utilisation() const {
  if (equity() <= 0.0) return std::nullopt;
  return initial_margin() / equity();
}

double ComparedModel::alone_together() const {
  double sum = 0.0;
  for (const auto& [name, margin] : alone) sum += margin * rate;
  return sum;
}

std::optional<double> Comparison::leverage(const ComparedModel& model) const {
  const double margin = model.initial_margin();
  if (margin <= 0.0) return std::nullopt;
  return exposure / margin;
}

double margin_alone(const io::MarketFile& market, const io::PortfolioFile& portfolio,
                    const models::ParameterSet& parameters, const std::string& instrument) {
  io::PortfolioFile alone = portfolio;
  std::erase_if(alone.positions, [&](const auto& p) { return p.instrument != instrument; });
  std::erase_if(alone.working_orders, [&](const auto& o) { return o.instrument != instrument; });
  alone.holds.clear();
  alone.quote_protection.clear();
  const io::WhatIf result = io::run_what_if(market, alone, parameters);
  return result.amount(result.statement.initial_margin);
}

double gross_exposure(const io::MarketFile& market, const io::PortfolioFile& portfolio) {
  double exposure = 0.0;
  for (const io::PortfolioPosition& position : portfolio.positions) {
    const io::MarketInstrument& instrument = *market.find_instrument(position.instrument);
    exposure += std::fabs(position.quantity) * notional_per_contract(market, instrument);
  }
  return exposure;
}

Comparison compare_models(const io::MarketFile& market, const io::PortfolioFile& portfolio,
                          const std::vector<CandidateSet>& candidates) {
  Comparison comparison;
  comparison.account = portfolio.account;
  comparison.currency = market.numeraire;
  comparison.exposure = gross_exposure(market, portfolio);
  for (const CandidateSet& candidate : candidates) {
    ComparedModel model;
    model.model = candidate.model;
    model.parameters = candidate.name;
    model.refusal = candidate.refusal;
    if (candidate.set) Evaluation(market, portfolio, *candidate.set).run(model);
    auto& list = model.refusal.empty() ? comparison.models : comparison.refused;
    list.push_back(std::move(model));
  }
  std::sort(comparison.models.begin(), comparison.models.end(), is_larger);
  return comparison;
}

}  // namespace margingate::compare
