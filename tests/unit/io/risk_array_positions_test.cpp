#include "io/risk_array_positions.hpp"

#include <gtest/gtest.h>

#include "io/risk_array_file.hpp"
#include "io/risk_array_report.hpp"
#include "support/risk_array_sets.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

using namespace risk_arrays;
using namespace margingate::testing;

ParameterSet example() {
  return read_risk_arrays(MARGINGATE_SOURCE_DIR "/examples/risk-arrays/constructed.pa2");
}

RiskArrayPositions parse(const std::string& positions, const std::string& more = "") {
  return parse_risk_array_positions(
      "p.json", R"({"account": "A1", )" + more + R"("positions": [)" + positions + "]}", example());
}

const std::string future =
    R"({"exchange": "EXA", "product": "A", "kind": "future", "month": "202601", "quantity": 2.5})";

TEST(RiskArrayPositions, ReadNetAndGrossQuantities) {
  const RiskArrayPositions net = parse(future);
  ASSERT_EQ(net.positions.positions.size(), 1U);
  EXPECT_EQ(net.positions.positions[0].long_quantity, "2.5"_d);
  EXPECT_FALSE(net.positions.is_gross);
  EXPECT_EQ(net.positions.type, AccountType::speculator);
  const RiskArrayPositions gross =
      parse(R"({"exchange": "EXA", "product": "B", "kind": "future", "month": "202601",
                "long_quantity": 3, "short_quantity": 4})",
            R"("margin": "gross", "account_type": "hedger", )");
  EXPECT_TRUE(gross.positions.is_gross);
  EXPECT_EQ(gross.positions.type, AccountType::hedger);
  EXPECT_EQ(gross.positions.positions[0].short_quantity, 4);
}

TEST(RiskArrayPositions, RefuseContractsThatTheParametersDoNotHave) {
  const auto error = [](const std::string& positions, const std::string& place,
                        const std::string& expected) {
    expect_file_error([&] { static_cast<void>(parse(positions)); }, "p.json", place, expected);
  };
  error(R"({"exchange": "EXA", "product": "A", "kind": "future", "month": "202603",
            "quantity": 1})",
        "/positions/0", "a contract of the parameters, found EXA A future 202603");
  error(R"({"exchange": "EXA", "product": "A", "kind": "option_on_future", "month": "202601",
            "option_type": "put", "strike": 100, "quantity": 1})",
        "/positions/0", "found EXA A option on a future 202601 put 100");
  error(future + "," + future, "/positions/1", "each contract once");
  error(R"({"exchange": "EXA", "product": "A", "kind": "future", "month": "Jan",
            "quantity": 1})",
        "/positions/0/month", "CCYYMM");
}

TEST(RiskArrayReport, HoldsWhatTheTableShows) {
  const ParameterSet set = example();
  const RiskArrayPositions positions = read_risk_array_positions(
      MARGINGATE_SOURCE_DIR "/examples/risk-arrays/constructed-positions.json", set);
  const auto json = risk_array_json(set, positions, margin_account(set, positions.positions));
  EXPECT_EQ(json.at("currencies").at(0).at("maintenance_margin").dump(), "9960.006");
  EXPECT_EQ(json.at("currencies").at(0).at("initial_margin").dump(), "10576.0066");
  const auto& a = json.at("combined_commodities").at(0);
  EXPECT_EQ(a.at("tiers").at(0).at("active_scenario"), 13);
  EXPECT_EQ(a.at("weighted_price_risk").dump(), "3383.33");
  EXPECT_EQ(a.at("deltas").at(0).at("consumed_intra"), 2);
}

}  // namespace
}  // namespace margingate::io
