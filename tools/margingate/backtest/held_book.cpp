#include "backtest/held_book.hpp"

#include <algorithm>

#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::backtest {
namespace {

HeldLeg read_leg(io::JsonObject& members) {
  HeldLeg leg;
  leg.underlying = members.required("underlying").text();
  const auto quantity = members.optional("quantity");
  const auto notional = members.optional("notional");
  if (quantity) leg.quantity = quantity->number_in(-1e9, 1e9);
  if (notional) leg.notional = notional->number_in(-1e12, 1e12);
  const bool is_one = (leg.quantity != 0.0) != (leg.notional != 0.0);
  if (!is_one) members.fail("either a quantity or a notional, other than 0");
  return leg;
}

}  // namespace

std::vector<std::string> HeldBook::underlyings() const {
  std::vector<std::string> names;
  for (const HeldLeg& leg : legs) names.push_back(leg.underlying);
  return names;
}

HeldBook parse_held_book(const std::string& file, std::string_view text) {
  HeldBook book;
  const io::JsonDocument document(file, text);
  document.root().object([&](io::JsonObject& members) {
    book.name = members.required("name").text();
    const io::JsonValue legs = members.required("legs");
    for (const io::JsonValue& value : legs.array()) {
      value.object([&](io::JsonObject& entry) { book.legs.push_back(read_leg(entry)); });
    }
    std::vector<std::string> names = book.underlyings();
    std::sort(names.begin(), names.end());
    const bool is_unique = std::adjacent_find(names.begin(), names.end()) == names.end();
    if (names.empty() || !is_unique) legs.fail("each underlying once, at least one");
  });
  return book;
}

HeldBook read_held_book(const std::string& path) {
  return parse_held_book(path, io::read_text_file(path));
}

}  // namespace margingate::backtest
