#include "risk_arrays/validate_parameter_set.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "support/risk_array_sets.hpp"

namespace margingate::testing {
namespace {

using namespace risk_arrays;

// The first issue of the pipeline example after a change to it.
std::string issue_after(const std::function<void(ParameterSet&)>& change) {
  ParameterSet set = pipeline_example().set;
  change(set);
  sort_contracts(set);
  const std::vector<ParameterIssue> issues = validate_parameter_set(set);
  return issues.empty() ? "" : issues[0].place + ": " + issues[0].expected;
}

TEST(ValidateParameterSet, AcceptsTheExample) {
  EXPECT_EQ(issue_after([](ParameterSet&) {}), "");
}

TEST(ValidateParameterSet, RefusesWhatIsOutOfRangeAndSaysWhere) {
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.scenarios.scenarios[14].weight = "1.5"_d; }),
            "scenario 15: a weight above 0 and at most 1");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.scenarios.scenarios[0].paired = 5; }),
            "scenario 1: a paired scenario that is paired with it");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.combined_commodities[1].code = "A"; }),
            "combined commodity A: each code once");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.combined_commodities[0].risk_exponent = 10; }),
            "combined commodity A: a risk exponent of -9 to 9");
  EXPECT_EQ(issue_after([](ParameterSet& set) {
              set.combined_commodities[0].intra_tiers[1].first.month = 202601;
            }),
            "combined commodity A, intra-commodity tier 2: no month in two tiers");
  EXPECT_EQ(issue_after([](ParameterSet& set) {
              set.combined_commodities[0].intra_spreads[0].legs[0].tier = 7;
            }),
            "combined commodity A, spread of priority 1: legs in a tier of the combined commodity, "
            "or in a month");
  EXPECT_EQ(issue_after([](ParameterSet& set) {
              set.combined_commodities[0].intra_spreads[0].legs[0].ratio = 0;
            }),
            "combined commodity A, spread of priority 1: ratios above 0");
  EXPECT_EQ(
      issue_after([](ParameterSet& set) { set.combined_commodities[0].factors[2].initial = 0; }),
      "combined commodity A: factors above 0");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.inter_spreads[0].legs[1].rate = 101; }),
            "inter-commodity spread of priority 1: rates of at least 0, and at most 100 if in "
            "percent");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.inter_spreads[0].legs[1].commodity = "A"; }),
            "inter-commodity spread of priority 1: legs without common deltas");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.products[0].combined_commodity = 9; }),
            "product EX A: a combined commodity of the set");
  EXPECT_EQ(issue_after([](ParameterSet& set) { set.contracts[0].right = OptionRight::call; }),
            "EX A future 202601 call 0: call or put for options, neither for others");
  EXPECT_EQ(issue_after([](ParameterSet& set) {
              set.contracts[1].period.month = 202601;
              set.contracts[1].underlying_period.month = 202601;
            }),
            "EX A future 202601: each contract once");
}

TEST(ParameterSet, FindsContractsByTheirTerms) {
  ParameterSet set = pipeline_example().set;
  sort_contracts(set);
  for (std::size_t i = 0; i < set.contracts.size(); ++i) {
    EXPECT_EQ(find_contract(set, key_of(set, set.contracts[i])), i);
  }
  ContractKey key = key_of(set, set.contracts[0]);
  key.period.month = 203001;
  EXPECT_FALSE(find_contract(set, key));
}

}  // namespace
}  // namespace margingate::testing
