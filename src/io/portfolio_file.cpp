#include "io/portfolio_file.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>

#include "io/file_error.hpp"
#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

constexpr std::array<std::string_view, 2> side_names{"buy", "sell"};

class PortfolioReader {
 public:
  explicit PortfolioReader(const MarketFile& market) : market_(market) {}

  void read(JsonObject& members, PortfolioFile& portfolio) {
    portfolio.account = members.required("account").text();
    read_list(members.required("collateral"), portfolio.collateral, &PortfolioReader::collateral);
    read_list(members.required("positions"), portfolio.positions, &PortfolioReader::position);
    read_optional(members, "working_orders", portfolio.working_orders, &PortfolioReader::order);
    read_optional(members, "quote_protection", portfolio.quote_protection,
                  &PortfolioReader::protection);
    read_optional(members, "holds", portfolio.holds, &PortfolioReader::hold);
  }

 private:
  template <class Entry>
  using ReadEntry = Entry (PortfolioReader::*)(JsonObject&);

  template <class Entry>
  void read_list(const JsonValue& list, std::vector<Entry>& entries, ReadEntry<Entry> read_entry) {
    seen_.clear();
    for (const JsonValue& value : list.array()) {
      value.object([&](JsonObject& members) { entries.push_back((this->*read_entry)(members)); });
    }
  }

  template <class Entry>
  void read_optional(JsonObject& members, const char* key, std::vector<Entry>& entries,
                     ReadEntry<Entry> read_entry) {
    if (const auto list = members.optional(key)) read_list(*list, entries, read_entry);
  }

  std::string once(const JsonValue& value) {
    std::string name = value.text();
    if (!seen_.insert(name).second) value.fail("each name once, found \"" + name + "\" again");
    return name;
  }

  std::string known_instrument(const JsonValue& value) const {
    std::string name = value.text();
    if (market_.find_instrument(name) == nullptr) {
      value.fail("an instrument of " + market_.file + ", found \"" + name + "\"");
    }
    return name;
  }

  PortfolioCollateral collateral(JsonObject& members) {
    const JsonValue asset = members.required("asset");
    PortfolioCollateral entry{once(asset), members.required("quantity").number()};
    if (market_.find_asset(entry.asset) == nullptr) {
      asset.fail("an asset of " + market_.file + ", found \"" + entry.asset + "\"");
    }
    return entry;
  }

  PortfolioPosition position(JsonObject& members) {
    const JsonValue instrument = members.required("instrument");
    const JsonValue quantity = members.required("quantity");
    PortfolioPosition entry{once(instrument), quantity.number(),
                            members.required("average_price").positive_number()};
    static_cast<void>(known_instrument(instrument));
    if (entry.quantity == 0.0) quantity.fail("a quantity other than 0");
    return entry;
  }

  PortfolioOrder order(JsonObject& members) {
    PortfolioOrder entry;
    entry.instrument = known_instrument(members.required("instrument"));
    entry.side = members.required("side").one_of(side_names) == 0 ? Side::buy : Side::sell;
    entry.quantity = members.required("quantity").positive_number();
    entry.price = members.required("price").positive_number();
    return entry;
  }

  QuoteProtection protection(JsonObject& members) {
    const JsonValue underlying = members.required("underlying");
    QuoteProtection entry{underlying.text(), members.required("quantity").positive_number()};
    if (market_.find_underlying(entry.underlying) == nullptr) {
      underlying.fail("an underlying of " + market_.file + ", found \"" + entry.underlying + "\"");
    }
    return entry;
  }

  PortfolioHold hold(JsonObject& members) {
    const JsonValue name = members.required("name");
    return {once(name), members.required("amount").number_in(0.0, 1e18)};
  }

  const MarketFile& market_;
  std::set<std::string> seen_;  // names of the list being read
};

double order_number(const std::string& text, const char* what) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      !(value > 0.0)) {
    throw FileError("order", what, "a number above 0, found \"" + text + "\"");
  }
  return value;
}

}  // namespace

PortfolioFile parse_portfolio_file(const std::string& file, std::string_view text,
                                   const MarketFile& market) {
  PortfolioFile portfolio;
  portfolio.file = file;
  const JsonDocument document(file, text);
  document.root().object(
      [&](JsonObject& members) { PortfolioReader(market).read(members, portfolio); });
  return portfolio;
}

PortfolioFile read_portfolio_file(const std::string& path, const MarketFile& market) {
  return parse_portfolio_file(path, read_text_file(path), market);
}

PortfolioOrder parse_order(const std::string& text, const MarketFile& market) {
  std::istringstream words(text);
  std::string side, quantity, instrument, at, price, rest;
  words >> side >> quantity >> instrument >> at >> price;
  if (price.empty() || at != "@" || words >> rest) {
    throw FileError("order", "\"" + text + "\"", "\"buy|sell QUANTITY INSTRUMENT @ PRICE\"");
  }
  if (side != "buy" && side != "sell") {
    throw FileError("order", "side", "buy or sell, found \"" + side + "\"");
  }
  if (market.find_instrument(instrument) == nullptr) {
    throw FileError("order", "instrument",
                    "an instrument of " + market.file + ", found \"" + instrument + "\"");
  }
  return {instrument, side == "buy" ? Side::buy : Side::sell, order_number(quantity, "quantity"),
          order_number(price, "price")};
}

}  // namespace margingate::io
