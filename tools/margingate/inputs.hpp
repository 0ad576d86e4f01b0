// Files that commands ask for by path or by name.
#pragma once

#include <string>
#include <vector>

#include "compare/comparison.hpp"
#include "io/market_file.hpp"
#include "io/portfolio_file.hpp"
#include "models/parameter_set.hpp"

namespace margingate::tool {

// Options that margin and explain share.
struct AccountInputs {
  std::string model;
  std::string parameters;  // path, or name of a bundled set; empty for the model's default
  std::string market;      // market.json, or an option chain as .csv or .csv.gz
  std::string portfolio;
};

// Names of the models that a parameter file may be for.
[[nodiscard]] std::vector<std::string> model_choices();

[[nodiscard]] io::MarketFile load_market(const std::string& path);

// FileError when the file is for another model than asked for. `coin` picks among the default
// sets of a model that has one per coin.
[[nodiscard]] models::ParameterSet load_parameters(const std::string& model,
                                                   const std::string& parameters,
                                                   const std::string& coin);

// The newest bundled set of every model, and of every coin for models that have one per coin.
// What is no parameter set of a margin model is there with the reason.
[[nodiscard]] std::vector<compare::CandidateSet> newest_sets();

// Paths, or names of bundled sets; FileError when one cannot be read.
[[nodiscard]] std::vector<compare::CandidateSet> named_sets(const std::vector<std::string>& names);

// The named sets, or the newest ones when none is named; of these models only, if any is given.
[[nodiscard]] std::vector<compare::CandidateSet> choose_sets(
    const std::vector<std::string>& names, const std::vector<std::string>& models);

// A file that ships, by its path in the source tree.
[[nodiscard]] std::string bundled_file(const std::string& path);

// Underlying of the first position, working order or market entry.
[[nodiscard]] std::string first_underlying(const io::MarketFile& market,
                                           const io::PortfolioFile& portfolio);

}  // namespace margingate::tool
