#include "verify/world.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>

#include "io/file_error.hpp"
#include "io/option_chain.hpp"
#include "margingate/mimalloc_resource.hpp"
#include "verify/world_listing.hpp"

namespace margingate::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t options_per_coin = 36;
constexpr std::size_t futures_per_coin = 3;
constexpr double nearest_expiry_alone = 0.35;  // share of worlds
constexpr double starts_before_expiry = 0.5;   // share of those
constexpr std::int64_t minute_ns = 60'000'000'000;
constexpr std::int64_t option_lots = 10;

bool is_chain_name(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto ends_with = [&](const std::string& ending) {
    return name.size() > ending.size() &&
           name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
  };
  return ends_with(".csv") || ends_with(".csv.gz");
}

template <class T>
void shuffle(std::vector<T>& values, run::Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
  }
}

// A linear contract on the same terms: settled in the numeraire, quoted in it.
io::MarketInstrument as_linear(io::MarketInstrument instrument, const std::string& numeraire) {
  instrument.name += "-LINEAR";
  instrument.payoff = Payoff::linear;
  instrument.settlement_asset = numeraire;
  if (instrument.kind != InstrumentKind::option) {
    instrument.contract_size = 0.001;
    return instrument;
  }
  instrument.mark_price = std::numeric_limits<double>::quiet_NaN();
  return instrument;
}

class Chooser {
 public:
  Chooser(const io::MarketFile& chain, bool counts_in_coin, bool nearest_alone, run::Random& random)
      : chain_(chain),
        counts_in_coin_(counts_in_coin),
        nearest_alone_(nearest_alone),
        random_(random) {
    chosen_.file = chain.file;
    chosen_.as_of = chain.as_of;
    chosen_.numeraire = chain.numeraire;
    chosen_.assets = chain.assets;
    chosen_.underlyings = chain.underlyings;
  }

  io::MarketFile choose() {
    for (const io::MarketUnderlying& underlying : chain_.underlyings) {
      add_delta_one(underlying.name);
      add_options(underlying.name);
    }
    return std::move(chosen_);
  }

 private:
  void add(const io::MarketInstrument& instrument) {
    const bool linear = !counts_in_coin_ && random_.chance(0.5);
    chosen_.instruments.push_back(linear ? as_linear(instrument, chosen_.numeraire) : instrument);
  }

  std::vector<const io::MarketInstrument*> of(const std::string& coin, InstrumentKind kind) const {
    std::vector<const io::MarketInstrument*> result;
    for (const io::MarketInstrument& instrument : chain_.instruments) {
      if (instrument.underlying == coin && instrument.kind == kind) result.push_back(&instrument);
    }
    return result;
  }

  void add_delta_one(const std::string& coin) {
    for (const io::MarketInstrument* perpetual : of(coin, InstrumentKind::perpetual)) {
      chosen_.instruments.push_back(*perpetual);
      if (!counts_in_coin_) {
        chosen_.instruments.push_back(as_linear(*perpetual, chosen_.numeraire));
      }
    }
    auto futures = of(coin, InstrumentKind::future);
    shuffle(futures, random_);
    futures.resize(std::min(futures.size(), futures_per_coin));
    for (const io::MarketInstrument* future : futures) add(*future);
  }

  void add_options(const std::string& coin) {
    auto options = of(coin, InstrumentKind::option);
    if (options.empty()) return;
    std::int64_t nearest = std::numeric_limits<std::int64_t>::max();
    for (const auto* option : options) nearest = std::min(nearest, option->expiry.ns);
    shuffle(options, random_);
    // Near the money first, where time value, and so curvature, is.
    std::stable_partition(options.begin(), options.end(), [&](const io::MarketInstrument* option) {
      return std::fabs(option->strike / option->forward_price - 1.0) < 0.1;
    });
    std::size_t taken = 0;
    for (const auto* option : options) {
      if (nearest_alone_ && option->expiry.ns != nearest) continue;
      // Two thirds near the money, the rest from wherever the shuffle left them.
      if (nearest_alone_ || taken < options_per_coin * 2 / 3) {
        add(*option);
      } else {
        add(*options[random_.below(static_cast<std::uint32_t>(options.size()))]);
      }
      if (++taken == options_per_coin) break;
    }
    remove_repeated();
  }

  void remove_repeated() {
    auto& all = chosen_.instruments;
    std::vector<io::MarketInstrument> unique;
    for (io::MarketInstrument& instrument : all) {
      const bool known = std::any_of(unique.begin(), unique.end(), [&](const auto& other) {
        return other.name == instrument.name;
      });
      if (!known) unique.push_back(std::move(instrument));
    }
    all = std::move(unique);
  }

  const io::MarketFile& chain_;
  bool counts_in_coin_;
  bool nearest_alone_;
  run::Random& random_;
  io::MarketFile chosen_;
};

void set_limits(GateConfig& config, const WorldOptions& options) {
  config.limits.accounts_max = world_accounts;
  config.limits.legs_max = 4'096;
  config.limits.working_orders_max = 4'096;
  config.limits.risk_tables_max = 5;
  config.limits.queue_capacity = 4'096;
  config.limits.changes_max = 512;
  config.drift_band = options.drift_band;
  config.table_age_max = options.table_age_max;
  config.spot_age_max = seconds(3'600);
  config.memory = mimalloc_resource();
}

// The chain's own time if the next expiry is nearer than that.
Timestamp minutes_before_expiry(const io::MarketFile& market, run::Random& random) {
  std::int64_t nearest = std::numeric_limits<std::int64_t>::max();
  for (const io::MarketInstrument& instrument : market.instruments) {
    const bool expires =
        instrument.kind != InstrumentKind::perpetual && instrument.kind != InstrumentKind::spot;
    if (expires) nearest = std::min(nearest, instrument.expiry.ns);
  }
  const auto before = static_cast<std::int64_t>(random.between(0.5, 20.0) * minute_ns);
  return {std::max(nearest - before, market.as_of.ns)};
}

// What both gates list must mean the same; risk units and collateral are the model's.
GateConfig under_second_model(const io::MarketFile& market, const GateConfig& first,
                              const WorldOptions& options) {
  GateConfig second = io::make_gate_setup(market, *options.second).config;
  set_limits(second, options);
  for (std::size_t i = 0; i < second.instruments.size(); ++i) {
    second.instruments[i].lots_per_contract = first.instruments[i].lots_per_contract;
    second.instruments[i].fee_rate_max = first.instruments[i].fee_rate_max;
  }
  second.combos = first.combos;
  second.quote_groups = first.quote_groups;
  return second;
}

}  // namespace

Chains load_chains(const std::string& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file() && is_chain_name(entry.path())) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  Chains chains;
  for (const fs::path& path : paths) {
    try {
      chains.markets.push_back(io::chain_market(io::read_option_chain(path.string())));
    } catch (const io::FileError& error) {
      chains.skipped.emplace_back(error.what());
    }
  }
  if (chains.markets.empty()) {
    throw std::runtime_error(directory + ": expected at least one option chain (docs/formats.md)");
  }
  return chains;
}

bool is_contract(const GateConfig& config, InstrumentId instrument) noexcept {
  return instrument.value < config.instruments.size();
}

bool is_quote_group(const GateConfig& config, InstrumentId instrument) noexcept {
  return instrument.value >= config.instruments.size() + config.combos.size();
}

World make_world(const io::MarketFile& chain, const models::ParameterSet& parameters,
                 const WorldOptions& options, run::Random& random) {
  World world;
  world.chain = chain.file;
  world.parameters = parameters.name;
  world.model = parameters.model;
  world.numeraire = chain.numeraire;
  const bool counts_in_coin = !models::required_numeraire(parameters).empty();
  world.is_nearest_expiry = random.chance(nearest_expiry_alone);
  io::MarketFile market = Chooser(chain, counts_in_coin, world.is_nearest_expiry, random).choose();
  if (world.is_nearest_expiry && random.chance(starts_before_expiry)) {
    market.as_of = minutes_before_expiry(market, random);
    world.runs_into_expiry = true;
  }
  world.start = market.as_of;
  world.setup = io::make_gate_setup(market, parameters);
  GateConfig& config = world.setup.config;
  set_limits(config, options);
  for (Instrument& instrument : config.instruments) {
    if (instrument.kind == InstrumentKind::option) instrument.lots_per_contract = option_lots;
    world.settlement.push_back(world.setup.directory.assets.name(instrument.settlement_asset));
  }
  list_strategies(config, random);
  if (options.has_controls) config.controls = random_controls(config, random);
  if (options.second != nullptr) world.second = under_second_model(market, config, options);
  return world;
}

Market shifted_surface(const World& world, const Market& surface, Timestamp as_of,
                       run::Random& random) {
  Market market = surface;
  market.as_of = as_of;
  const double level = random.between(0.92, 1.08);
  const double slope = random.between(-0.1, 0.1);
  const double basis = random.between(-0.0005, 0.0005);
  for (std::size_t i = 0; i < market.quotes.size(); ++i) {
    const Instrument& instrument = world.setup.config.instruments[i];
    InstrumentQuote& quote = market.quotes[i];
    const double original = world.setup.market.quotes[i].forward;
    // Around the recorded surface, so that many epochs do not wander off.
    quote.forward = original * (1.0 + basis);
    if (instrument.kind != InstrumentKind::option) continue;
    const double skew = slope * (instrument.strike / original - 1.0);
    const double sigma = world.setup.market.quotes[i].implied_volatility;
    quote.implied_volatility = std::max(sigma * (level + skew), 0.0);
  }
  // What credits are worth now, also more than the model grants.
  market.credit_rates.clear();
  for (const OffsetCredit& credit : world.setup.config.model.credits) {
    market.credit_rates.push_back(credit.rate * random.between(-0.2, 1.4));
  }
  return market;
}

}  // namespace margingate::verify
