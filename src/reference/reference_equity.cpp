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

Int128 after_haircut(Int128 net, double haircut) {
  if (net <= 0) return net;
  return floor_quotient(net * (parts_per_one - parts_per_billion(haircut)), parts_per_one);
}

}  // namespace

std::optional<std::int64_t> reference_equity(const ReferenceMarket& market,
                                             const ReferenceAccount& account,
                                             std::span<const ReferenceRow> rows) {
  const GateConfig& config = *market.config;
  Int128 equity = -Int128{account.open_losses.value};
  for (std::size_t a = 0; a < config.assets.size(); ++a) {
    const AssetId asset{static_cast<std::uint32_t>(a)};
    const Money wallet = a < account.wallets.size() ? account.wallets[a] : Money{};
    const std::optional<Int128> value = wallet_value(market, asset, wallet);
    if (!value) return std::nullopt;
    const Int128 net = *value + unrealised_profit_in(market, account, rows, asset);
    equity += after_haircut(net, config.assets[a].haircut);
  }
  return narrow(equity);
}

}  // namespace margingate::reference
