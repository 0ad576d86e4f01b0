#include "reference/reference_equity.hpp"

#include <cstddef>

#include "reference/exact_integer.hpp"
#include "reference/reference_trade.hpp"

namespace margingate::reference {
namespace {

// Of an asset that is not the numeraire.
std::optional<Price> asset_price(const ReferenceMarket& market, AssetId asset) {
  const GateConfig& config = *market.config;
  for (std::size_t u = 0; u < config.underlyings.size(); ++u) {
    if (config.underlyings[u].asset != asset) continue;
    const Price spot = market.live_spots[u];
    return spot.value > 0 ? std::optional(spot) : std::nullopt;
  }
  return asset.value < market.asset_prices.size() ? market.asset_prices[asset.value] : std::nullopt;
}

// The wallet in the numeraire; without a price a debt has no value and a balance is worth nothing.
std::optional<Int128> wallet_value(const ReferenceMarket& market, AssetId asset, Money wallet) {
  if (asset == market.config->numeraire) return wallet.value;
  const std::optional<Price> price = asset_price(market, asset);
  if (price) {
    return floor_quotient(Int128{wallet.value} * price->value,
                          power_of_ten(market.config->price_decimals));
  }
  return wallet.value < 0 ? std::nullopt : std::optional(Int128{0});
}

Int128 unrealised_profit_in(const ReferenceMarket& market, const ReferenceAccount& account,
                            std::span<const ReferenceRow> rows, AssetId asset) {
  const GateConfig& config = *market.config;
  if (config.model.unrealised_profit == UnrealisedProfit::losses_only) return 0;
  Int128 profit = 0;
  for (std::size_t i = 0; i < account.legs.size(); ++i) {
    const ReferenceLeg& leg = account.legs[i];
    if (contract_of(config, leg.instrument).settlement_asset != asset) continue;
    profit += reference_unrealised_profit(market, rows[i], leg.instrument, leg.net, leg.entry_cash);
  }
  return profit;
}

// MR-54: where a tier begins, in the numeraire.
Int128 tier_start(const ReferenceMarket& market, AssetId asset, const HaircutTier& tier) {
  const GateConfig& config = *market.config;
  const std::int64_t from = floor_integer(tier.from * money_scale(config));
  if (asset == config.numeraire || config.assets[asset.value].tiers_in_value) return from;
  const std::optional<Price> price = asset_price(market, asset);
  return floor_quotient(Int128{from} * (price ? price->value : 0),
                        power_of_ten(config.price_decimals));
}

// MR-24, MR-54.
Int128 after_haircut(const ReferenceMarket& market, AssetId asset, Int128 net) {
  if (net <= 0) return net;
  const Asset& terms = market.config->assets[asset.value];
  Int128 parts = net * (parts_per_one - parts_per_billion(terms.haircut));
  for (const HaircutTier& tier : terms.haircut_tiers) {
    const Int128 above = net - tier_start(market, asset, tier);
    if (above > 0) parts -= above * parts_per_billion(tier.added_haircut);
  }
  return floor_quotient(parts, parts_per_one);
}

// MR-53.
Int128 borrow_charge(Int128 net, double rate) {
  return net < 0 ? ceil_quotient(-net * parts_per_billion(rate), parts_per_one) : 0;
}

}  // namespace

std::optional<ReferenceEquity> reference_equity(const ReferenceMarket& market,
                                                const ReferenceAccount& account,
                                                std::span<const ReferenceRow> rows) {
  const GateConfig& config = *market.config;
  Int128 equity = -Int128{account.open_losses.value};
  Int128 borrow_initial = 0;
  Int128 borrow_maintenance = 0;
  for (std::size_t a = 0; a < config.assets.size(); ++a) {
    const AssetId asset{static_cast<std::uint32_t>(a)};
    const Money wallet = a < account.wallets.size() ? account.wallets[a] : Money{};
    const std::optional<Int128> value = wallet_value(market, asset, wallet);
    if (!value) return std::nullopt;
    const Int128 net = *value + unrealised_profit_in(market, account, rows, asset);
    equity += after_haircut(market, asset, net);
    borrow_initial += borrow_charge(net, config.assets[a].borrow_initial_rate);
    borrow_maintenance += borrow_charge(net, config.assets[a].borrow_maintenance_rate);
  }
  return ReferenceEquity{narrow(equity), narrow(borrow_initial), narrow(borrow_maintenance)};
}

}  // namespace margingate::reference
