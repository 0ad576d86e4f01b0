#include "run/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "margingate/liquidation.hpp"
#include "run/gate_driver.hpp"
#include "run/revaluation_runner.hpp"
#include "run/run_options.hpp"

namespace margingate::run {
namespace {

constexpr std::array<const char*, 3> models_compared = {"isolated", "cross", "portfolio"};

struct Requirement {
  bool is_known = false;
  double initial = 0.0;
  double maintenance = 0.0;
  double equity = 0.0;
};

// What was paid per contract so far, from the leg's entry cash (MR-13 the other way round).
std::int64_t entry_price(const Contract& contract, const Gate::Leg& leg) {
  const double cash = static_cast<double>(leg.entry_cash.value) / money_scale;
  const double size = static_cast<double>(leg.net_quantity.value) * contract.lot_size();
  const double price = contract.is_option() ? -cash / size : size / cash;
  const double units = price * static_cast<double>(price_scale);
  return units >= 1.0 && units < 1e17 ? std::llround(units) : 1;
}

class ModelRun {
 public:
  ModelRun(const Universe& universe, const std::vector<AccountView>& accounts,
           const ComparisonInputs& inputs, const std::string& model)
      : accounts_(accounts),
        parameters_(load_parameters(inputs.params_directory, model, {})),
        session_(make_session(universe, parameters_.sets, limits(accounts), {})),
        driver_(session_, nullptr, nullptr) {
    RevaluationRunner revaluation(driver_);
    driver_.set_timing(false);
    revaluation.use_surface(inputs.surface);
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      driver_.tick(coin, inputs.spots[coin], inputs.time);
    }
    revaluation.settle();
    for (std::uint32_t i = 0; i < accounts.size(); ++i) open(i);
    revaluation.settle();
  }

  std::vector<Requirement> requirements() {
    std::vector<Requirement> result(accounts_.size());
    for (std::uint32_t i = 0; i < accounts_.size(); ++i) {
      if (!accounts_[i].positions.empty()) result[i] = requirement(i);
    }
    return result;
  }

  [[nodiscard]] const std::string& parameters() const { return parameters_.sets.front().name; }
  [[nodiscard]] std::string breach_liquidates() const {
    const GateConfig& config = session_.gates.front().gate->config();
    return std::string(to_string(liquidation_scope(config.model)));
  }

 private:
  static SessionLimits limits(const std::vector<AccountView>& accounts) {
    SessionLimits result;
    std::size_t legs = 1;
    for (const AccountView& account : accounts) legs += account.positions.size();
    result.accounts = static_cast<std::uint32_t>(std::max<std::size_t>(1, accounts.size()));
    result.legs = static_cast<std::uint32_t>(legs);
    result.working_orders = 1;
    return result;
  }

  void open(std::uint32_t account) {
    for (const PositionView& position : accounts_[account].positions) {
      const Route route = session_.routes[position.contract];
      driver_.apply(
          route.gate,
          PositionTransfer{{account}, route.instrument, {position.lots}, {position.entry_price}});
    }
    const GateSession& gate = session_.gates.front();
    for (std::uint32_t asset = 0; asset < gate.assets.size(); ++asset) {
      double amount = gate.assets[asset] == "USD" ? accounts_[account].quote : 0.0;
      for (std::size_t coin = 0; coin < coins_max; ++coin) {
        if (gate.assets[asset] == coin_names[coin]) amount = accounts_[account].coins[coin];
      }
      const Money money{std::llround(amount * money_scale)};
      if (money.value != 0) driver_.apply(0, CashMovement{{account}, {asset}, money});
    }
  }

  Requirement requirement(std::uint32_t account) {
    const MarginStatement statement = session_.gates.front().gate->statement(AccountId{account});
    if (!is_accepted(statement.reason)) return {};
    return {true, static_cast<double>(statement.initial_margin.value) / money_scale,
            static_cast<double>(statement.maintenance_margin.value) / money_scale,
            static_cast<double>(statement.equity.value) / money_scale};
  }

  const std::vector<AccountView>& accounts_;
  LoadedParameters parameters_;
  Session session_;
  GateDriver driver_;
};

double median_ratio(const std::vector<Requirement>& of, const std::vector<Requirement>& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (of[i].is_known && to[i].is_known && to[i].initial > 0.0) {
      ratios.push_back(of[i].initial / to[i].initial);
    }
  }
  if (ratios.empty()) return 0.0;
  std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2),
                   ratios.end());
  return ratios[ratios.size() / 2];
}

ModelOutcome outcome_of(const std::vector<Requirement>& requirements) {
  ModelOutcome outcome;
  for (const Requirement& requirement : requirements) {
    if (!requirement.is_known) continue;
    ++outcome.accounts;
    outcome.initial_margin_quote += requirement.initial;
    outcome.maintenance_margin_quote += requirement.maintenance;
    outcome.accounts_short += requirement.equity < requirement.initial ? 1 : 0;
    outcome.accounts_in_breach += requirement.equity < requirement.maintenance ? 1 : 0;
  }
  return outcome;
}

}  // namespace

std::vector<AccountView> view_accounts(const Universe& universe, const Session& session,
                                       std::uint32_t accounts) {
  std::vector<AccountView> views(accounts);
  for (const GateSession& gate : session.gates) {
    for (std::uint32_t i = 0; i < accounts; ++i) {
      for (const Gate::Leg& leg : gate.gate->legs(AccountId{i})) {
        if (leg.net_quantity.value == 0) continue;
        const std::uint32_t contract = gate.contracts[leg.instrument.value];
        views[i].positions.push_back(
            {contract, leg.net_quantity.value, entry_price(universe.contracts[contract], leg)});
      }
      const std::vector<Money> wallets = gate.gate->wallets(AccountId{i});
      for (std::size_t asset = 0; asset < wallets.size(); ++asset) {
        const double amount = static_cast<double>(wallets[asset].value) / money_scale;
        if (gate.assets[asset] == "USD") views[i].quote += amount;
        for (std::size_t coin = 0; coin < coins_max; ++coin) {
          if (gate.assets[asset] == coin_names[coin]) views[i].coins[coin] += amount;
        }
      }
    }
  }
  return views;
}

std::vector<ModelOutcome> compare_models(const Universe& universe,
                                         const std::vector<AccountView>& accounts,
                                         const ComparisonInputs& inputs) {
  std::vector<ModelOutcome> outcomes;
  std::vector<Requirement> isolated;
  for (const char* model : models_compared) {
    ModelRun run(universe, accounts, inputs, model);
    const std::vector<Requirement> requirements = run.requirements();
    if (isolated.empty()) isolated = requirements;
    ModelOutcome outcome = outcome_of(requirements);
    outcome.model = model;
    outcome.parameters = run.parameters();
    outcome.breach_liquidates = run.breach_liquidates();
    outcome.ratio_to_isolated_median = median_ratio(requirements, isolated);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace margingate::run
