#include "conformance/run_case.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "conformance/step.hpp"

namespace margingate::conformance {
namespace {

// Limits that count money; the others count lots, messages or orders.
bool is_money(const std::string& control) {
  for (const char* name : {"order_notional", "open_order_value", "delta", "gamma", "vega",
                           "initial_margin", "daily_loss", "price_low", "price_high"}) {
    if (control == name) return true;
  }
  return false;
}

std::int64_t limit_value(const std::string& control, const std::string& text) {
  return is_money(control) ? hundredths(text) : integer(text);
}

OrderTerms terms_of(const Words& w, std::size_t flags_from) {
  OrderTerms terms;
  terms.account = account_of(w[0]);
  terms.is_buy = w[1] == "buys";
  terms.lots = integer(w[2]);
  terms.instrument = w[3];
  terms.price = hundredths(w[5]);
  for (std::size_t i = flags_from; i < w.size(); ++i) terms.flags.insert(w[i]);
  return terms;
}

bool matches(const Words& pattern, const Words& words) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "<...>") return true;
    if (i >= words.size()) return false;
    const bool is_hole = pattern[i].front() == '<';
    const bool is_choice = pattern[i].find('/') != std::string::npos && !is_hole;
    if (is_choice) {
      const std::string choices = "/" + pattern[i] + "/";
      if (choices.find("/" + words[i] + "/") == std::string::npos) return false;
    } else if (!is_hole && pattern[i] != words[i]) {
      return false;
    }
  }
  return pattern.size() == words.size();
}

Outcome place(Context& c, const Words& w) {
  const bool is_named = w.size() >= 8 && w[6] == "as";
  const OrderTerms terms = terms_of(w, is_named ? 8 : 6);
  c.last = c.gate().order(is_named ? w[7] : "", terms);
  return event(c.last.reason);
}

Outcome set_limit(Context& c, const Words& w) {
  c.world().has_controls = true;
  const std::int64_t cap = w.size() > 5 ? limit_value(w[2], w[5]) : 0;
  c.world().limits.push_back({scope_of(w[1]), w[2], limit_value(w[2], w[3]), cap});
  return setting();
}

Outcome override_limit(Context& c, const Words& w, bool is_signed) {
  return event(c.gate().override_limit(scope_of(w[1]), w[2], limit_value(w[2], w[4]),
                                       duration(w[6], w[7]), w[9], is_signed));
}

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> all = {
      // The world, before the first event.
      {"limit <scope> <control> <value>", "a limit; everything else is off", set_limit},
      {"limit <scope> <control> <value> cap <value>", "and what an override may raise it to",
       set_limit},
      {"limit <scope> <control> never set", "neither a value nor off",
       [](Context& c, const Words& w) {
         c.world().has_controls = true;
         c.world().unset_limits.insert(w[1] + " " + w[2]);
         return setting();
       }},
      {"instrument <instrument> <control> <value>", "a limit of one instrument",
       [](Context& c, const Words& w) {
         c.world().has_controls = true;
         c.world().instrument_limits.push_back({w[1], w[2], limit_value(w[2], w[3])});
         return setting();
       }},
      {"<account> trades for desk:<n>", "where an account belongs",
       [](Context& c, const Words& w) {
         c.world().has_controls = true;
         c.world().desk_of[account_of(w[0])] = scope_of(w[3]).id;
         return setting();
       }},
      {"<scope> belongs to <scope>", "desk:0 to a firm, firm:0 to a clearing member (member:0)",
       [](Context& c, const Words& w) {
         auto& map = scope_of(w[0]).level == "desk" ? c.world().firm_of : c.world().member_of;
         map[scope_of(w[0]).id] = scope_of(w[3]).id;
         return setting();
       }},
      {"controls without limits", "a gate with controls, every limit off",
       [](Context& c, const Words&) { return c.world().has_controls = true, setting(); }},
      {"self-match refuse/signal at <level>", "whose orders count as one's own: account, desk ...",
       [](Context& c, const Words& w) {
         c.world().has_controls = true;
         c.world().self_match = w[1];
         c.world().self_match_level = w[3];
         return setting();
       }},
      {"set <setting> <n>", "a capacity of the gate, e.g. working_orders_max, quantity_max",
       [](Context& c, const Words& w) {
         return c.world().settings[w[1]] = integer(w[2]), setting();
       }},
      {"set <setting> <n> s/ms/ns", "an age or period, e.g. table_age_max, message_period",
       [](Context& c, const Words& w) {
         return c.world().settings[w[1]] = duration(w[2], w[3]), setting();
       }},
      {"<instrument> has no mark", "nothing is known to price it with",
       [](Context& c, const Words& w) { return c.world().unquoted.insert(w[0]), setting(); }},
      {"<instrument> has no volatility", "an option that cannot be priced",
       [](Context& c, const Words& w) {
         return c.world().without_volatility.insert(w[0]), setting();
       }},
      {"no table yet", "nothing has been revalued when trading starts",
       [](Context& c, const Words&) { return c.world().has_table = false, setting(); }},
      {"the gate starts", "expects 'yes', or a part of the issue that keeps it from starting",
       [](Context& c, const Words&) {
         const std::string issues = c.start();
         return Outcome{issues.empty() ? "yes" : issues, false, false, true};
       }},
      // Events.
      {"<account> buys/sells <lots> <instrument> at <price>", "a new order", place},
      {"<account> buys/sells <lots> <instrument> at <price> as <name> <...>",
       "the same, to be named later; flags may follow", place},
      {"<account> would buy <lots> <instrument> at <price>", "what if; nothing changes",
       [](Context& c, const Words& w) {
         const Words order{w[0], "buys", w[3], w[4], "at", w[6]};
         c.last = c.gate().check(terms_of(order, 6));
         return event(c.last.reason);
       }},
      {"<account> would sell <lots> <instrument> at <price>", "what if; nothing changes",
       [](Context& c, const Words& w) {
         const Words order{w[0], "sells", w[3], w[4], "at", w[6]};
         c.last = c.gate().check(terms_of(order, 6));
         return event(c.last.reason);
       }},
      {"<name> becomes <lots> at <price>", "a replace",
       [](Context& c, const Words& w) {
         c.last = c.gate().replace(w[0], integer(w[2]), hundredths(w[4]));
         return event(c.last.reason);
       }},
      {"cancel <name>", "the rest of an order no longer works",
       [](Context& c, const Words& w) { return event(c.gate().cancel(w[1])); }},
      {"fill <lots> of <name> at <price>", "an execution",
       [](Context& c, const Words& w) {
         return event(c.gate().fill(w[3], integer(w[1]), hundredths(w[5])));
       }},
      {"<account> holds <lots> <instrument> at <price>", "a position given, signed lots",
       [](Context& c, const Words& w) {
         return event(c.gate().transfer(account_of(w[0]), w[3], integer(w[2]), hundredths(w[5])));
       }},
      {"<account> deposits <amount>", "dollars; negative: a withdrawal that has happened",
       [](Context& c, const Words& w) {
         return event(c.gate().deposit(account_of(w[0]), "USD", hundredths(w[2])));
       }},
      {"<account> deposits <amount> <asset>", "BTC, ETH or EUR",
       [](Context& c, const Words& w) {
         return event(c.gate().deposit(account_of(w[0]), w[3], hundredths(w[2])));
       }},
      {"hold <amount> against <account>", "an amount held besides margin",
       [](Context& c, const Words& w) {
         return event(c.gate().hold(account_of(w[3]), hundredths(w[1])));
       }},
      {"<scope> is killed", "yes or no",
       [](Context& c, const Words& w) {
         return word(c.gate().scope_amount(scope_of(w[0]), "killed") != 0 ? "yes" : "no");
       }},
      {"<coin> is <price>", "a spot tick",
       [](Context& c, const Words& w) { return event(c.gate().tick(w[0], hundredths(w[2]))); }},
      {"revalue", "a new table is published and everybody moves to it",
       [](Context& c, const Words&) { return event(c.gate().revalue()); }},
      {"<n> s/ms/ns pass", "the event clock",
       [](Context& c, const Words& w) { return c.gate().pass(duration(w[0], w[1])), setting(); }},
      {"kill <scope>", "the kill switch",
       [](Context& c, const Words& w) {
         return event(c.gate().kill(scope_of(w[1]), true, "desk", false));
       }},
      {"unkill <scope> by <authority>", "desk or risk",
       [](Context& c, const Words& w) {
         return event(c.gate().kill(scope_of(w[1]), false, w[3], true));
       }},
      {"unkill <scope> by <authority> unsigned", "without a name and a reason",
       [](Context& c, const Words& w) {
         return event(c.gate().kill(scope_of(w[1]), false, w[3], false));
       }},
      {"resume <scope> by <authority>", "after a suspension",
       [](Context& c, const Words& w) { return event(c.gate().resume(scope_of(w[1]), w[3])); }},
      {"override <scope> <control> to <value> for <n> s/ms/ns by <authority>", "desk or risk",
       [](Context& c, const Words& w) { return override_limit(c, w, true); }},
      {"override <scope> <control> to <value> for <n> s/ms/ns by <authority> unsigned",
       "without a name and a reason",
       [](Context& c, const Words& w) { return override_limit(c, w, false); }},
      {"reference of <instrument> is <price>", "what the moving collar is measured from",
       [](Context& c, const Words& w) {
         return event(c.gate().reference_price(w[2], hundredths(w[4])));
       }},
      {"the day starts", "daily losses count from here",
       [](Context& c, const Words&) { return event(c.gate().start_day()); }},
      // Questions.
      {"<account> needs", "initial margin, exact, now",
       [](Context& c, const Words& w) {
         return money(c.gate().account_amount(account_of(w[0]), "requirement"));
       }},
      {"<account> has", "equity, exact, now",
       [](Context& c, const Words& w) {
         return money(c.gate().account_amount(account_of(w[0]), "equity"));
       }},
      {"<account> could spare", "equity less initial margin",
       [](Context& c, const Words& w) {
         return money(c.gate().account_amount(account_of(w[0]), "excess"));
       }},
      {"<account> owns <asset>", "a wallet; dollars: USD",
       [](Context& c, const Words& w) {
         return money(c.gate().account_amount(account_of(w[0]), "wallet " + w[2]));
       }},
      {"<account> position in <instrument>", "net lots",
       [](Context& c, const Words& w) {
         return count(c.gate().account_amount(account_of(w[0]), "position " + w[3]));
       }},
      {"<account> works to buy/sell <instrument>", "lots of working orders",
       [](Context& c, const Words& w) {
         return count(c.gate().account_amount(account_of(w[0]), "working " + w[3] + " " + w[4]));
       }},
      {"<account> pays beyond the mark", "open losses of its working orders",
       [](Context& c, const Words& w) {
         return money(c.gate().account_amount(account_of(w[0]), "open losses"));
       }},
      {"<account> adds up", "yes when running totals equal a sum from zero",
       [](Context& c, const Words& w) {
         return word(c.gate().account_amount(account_of(w[0]), "adds up") != 0 ? "yes" : "no");
       }},
      {"left of <name>", "lots of an order still working; 0 when it has ended",
       [](Context& c, const Words& w) { return count(c.gate().order_amount(w[2], "remaining")); }},
      {"price of <name>", "of a working order",
       [](Context& c, const Words& w) { return money(c.gate().order_amount(w[2], "price")); }},
      {"<scope> open orders", "counted",
       [](Context& c, const Words& w) {
         return count(c.gate().scope_amount(scope_of(w[0]), "open orders"));
       }},
      {"<scope> open order value", "money",
       [](Context& c, const Words& w) {
         return money(c.gate().scope_amount(scope_of(w[0]), "open order value"));
       }},
      {"<scope> margin in all", "sum of initial margins as last measured",
       [](Context& c, const Words& w) {
         return money(c.gate().scope_amount(scope_of(w[0]), "initial margin"));
       }},
      {"<scope> lost today", "negative: a gain",
       [](Context& c, const Words& w) {
         return money(c.gate().scope_amount(scope_of(w[0]), "daily loss"));
       }},
      {"<scope> limit of <control>", "as it is now",
       [](Context& c, const Words& w) {
         const std::int64_t value = c.gate().scope_amount(scope_of(w[0]), "limit " + w[3]);
         return is_money(w[3]) ? money(value) : count(value);
       }},
      {"refused at", "the scope whose limit refused: A, desk:0, firm:0, member:0, gate",
       [](Context& c, const Words&) { return word(c.gate().finding("scope")); }},
      {"it would meet", "the own order named by a self-match",
       [](Context& c, const Words&) { return word(c.gate().finding("self-match")); }},
      {"required", "initial margin in the last answer",
       [](Context& c, const Words&) { return money(c.last.required); }},
      {"available", "equity in the last answer",
       [](Context& c, const Words&) { return money(c.last.available); }},
  };
  return all;
}

// Longer than those they begin like come first.
std::vector<Pattern> every_pattern() {
  std::vector<Pattern> all = life_patterns();
  all.insert(all.end(), patterns().begin(), patterns().end());
  return all;
}

Outcome act(Context& context, const std::string& text) {
  static const std::vector<Pattern> all = every_pattern();
  const Words words = words_of(text);
  for (const Pattern& pattern : all) {
    Words shape = words_of(pattern.text);
    // A scope such as desk:<n> is one word in a step.
    for (std::string& w : shape) {
      if (w == "desk:<n>") w = "<desk>";
    }
    if (matches(shape, words)) return pattern.act(context, words);
  }
  throw StepError("no such step; see conformance/README.md");
}

// Empty when the outcome is what was expected.
std::string difference(const Outcome& outcome, const std::string& expect) {
  std::string expected = expect;
  if (outcome.is_event && expected.empty()) expected = "accepted";
  if (!outcome.is_event && outcome.text.empty()) {
    return expected.empty() ? "" : "a setting expects nothing, found '" + expected + "'";
  }
  if (expected.empty()) return "a question needs an expectation; the answer is " + outcome.text;
  const bool is_same = outcome.is_amount ? hundredths(outcome.text) == hundredths(expected)
                       : outcome.is_part ? outcome.text.find(expected) != std::string::npos
                                         : outcome.text == expected;
  return is_same ? "" : "expected " + expected + ", got " + outcome.text;
}

}  // namespace

CaseResult run_case(const Case& test, const MakeGate& make_gate) {
  CaseResult result{test.id, test.name, false, {}};
  Context context(make_gate());
  for (const Step& step : test.steps) {
    std::string failure;
    try {
      failure = difference(act(context, step.text), step.expect);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (failure.empty()) continue;
    result.failure = "line " + std::to_string(step.line) + ": " + step.text + ": " + failure;
    return result;
  }
  result.passed = true;
  return result;
}

std::vector<GrammarLine> grammar() {
  std::vector<GrammarLine> lines;
  for (const Pattern& pattern : every_pattern()) lines.push_back({pattern.text, pattern.meaning});
  return lines;
}

}  // namespace margingate::conformance
