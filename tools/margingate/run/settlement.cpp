#include "run/settlement.hpp"

#include <algorithm>
#include <cmath>

namespace margingate::run {

Settlement::Settlement(const Universe& universe, const Marks& marks, GateDriver& driver,
                       Exchange& exchange, std::uint32_t accounts)
    : universe_(universe),
      marks_(marks),
      driver_(driver),
      exchange_(exchange),
      accounts_(accounts) {
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
  std::sort(expired.begin(), expired.end());
  pay_out(expired);
  return expired.size();
}

void Settlement::pay_out(const std::vector<std::uint32_t>& expired) {
  const auto gates = static_cast<std::uint32_t>(driver_.session().gates.size());
  for (std::uint32_t gate = 0; gate < gates; ++gate) {
    const GateSession& session = driver_.session().gates[gate];
    for (std::uint32_t account = 0; account < accounts_; ++account) {
      for (const Gate::Leg& leg : session.gate->legs(AccountId{account})) {
        const std::uint32_t contract = session.contracts[leg.instrument.value];
        if (leg.net_quantity.value == 0 ||
            !std::binary_search(expired.begin(), expired.end(), contract)) {
          continue;
        }
        // A gate takes positive prices only: what expires worthless is paid at the smallest one.
        const double price = marks_.settlement_price(contract) * static_cast<double>(price_scale);
        const Price at{std::max<std::int64_t>(1, std::llround(price))};
        driver_.apply(gate, PositionTransfer{{account}, leg.instrument, -leg.net_quantity, at});
      }
    }
  }
}

}  // namespace margingate::run
