#include "io/positional_risk_arrays.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/text_file.hpp"
#include "support/risk_array_sets.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;
using namespace margingate::testing;

// The lines of the example file, to be changed one at a time.
class Lines {
 public:
  Lines() {
    std::string text =
        read_text_file(MARGINGATE_SOURCE_DIR "/examples/risk-arrays/constructed.pa2");
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      lines_.push_back(text.substr(0, end));
      text.erase(0, end + 1);
    }
  }
  // Line numbers count from 1.
  std::string& operator[](std::size_t number) { return lines_.at(number - 1); }
  // The number of the nth line of a kind of record.
  [[nodiscard]] std::size_t find(const std::string& id, std::size_t nth = 1) const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].rfind(id, 0) == 0 && --nth == 0) return i + 1;
    }
    throw std::out_of_range("no record " + id);
  }
  void put(const std::string& id, std::size_t column, const std::string& text,
           std::size_t nth = 1) {
    std::string& line = (*this)[find(id, nth)];
    if (line.size() < column - 1 + text.size()) line.resize(column - 1 + text.size(), ' ');
    line.replace(column - 1, text.size(), text);
  }
  void erase(std::size_t number) {
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(number) - 1);
  }
  void insert(std::size_t number, const std::string& line) {
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(number) - 1, line);
  }
  [[nodiscard]] std::string text(const char* end = "\n") const {
    std::string text;
    for (const std::string& line : lines_) text += line + end;
    return text;
  }
  [[nodiscard]] ParameterSet parse() const { return parse_positional_risk_arrays("x.pa2", text()); }
  void expect_error(const std::string& place, const std::string& expected) const {
    expect_file_error([&] { static_cast<void>(parse()); }, "x.pa2", place, expected);
  }
  [[nodiscard]] std::string place(const std::string& id, const std::string& columns,
                                  std::size_t nth = 1) const {
    return "line " + std::to_string(find(id, nth)) + (columns.empty() ? "" : ", " + columns);
  }

 private:
  std::vector<std::string> lines_;
};

TEST(PositionalRiskArrays, ReadTheSetOfTheirRecords) {
  const ParameterSet set = Lines().parse();
  EXPECT_EQ(set.contracts.size(), 4U);
  EXPECT_EQ(set.combined_commodities.size(), 2U);
  const CombinedCommodity& terms = set.combined_commodities[0];
  EXPECT_EQ(terms.currency, "USD");
  EXPECT_EQ(terms.price_scan_range, 3'000);
  EXPECT_EQ(terms.short_option_minimum.rate, 50);
  EXPECT_EQ(terms.factors[0].initial, "1.1"_d);
}

TEST(PositionalRiskArrays, SkipUnknownRecordsAndTakeOtherLineEnds) {
  Lines lines;
  lines.insert(3, "T USD/EUR/0001234567");
  lines.insert(9, "Z whatever");
  lines.insert(10, "91 debt");
  lines.insert(11, "");
  EXPECT_EQ(lines.parse().contracts.size(), 4U);
  const std::string text = lines.text("\r\n") + "\x1a";
  EXPECT_EQ(parse_positional_risk_arrays("x", text).contracts.size(), 4U);
}

TEST(PositionalRiskArrays, TakeLinesThatEndEarly) {
  Lines lines;
  lines[lines.find("4 ")].resize(69);
  lines[lines.find("3 ", 2)].resize(10);
  lines[lines.find("6 ")].resize(52);
  const ParameterSet set = lines.parse();
  EXPECT_EQ(set.combined_commodities[0].factors[1].maintenance, 1);
  EXPECT_EQ(set.inter_spreads.size(), 1U);
}

TEST(PositionalRiskArrays, TakeWideArraysAndDecimalLocators) {
  Lines lines;
  const std::string identity = lines[lines.find("81")].substr(2, 52);
  const std::size_t at = lines.find("81");
  lines.erase(at);
  lines.erase(at);
  std::string first = "83" + identity;
  std::string second = "84" + identity;
  for (int i = 0; i < 9; ++i) first += "00012345-";
  for (int i = 0; i < 7; ++i) second += "00054321+";
  lines.insert(at, first);
  lines.insert(at + 1, second + "10000+" + "00000000" + "0000000+" + "+");
  lines.put("2 ", 36, "2+");
  const ParameterSet set = lines.parse();
  EXPECT_EQ(set.contracts[0].array.losses[0], "-123.45"_d);
  EXPECT_EQ(set.contracts[0].array.losses[15], "543.21"_d);
  lines.put("2 ", 36, "2-");
  EXPECT_EQ(lines.parse().contracts[0].array.losses[0], -1'234'500);
}

TEST(PositionalRiskArrays, OrderSpreadsBetweenMonthsBeforeThoseBetweenTiers) {
  Lines lines;
  lines.insert(lines.find("C "), "E A     0000900000352601   010000A2602   010000B");
  const ParameterSet set = lines.parse();
  ASSERT_EQ(set.combined_commodities[0].intra_spreads.size(), 2U);
  EXPECT_EQ(set.combined_commodities[0].intra_spreads[0].rate, 35);
}

TEST(PositionalRiskArrays, MarkWhatTheyCannotCompute) {
  Lines lines;
  lines.put("4 ", 9, "11");
  EXPECT_EQ(lines.parse().combined_commodities[0].not_computed, "spot charge method 11");
  lines.put("6 ", 89, "03");
  EXPECT_EQ(lines.parse().inter_spreads[0].not_computed, "inter-commodity spread method 03");
}

TEST(PositionalRiskArrays, RefuseFilesThatAreNone) {
  expect_file_error([] { static_cast<void>(parse_positional_risk_arrays("x", "")); }, "x", "",
                    "records");
  expect_file_error([] { static_cast<void>(parse_positional_risk_arrays("x", "hello\n")); }, "x",
                    "line 1", "a record 0 first");
  expect_file_error([] { static_cast<void>(parse_positional_risk_arrays("x", "\n \n")); }, "x", "",
                    "a record 0");
  Lines lines;
  lines.put("0 ", 36, "U1");
  lines.expect_error("line 1, columns 36-37", "the format U2, found \"U1\"");
}

TEST(PositionalRiskArrays, RefuseWrongOrder) {
  Lines lines;
  lines.insert(1, lines[2]);
  lines.expect_error("line 1", "a record 0 first");

  Lines before_its_commodity;
  before_its_commodity.insert(3, before_its_commodity[before_its_commodity.find("C ")]);
  before_its_commodity.expect_error("line 3, columns 3-8", "a record 2 before");

  Lines array_before;
  array_before.insert(6, array_before[array_before.find("81")]);
  array_before.expect_error("line 6, columns 6-28", "a product of a record 2 before");

  Lines second_alone;
  const std::size_t first = second_alone.find("81");
  second_alone.erase(first);
  second_alone.expect_error("line " + std::to_string(first), "a record 81 or 83 before");

  Lines first_alone;
  first_alone.erase(first_alone.find("82"));
  first_alone.expect_error(first_alone.place("81", "", 2), "record 82");

  Lines exchanged;
  std::swap(exchanged[exchanged.find("82")], exchanged[exchanged.find("82", 2)]);
  exchanged.expect_error(exchanged.place("82", "columns 3-54"), "the contract of the line before");

  Lines wide_second;
  wide_second.put("82", 1, "84");
  wide_second.expect_error(wide_second.place("84", ""), "record 82");

  Lines without_price;
  without_price.erase(without_price.find("P EXAA         OOF"));
  without_price.expect_error(without_price.place("82", "", 3), "a record P");
}

TEST(PositionalRiskArrays, RefuseTruncatedArrays) {
  Lines lines;
  const std::string whole = lines.text();
  const std::size_t last = whole.rfind("\n82");
  // Whatever is cut off inside the array of the last line is noticed.
  for (std::size_t size = last + 1; size < last + 1 + 102; ++size) {
    EXPECT_THROW(static_cast<void>(parse_positional_risk_arrays("x", whole.substr(0, size))),
                 FileError)
        << size - last;
  }
  lines[lines.find("81")].resize(100);
  lines.expect_error(lines.place("81", "columns 97-101"), "the end of the line");
}

TEST(PositionalRiskArrays, RefuseMissingSignsAndDigits) {
  Lines sign;
  sign.put("81", 60, " ");
  sign.expect_error(sign.place("81", "column 60"), "the sign of a risk array value");
  Lines shifted;
  shifted.put("81", 60, "7");
  shifted.expect_error(shifted.place("81", "column 60"), "+ or - or blank, found \"7\"");
  Lines delta;
  delta.put("82", 102, " ");
  delta.expect_error(delta.place("82", "columns 97-102"), "the composite delta with its sign");
  Lines digits;
  digits.put("82", 55, "1.5e3");
  digits.expect_error(digits.place("82", "columns 55-59"), "in digits, found \"1.5e3\"");
  Lines blank;
  blank.put("81", 55, "     ");
  blank.expect_error(blank.place("81", "columns 55-59"), "of 5 digits");
  Lines side;
  side.put("C ", 28, "X");
  side.expect_error(side.place("C ", "column 28"), "A or B");
  Lines month;
  month.put("81", 30, "202613");
  month.expect_error(month.place("81", "columns 30-35"), "CCYYMM, found \"202613\"");
  Lines bytes;
  bytes.put("3 ", 69, "\x01\xff");
  bytes.expect_error(bytes.place("3 ", "columns 69-72"), "in digits, found \"??00\"");
}

TEST(PositionalRiskArrays, RefuseHostileLengthsAndNumbers) {
  Lines lines;
  lines.insert(4, std::string(positional_line_size_max + 1, '9'));
  lines.expect_error("line 4", "at most 1000 characters");
  Lines legs;
  legs.put("C ", 13, "99");
  legs.expect_error(legs.place("C ", "columns 13-14"), "1 to 8 legs");
  Lines decimals;
  decimals.put("P ", 34, "999");
  decimals.expect_error(decimals.place("P ", "columns 34-36"), "at most 18 decimals");
  Lines exponent;
  exponent.put("B ", 53, "99999");
  exponent.put("B ", 166, "18");
  exponent.expect_error("", "numbers in range");
}

TEST(PositionalRiskArrays, AcceptASetOnlyAsAWhole) {
  Lines twice;
  twice.insert(twice.find("81"), twice[twice.find("82")]);
  twice.insert(twice.find("82"), twice[twice.find("81")]);
  twice.expect_error("EXA A future 202601", "each contract once");
  Lines product;
  product.insert(product.find("2 ", 2), product[product.find("2 ")]);
  product.expect_error(product.place("2 ", "", 2), "in one combined commodity");
  Lines tier;
  tier.put("C ", 24, "09");
  tier.expect_error("combined commodity A, spread of priority 1", "legs in a tier");
  Lines rate;
  rate.put("6 ", 10, "1000001");
  rate.expect_error("inter-commodity spread of priority 1", "at most 100");
}

}  // namespace
}  // namespace margingate::io
