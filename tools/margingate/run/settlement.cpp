#include "run/settlement.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::run {

Settlement::Settlement(const Universe& universe, const Marks& marks, GateDriver& driver,
                       Exchange& exchange)
    : universe_(universe), marks_(marks), driver_(driver), exchange_(exchange) {
  for (std::uint32_t i = 0; i < universe.contracts.size(); ++i) {
    const Contract& contract = universe.contracts[i];
    if (contract.expires() && driver.session().is_routed(i)) by_expiry_.push_back(i);
  }
  std::stable_sort(by_expiry_.begin(), by_expiry_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return universe.contracts[a].expiry > universe.contracts[b].expiry;
  });
}

std::uint64_t Settlement::settle_until(Timestamp time) {
  std::vector<std::uint32_t> expired;
  while (!by_expiry_.empty() && universe_.contracts[by_expiry_.back()].expiry <= time) {
    expired.push_back(by_expiry_.back());
    by_expiry_.pop_back();
  }
  if (expired.empty()) return 0;
  for (const std::uint32_t contract : expired) exchange_.cancel_all(contract);
  for (const std::uint32_t contract : expired) {
    const Route route = driver_.session().routes[contract];
    const double price = marks_.settlement_price(contract) * static_cast<double>(price_scale);
    // A future is settled at a price; an option may be worth nothing.
    const std::int64_t least = universe_.contracts[contract].is_option() ? 0 : 1;
    const Expiry expiry{
        route.instrument, {std::max<std::int64_t>(least, std::llround(price))}, time};
    driver_.apply(route.gate, expiry);
    const std::uint32_t partner = driver_.session().gates[route.gate].partner;
    if (partner != nowhere) driver_.apply(partner, expiry);
  }
  return expired.size();
}

}  // namespace margingate::run
