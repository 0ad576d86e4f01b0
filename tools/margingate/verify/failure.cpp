#include "verify/failure.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "margingate/revaluer.hpp"
#include "reference/reference_trade.hpp"
#include "reference/verdict_audit.hpp"
#include "verify/failure_terms.hpp"

namespace margingate::verify {
namespace {

constexpr AccountId account{0};
// There while working orders are loaded, so that none is refused, and taken back at once.
constexpr Money passing_deposit{std::int64_t{1} << 59};
constexpr int attempts_most = 3'000;

// The failure's account on a gate of its own, at the table's spots and then at the live ones.
class Scene {
 public:
  Scene(const Failure& failure, const VerdictFault& fault)
      : failure_(failure), fault_(fault), config_(failure.world.setup.config) {
    config_.limits.accounts_max = 1;
    config_.controls.reset();
    gate_ = Gate::create(config_).gate;
    revaluer_ = std::make_unique<Revaluer>(*gate_);
    surface_ = failure.surface;
    surface_.as_of = failure.as_of;
  }

  Examination examine() {
    tick(failure_.table_spots);
    static_cast<void>(revaluer_->update_surface(surface_));
    table_ = {1, failure_.as_of, 1, failure_.table_spots};
    static_cast<void>(revaluer_->publish(table_));
    static_cast<void>(gate_->poll());
    load();
    tick(failure_.live_spots);
    return decide();
  }

 private:
  void tick(const std::vector<Price>& spots) {
    for (std::size_t u = 0; u < spots.size(); ++u) {
      static_cast<void>(
          gate_->apply(SpotTick{{static_cast<std::uint32_t>(u)}, spots[u], failure_.as_of}));
    }
  }

  void load() {
    move(config_.numeraire, passing_deposit);
    for (const reference::ReferenceLeg& leg : failure_.account.legs) {
      if (leg.net == 0) continue;
      static_cast<void>(gate_->apply(
          PositionTransfer{account, leg.instrument, {leg.net}, average_price(config_, leg)}));
    }
    for (const FailedOrder& order : failure_.working) {
      handles_.push_back(gate_->reserve(intent_of(order)).order);
    }
    move(config_.numeraire, -passing_deposit);
    for (std::size_t a = 0; a < failure_.account.wallets.size(); ++a) {
      move({static_cast<std::uint32_t>(a)}, failure_.account.wallets[a]);
    }
    static_cast<void>(gate_->apply(Hold{account, failure_.account.holds}));
  }

  void move(AssetId asset, Money amount) {
    static_cast<void>(gate_->apply(CashMovement{account, asset, amount}));
  }

  [[nodiscard]] OrderIntent intent_of(const FailedOrder& order) const {
    return {account, order.instrument, order.side, order.quantity, order.price, failure_.as_of};
  }

  Examination decide() {
    Examination result;
    const OrderIntent intent = intent_of(failure_.order);
    const reference::ReferenceAccount held = reference::reference_account(*gate_, account);
    reference::ReplacedOrder replaced;
    if (failure_.replaced) {
      const WorkingOrderHandle handle = handles_[*failure_.replaced];
      const auto order = gate_->working_order(handle);
      if (!order) return result;
      replaced = {order->remaining, order->open_loss};
      result.verdict = gate_->replace({handle, intent.quantity, intent.price, intent.time});
    } else {
      result.verdict = gate_->check(intent);
    }
    if (result.verdict.decided_by == DecidedBy::input) return result;
    if (fault_) fault_(held, intent, result.verdict);
    reference::ReferenceMarket market;
    market.config = &config_;
    market.surface = &surface_;
    market.as_of = failure_.as_of;
    market.table_spots = failure_.table_spots;
    market.live_spots = failure_.live_spots;
    market.asset_prices.resize(config_.assets.size());
    result.exact = reference::reference_decide(market, held, intent, replaced);
    result.difference = std::string(reference::verdict_difference(result.verdict, result.exact));
    return result;
  }

  const Failure& failure_;
  const VerdictFault& fault_;
  GateConfig config_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Revaluer> revaluer_;
  Market surface_;
  PublishedTable table_;
  std::vector<WorkingOrderHandle> handles_;
};

Money gap_of(const Examination& seen) {
  return seen.exact.after.equity - seen.exact.after.initial_margin;
}

class Shrinker {
 public:
  Shrinker(const Failure& failure, const VerdictFault& fault) : fault_(fault) {
    result_.failure = failure;
    const Examination seen = examine(failure, fault);
    result_.is_reproduced = !seen.difference.empty();
    gap_ = gap_of(seen);
  }

  Shrunk run() {
    while (result_.is_reproduced && result_.attempts < attempts_most && pass()) continue;
    return std::move(result_);
  }

 private:
  // Keeps a smaller failure if it still is one, as it stands or with the same margin excess.
  bool keep(Failure candidate) {
    ++result_.attempts;
    Examination seen = examine(candidate, fault_);
    if (seen.difference.empty()) {
      const AssetId numeraire = candidate.world.setup.config.numeraire;
      candidate.account.wallets[numeraire.value] += gap_ - gap_of(seen);
      seen = examine(candidate, fault_);
    }
    if (seen.difference.empty()) return false;
    result_.failure = std::move(candidate);
    return true;
  }

  bool pass() {
    bool shrunk = drop_legs();
    shrunk = drop_orders() || shrunk;
    shrunk = halve_legs() || shrunk;
    shrunk = halve_orders() || shrunk;
    return drop_money() || shrunk;
  }

  bool drop_legs() {
    bool shrunk = false;
    for (std::size_t i = result_.failure.account.legs.size(); i-- > 0;) {
      Failure candidate = result_.failure;
      candidate.account.legs.erase(candidate.account.legs.begin() + static_cast<std::ptrdiff_t>(i));
      shrunk = keep(std::move(candidate)) || shrunk;
    }
    return shrunk;
  }

  bool drop_orders() {
    bool shrunk = false;
    for (std::size_t i = result_.failure.working.size(); i-- > 0;) {
      if (result_.failure.replaced == i) continue;
      Failure candidate = result_.failure;
      candidate.working.erase(candidate.working.begin() + static_cast<std::ptrdiff_t>(i));
      if (candidate.replaced && *candidate.replaced > i) --*candidate.replaced;
      shrunk = keep(std::move(candidate)) || shrunk;
    }
    return shrunk;
  }

  bool halve_legs() {
    bool shrunk = false;
    for (std::size_t i = 0; i < result_.failure.account.legs.size(); ++i) {
      if (std::abs(result_.failure.account.legs[i].net) < 2) continue;
      Failure candidate = result_.failure;
      reference::ReferenceLeg& leg = candidate.account.legs[i];
      leg.net /= 2;
      leg.entry_cash.value /= 2;
      shrunk = keep(std::move(candidate)) || shrunk;
    }
    return shrunk;
  }

  bool halve_orders() {
    bool shrunk = false;
    for (std::size_t i = 0; i <= result_.failure.working.size(); ++i) {
      Failure candidate = result_.failure;
      FailedOrder& order = i == candidate.working.size() ? candidate.order : candidate.working[i];
      if (order.quantity.value < 2) continue;
      order.quantity.value /= 2;
      shrunk = keep(std::move(candidate)) || shrunk;
    }
    return shrunk;
  }

  bool drop_money() {
    bool shrunk = false;
    for (std::size_t a = 0; a < result_.failure.account.wallets.size(); ++a) {
      const bool is_numeraire = a == result_.failure.world.setup.config.numeraire.value;
      if (is_numeraire || result_.failure.account.wallets[a].value == 0) continue;
      Failure candidate = result_.failure;
      candidate.account.wallets[a] = {};
      shrunk = keep(std::move(candidate)) || shrunk;
    }
    if (result_.failure.account.holds.value == 0) return shrunk;
    Failure candidate = result_.failure;
    candidate.account.holds = {};
    return keep(std::move(candidate)) || shrunk;
  }

  const VerdictFault& fault_;
  Shrunk result_;
  Money gap_;
};

}  // namespace

Examination examine(const Failure& failure, const VerdictFault& fault) {
  return Scene(failure, fault).examine();
}

Shrunk shrink(const Failure& failure, const VerdictFault& fault) {
  return Shrinker(failure, fault).run();
}

}  // namespace margingate::verify
