#include "io/gate_setup.hpp"

#include <algorithm>
#include <string>

#include "io/decimal.hpp"
#include "io/file_error.hpp"
#include "margingate/live_correlation.hpp"

namespace margingate::io {
namespace {

InstrumentQuote quote_of(const MarketInstrument& source) {
  InstrumentQuote quote;
  quote.forward = source.forward_price;
  quote.implied_volatility = source.implied_volatility;
  quote.interest_rate = source.interest_rate;
  quote.settled_price = source.settled_price;
  quote.confidence = source.confidence;
  quote.open_interest_quote = source.open_interest_quote;
  return quote;
}

class SetupBuilder {
 public:
  SetupBuilder(const MarketFile& market, const models::ParameterSet& parameters,
               const GateSetupOptions& options)
      : market_(market), parameters_(parameters), options_(options) {
    const std::string coin = models::required_numeraire(parameters);
    counts_in_coin_ = !coin.empty();
    numeraire_ = counts_in_coin_ ? coin : market.numeraire;
  }

  GateSetup build() {
    GateConfig& config = setup_.config;
    config.money_decimals = options_.money_decimals;
    config.price_decimals = options_.price_decimals;
    config.numeraire = add_asset(numeraire_);
    setup_.market.as_of = market_.as_of;
    add_underlyings();
    if (!counts_in_coin_) add_assets();
    for (const MarketInstrument& instrument : market_.instruments) {
      if (covers(instrument)) add_instrument(instrument);
    }
    config.model = models::compose_margin_model(parameters_, setup_.directory.risk_units.names());
    setup_.market.credit_rates = credit_rates_of(config.model);
    models::deliver_losses(parameters_, setup_.directory.risk_units.names(), setup_.market, config);
    return std::move(setup_);
  }

 private:
  // Empty unless credits go with the correlation; one that the market does not state earns none.
  [[nodiscard]] std::vector<double> credit_rates_of(const MarginModel& model) const {
    const auto follows = [](const OffsetCredit& credit) { return credit.correlation.applies(); };
    std::vector<double> rates;
    if (std::none_of(model.credits.begin(), model.credits.end(), follows)) return rates;
    const std::vector<std::string>& units = setup_.directory.risk_units.names();
    for (const OffsetCredit& credit : model.credits) {
      rates.push_back(credit_rate(
          credit, market_.correlation(units[credit.first.value], units[credit.second.value])));
    }
    return rates;
  }

  [[nodiscard]] bool counts(const std::string& underlying) const {
    return !counts_in_coin_ || underlying == numeraire_;
  }

  [[nodiscard]] bool covers(const MarketInstrument& instrument) const {
    return counts(instrument.underlying) && models::covers(parameters_, instrument.kind);
  }

  AssetId add_asset(const std::string& name) {
    const AssetId id = setup_.directory.assets.add(name);
    if (id.value == setup_.config.assets.size()) {
      setup_.config.assets.push_back(models::asset_of(parameters_, name));
    }
    return id;
  }

  void add_underlyings() {
    if (counts_in_coin_ && market_.find_underlying(numeraire_) == nullptr) {
      throw FileError(market_.file, "/underlyings",
                      "the underlying " + numeraire_ + " of the parameters " + parameters_.name);
    }
    for (const MarketUnderlying& underlying : market_.underlyings) {
      if (!counts(underlying.name)) continue;
      const UnderlyingId id = setup_.directory.underlyings.add(underlying.name);
      setup_.config.underlyings.push_back({add_asset(underlying.name), underlying.index_price});
      setup_.market.spots.push_back(underlying.index_price);
      const Price price = to_price(underlying.index_price, options_.price_decimals, market_.file,
                                   "underlying " + underlying.name);
      setup_.spot_ticks.push_back({id, price, market_.as_of});
    }
  }

  // A coin with an index is valued by it; every other asset by its own price.
  void add_assets() {
    for (const MarketAsset& asset : market_.assets) {
      const AssetId id = add_asset(asset.name);
      if (asset.name == numeraire_ || setup_.directory.underlyings.find(asset.name)) continue;
      const Price price =
          to_price(asset.price, options_.price_decimals, market_.file, "asset " + asset.name);
      setup_.asset_ticks.push_back({id, price, market_.as_of});
    }
  }

  // MR-01.
  void check_settlement(const MarketInstrument& instrument) const {
    const bool linear = instrument.payoff == Payoff::linear;
    const std::string& wanted = linear ? numeraire_ : instrument.underlying;
    if (instrument.settlement_asset == wanted && !(linear && counts_in_coin_)) return;
    if (linear && counts_in_coin_) {
      throw FileError(
          market_.file, "instrument " + instrument.name,
          "payoff inverse: the parameters " + parameters_.name + " count in " + numeraire_);
    }
    throw FileError(market_.file, "instrument " + instrument.name,
                    "settlement_asset " + wanted + ", found " + instrument.settlement_asset);
  }

  // A rate that is not computed with would be one that is ignored.
  void check_rates(const MarketInstrument& source) const {
    if (models::reads_rates(parameters_)) return;
    const bool is_american = source.exercise_style == ExerciseStyle::american;
    if ((is_american || source.interest_rate == 0.0) && source.settled_price == 0.0) return;
    throw FileError(market_.file, "instrument " + source.name,
                    "interest_rate and settled_price 0: the parameters " + parameters_.name +
                        " compute with neither");
  }

  void add_instrument(const MarketInstrument& source) {
    check_settlement(source);
    Instrument instrument;
    instrument.kind = source.kind;
    instrument.payoff = source.payoff;
    instrument.option_type = source.option_type;
    instrument.exercise_style = source.exercise_style;
    instrument.underlying = *setup_.directory.underlyings.find(source.underlying);
    instrument.risk_unit = setup_.directory.risk_units.add(
        models::risk_unit_name(parameters_, source.underlying, source.kind, source.expiry));
    instrument.settlement_asset = add_asset(source.settlement_asset);
    instrument.contract_size = source.contract_size;
    instrument.lots_per_contract = source.lots_per_contract;
    instrument.strike = source.strike;
    instrument.expiry = source.expiry;
    setup_.directory.instruments.add(source.name);
    setup_.config.instruments.push_back(instrument);
    check_rates(source);
    setup_.market.quotes.push_back(quote_of(source));
  }

  const MarketFile& market_;
  const models::ParameterSet& parameters_;
  GateSetupOptions options_;
  std::string numeraire_;
  bool counts_in_coin_ = false;
  GateSetup setup_;
};

}  // namespace

GateSetup make_gate_setup(const MarketFile& market, const models::ParameterSet& parameters,
                          const GateSetupOptions& options) {
  return SetupBuilder(market, parameters, options).build();
}

Price to_price(double price, int price_decimals, const std::string& file,
               const std::string& place) {
  const auto units = scaled_nearest(price, price_decimals);
  if (!units || *units <= 0) {
    throw FileError(file, place,
                    "a price from 10^-" + std::to_string(price_decimals) + " to what 62 bits hold");
  }
  return Price{*units};
}

}  // namespace margingate::io
