#include "io/market_file.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

constexpr std::array<std::string_view, 5> kind_names{"spot", "stock", "perpetual", "future",
                                                     "option"};
// A stock is to the gate what a coin is: something held outright.
constexpr std::array<InstrumentKind, 5> kinds{InstrumentKind::spot, InstrumentKind::spot,
                                              InstrumentKind::perpetual, InstrumentKind::future,
                                              InstrumentKind::option};
constexpr std::array<std::string_view, 2> payoff_names{"linear", "inverse"};
constexpr std::array<std::string_view, 2> option_type_names{"call", "put"};
constexpr std::array<std::string_view, 2> exercise_names{"european", "american"};
constexpr double volatility_max = 10.0;
constexpr double interest_rate_max = 10.0;

// Remembers names and refuses the second use of one.
class Names {
 public:
  std::string add(const JsonValue& value) {
    std::string name = value.text();
    if (!names_.insert(name).second) value.fail("each name once, found \"" + name + "\" again");
    return name;
  }
  std::string find(const JsonValue& value, const char* what) const {
    std::string name = value.text();
    if (!names_.contains(name)) {
      value.fail("the name of " + std::string(what) + ", found \"" + name + "\"");
    }
    return name;
  }
  [[nodiscard]] bool contains(const std::string& name) const { return names_.contains(name); }
  void allow(const std::string& name) { names_.insert(name); }

 private:
  std::unordered_set<std::string> names_;
};

struct MarketNames {
  Names assets;
  Names underlyings;
  Names instruments;
};

// Rates are accepted so that files can carry them, but only zero is computed.
void require_zero(JsonObject& members, const char* key) {
  const auto value = members.optional(key);
  if (value && value->number() != 0.0) value->fail("0, the only value that is computed");
}

void read_option_terms(JsonObject& members, MarketInstrument& instrument) {
  instrument.option_type = members.required("option_type").one_of(option_type_names) == 0
                               ? OptionType::call
                               : OptionType::put;
  if (const auto exercise = members.optional("exercise")) {
    if (exercise->one_of(exercise_names) != 0) {
      if (instrument.payoff == Payoff::inverse) {
        exercise->fail("\"european\", the only exercise that is priced of inverse options");
      }
      instrument.exercise_style = ExerciseStyle::american;
    }
  }
  instrument.strike = members.required("strike").positive_number();
  instrument.forward_price = members.required("forward_price").positive_number();
  instrument.implied_volatility =
      members.required("implied_volatility").number_in(0.0, volatility_max);
  if (const auto mark = members.optional("mark_price")) {
    instrument.mark_price = mark->number_in(0.0, std::numeric_limits<double>::max());
  }
  if (const auto rate = members.optional("interest_rate")) {
    instrument.interest_rate = rate->number_in(-interest_rate_max, interest_rate_max);
  }
  if (const auto settled = members.optional("settled_price")) {
    instrument.settled_price = settled->number_in(0.0, instrument.forward_price);
  }
  require_zero(members, "dividend_yield");
}

void read_delta_one_terms(JsonObject& members, MarketInstrument& instrument) {
  instrument.mark_price = members.required("mark_price").positive_number();
  instrument.forward_price = instrument.mark_price;
  if (const auto open = members.optional("open_interest")) {
    instrument.open_interest_quote = open->number_in(0.0, std::numeric_limits<double>::max());
  }
}

MarketInstrument read_instrument(const JsonValue& value, MarketNames& names) {
  MarketInstrument instrument;
  value.object([&](JsonObject& members) {
    instrument.name = names.instruments.add(members.required("instrument"));
    instrument.kind = kinds[members.required("kind").one_of(kind_names)];
    instrument.payoff =
        members.required("payoff").one_of(payoff_names) == 0 ? Payoff::linear : Payoff::inverse;
    instrument.underlying =
        names.underlyings.find(members.required("underlying"), "an underlying of this file");
    instrument.settlement_asset =
        names.assets.find(members.required("settlement_asset"), "an asset of this file");
    instrument.contract_size = members.required("contract_size").positive_number();
    const bool is_option = instrument.kind == InstrumentKind::option;
    if (is_option || instrument.kind == InstrumentKind::future) {
      instrument.expiry = members.required("expiry").time();
    }
    if (instrument.kind == InstrumentKind::spot && instrument.payoff == Payoff::inverse) {
      members.required("payoff").fail("\"linear\" for what is held outright");
    }
    if (is_option) {
      read_option_terms(members, instrument);
    } else {
      read_delta_one_terms(members, instrument);
    }
    if (const auto confidence = members.optional("confidence")) {
      instrument.confidence = confidence->number_in(0.0, 1.0);
    }
  });
  return instrument;
}

void read_assets(const JsonValue& list, MarketFile& market, MarketNames& names) {
  for (const JsonValue& value : list.array()) {
    value.object([&](JsonObject& members) {
      MarketAsset asset;
      asset.name = names.assets.add(members.required("asset"));
      asset.price = members.required("price").positive_number();
      market.assets.push_back(asset);
    });
  }
  // What everything is counted in is worth one of itself, stated or not.
  if (!names.assets.contains(market.numeraire)) {
    names.assets.allow(market.numeraire);
    market.assets.push_back({market.numeraire, 1.0});
  }
}

void read_correlations(const JsonValue& list, MarketFile& market, MarketNames& names) {
  for (const JsonValue& value : list.array()) {
    value.object([&](JsonObject& members) {
      MarketCorrelation entry;
      entry.first = names.underlyings.find(members.required("first"), "an underlying of this file");
      entry.second =
          names.underlyings.find(members.required("second"), "an underlying of this file");
      entry.correlation = members.required("correlation").number_in(-1.0, 1.0);
      market.correlations.push_back(std::move(entry));
    });
  }
}

void read_underlyings(const JsonValue& list, MarketFile& market, MarketNames& names) {
  for (const JsonValue& value : list.array()) {
    value.object([&](JsonObject& members) {
      MarketUnderlying underlying;
      underlying.name = names.underlyings.add(members.required("underlying"));
      underlying.index_price = members.required("index_price").positive_number();
      market.underlyings.push_back(underlying);
    });
  }
}

template <class Entry>
const Entry* find_by_name(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

MarketInstrument inverse_delta_one(InstrumentKind kind, const std::string& name,
                                   const std::string& coin, double price, double contract_size) {
  MarketInstrument instrument;
  instrument.name = name;
  instrument.kind = kind;
  instrument.payoff = Payoff::inverse;
  instrument.underlying = coin;
  instrument.settlement_asset = coin;
  instrument.contract_size = contract_size;
  instrument.mark_price = price;
  instrument.forward_price = price;
  return instrument;
}

MarketInstrument chain_option(const OptionRow& row, double forward, std::int64_t lots) {
  MarketInstrument instrument;
  instrument.name = row.instrument;
  instrument.kind = InstrumentKind::option;
  instrument.payoff = Payoff::inverse;
  instrument.option_type = row.type;
  instrument.underlying = row.coin;
  instrument.settlement_asset = row.coin;
  instrument.lots_per_contract = lots;
  instrument.strike = row.strike;
  instrument.expiry = row.expiry;
  instrument.mark_price = row.mark_price;
  instrument.forward_price = forward;
  instrument.implied_volatility = row.mark_volatility;
  return instrument;
}

}  // namespace

const MarketInstrument* MarketFile::find_instrument(std::string_view name) const {
  return find_by_name(instruments, name);
}

const MarketUnderlying* MarketFile::find_underlying(std::string_view name) const {
  return find_by_name(underlyings, name);
}

const MarketAsset* MarketFile::find_asset(std::string_view name) const {
  return find_by_name(assets, name);
}

double MarketFile::correlation(std::string_view a, std::string_view b) const {
  for (const MarketCorrelation& entry : correlations) {
    if ((entry.first == a && entry.second == b) || (entry.first == b && entry.second == a)) {
      return entry.correlation;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

MarketFile parse_market_file(const std::string& file, std::string_view text) {
  MarketFile market;
  MarketNames names;
  market.file = file;
  const JsonDocument document(file, text);
  document.root().object([&](JsonObject& members) {
    market.as_of = members.required("as_of").time();
    market.numeraire = members.required("numeraire").text();
    read_assets(members.required("assets"), market, names);
    read_underlyings(members.required("underlyings"), market, names);
    if (const auto list = members.optional("correlations")) {
      read_correlations(*list, market, names);
    }
    for (const JsonValue& value : members.required("instruments").array()) {
      market.instruments.push_back(read_instrument(value, names));
    }
  });
  return market;
}

MarketFile read_market_file(const std::string& path) {
  return parse_market_file(path, read_text_file(path));
}

MarketFile chain_market(const OptionChain& chain, const ChainMarketOptions& options) {
  MarketFile market;
  market.file = chain.file;
  market.as_of = chain.as_of;
  market.numeraire = options.numeraire;
  market.assets.push_back({options.numeraire, 1.0});
  for (const CoinIndex& index : chain.indices) {
    market.assets.push_back({index.coin, index.price});
    market.underlyings.push_back({index.coin, index.price});
    market.instruments.push_back(inverse_delta_one(InstrumentKind::perpetual,
                                                   index.coin + "-PERPETUAL", index.coin,
                                                   index.price, options.perpetual_contract_quote));
  }
  for (const ExpiryForward& forward : chain.forwards) {
    MarketInstrument future =
        inverse_delta_one(InstrumentKind::future, forward.coin + "-" + forward.label, forward.coin,
                          forward.forward, options.perpetual_contract_quote);
    future.expiry = forward.expiry;
    market.instruments.push_back(future);
  }
  for (const OptionRow& row : chain.rows) {
    const double forward = chain.find_forward(row.coin, row.expiry)->forward;
    market.instruments.push_back(chain_option(row, forward, options.option_lots_per_contract));
  }
  return market;
}

}  // namespace margingate::io
