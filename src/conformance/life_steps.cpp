// Steps of the life of an order beside a single order: combos, quotes, protections, reports,
// trades.
#include "conformance/step.hpp"

namespace margingate::conformance {
namespace {

// "5@99.50" is five lots at 99.50; "-" is nothing.
QuoteTerms::Side quoted_side(const std::string& text) {
  if (text == "-") return {};
  const auto at = text.find('@');
  if (at == std::string::npos) throw StepError("'" + text + "' is no side of a quote: lots@price");
  return {integer(text.substr(0, at)), hundredths(text.substr(at + 1))};
}

// "A quotes together PERP 5@99 5@101 FUT - 3@101".
QuoteTerms quotes_of(const Words& w) {
  QuoteTerms terms;
  terms.account = account_of(w[0]);
  terms.together = w[2] == "together";
  if (w.size() < 6 || w.size() % 3 != 0) throw StepError("an instrument, a bid and an ask each");
  for (std::size_t i = 3; i < w.size(); i += 3) {
    terms.quotes.push_back({w[i], quoted_side(w[i + 1]), quoted_side(w[i + 2])});
  }
  return terms;
}

Outcome quote(Context& c, const Words& w) {
  std::string reasons;
  for (const std::string& reason : c.gate().quote(quotes_of(w))) {
    reasons += (reasons.empty() ? "" : " ") + reason;
  }
  return event(reasons);
}

// "combo SPREAD is 1 PERP -1 FUT".
Outcome list_combo(Context& c, const Words& w) {
  if (w.size() < 7 || w.size() % 2 == 0) throw StepError("a ratio and an instrument each");
  ListedCombo combo{w[1], {}};
  for (std::size_t i = 3; i < w.size(); i += 2) combo.legs.emplace_back(w[i + 1], integer(w[i]));
  c.world().combos.push_back(combo);
  return setting();
}

Outcome list_group(Context& c, const Words& w) {
  ListedGroup group{w[1], {}};
  for (std::size_t i = 3; i < w.size(); ++i) group.members.push_back(w[i]);
  c.world().groups.push_back(group);
  return setting();
}

// "fill 3 of a at 100 and 101".
Outcome fill_combo(Context& c, const Words& w) {
  std::vector<std::int64_t> prices;
  for (std::size_t i = 5; i < w.size(); i += 2) prices.push_back(hundredths(w[i]));
  return event(c.gate().fill_combo(w[3], integer(w[1]), prices));
}

ReportTerms report_of(const Words& w) {
  ReportTerms report;
  report.number = static_cast<std::uint32_t>(integer(w[1]));
  report.id = static_cast<std::uint64_t>(integer(w[3]));
  report.account = account_of(w[4]);
  report.is_buy = w[5] == "bought";
  report.lots = integer(w[6]);
  report.instrument = w[7];
  report.price = hundredths(w[9]);
  return report;
}

}  // namespace

const std::vector<Pattern>& life_patterns() {
  static const std::vector<Pattern> all = {
      {"combo <name> is <ratio> <instrument> <...>", "legs that trade as one, in these ratios",
       list_combo},
      {"group <name> is <instrument> <...>", "a quote group; bought, it is a protection",
       list_group},
      {"fill <lots> of <name> at <price> and <price>", "a combo of two legs", fill_combo},
      {"fill <lots> of <name> at <price> and <price> and <price>", "a combo of three legs",
       fill_combo},
      {"<account> quotes together/singly <instrument> <lots@price> <lots@price> <...>",
       "bids and asks in one call, '-' for none; each replaces the last one. Expects the batch's "
       "reason, or one for each",
       quote},
      {"<account> quotes together/singly <instrument> <lots@price> <lots@price>", "the same of one",
       quote},
      {"under <name> bid/ask <instrument> <price> may show", "a quote under a protection",
       [](Context& c, const Words& w) {
         return event(c.gate().show(w[1], w[3], w[2] == "bid", hundredths(w[4])));
       }},
      {"under <name> <account> bought/sold <lots> <instrument> at <price>", "such a quote traded",
       [](Context& c, const Words& w) {
         return event(c.gate().fill_protected(w[1], w[5], w[3] == "bought", integer(w[4]),
                                              hundredths(w[7])));
       }},
      {"report <n> of <id> <account> bought/sold <lots> <instrument> at <price>",
       "an execution report: by the order's id and its own number",
       [](Context& c, const Words& w) { return event(c.gate().report(report_of(w))); }},
      {"suspense did happen/not-happen", "the newest execution in suspense is resolved",
       [](Context& c, const Words& w) { return event(c.gate().resolve(w[2] == "happen")); }},
      {"cancel everything of <account>", "every order of it",
       [](Context& c, const Words& w) { return event(c.gate().cancel_all(account_of(w[3]))); }},
      {"<account> buys <lots> <instrument> from <account> at <price>", "a block trade",
       [](Context& c, const Words& w) {
         return event(c.gate().trade(account_of(w[0]), account_of(w[5]), w[3], integer(w[2]),
                                     hundredths(w[7])));
       }},
      {"<account> withdraws <amount>", "asked before it is paid",
       [](Context& c, const Words& w) {
         return event(c.gate().withdraw(account_of(w[0]), hundredths(w[2])));
       }},
      {"<account> gives <account> <amount>", "a transfer of dollars in one step",
       [](Context& c, const Words& w) {
         return event(c.gate().give(account_of(w[0]), account_of(w[2]), hundredths(w[3])));
       }},
      {"<account> exercises <lots> <instrument> into <lots> <instrument> at <price>",
       "the option ends, its delivery trades at the strike",
       [](Context& c, const Words& w) {
         return event(c.gate().exercise(account_of(w[0]), w[3], integer(w[2]), w[6], integer(w[5]),
                                        hundredths(w[8])));
       }},
      {"settle <instrument> at <price>", "every position in it to this price",
       [](Context& c, const Words& w) { return event(c.gate().settle(w[1], hundredths(w[3]))); }},
      {"fillable of <name>", "lots that may trade now",
       [](Context& c, const Words& w) { return count(c.gate().order_amount(w[2], "fillable")); }},
  };
  return all;
}

}  // namespace margingate::conformance
