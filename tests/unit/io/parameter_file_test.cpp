#include "io/parameter_file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "io/file_error.hpp"
#include "unit/io/expect_file_error.hpp"

namespace margingate::io {
namespace {

constexpr const char* file = "parameters.json";

std::filesystem::path bundled(const std::string& name) {
  return std::filesystem::path(MARGINGATE_SOURCE_DIR) / "params" / (name + ".json");
}

std::string content(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(bundled(name)).rdbuf();
  return text.str();
}

void expect_error(const std::string& name, const std::string& from, const std::string& to,
                  const std::string& place, const std::string& expected) {
  std::string text = content(name);
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  expect_file_error([&] { (void)parse_parameter_file(file, text); }, file, place, expected);
}

TEST(ParameterFile, GivesAModelTheEquityThatItAsksFor) {
  const std::array<std::string, 1> units{"BTC"};
  const models::ParameterSet set = parse_parameter_file(file, content("portfolio-generic"));
  const MarginModel model = models::compose_margin_model(set, units);
  EXPECT_EQ(model.minimum_equity_to_enter, 10'000.0);
  EXPECT_EQ(model.minimum_equity_to_keep, 5'000.0);
  const models::ParameterSet none = parse_parameter_file(file, content("cross-generic"));
  EXPECT_EQ(models::compose_margin_model(none, units).minimum_equity_to_enter, 0.0);
  std::string text = content("portfolio-generic");
  text.replace(text.find("10000.0"), 7, "4999.0");
  EXPECT_THROW(static_cast<void>(parse_parameter_file(file, text)), FileError);
}

TEST(ParameterFile, ReadsEveryBundledSetIntoAModelThatIsValid) {
  const std::array<std::string, 2> units{"BTC", "ETH"};
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(bundled("x").parent_path())) {
    if (entry.path().extension() != ".json") continue;
    const models::ParameterSet set = read_parameter_file(entry.path().string());
    EXPECT_EQ(set.name, entry.path().stem().string());
    const MarginModel model = models::compose_margin_model(set, units);
    EXPECT_EQ(model.name, set.model);
    EXPECT_EQ(model.parameters, set.name);
    for (const ModelIssue& issue : validate_margin_model(model)) {
      ADD_FAILURE() << set.name << ": " << issue.where << ": " << issue.expected;
    }
    ++count;
  }
  EXPECT_GE(count, 5);
}

TEST(ParameterFile, RejectsBadValuesByPath) {
  const std::string deribit = "deribit-btc-2024-06-17";
  expect_error(deribit, "\"price_range\": 0.16", "\"price_range\": 1.6",
               "/currency_pair/price_range", "from 0.0001 to 0.99");
  expect_error(deribit, "\"price_range\"", "\"price_rnage\"", "/currency_pair",
               "the key \"price_range\"");
  expect_error(deribit, "\"haircut\": 0,", "\"haircut\": 0, \"x\": 1,", "/currency/x",
               "no such key");
  expect_error(deribit, "\"vol_scenarios_count\": 3", "\"vol_scenarios_count\": 5",
               "/general/vol_scenarios_count", "3");
  expect_error(deribit, "\"correlation_set\": false", "\"correlation_set\": true",
               "/currency/correlation_set", "false");
  expect_error(deribit, "-0.66", "0.0", "/extended_moves/0", "other than 0");
  expect_error("isolated-generic", "\"model\": \"isolated\"", "\"model\": \"alone\"", "/model",
               "one of \"isolated\"");
  expect_error("isolated-generic", "\"maintenance_factor\": 0.5", "\"maintenance_factor\": 2",
               "/maintenance_factor", "from 0.0 to 1.0");
  expect_error("isolated-generic", "\"perpetual\", \"future\"", "\"perp\"", "/charges/0/kinds/0",
               "one of \"spot\"");
  expect_error("isolated-generic", "0.05", "-0.05", "/charges/0/long_rate", "from 0.0");
  expect_error("portfolio-generic", "\"weight\": 0.5", "\"weight\": 0",
               "/risk_units/default/extreme_moves/0/weight", "above 0");
  expect_error("portfolio-generic", "\"default\"", "\"standard\"", "/risk_units",
               "the key \"default\"");
}

TEST(ParameterFile, RejectsTiersAndBandsOutOfOrderByPath) {
  const std::string tiers = "bybit-standard-help-example";
  expect_error(tiers, "\"from\": 1000,", "\"from\": 0,", "/futures/default/maintenance/1/from",
               "more than that of the tier before");
  expect_error(tiers, "\"rate\": 0.025", "\"rate\": 0.015", "/futures/default/maintenance/1/rate",
               "no less than that of the tier before");
  expect_error(tiers, "\"from\": 0,", "\"from\": 1,", "/futures/default/maintenance",
               "tiers, the first from 0");
  expect_error("okx-2025-01-15", "\"ratio\": 1.0", "\"ratio\": 3.5", "/bands/1/ratio",
               "less than that of the band before");
  expect_error("dydx-genesis", "\"initial_margin_ppm\": 1000000", "\"initial_margin_ppm\": 1000001",
               "/markets/default/initial_margin_ppm", "a whole number from 0 to 1000000");
  expect_error("deribit-standard-2022-01-11", "\"maintenance\": 0.02", "\"maintenance\": 0.05",
               "/futures/default/maintenance", "from 0.0 to 0.04");
}

}  // namespace
}  // namespace margingate::io
