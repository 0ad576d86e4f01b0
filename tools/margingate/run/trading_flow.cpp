#include "run/trading_flow.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::run {
namespace {

// Nothing is traded in the last minutes of a contract.
constexpr Duration closing_time = seconds(300);
constexpr std::size_t resting_per_account_max = 3;
constexpr int attempts_max = 16;

constexpr double take_share = 0.25;
constexpr double takes_due_max = 8.0;
constexpr double take_size = 0.03;  // of what the account is about, for a mean trade of the tape
constexpr double quote_size = 0.004;
constexpr double hedge_trigger = 0.03;

bool is_seller(TraderKind kind) {
  return kind == TraderKind::tail_seller || kind == TraderKind::covered_writer;
}

}  // namespace

TradingFlow::TradingFlow(const Universe& universe, const Marks& marks, const OptionPicker& picker,
                         std::vector<Trader>& traders, std::uint64_t seed)
    : universe_(universe),
      marks_(marks),
      picker_(picker),
      traders_(traders),
      random_(seed, UINT64_MAX) {
  const auto is_maker = [](const Trader& t) { return t.kind == TraderKind::market_maker; };
  makers_ = static_cast<std::uint32_t>(std::count_if(traders.begin(), traders.end(), is_maker));
}

void TradingFlow::on_fill(std::uint32_t account, std::uint32_t contract, std::int64_t lots) {
  Trader& trader = traders_[account];
  if (trader.kind != TraderKind::market_maker) return;
  trader.delta_coins[universe_.contracts[contract].coin] +=
      static_cast<double>(lots) * marks_.mark(contract).delta_coins;
}

bool TradingFlow::is_tradable(std::uint32_t contract) const {
  if (contract == nowhere || !marks_.is_priced(contract)) return false;
  const Contract& terms = universe_.contracts[contract];
  return !terms.expires() || terms.expiry - marks_.time() > closing_time;
}

std::int64_t TradingFlow::lots_of(std::uint32_t contract, double value_quote) const {
  const std::uint8_t coin = universe_.contracts[contract].coin;
  const double coins = value_quote / marks_.spot(coin);
  return std::max<std::int64_t>(1, std::llround(coins / marks_.coins_per_lot(contract)));
}

double TradingFlow::half_spread(std::uint32_t contract, double mark) const {
  const Contract& terms = universe_.contracts[contract];
  if (!terms.is_option()) return 0.0001 * mark;
  return 0.0002 + 0.015 * mark;
}

std::int64_t TradingFlow::taking_price(std::uint32_t contract, Side side) const {
  const bool is_buy = side == Side::buy;
  const BookOrder* const best = exchange_->book(contract).best(opposite(side));
  if (best != nullptr) return best->price;
  const double mark = marks_.mark(contract).price;
  const double through = 1.5 * half_spread(contract, mark);
  return on_tick(is_buy ? mark + through : mark - through, universe_.contracts[contract].tick,
                 is_buy);
}

void TradingFlow::step(const ScheduleStep& step, const std::function<bool()>& between) {
  for (std::uint32_t i = 0; i < step.order_events; ++i) {
    takes_due_ = std::min(takes_due_ + take_share, takes_due_max);
    int attempts = 0;
    while (!act(step) && ++attempts < attempts_max) {
    }
    if (between()) return;
  }
}

bool TradingFlow::act(const ScheduleStep& step) {
  if (step.is_trade && takes_due_ >= 1.0) {
    takes_due_ -= 1.0;
    return take(step);
  }
  if (!step.is_trade || random_.chance(0.75)) {
    return make(random_.chance(0.8) ? step.coin : 1U - step.coin);
  }
  const bool is_full = resting_.size() > resting_per_account_max * traders_.size();
  return is_full || random_.chance(0.45) ? withdraw() : rest(step);
}

std::uint32_t TradingFlow::choose_contract(const Trader& trader, std::size_t coin) {
  const double what = random_.unit();
  if (!trader.contracts.empty() && random_.chance(0.5)) {
    return trader.contracts[random_.below(static_cast<std::uint32_t>(trader.contracts.size()))];
  }
  switch (trader.kind) {
    case TraderKind::covered_writer:
      return what < 0.6 ? picker_.call_above(random_, coin) : universe_.perpetuals[coin];
    case TraderKind::spreader:
      return picker_.near_money(random_, coin);
    case TraderKind::tail_seller:
      return what < 0.75 ? picker_.far_out(random_, coin) : universe_.perpetuals[coin];
    default:
      break;
  }
  if (what < 0.65) return universe_.perpetuals[coin];
  return what < 0.8 ? picker_.future(random_, coin) : picker_.near_money(random_, coin);
}

Side TradingFlow::choose_side(const Trader& trader, std::uint32_t contract, Side tape_side) {
  const bool sells = universe_.contracts[contract].is_option() && is_seller(trader.kind);
  return sells && random_.chance(0.7) ? Side::sell : tape_side;
}

bool TradingFlow::take(const ScheduleStep& step) {
  if (makers_ == traders_.size()) return make(step.coin);
  const auto others = static_cast<std::uint32_t>(traders_.size()) - makers_;
  const std::uint32_t account = makers_ + random_.below(others);
  Trader& trader = traders_[account];
  const std::uint32_t contract = choose_contract(trader, step.coin);
  if (!is_tradable(contract)) return false;
  exchange_->prefetch(account, contract);
  const Side side = choose_side(trader, contract, step.taker);
  const double relative = std::clamp(step.relative_quantity, 0.05, 8.0) * take_size;
  const OrderRequest request{account,
                             contract,
                             side,
                             lots_of(contract, trader.size_quote * relative),
                             taking_price(contract, side),
                             random_.chance(0.25)};
  const OrderRef resting = exchange_->submit(request, marks_.time());
  if (resting.slot != nowhere) resting_.push_back(resting);
  return true;
}

bool TradingFlow::rest(const ScheduleStep& step) {
  if (makers_ == traders_.size()) return make(step.coin);
  const auto others = static_cast<std::uint32_t>(traders_.size()) - makers_;
  const std::uint32_t account = makers_ + random_.below(others);
  Trader& trader = traders_[account];
  const std::uint32_t contract = choose_contract(trader, step.coin);
  if (!is_tradable(contract)) return false;
  exchange_->prefetch(account, contract);
  const Side side = choose_side(trader, contract, random_.chance(0.5) ? Side::buy : Side::sell);
  const bool is_buy = side == Side::buy;
  const double mark = marks_.mark(contract).price;
  const double away = random_.between(0.0, 4.0) * half_spread(contract, mark);
  const OrderRequest request{
      account,
      contract,
      side,
      lots_of(contract, trader.size_quote * take_size * random_.between(0.2, 3.0)),
      on_tick(is_buy ? mark - away : mark + away, universe_.contracts[contract].tick, !is_buy),
      true};
  const OrderRef resting = exchange_->submit(request, marks_.time());
  if (resting.slot != nowhere) resting_.push_back(resting);
  return true;
}

bool TradingFlow::withdraw() {
  while (!resting_.empty()) {
    const OrderRef ref = resting_.front();
    resting_.pop_front();
    const HostOrder* const order = exchange_->find(ref);
    if (order == nullptr) continue;
    if (random_.chance(0.6) || !is_tradable(order->contract)) {
      exchange_->cancel(ref);
      return true;
    }
    exchange_->prefetch(order->account, order->contract);
    const double mark = marks_.mark(order->contract).price;
    const bool is_buy = order->side == Side::buy;
    const double away = random_.between(0.0, 2.0) * half_spread(order->contract, mark);
    const std::int64_t price = on_tick(is_buy ? mark - away : mark + away,
                                       universe_.contracts[order->contract].tick, !is_buy);
    exchange_->replace(ref, order->remaining, price, marks_.time());
    if (exchange_->find(ref) != nullptr) resting_.push_back(ref);
    return true;
  }
  return false;
}

bool TradingFlow::make(std::size_t coin) {
  const std::uint32_t account = next_maker_;
  next_maker_ = (next_maker_ + 1) % makers_;
  Trader& trader = traders_[account];
  if (hedge(account, coin)) return true;
  const auto sides = static_cast<std::uint32_t>(2 * trader.quotes.size());
  for (std::uint32_t tried = 0; tried < sides; ++tried) {
    const std::uint32_t at = trader.next_quote++ % sides;
    QuoteSlot& slot = trader.quotes[at / 2];
    if (universe_.contracts[slot.contract].coin != coin || !is_tradable(slot.contract)) continue;
    const Side side = at % 2 == 0 ? Side::buy : Side::sell;
    // Late in the round something must happen, or a quiet market would make no order events.
    if (quote(account, slot, side, tried + 4 > sides || tried > 8)) return true;
  }
  return false;
}

bool TradingFlow::quote(std::uint32_t account, QuoteSlot& slot, Side side, bool is_forced) {
  const Trader& trader = traders_[account];
  exchange_->prefetch(account, slot.contract);
  const Contract& contract = universe_.contracts[slot.contract];
  const Mark mark = marks_.mark(slot.contract);
  const double half = half_spread(slot.contract, mark.price);
  // A maker that is long shows lower prices on what would make it longer, and the other way round.
  const double inventory =
      trader.delta_coins[contract.coin] * marks_.spot(contract.coin) / trader.size_quote;
  const double lean = std::clamp(-10.0 * inventory, -0.8, 0.8) * (mark.delta_coins < 0 ? -1 : 1);
  const bool is_buy = side == Side::buy;
  const double fair = mark.price + lean * half;
  const std::int64_t price = on_tick(is_buy ? fair - half : fair + half, contract.tick, !is_buy);
  const std::int64_t lots =
      lots_of(slot.contract, trader.size_quote * quote_size * random_.between(0.7, 1.3));

  OrderRef& ref = slot.orders[static_cast<std::size_t>(side)];
  const HostOrder* const order = exchange_->find(ref);
  if (order == nullptr) {
    ref = exchange_->submit({account, slot.contract, side, lots, price, true}, marks_.time());
    return true;
  }
  const bool is_stale = order->price != price || 2 * order->remaining < lots;
  if (!is_stale && !is_forced) return false;
  if (random_.chance(0.15)) {
    exchange_->cancel(ref);
  } else {
    exchange_->replace(ref, lots, price, marks_.time());
  }
  return true;
}

bool TradingFlow::hedge(std::uint32_t account, std::size_t coin) {
  const Trader& trader = traders_[account];
  const double value = trader.delta_coins[coin] * marks_.spot(coin);
  if (std::fabs(value) < hedge_trigger * trader.size_quote) return false;
  if (!random_.chance(0.3)) return false;
  const std::uint32_t contract = universe_.perpetuals[coin];
  const Side side = value > 0.0 ? Side::sell : Side::buy;
  exchange_->submit({account, contract, side, lots_of(contract, std::fabs(value)),
                     taking_price(contract, side), false},
                    marks_.time());
  return true;
}

}  // namespace margingate::run
