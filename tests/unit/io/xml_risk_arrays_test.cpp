#include "io/xml_risk_arrays.hpp"

#include <gtest/gtest.h>

#include <string>

#include "io/text_file.hpp"
#include "io/xml_stream.hpp"
#include "support/risk_array_sets.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;
using namespace margingate::testing;

const std::string& example() {
  static const std::string text =
      read_text_file(MARGINGATE_SOURCE_DIR "/examples/risk-arrays/constructed.spn");
  return text;
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = example();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// The place of the error of a changed example; "" when there is none.
std::string error_after(const std::string& from, const std::string& to) {
  try {
    static_cast<void>(parse_xml_risk_arrays("x.spn", replaced(from, to)));
    return "";
  } catch (const FileError& error) {
    EXPECT_EQ(error.file(), "x.spn");
    return error.place() + ": " + error.expected();
  }
}

TEST(XmlRiskArrays, ReadTheSetOfTheirElements) {
  const ParameterSet set = parse_xml_risk_arrays("x.spn", example());
  EXPECT_EQ(set.contracts.size(), 4U);
  EXPECT_EQ(set.products.size(), 3U);
  EXPECT_EQ(set.scenarios.scenarios[2].paired, 3U);
  EXPECT_EQ(set.scenarios.scenarios[2].volatility_sign, 1);
  EXPECT_EQ(set.scenarios.delta_points.size(), 7U);
  EXPECT_EQ(set.combined_commodities[0].exchange, "EXA");
  EXPECT_EQ(set.combined_commodities[0].factors[1].initial, "1.1"_d);
}

TEST(XmlRiskArrays, ReadTheSameInPiecesOfAnySize) {
  for (const std::size_t size : {1U, 7U, 4096U}) {
    std::size_t records = 0;
    XmlStream stream("x",
                     {{"spanFile", "pointInTime", "clearingOrg", "exchange", "futPf"}, {"fut"}, {}},
                     [&](const XmlNode& record, const XmlAncestors& ancestors) {
                       ++records;
                       EXPECT_EQ(record.children.size(), 7U);
                       EXPECT_EQ(ancestors.size(), 5U);
                     });
    for (std::size_t at = 0; at < example().size(); at += size) {
      stream.feed(std::string_view(example()).substr(at, size));
    }
    stream.finish();
    EXPECT_EQ(records, 3U);
  }
}

TEST(XmlRiskArrays, TakeTheMonthOfTheFutureBelowAnOption) {
  const ParameterSet set = parse_xml_risk_arrays(
      "x.spn", replaced("<series><pe>202601</pe>", "<series><pe>20260116</pe>"));
  const auto option = std::find_if(set.contracts.begin(), set.contracts.end(),
                                   [](const Contract& c) { return c.right == OptionRight::call; });
  ASSERT_NE(option, set.contracts.end());
  EXPECT_EQ(option->period.text(), "20260116");
  EXPECT_EQ(option->underlying_period.text(), "202601");
}

TEST(XmlRiskArrays, MultiplyDeltaScalingsOfContractAndProduct) {
  std::string text = replaced("<sc>1</sc>", "<sc>2</sc>");  // the first future
  const std::string link = "<pfType>FUT</pfType><sc>1</sc>";
  text.replace(text.find(link), link.size(), "<pfType>FUT</pfType><sc>0.5</sc>");
  const ParameterSet set = parse_xml_risk_arrays("x.spn", text);
  EXPECT_EQ(set.contracts[0].delta_scaling, 1);
  EXPECT_EQ(set.contracts[1].delta_scaling, "0.5"_d);
}

TEST(XmlRiskArrays, ReadScanningBasedSpreads) {
  const ParameterSet set = parse_xml_risk_arrays(
      "x.spn",
      replaced("   <interSpreads>",
               "<superSpreads><sSpread><spread>3</spread><rate><r>1</r><val>90</val></rate>"
               "<sLeg><cc>A</cc><isTarget>1</isTarget><isRequired>1</isRequired></sLeg>"
               "<sLeg><cc>B</cc><isTarget>0</isTarget><isRequired>0</isRequired></sLeg>"
               "</sSpread></superSpreads>\n   <interSpreads>"));
  ASSERT_EQ(set.super_spreads.size(), 1U);
  EXPECT_EQ(set.super_spreads[0].target, "A");
  EXPECT_TRUE(set.super_spreads[0].is_target_required);
  ASSERT_EQ(set.super_spreads[0].legs.size(), 1U);
  EXPECT_EQ(set.super_spreads[0].legs[0].rate, 90);
}

TEST(XmlRiskArrays, ForgetContractsThatNothingLinks) {
  const ParameterSet set =
      parse_xml_risk_arrays("x.spn", replaced("<pfId>2</pfId><pfCode>B</pfCode><pfType>",
                                              "<pfId>9</pfId><pfCode>B</pfCode><pfType>"));
  EXPECT_EQ(set.contracts.size(), 3U);
}

TEST(XmlRiskArrays, MarkWhatTheyCannotCompute) {
  const ParameterSet set = parse_xml_risk_arrays(
      "x.spn", replaced("<chargeMeth>F</chargeMeth>", "<chargeMeth>W</chargeMeth>"));
  EXPECT_EQ(set.combined_commodities[0].not_computed, "calendar spreads charged by method \"W\"");
}

TEST(XmlRiskArrays, RefuseWhatIsNotWellFormed) {
  EXPECT_NE(error_after("</spanFile>", ""), "");
  EXPECT_NE(error_after("<exch>EXA</exch>", "<exch>EXA</exc>").find("well-formed XML"),
            std::string::npos);
  EXPECT_NE(error_after("<exch>EXA</exch>", "<exch>&undefined;</exch>").find("well-formed XML"),
            std::string::npos);
  expect_file_error([] { static_cast<void>(parse_xml_risk_arrays("x", "")); }, "x", "line 1, /",
                    "well-formed XML");
  for (std::size_t size = 0; size + 2 < example().size(); size += 97) {
    EXPECT_THROW(static_cast<void>(parse_xml_risk_arrays("x", example().substr(0, size))),
                 FileError)
        << size;
  }
}

TEST(XmlRiskArrays, RefuseDocumentTypesAndSoEntities) {
  EXPECT_NE(error_after("<spanFile>", "<!DOCTYPE spanFile [<!ENTITY a \"aaaaaaaaaa\">]><spanFile>")
                .find("no document type declaration"),
            std::string::npos);
}

TEST(XmlRiskArrays, RefuseHostileDepthAndLengths) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_NE(error_after("<isSetl>1</isSetl>", deep).find("nesting of at most 24"),
            std::string::npos);
  EXPECT_NE(error_after("<exch>EXA</exch>", "<exch>" + std::string(100'000, 'x') + "</exch>")
                .find("text of at most 1024 characters"),
            std::string::npos);
  EXPECT_NE(
      error_after("<exch>EXA</exch>", "<" + std::string(2'000, 'x') + "/>").find("element names"),
      std::string::npos);
  std::string many;
  for (std::size_t i = 0; i <= xml_kept_elements_max; ++i) many += "<a/>";
  EXPECT_NE(error_after("<exch>EXA</exch>", many).find("elements in one record"),
            std::string::npos);
}

TEST(XmlRiskArrays, RefuseOtherFormatsAndWrongOrder) {
  EXPECT_EQ(error_after("<fileFormat>4.00</fileFormat>", "<fileFormat>3.00</fileFormat>"),
            "line 3, /spanFile/fileFormat: 4.00");
  EXPECT_NE(error_after("<fileFormat>4.00</fileFormat>", "").find("a fileFormat of 4.00 before"),
            std::string::npos);
  EXPECT_NE(error_after("<spanFile>\n <fileFormat>4.00</fileFormat>",
                        "<portfolio>\n <fileFormat>4.00</fileFormat>"),
            "");
}

TEST(XmlRiskArrays, NameTheElementThatIsWrong) {
  EXPECT_NE(error_after("<a>0</a><a>0</a>", "<a>0</a>").find("futPf/fut/ra: sixteen elements a"),
            std::string::npos);
  EXPECT_NE(error_after("<a>0</a>", "<a>zero</a>").find("fut/ra/a: a number below 10^18"),
            std::string::npos);
  EXPECT_NE(error_after("<o>C</o>", "<o>X</o>").find("series/opt: an option type o of C or P"),
            std::string::npos);
  EXPECT_NE(error_after("<k>100</k>", "").find("series/opt: an element k"), std::string::npos);
  EXPECT_NE(error_after("<pe>202601</pe>", "<pe>Jan26</pe>").find("fut/pe: a period"),
            std::string::npos);
  EXPECT_NE(error_after("<rs>A</rs>", "<rs></rs>").find("dSpread/tLeg: a side rs of A or B"),
            std::string::npos);
  EXPECT_NE(error_after("<pairedPoint>2</pairedPoint>", "<pairedPoint>99</pairedPoint>")
                .find("scanPointDef: a pairedPoint of 1 to 16"),
            std::string::npos);
  EXPECT_NE(error_after("<point>2</point>", "<point>1</point>").find("each point once"),
            std::string::npos);
  EXPECT_NE(error_after("<weight>1</weight>", "<weight>7</weight>").find("scenario 1: a weight"),
            std::string::npos);
  EXPECT_NE(error_after("<p>19</p>", "<p>1e17</p>").find("numbers in range"), std::string::npos);
}

}  // namespace
}  // namespace margingate::io
