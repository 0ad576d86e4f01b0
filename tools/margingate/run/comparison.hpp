// The same accounts under several margin models, side by side.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "run/session.hpp"
#include "run/universe.hpp"

namespace margingate::run {

struct ModelOutcome {
  std::string model;
  std::string parameters;
  double initial_margin_quote = 0.0;  // sum over accounts
  double maintenance_margin_quote = 0.0;
  std::uint64_t accounts = 0;            // with positions and a statement
  std::uint64_t accounts_short = 0;      // equity below initial margin
  std::uint64_t accounts_in_breach = 0;  // equity below maintenance margin
  double ratio_to_isolated_median = 0.0;
  std::string breach_liquidates;
};

struct PositionView {
  std::uint32_t contract = 0;
  std::int64_t lots = 0;
  std::int64_t entry_price = 1;  // price units
};

struct AccountView {
  std::vector<PositionView> positions;
  std::array<double, coins_max> coins{};  // wallets
  double quote = 0.0;
};

// Positions, entry prices and wallets as they are; working orders are left out.
std::vector<AccountView> view_accounts(const Universe& universe, const Session& session,
                                       std::uint32_t accounts);

struct ComparisonInputs {
  std::size_t surface = 0;
  Timestamp time;
  std::array<double, coins_max> spots{};
  std::string params_directory;
};

std::vector<ModelOutcome> compare_models(const Universe& universe,
                                         const std::vector<AccountView>& accounts,
                                         const ComparisonInputs& inputs);

}  // namespace margingate::run
