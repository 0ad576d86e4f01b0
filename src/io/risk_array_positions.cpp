#include "io/risk_array_positions.hpp"

#include <array>
#include <cmath>
#include <set>

#include "io/file_error.hpp"
#include "io/json_value.hpp"
#include "io/text_file.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;

constexpr std::array<std::string_view, account_type_count> account_types = {"member", "hedger",
                                                                            "speculator"};
constexpr std::array<std::string_view, 2> margin_kinds = {"net", "gross"};
constexpr std::array<std::string_view, 2> option_types = {"call", "put"};
constexpr std::array<std::string_view, 8> kinds = {
    "future",           "physical",           "equity",           "combination",
    "option_on_future", "option_on_physical", "option_on_equity", "option_on_combination"};
constexpr double quantity_max = 1e9;

Period period_of(const JsonValue& value) {
  const std::string text = value.text();
  const bool size = text.size() == 6 || text.size() == 8;
  Period period;
  for (std::size_t i = 0; size && i < 6; ++i) {
    if (text[i] < '0' || text[i] > '9') value.fail("a month as \"CCYYMM\" or \"CCYYMMDD\"");
    period.month = period.month * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  if (!size || !period.is_set()) value.fail("a month as \"CCYYMM\" or \"CCYYMMDD\"");
  if (text.size() == 8 && text.substr(6) != "00") {
    period.day_code = static_cast<std::uint16_t>((static_cast<unsigned char>(text[6]) << 8U) |
                                                 static_cast<unsigned char>(text[7]));
  }
  return period;
}

FixedDecimal decimal_of(const JsonValue& value, double low) {
  return FixedDecimal::of_double(value.number_in(low, quantity_max));
}

class Reader {
 public:
  explicit Reader(const ParameterSet& set) : set_(set) {}

  void read(JsonObject& members, RiskArrayPositions& result) {
    result.account = members.required("account").text();
    AccountPositions& account = result.positions;
    if (const auto type = members.optional("account_type")) {
      account.type = static_cast<AccountType>(type->one_of(account_types));
    }
    if (const auto margin = members.optional("margin")) {
      account.is_gross = margin->one_of(margin_kinds) == 1;
    }
    for (const JsonValue& value : members.required("positions").array()) {
      value.object([&](JsonObject& position) { account.positions.push_back(read_one(position)); });
    }
  }

 private:
  ContractPosition read_one(JsonObject& members) {
    ContractPosition position;
    position.contract = contract_of(members);
    if (const auto quantity = members.optional("quantity")) {
      const FixedDecimal signed_quantity = decimal_of(*quantity, -quantity_max);
      const bool is_long = signed_quantity > FixedDecimal();
      (is_long ? position.long_quantity : position.short_quantity) = magnitude(signed_quantity);
    } else {
      position.long_quantity = decimal_of(members.required("long_quantity"), 0.0);
      position.short_quantity = decimal_of(members.required("short_quantity"), 0.0);
    }
    if (!seen_.insert(position.contract).second) members.fail("each contract once");
    return position;
  }

  std::size_t contract_of(JsonObject& members) {
    ContractKey key;
    key.exchange = members.required("exchange").text();
    key.product = members.required("product").text();
    key.kind = static_cast<ContractKind>(members.required("kind").one_of(kinds));
    if (const auto month = members.optional("month")) key.period = period_of(*month);
    const auto underlying = members.optional("underlying_month");
    key.underlying_period = underlying ? period_of(*underlying) : key.period;
    if (is_option(key.kind)) {
      const bool call = members.required("option_type").one_of(option_types) == 0;
      key.right = call ? OptionRight::call : OptionRight::put;
      constexpr double strike_max = 1e15;
      key.strike =
          FixedDecimal::of_double(members.required("strike").number_in(-strike_max, strike_max));
    }
    const auto contract = find_contract(set_, key);
    if (!contract) members.fail("a contract of the parameters, found " + key.text());
    return *contract;
  }

  const ParameterSet& set_;
  std::set<std::size_t> seen_;
};

}  // namespace

RiskArrayPositions parse_risk_array_positions(const std::string& file, std::string_view text,
                                              const ParameterSet& set) {
  const JsonDocument document(file, text);
  RiskArrayPositions result;
  Reader reader(set);
  document.root().object([&](JsonObject& members) { reader.read(members, result); });
  return result;
}

RiskArrayPositions read_risk_array_positions(const std::string& path, const ParameterSet& set) {
  return parse_risk_array_positions(path, read_text_file(path), set);
}

}  // namespace margingate::io
