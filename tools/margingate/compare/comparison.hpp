// One portfolio in one market under every model that can take it.
//
// Shape    one ComparedModel per parameter set; a model that cannot take the portfolio says why.
// Units    amounts in the market's numeraire, whatever the model counts in.
// Sign     as in MarginStatement.
// Range    any portfolio file.
// Errors   what one model cannot do is its refusal; only a bad market or portfolio throws.
// Threads  the calling thread.
// Cost     one gate per model, one more per position.
// Source   docs/compare.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/requirement_parts.hpp"
#include "io/what_if.hpp"
#include "margingate/liquidation.hpp"

namespace margingate::compare {

// A set of parameters, or why there is none in the file.
struct CandidateSet {
  std::string name;
  std::string model;
  std::optional<models::ParameterSet> set;
  std::string refusal;
};

struct ComparedModel {
  std::string model;
  std::string parameters;
  std::string refusal;  // empty when the model takes the portfolio; the rest is then filled
  std::optional<io::WhatIf> what_if;
  double rate = 1.0;  // of the statement's currency in the comparison's
  LiquidationScope scope = LiquidationScope::whole_account;
  std::vector<RequirementPart> parts;
  std::map<std::string, double> alone;  // initial margin of each instrument, were it the only one

  [[nodiscard]] double initial_margin() const;
  [[nodiscard]] double maintenance_margin() const;
  [[nodiscard]] double equity() const;
  [[nodiscard]] double free_collateral() const { return equity() - initial_margin(); }
  // Of equity; nothing while there is no equity.
  [[nodiscard]] std::optional<double> utilisation() const;
  [[nodiscard]] double alone_together() const;  // sum of `alone`
};

struct Comparison {
  std::string account;
  std::string currency;
  double exposure = 0.0;               // sum of the positions' notional, longs and shorts alike
  std::vector<ComparedModel> models;   // largest requirement first
  std::vector<ComparedModel> refused;  // in the order of their names

  // Exposure that one unit of requirement carries.
  [[nodiscard]] std::optional<double> leverage(const ComparedModel& model) const;
};

[[nodiscard]] Comparison compare_models(const io::MarketFile& market,
                                        const io::PortfolioFile& portfolio,
                                        const std::vector<CandidateSet>& candidates);

// The initial margin of one instrument's position and orders, nothing else held.
[[nodiscard]] double margin_alone(const io::MarketFile& market, const io::PortfolioFile& portfolio,
                                  const models::ParameterSet& parameters,
                                  const std::string& instrument);

// Positions without sign, each at its index, in the market's numeraire (MR-11).
[[nodiscard]] double gross_exposure(const io::MarketFile& market,
                                    const io::PortfolioFile& portfolio);

// One line on what makes this model's requirement what it is.
[[nodiscard]] std::string reason_line(const Comparison& comparison, const ComparedModel& model);

}  // namespace margingate::compare
