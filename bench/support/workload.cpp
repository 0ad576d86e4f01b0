#include "support/workload.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "io/market_file.hpp"
#include "io/parameter_file.hpp"
#include "pricing/black76.hpp"
#include "pricing/elementary.hpp"

namespace margingate::bench {
namespace {

constexpr double log_moneyness_max = 0.4;
constexpr std::int64_t traded_expiry_min_ns = std::int64_t{2} * 86'400'000'000'000;

std::string in_source(const char* path) {
  return std::string(MARGINGATE_SOURCE_DIR).append("/").append(path);
}

const io::MarketFile& listed_market() {
  static const io::MarketFile market = io::chain_market(
      io::read_option_chain(in_source("data/deribit_btc_eth_20260822T035045Z.csv.gz")));
  return market;
}

// The generic parameters on a grid of nine price moves: 29 scenarios.
models::ParameterSet portfolio_parameters() {
  models::ParameterSet set = io::read_parameter_file(in_source("params/portfolio-generic.json"));
  auto& numbers = std::get<models::PortfolioParameters>(set.numbers);
  numbers.standard.price_moves = {-0.16, -0.12, -0.08, -0.04, 0.0, 0.04, 0.08, 0.12, 0.16};
  return set;
}

io::GateSetup checked_setup(const io::MarketFile& market, const models::ParameterSet& parameters,
                            const io::GateSetupOptions& options) {
  io::GateSetup setup = io::make_gate_setup(market, parameters, options);
  setup.config.table_age_max = seconds(1'000'000);
  setup.config.spot_age_max = seconds(1'000'000);
  return setup;
}

// As returns of a day are: small most days, large on some, and volatility against the price.
std::vector<Scenario> historical_rows(std::size_t rows) {
  Random random(7);
  std::vector<Scenario> scenarios;
  for (std::size_t i = 0; i < rows; ++i) {
    const double size = random.below(20) == 0 ? 0.15 : 0.04;
    double sum = 0.0;
    for (int n = 0; n < 3; ++n) sum += random.uniform(-1.0, 1.0);
    Scenario s;
    s.price_move = size * sum;
    s.volatility.relative = -s.price_move + 0.1 * random.uniform(-1.0, 1.0);
    scenarios.push_back(s);
  }
  return scenarios;
}

io::GateSetup with_scenarios(const std::vector<Scenario>& scenarios, const Reducer& reducer) {
  io::GateSetup setup = portfolio_setup();
  for (RiskUnitModel& unit : setup.config.model.units) {
    unit.scan.scenarios = scenarios;
    unit.scan.reducer = reducer;
  }
  return setup;
}

// Every fifth option of the first coin under another coin's name.
void add_copy(const io::MarketFile& listed, const std::string& coin, std::size_t offset,
              io::MarketFile& market) {
  const std::string& original = listed.underlyings.front().name;
  const double index = listed.underlyings.front().index_price;
  market.assets.push_back({coin, index});
  market.underlyings.push_back({coin, index});
  std::size_t count = 0;
  for (io::MarketInstrument instrument : listed.instruments) {
    if (instrument.underlying != original) continue;
    const bool is_option = instrument.kind == InstrumentKind::option;
    if (is_option && ++count % 5 != offset % 5) continue;
    instrument.name.insert(0, coin + "-");
    instrument.underlying = coin;
    instrument.settlement_asset = coin;
    market.instruments.push_back(instrument);
  }
}

}  // namespace

io::GateSetup portfolio_setup() {
  return checked_setup(listed_market(), portfolio_parameters(), {});
}

io::GateSetup coin_setup() {
  io::GateSetupOptions options;
  options.money_decimals = 12;
  return checked_setup(listed_market(),
                       io::read_parameter_file(in_source("params/deribit-btc-2024-06-17.json")),
                       options);
}

io::GateSetup grid40_setup() {
  std::vector<Scenario> scenarios;
  for (int move = -4; move <= 4; ++move) {
    for (int volatility = -2; volatility <= 2 && move != 0; ++volatility) {
      Scenario s;
      s.price_move = 0.04 * move;
      s.volatility.relative = 0.2 * volatility;
      scenarios.push_back(s);
    }
  }
  return with_scenarios(scenarios, {});
}

io::GateSetup historical500_setup() {
  return with_scenarios(historical_rows(500), {ReducerKind::quantile, 0.99});
}

io::GateSetup historical500_mean_setup() {
  return with_scenarios(historical_rows(500), {ReducerKind::tail_mean, 0.975});
}

std::vector<std::string> model_parameters() {
  std::map<std::string, std::string> by_model;
  for (const auto& entry : std::filesystem::directory_iterator(in_source("params"))) {
    if (entry.path().extension() != ".json") continue;
    const models::ParameterSet set = io::read_parameter_file(entry.path().string());
    // Where every expiry is a risk unit of its own, units are too small for the workload.
    const bool is_by_coin =
        models::risk_unit_name(set, "BTC", InstrumentKind::option, Timestamp{1}) ==
        models::risk_unit_name(set, "BTC", InstrumentKind::perpetual, Timestamp{});
    if (models::required_numeraire(set).empty() && is_by_coin) {
      by_model[set.model] = std::max(by_model[set.model], set.name);
    }
  }
  std::vector<std::string> names;
  for (const auto& [model, name] : by_model) names.push_back(name);
  return names;
}

io::GateSetup model_setup(const std::string& parameters) {
  const std::string path = "params/" + parameters + ".json";
  return checked_setup(listed_market(), io::read_parameter_file(in_source(path.c_str())), {});
}

io::GateSetup many_units_setup(std::uint32_t units) {
  const io::MarketFile& listed = listed_market();
  io::MarketFile market;
  market.file = listed.file;
  market.as_of = listed.as_of;
  market.numeraire = listed.numeraire;
  market.assets.push_back({listed.numeraire, 1.0});
  // One of the assets is the numeraire; units beyond the coins take half of a coin's instruments.
  const std::uint32_t coins = std::min<std::uint32_t>(units, assets_max - 1);
  for (std::uint32_t c = 0; c < coins; ++c) {
    add_copy(listed, std::string(1, static_cast<char>('A' + c)), c, market);
  }
  io::GateSetup setup = checked_setup(market, portfolio_parameters(), {});
  for (std::uint32_t u = coins; u < units; ++u) {
    setup.config.model.units.push_back(setup.config.model.units.front());
    bool other_half = false;
    for (Instrument& instrument : setup.config.instruments) {
      if (instrument.underlying.value != u - coins) continue;
      if (other_half = !other_half; other_half) instrument.risk_unit = {u};
    }
  }
  return setup;
}

std::vector<InstrumentId> tradable(const io::GateSetup& setup, std::uint32_t unit) {
  std::vector<InstrumentId> result;
  std::vector<InstrumentId> futures;
  for (std::uint32_t i = 0; i < setup.config.instruments.size(); ++i) {
    const Instrument& instrument = setup.config.instruments[i];
    if (instrument.risk_unit.value != unit) continue;
    if (instrument.kind != InstrumentKind::option) {
      futures.push_back({i});
      continue;
    }
    const double moneyness = std::log(setup.market.quotes[i].forward / instrument.strike);
    const bool is_far = (instrument.expiry - setup.market.as_of).value < traded_expiry_min_ns ||
                        std::fabs(moneyness) > log_moneyness_max;
    if (!is_far) result.push_back({i});
  }
  return result.empty() ? futures : result;
}

Price fair_price(const io::GateSetup& setup, InstrumentId id) {
  const Instrument& instrument = setup.config.instruments[id.value];
  const InstrumentQuote& quote = setup.market.quotes[id.value];
  double price = quote.forward;
  if (instrument.kind == InstrumentKind::option) {
    const double years = static_cast<double>((instrument.expiry - setup.market.as_of).value) /
                         (365.0 * 86400.0 * 1e9);
    price = pricing::black76(quote.forward,
                             pricing::log_ratio_portable(quote.forward, instrument.strike),
                             quote.implied_volatility * std::sqrt(years), instrument.strike,
                             instrument.option_type == OptionType::call, 0.0)
                .value;
    if (instrument.payoff == Payoff::inverse) price /= quote.forward;
  }
  const double scale = std::pow(10.0, setup.config.price_decimals);
  return {std::max<std::int64_t>(1, std::llround(price * scale))};
}

}  // namespace margingate::bench
