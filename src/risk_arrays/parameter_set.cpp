#include "risk_arrays/parameter_set.hpp"

#include <algorithm>
#include <tuple>

namespace margingate::risk_arrays {
namespace {

auto order_of(const Contract& contract) {
  return std::tie(contract.product, contract.underlying_period, contract.period, contract.right,
                  contract.strike);
}

bool comes_before(const Contract& a, const Contract& b) { return order_of(a) < order_of(b); }

}  // namespace

std::string Period::text() const {
  if (!is_set()) return "-";
  std::string text = std::to_string(month);
  if (day_code != 0) {
    text.push_back(static_cast<char>(day_code >> 8));
    text.push_back(static_cast<char>(day_code & 0xffU));
  }
  return text;
}

bool Tier::contains(const Period& period) const noexcept {
  const bool after_first = period.month > first.month ||
                           (period.month == first.month && period.day_code >= first.day_code);
  // A last month without a day is the whole month.
  const bool before_last =
      period.month < last.month ||
      (period.month == last.month && (last.day_code == 0 || period.day_code <= last.day_code));
  return after_first && before_last;
}

bool SpotRate::lists(const Period& other) const noexcept {
  const bool same_day = period.day_code == 0 || period.day_code == other.day_code;
  return period.month == other.month && same_day;
}

std::size_t ShortOptionMinimum::tier_of(const Period& period) const noexcept {
  std::size_t i = 0;
  while (i < tiers.size() && !tiers[i].contains(period)) ++i;
  return i;
}

bool takes_from(const CombinedCommodity& terms, const IntraSpreadLeg& leg,
                const Period& period) noexcept {
  if (!leg.tier) return period == leg.period;
  return std::any_of(terms.intra_tiers.begin(), terms.intra_tiers.end(), [&](const Tier& tier) {
    return tier.number == *leg.tier && tier.contains(period);
  });
}

const char* name_of(ContractKind kind) noexcept {
  switch (kind) {
    case ContractKind::future:
      return "future";
    case ContractKind::physical:
      return "physical";
    case ContractKind::equity:
      return "equity";
    case ContractKind::combination:
      return "combination";
    case ContractKind::option_on_future:
      return "option on a future";
    case ContractKind::option_on_physical:
      return "option on a physical";
    case ContractKind::option_on_equity:
      return "option on an equity";
    case ContractKind::option_on_combination:
      return "option on a combination";
  }
  return "contract";
}

std::string ContractKey::text() const {
  std::string text = exchange + " " + product + " " + name_of(kind) + " " + period.text();
  if (right != OptionRight::none) {
    if (underlying_period != period) text += " (underlying " + underlying_period.text() + ")";
    text += right == OptionRight::call ? " call " : " put ";
    text += strike.text();
  }
  return text;
}

ContractKey key_of(const ParameterSet& set, const Contract& contract) {
  const Product& product = set.products[contract.product];
  return {product.exchange, product.code,   product.kind,   contract.underlying_period,
          contract.period,  contract.right, contract.strike};
}

void sort_contracts(ParameterSet& set) {
  std::stable_sort(set.contracts.begin(), set.contracts.end(), comes_before);
}

std::optional<std::size_t> find_contract(const ParameterSet& set, const ContractKey& key) {
  for (std::size_t i = 0; i < set.products.size(); ++i) {
    const Product& product = set.products[i];
    if (product.code != key.product || product.kind != key.kind ||
        product.exchange != key.exchange) {
      continue;
    }
    Contract wanted;
    wanted.product = i;
    wanted.underlying_period = key.underlying_period;
    wanted.period = key.period;
    wanted.right = key.right;
    wanted.strike = key.strike;
    const auto at =
        std::lower_bound(set.contracts.begin(), set.contracts.end(), wanted, comes_before);
    if (at != set.contracts.end() && order_of(*at) == order_of(wanted)) {
      return static_cast<std::size_t>(at - set.contracts.begin());
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> find_commodity(const ParameterSet& set, const std::string& code) {
  for (std::size_t i = 0; i < set.combined_commodities.size(); ++i) {
    if (set.combined_commodities[i].code == code) return i;
  }
  return std::nullopt;
}

}  // namespace margingate::risk_arrays
