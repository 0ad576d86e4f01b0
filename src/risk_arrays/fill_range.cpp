#include "risk_arrays/fill_range.hpp"

namespace margingate::risk_arrays {
namespace {

const FixedDecimal zero;

struct Fills {
  FixedDecimal held;
  FixedDecimal buys;
  FixedDecimal sells;
};

std::map<std::size_t, Fills> fills_by_contract(const AccountPositions& account,
                                               const std::vector<ContractOrder>& orders) {
  std::map<std::size_t, Fills> fills;
  for (const ContractPosition& position : account.positions) {
    fills[position.contract].held += position.long_quantity - position.short_quantity;
  }
  for (const ContractOrder& order : orders) {
    Fills& contract = fills[order.contract];
    if (order.quantity > zero) {
      contract.buys += order.quantity;
    } else {
      contract.sells -= order.quantity;
    }
  }
  return fills;
}

}  // namespace

FillRanges fill_ranges(const ParameterSet& set, const AccountPositions& account,
                       const std::vector<ContractOrder>& orders) {
  FillRanges ranges;
  for (const auto& [index, fills] : fills_by_contract(account, orders)) {
    const Contract& contract = set.contracts.at(index);
    const Product& product = set.products[contract.product];
    const CombinedCommodity& terms = set.combined_commodities[product.combined_commodity];
    if (!terms.not_computed.empty()) {
      throw PositionError("combined commodity " + terms.code + ": " + terms.not_computed);
    }
    FillRange& range = ranges[terms.code];
    range.terms = &terms;
    range.tiers[tier_key(terms, Book::net, contract.underlying_period)].push_back(
        range.contracts.size());
    range.contracts.push_back({&contract, fills.held, fills.buys, fills.sells});
    range.products.push_back(&product);
    const FixedDecimal delta = contract.delta_scaling * contract.array.composite_delta;
    for (DecimalRange* sum : {&range.deltas[contract.underlying_period], &range.net_delta}) {
      sum->add_held(fills.held * delta);
      sum->add_possible(fills.buys * delta);
      sum->add_possible(-(fills.sells * delta));
    }
  }
  return ranges;
}

}  // namespace margingate::risk_arrays
