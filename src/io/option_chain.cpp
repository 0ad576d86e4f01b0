#include "io/option_chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "io/csv_table.hpp"
#include "io/file_error.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

enum Column : std::size_t {
  instrument,
  ts_ms,
  expiry_ms,
  strike,
  cp,
  mark_iv,
  mark_price,
  bid,
  ask,
  fwd,
  index,
  delta,
  vega,
  oi,
  vol24h
};
constexpr std::array<std::string_view, 15> columns{
    "instrument", "ts_ms", "expiry_ms", "strike", "cp",   "mark_iv", "mark_price", "bid",
    "ask",        "fwd",   "index",     "delta",  "vega", "oi",      "vol24h"};

double positive(const CsvTable& table, std::size_t column) {
  const double value = table.number(column);
  if (!(value > 0.0)) table.fail(column, "a number above 0");
  return value;
}

// The part of "BTC-28AUG26-80000-C" before the first, or before the second dash.
std::string name_part(const std::string& name, std::size_t part) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < part; ++i) begin = name.find('-', begin) + 1;
  return name.substr(begin, name.find('-', begin) - begin);
}

OptionType option_type(const CsvTable& table) {
  const std::string_view value = table.text(cp);
  if (value != "C" && value != "P") table.fail(cp, "C or P");
  return value == "C" ? OptionType::call : OptionType::put;
}

OptionRow read_row(const CsvTable& table) {
  OptionRow row;
  row.instrument = table.text(instrument);
  if (std::count(row.instrument.begin(), row.instrument.end(), '-') != 3) {
    table.fail(instrument, "a name such as BTC-28AUG26-80000-C");
  }
  row.coin = name_part(row.instrument, 0);
  row.expiry = table.milliseconds(expiry_ms);
  row.strike = positive(table, strike);
  row.type = option_type(table);
  row.mark_volatility = table.number(mark_iv);
  row.mark_price = table.number(mark_price);
  row.bid = table.number_or_nan(bid);
  row.ask = table.number_or_nan(ask);
  row.forward = positive(table, fwd);
  row.index = positive(table, index);
  row.delta = table.number(delta);
  row.vega = table.number(vega);
  row.open_interest = table.number(oi);
  row.volume_24h = table.number(vol24h);
  if (row.mark_volatility < 0.0) table.fail(mark_iv, "a number of at least 0");
  if (row.mark_price < 0.0) table.fail(mark_price, "a number of at least 0");
  return row;
}

// Mean of the two middle values for an even count.
double median(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2.0;
}

struct ExpiryRows {
  std::string label;
  std::vector<double> collected;
  std::map<double, std::array<const OptionRow*, 2>> by_strike;  // call, put
};

// Put-call parity of inverse options without interest: C - P = 1 - K / F, both in the coin.
std::vector<double> parity_forwards(const ExpiryRows& expiry, double near) {
  std::vector<double> forwards;
  for (const auto& [strike_price, pair] : expiry.by_strike) {
    const auto [call, put] = pair;
    if (call == nullptr || put == nullptr) continue;
    if (!(call->mark_price > 0.0 && put->mark_price > 0.0)) continue;
    if (!(std::fabs(strike_price / near - 1.0) < near_the_money_max)) continue;
    const double strike_per_forward = 1.0 - (call->mark_price - put->mark_price);
    if (strike_per_forward > 0.0) forwards.push_back(strike_price / strike_per_forward);
  }
  return forwards;
}

void derive_forwards(OptionChain& chain) {
  std::map<std::pair<std::string, std::int64_t>, ExpiryRows> expiries;
  for (const OptionRow& row : chain.rows) {
    ExpiryRows& expiry = expiries[{row.coin, row.expiry.ns}];
    expiry.label = name_part(row.instrument, 1);
    expiry.collected.push_back(row.forward);
    expiry.by_strike[row.strike][row.type == OptionType::call ? 0 : 1] = &row;
  }
  for (const auto& [key, expiry] : expiries) {
    const double collected = median(expiry.collected);
    const std::vector<double> forwards = parity_forwards(expiry, collected);
    const double forward = forwards.empty() ? collected : median(forwards);
    chain.forwards.push_back(
        {key.first, Timestamp{key.second}, expiry.label, forward, forwards.size()});
  }
}

void derive_indices(OptionChain& chain) {
  std::map<std::string, std::vector<double>> prices;
  for (const OptionRow& row : chain.rows) prices[row.coin].push_back(row.index);
  for (auto& [coin, values] : prices) chain.indices.push_back({coin, median(std::move(values))});
}

}  // namespace

const ExpiryForward* OptionChain::find_forward(std::string_view coin, Timestamp expiry) const {
  for (const ExpiryForward& forward : forwards) {
    if (forward.coin == coin && forward.expiry == expiry) return &forward;
  }
  return nullptr;
}

const CoinIndex* OptionChain::find_index(std::string_view coin) const {
  for (const CoinIndex& entry : indices) {
    if (entry.coin == coin) return &entry;
  }
  return nullptr;
}

OptionChain parse_option_chain(const std::string& file, std::string_view text) {
  OptionChain chain;
  chain.file = file;
  CsvTable table(file, text, columns);
  std::unordered_set<std::string> names;
  while (table.next()) {
    const Timestamp stamp = table.milliseconds(ts_ms);
    if (chain.rows.empty()) chain.as_of = stamp;
    if (stamp != chain.as_of) table.fail(ts_ms, "the time stamp of the first row");
    chain.rows.push_back(read_row(table));
    if (!names.insert(chain.rows.back().instrument).second) {
      table.fail(instrument, "each instrument once, found " + chain.rows.back().instrument);
    }
  }
  if (chain.rows.empty()) throw FileError(file, "line 2", "at least one option");
  derive_indices(chain);
  derive_forwards(chain);
  return chain;
}

OptionChain read_option_chain(const std::string& path) {
  return parse_option_chain(path, read_text_file(path));
}

}  // namespace margingate::io
