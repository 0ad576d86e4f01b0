#include "backtest/held_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::backtest {
namespace {

constexpr std::array<std::string_view, 2> option_types{"call", "put"};

HeldLeg read_leg(io::JsonObject& members) {
  HeldLeg leg;
  leg.underlying = members.required("underlying").text();
  const auto quantity = members.optional("quantity");
  const auto notional = members.optional("notional");
  if (quantity) leg.quantity = quantity->number_in(-1e9, 1e9);
  if (notional) leg.notional = notional->number_in(-1e12, 1e12);
  const bool is_one = (leg.quantity != 0.0) != (leg.notional != 0.0);
  if (!is_one) members.fail("either a quantity or a notional, other than 0");
  if (const auto type = members.optional("option")) {
    HeldOption option;
    option.type = type->one_of(option_types) == 0 ? OptionType::call : OptionType::put;
    option.moneyness = members.required("moneyness").number_in(0.05, 20.0);
    option.days = static_cast<int>(members.required("days").integer_in(1, 1'000));
    leg.option = option;
  }
  return leg;
}

}  // namespace

std::string HeldLeg::instrument() const {
  if (!option) return underlying + "-PERPETUAL";
  const long percent = std::lround(option->moneyness * 100.0);
  return underlying + "-" + std::to_string(option->days) + "D-" + std::to_string(percent) +
         (option->type == OptionType::call ? "-C" : "-P");
}

std::vector<std::string> HeldBook::underlyings() const {
  std::vector<std::string> names;
  for (const HeldLeg& leg : legs) {
    if (std::find(names.begin(), names.end(), leg.underlying) == names.end()) {
      names.push_back(leg.underlying);
    }
  }
  return names;
}

bool HeldBook::has_options() const {
  return std::any_of(legs.begin(), legs.end(),
                     [](const HeldLeg& leg) { return leg.option.has_value(); });
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
    std::vector<std::string> names;
    for (const HeldLeg& leg : book.legs) names.push_back(leg.instrument());
    std::sort(names.begin(), names.end());
    const bool is_unique = std::adjacent_find(names.begin(), names.end()) == names.end();
    if (names.empty() || !is_unique) legs.fail("each instrument once, at least one");
  });
  return book;
}

HeldBook read_held_book(const std::string& path) {
  return parse_held_book(path, io::read_text_file(path));
}

}  // namespace margingate::backtest
