#include "run/traders.hpp"

#include <algorithm>
#include <cmath>

#include "pricing/elementary.hpp"

namespace margingate::run {
namespace {

struct KindShare {
  TraderKind kind;
  double share;
  double size_low;  // quote currency
  double size_high;
  double utilisation_low;
  double utilisation_high;
  double coin_share;
};

// Shares are a guess at a retail-heavy venue with a handful of large market makers; sizes are
// drawn evenly on a logarithmic scale. Market makers need room for quotes on top of positions.
constexpr std::array<KindShare, trader_kinds> kinds = {{
    {TraderKind::market_maker, 0.04, 2e6, 2e7, 0.30, 0.85, 0.6},
    {TraderKind::directional, 0.40, 5e3, 1e6, 0.30, 1.05, 0.4},
    {TraderKind::covered_writer, 0.14, 2e4, 2e6, 0.30, 0.95, 1.0},
    {TraderKind::spreader, 0.20, 1e4, 1e6, 0.30, 1.05, 0.5},
    {TraderKind::tail_seller, 0.12, 2e4, 2e6, 0.40, 1.05, 0.3},
    {TraderKind::near_liquidation, 0.10, 1e4, 1e6, 0.953, 1.0, 0.5},
}};

double log_uniform(Random& random, double low, double high) {
  return low * pricing::exp_portable(random.unit() * pricing::log_ratio_portable(high, low));
}

class BookMaker {
 public:
  BookMaker(const Universe& universe, const Session& session, const Marks& marks,
            const OptionPicker& picker, Random& random)
      : universe_(universe), session_(session), marks_(marks), picker_(picker), random_(random) {}

  void fill(Trader& trader) {
    switch (trader.kind) {
      case TraderKind::market_maker:
        market_maker(trader);
        break;
      case TraderKind::directional:
        directional(trader);
        break;
      case TraderKind::covered_writer:
        covered_writer(trader);
        break;
      case TraderKind::spreader:
        spreader(trader);
        break;
      case TraderKind::tail_seller:
        tail_seller(trader);
        break;
      case TraderKind::near_liquidation:
        near_liquidation(trader);
        break;
    }
  }

 private:
  double sign() { return random_.chance(0.5) ? 1.0 : -1.0; }

  std::size_t any_coin(const Trader& trader) {
    return random_.chance(0.75) ? trader.coin : 1U - trader.coin;
  }

  // Signed quantity in coins; rounds to lots, at least one.
  void hold(Trader& trader, std::uint32_t contract, double coins) {
    if (contract == nowhere || !session_.is_routed(contract)) return;
    const double lots = std::round(coins / marks_.coins_per_lot(contract));
    const auto whole = static_cast<std::int64_t>(lots);
    const std::int64_t held = whole != 0 ? whole : (coins < 0.0 ? -1 : 1);
    const auto same = std::find_if(trader.book.begin(), trader.book.end(),
                                   [&](const Holding& h) { return h.contract == contract; });
    if (same != trader.book.end()) {
      same->lots += held;
    } else {
      trader.book.push_back({contract, held});
    }
  }

  double coins(const Trader& trader, std::size_t coin, double share) const {
    return trader.size_quote * share / marks_.spot(coin);
  }

  double delta(const Trader& trader, std::size_t coin) const {
    double sum = 0.0;
    for (const Holding& holding : trader.book) {
      if (universe_.contracts[holding.contract].coin != coin) continue;
      sum += static_cast<double>(holding.lots) * marks_.mark(holding.contract).delta_coins;
    }
    return sum;
  }

  void market_maker(Trader& trader) {
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      const double share = coin == trader.coin ? 0.02 : 0.008;
      const std::uint32_t legs = coin == trader.coin ? 30 + random_.below(50) : random_.below(30);
      for (std::uint32_t i = 0; i < legs; ++i) {
        hold(trader, picker_.near_money(random_, coin),
             coins(trader, coin, share) * random_.normal());
      }
      const bool by_future = random_.chance(0.25);
      const std::uint32_t hedge =
          by_future ? picker_.future(random_, coin) : universe_.perpetuals[coin];
      const double hedge_coins = -delta(trader, coin);
      if (std::fabs(hedge_coins) > 0.0) hold(trader, hedge, hedge_coins);
    }
    add_quotes(trader);
  }

  void add_quotes(Trader& trader) {
    for (std::size_t coin = 0; coin < coins_max; ++coin) {
      if (session_.is_routed(universe_.perpetuals[coin])) {
        trader.quotes.push_back({universe_.perpetuals[coin], {}});
      }
    }
    const std::uint32_t wanted = 20 + random_.below(20);
    for (std::uint32_t i = 0; i < wanted; ++i) {
      const std::size_t coin = any_coin(trader);
      const std::uint32_t contract =
          random_.chance(0.08) ? picker_.future(random_, coin) : picker_.near_money(random_, coin);
      const auto is_same = [&](const QuoteSlot& slot) { return slot.contract == contract; };
      if (contract == nowhere || std::any_of(trader.quotes.begin(), trader.quotes.end(), is_same)) {
        continue;
      }
      trader.quotes.push_back({contract, {}});
    }
  }

  void directional(Trader& trader) {
    const std::uint32_t legs = 1 + random_.below(3);
    for (std::uint32_t i = 0; i < legs; ++i) {
      const std::size_t coin = any_coin(trader);
      const double what = random_.unit();
      if (what < 0.6) {
        hold(trader, universe_.perpetuals[coin], sign() * coins(trader, coin, 0.6));
      } else if (what < 0.75) {
        hold(trader, picker_.future(random_, coin), sign() * coins(trader, coin, 0.5));
      } else {
        hold(trader, picker_.near_money(random_, coin), coins(trader, coin, 0.6));
      }
    }
  }

  void covered_writer(Trader& trader) {
    const std::size_t coin = trader.coin;
    if (random_.chance(0.4)) {
      trader.coin_share = 0.3;
      hold(trader, universe_.perpetuals[coin], coins(trader, coin, 0.8));
    }
    const std::uint32_t legs = 1 + random_.below(3);
    for (std::uint32_t i = 0; i < legs; ++i) {
      hold(trader, picker_.call_above(random_, coin),
           -coins(trader, coin, random_.between(0.3, 0.8) / static_cast<double>(legs)));
    }
  }

  void spreader(Trader& trader) {
    const std::uint32_t spreads = 1 + random_.below(4);
    for (std::uint32_t i = 0; i < spreads; ++i) {
      const std::size_t coin = any_coin(trader);
      const std::uint32_t first = picker_.near_money(random_, coin);
      if (first == nowhere) continue;
      const std::uint32_t second = random_.chance(0.6) ? picker_.other_strike(random_, first)
                                                       : picker_.other_expiry(random_, first);
      if (second == nowhere) continue;
      const double size = sign() * coins(trader, coin, random_.between(0.5, 1.5));
      hold(trader, first, size);
      hold(trader, second, -size);
    }
    if (trader.book.empty()) directional(trader);
  }

  void tail_seller(Trader& trader) {
    const std::uint32_t legs = 4 + random_.below(12);
    for (std::uint32_t i = 0; i < legs; ++i) {
      const std::size_t coin = any_coin(trader);
      hold(trader, picker_.far_out(random_, coin),
           -coins(trader, coin, random_.between(0.05, 0.25)));
    }
  }

  void near_liquidation(Trader& trader) {
    if (random_.chance(0.5)) return directional(trader);
    const std::size_t coin = trader.coin;
    const std::uint32_t legs = 2 + random_.below(3);
    for (std::uint32_t i = 0; i < legs; ++i) {
      hold(trader, picker_.near_money(random_, coin), -coins(trader, coin, 0.3));
    }
    hold(trader, universe_.perpetuals[coin], -delta(trader, coin) * random_.between(0.0, 0.7));
  }

  const Universe& universe_;
  const Session& session_;
  const Marks& marks_;
  const OptionPicker& picker_;
  Random& random_;
};

// The first accounts are market makers: without them nobody could trade. The rest by share.
TraderKind kind_of(std::uint32_t account, std::uint32_t count, Random& random) {
  const auto makers = std::max<std::uint32_t>(
      2, static_cast<std::uint32_t>(kinds[0].share * static_cast<double>(count)));
  if (account < makers) return TraderKind::market_maker;
  double target = random.unit() * (1.0 - kinds[0].share);
  for (std::size_t i = 1; i < trader_kinds; ++i) {
    if (target < kinds[i].share) return kinds[i].kind;
    target -= kinds[i].share;
  }
  return TraderKind::directional;
}

}  // namespace

std::string_view to_string(TraderKind kind) noexcept {
  switch (kind) {
    case TraderKind::market_maker:
      return "market maker";
    case TraderKind::directional:
      return "directional";
    case TraderKind::covered_writer:
      return "covered writer";
    case TraderKind::spreader:
      return "spreader";
    case TraderKind::tail_seller:
      return "tail seller";
    case TraderKind::near_liquidation:
      return "near liquidation";
  }
  return "unknown";
}

std::vector<Trader> make_traders(const Universe& universe, const Session& session,
                                 const Marks& marks, const OptionPicker& picker,
                                 std::uint32_t count, std::uint64_t seed) {
  std::vector<Trader> traders(count);
  for (std::uint32_t account = 0; account < count; ++account) {
    Random random(seed, account);  // a stream of its own: more accounts leave the others alone
    Trader& trader = traders[account];
    trader.kind = kind_of(account, count, random);
    const KindShare& kind = kinds[static_cast<std::size_t>(trader.kind)];
    trader.coin = random.chance(0.65) ? 0 : 1;
    if (!session.is_routed(universe.perpetuals[trader.coin])) trader.coin ^= 1U;
    trader.size_quote = log_uniform(random, kind.size_low, kind.size_high);
    trader.utilisation = random.between(kind.utilisation_low, kind.utilisation_high);
    trader.coin_share = kind.coin_share * random.unit();
    if (trader.kind == TraderKind::covered_writer) trader.coin_share = kind.coin_share;
    BookMaker(universe, session, marks, picker, random).fill(trader);
    for (const Holding& holding : trader.book) trader.contracts.push_back(holding.contract);
  }
  return traders;
}

}  // namespace margingate::run
