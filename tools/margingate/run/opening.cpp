#include "run/opening.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace margingate::run {
namespace {

// An account without positions, or hardly any, owns at least this share of what it is about.
constexpr double equity_share_min = 0.03;
// Quotes under protection of each market maker, where the model holds margin for them: coins.
constexpr double protected_quotes = 1.0;

Money money(double amount) { return {std::llround(amount * money_scale)}; }

std::int64_t nearest_price(double price) {
  const double units = price * static_cast<double>(price_scale);
  return std::max<std::int64_t>(1, std::llround(units));
}

class Opening {
 public:
  Opening(const Marks& marks, GateDriver& driver) : marks_(marks), driver_(driver) {
    for (std::size_t coin = 0; coin < coins_max; ++coin) spots_[coin] = marks.spot(coin);
  }

  void transfer_book(std::uint32_t account, const Trader& trader) {
    for (const Holding& holding : trader.book) {
      if (holding.lots == 0) continue;
      const Route route = driver_.session().routes[holding.contract];
      const Price price{nearest_price(marks_.mark(holding.contract).price)};
      driver_.apply(route.gate,
                    PositionTransfer{{account}, route.instrument, {holding.lots}, price});
    }
  }

  void fund(std::uint32_t gate, std::uint32_t account, const Trader& trader) {
    const GateSession& session = driver_.session().gates[gate];
    const MarginStatement statement = session.gate->statement(AccountId{account});
    const double numeraire_price = session.numeraire == "USD" ? 1.0 : spots_[session.coins.front()];
    const double least = trader.size_quote * equity_share_min / numeraire_price;
    const double required = static_cast<double>(statement.initial_margin.value) / money_scale;
    const double equity = static_cast<double>(statement.equity.value) / money_scale;
    deposit(gate, account, trader, std::max(required / trader.utilisation, least) - equity);
  }

  void hold_for_quotes(std::uint32_t gate, std::uint32_t account) {
    const double rate = driver_.session().gates[gate].quote_protection_rate;
    if (rate > 0.0) driver_.apply(gate, Hold{{account}, money(rate * protected_quotes)});
  }

 private:
  void deposit(std::uint32_t gate, std::uint32_t account, const Trader& trader, double value) {
    if (value <= 0.0) return;
    const GateSession& session = driver_.session().gates[gate];
    double rest = value;
    for (std::uint32_t asset = 0; asset < session.assets.size(); ++asset) {
      if (session.assets[asset] != coin_names[trader.coin]) continue;
      if (session.assets[asset] == session.numeraire) continue;
      const double in_coin = value * trader.coin_share;
      const double price =
          asset_price(session, asset, spots_) * (1.0 - session.collateral[asset].haircut);
      if (price <= 0.0) continue;
      rest -= in_coin;
      pay(gate, account, asset, in_coin / price);
    }
    for (std::uint32_t asset = 0; asset < session.assets.size(); ++asset) {
      if (session.assets[asset] == session.numeraire) pay(gate, account, asset, rest);
    }
  }

  void pay(std::uint32_t gate, std::uint32_t account, std::uint32_t asset, double amount) {
    const Money paid = money(amount);
    if (paid.value > 0) driver_.apply(gate, CashMovement{{account}, {asset}, paid});
  }

  const Marks& marks_;
  GateDriver& driver_;
  std::array<double, coins_max> spots_{};
};

}  // namespace

void open_accounts(const Marks& marks, const std::vector<Trader>& traders, GateDriver& driver,
                   RevaluationRunner& revaluation) {
  const auto gates = static_cast<std::uint32_t>(driver.session().gates.size());
  const auto accounts = static_cast<std::uint32_t>(traders.size());
  Opening opening(marks, driver);
  for (std::size_t coin = 0; coin < coins_max; ++coin) {
    driver.tick(coin, marks.spot(coin), marks.time());
  }
  revaluation.settle();
  for (std::uint32_t i = 0; i < accounts; ++i) opening.transfer_book(i, traders[i]);
  revaluation.settle();
  for (std::uint32_t gate = 0; gate < gates; ++gate) {
    if (driver.session().gates[gate].is_second) continue;
    for (std::uint32_t i = 0; i < accounts; ++i) {
      opening.fund(gate, i, traders[i]);
      if (traders[i].kind == TraderKind::market_maker) opening.hold_for_quotes(gate, i);
    }
  }
  revaluation.settle();
}

std::vector<double> measure_utilisation(const Session& session, std::uint32_t accounts) {
  std::vector<double> shares;
  for (const GateSession& gate : session.gates) {
    for (std::uint32_t i = 0; i < accounts; ++i) {
      const MarginStatement statement = gate.gate->statement(AccountId{i});
      if (statement.initial_margin.value <= 0 || statement.equity.value <= 0) continue;
      shares.push_back(static_cast<double>(statement.initial_margin.value) /
                       static_cast<double>(statement.equity.value));
    }
  }
  std::sort(shares.begin(), shares.end());
  return shares;
}

}  // namespace margingate::run
