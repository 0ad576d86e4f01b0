#include "margingate/reconciliation.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace margingate {
namespace {

class Comparison {
 public:
  Comparison(const Gate& gate, const OutsideAccount& outside) : gate_(gate), outside_(outside) {}

  std::vector<Difference> run() {
    if (outside_.account.value >= gate_.config().limits.accounts_max) {
      add(DifferenceKind::unknown_account, 0, {}, {}, 0, 0);
      return std::move(differences_);
    }
    positions();
    wallets();
    orders();
    if (gate_.is_unreconciled(outside_.account)) add(DifferenceKind::unreconciled, 0, {}, {}, 0, 0);
    std::sort(differences_.begin(), differences_.end(),
              [](const Difference& a, const Difference& b) {
                return std::tie(a.kind, a.instrument, a.order, a.handle) <
                       std::tie(b.kind, b.instrument, b.order, b.handle);
              });
    return std::move(differences_);
  }

 private:
  void add(DifferenceKind kind, std::uint32_t instrument, OrderId order, WorkingOrderHandle handle,
           std::int64_t gate, std::int64_t outside) {
    differences_.push_back({kind, outside_.account, instrument, order, handle, gate, outside});
  }

  void positions() {
    std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> both;
    for (const Gate::Leg& leg : gate_.legs(outside_.account)) {
      both[leg.instrument.value].first += leg.net_quantity.value;
    }
    for (const OutsidePosition& position : outside_.positions) {
      if (position.instrument.value >= gate_.config().instruments.size()) {
        add(DifferenceKind::unknown_instrument, position.instrument.value, {}, {}, 0,
            position.quantity.value);
        continue;
      }
      both[position.instrument.value].second += position.quantity.value;
    }
    for (const auto& [instrument, quantity] : both) {
      if (quantity.first == quantity.second) continue;
      add(DifferenceKind::position, instrument, {}, {}, quantity.first, quantity.second);
    }
  }

  void wallets() {
    const std::vector<Money> ours = gate_.wallets(outside_.account);
    for (std::size_t a = 0; a < outside_.wallets.size(); ++a) {
      const std::int64_t here = a < ours.size() ? ours[a].value : 0;
      if (here == outside_.wallets[a].value) continue;
      add(DifferenceKind::wallet, static_cast<std::uint32_t>(a), {}, {}, here,
          outside_.wallets[a].value);
    }
  }

  void orders() {
    std::map<std::uint64_t, const OutsideOrder*> reported;
    for (const OutsideOrder& order : outside_.orders) reported[order.id.value] = &order;
    for (const WorkingOrderHandle handle : gate_.working_orders(outside_.account)) {
      const Gate::WorkingOrder order = *gate_.working_order(handle);
      const std::uint32_t instrument = order.instrument.value;
      const std::int64_t remaining = order.remaining.value;
      if (order.in_suspense) {
        add(DifferenceKind::in_suspense, instrument, {}, handle, remaining, 0);
        continue;
      }
      if (order.kind == OrderKind::immediate || order.kind == OrderKind::market) {
        add(DifferenceKind::immediate_order_working, instrument, order.id, handle, remaining, 0);
      }
      if (order.id.value == 0) {
        add(DifferenceKind::order_unnamed, instrument, {}, handle, remaining, 0);
        continue;
      }
      const auto found = reported.find(order.id.value);
      if (found == reported.end()) {
        add(DifferenceKind::order_only_here, instrument, order.id, handle, remaining, 0);
        continue;
      }
      compare(order, handle, *found->second);
      reported.erase(found);
    }
    for (const auto& [id, order] : reported) {
      add(DifferenceKind::order_not_here, order->instrument.value, order->id, {}, 0,
          order->remaining.value);
    }
  }

  void compare(const Gate::WorkingOrder& here, WorkingOrderHandle handle,
               const OutsideOrder& there) {
    const std::uint32_t instrument = here.instrument.value;
    if (here.instrument != there.instrument || here.side != there.side) {
      add(DifferenceKind::order_terms, instrument, here.id, handle, instrument,
          there.instrument.value);
    }
    if (here.remaining != there.remaining) {
      add(DifferenceKind::order_remaining, instrument, here.id, handle, here.remaining.value,
          there.remaining.value);
    }
    if (here.price != there.price) {
      add(DifferenceKind::order_price, instrument, here.id, handle, here.price.value,
          there.price.value);
    }
  }

  const Gate& gate_;
  const OutsideAccount& outside_;
  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> reconcile(const Gate& gate, const OutsideAccount& outside) {
  return Comparison(gate, outside).run();
}

std::string_view to_string(DifferenceKind kind) noexcept {
  switch (kind) {
    case DifferenceKind::unknown_account:
      return "unknown_account";
    case DifferenceKind::unknown_instrument:
      return "unknown_instrument";
    case DifferenceKind::position:
      return "position";
    case DifferenceKind::wallet:
      return "wallet";
    case DifferenceKind::order_not_here:
      return "order_not_here";
    case DifferenceKind::order_only_here:
      return "order_only_here";
    case DifferenceKind::order_unnamed:
      return "order_unnamed";
    case DifferenceKind::order_terms:
      return "order_terms";
    case DifferenceKind::order_remaining:
      return "order_remaining";
    case DifferenceKind::order_price:
      return "order_price";
    case DifferenceKind::immediate_order_working:
      return "immediate_order_working";
    case DifferenceKind::in_suspense:
      return "in_suspense";
    case DifferenceKind::unreconciled:
      return "unreconciled";
  }
  return "unknown";
}

}  // namespace margingate
