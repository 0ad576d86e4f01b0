// A limit nobody set, or one that can never bind, is an error while nothing trades yet.
#include <string>

#include "control/control_fields.hpp"
#include "control/controls_create.hpp"
#include "limits/recent_orders.hpp"

namespace margingate {
namespace {

// Of order values and sums: what the gate itself can carry.
constexpr std::int64_t money_limit_max = std::int64_t{1} << 58;

class ControlLint {
 public:
  explicit ControlLint(const GateConfig& config) : config_(config), c_(*config.controls) {}

  std::vector<GateIssue> issues() && {
    check_periods();
    scope(c_.gate, "controls.gate.");
    parties(c_.clearing_members, "controls.clearing_members", 0);
    parties(c_.firms, "controls.firms", c_.clearing_members.size());
    parties(c_.desks, "controls.desks", c_.firms.size());
    scope(c_.account, "controls.account.");
    accounts();
    instruments();
    return std::move(issues_);
  }

 private:
  void issue(std::string where, std::string expected) {
    issues_.push_back({std::move(where), std::move(expected)});
  }

  void check_periods() {
    const auto positive = [&](Duration d, const char* name) {
      if (d.value <= 0) issue(std::string("controls.") + name, "a positive duration");
    };
    positive(c_.message_period, "message_period");
    positive(c_.duplicate_period, "duplicate_period");
    positive(c_.execution_period, "execution_period");
    positive(c_.reference_age_max, "reference_age_max");
  }

  // The smallest value that could never refuse anything.
  [[nodiscard]] std::int64_t cannot_bind_from(Control control) const {
    switch (control) {
      case Control::order_quantity:
        return config_.limits.quantity_max;
      case Control::messages:
        return c_.message_period.value;
      case Control::duplicate_orders:
        return static_cast<std::int64_t>(limits::recent_orders_count) + 1;
      case Control::repeated_executions:
        return std::int64_t{1} << 40;
      case Control::open_orders:
        return config_.limits.working_orders_max;
      case Control::position:
      case Control::open_interest:
        return config_.limits.quantity_max * std::int64_t{config_.limits.accounts_max};
      default:
        return money_limit_max;
    }
  }

  void limit(const Limit& l, std::int64_t cannot_bind, const std::string& where) {
    if (l.is_off()) return;
    if (!l.is_set()) return issue(where, "Limit::at(n) or Limit::off(); it was never set");
    if (l.value() <= 0) return issue(where, "more than 0, or Limit::off()");
    if (l.value() >= cannot_bind) {
      return issue(where, "less than " + std::to_string(cannot_bind) +
                              ", beyond which it never binds, or Limit::off()");
    }
    if (l.hard_cap() < l.value() || l.hard_cap() > cannot_bind) {
      issue(where + ".hard_cap", "the limit itself to " + std::to_string(cannot_bind));
    }
  }

  void scope(const ScopeLimits& limits, const std::string& path) {
    for (std::size_t k = 0; k < controls_count; ++k) {
      const auto control = static_cast<Control>(k);
      limit(limits.*(control_fields[k]), cannot_bind_from(control),
            path + std::string(to_string(control)));
    }
  }

  // A party below another may not have the looser limit: it would never be the one to bind.
  void below(const ScopeLimits& inner, const ScopeLimits& outer, const std::string& path,
             const std::string& outer_path) {
    for (std::size_t k = 0; k < controls_count; ++k) {
      const Limit& in = inner.*(control_fields[k]);
      const Limit& out = outer.*(control_fields[k]);
      const auto control = static_cast<Control>(k);
      // Netting lets accounts hold more than their group may hold net.
      const bool nets = control == Control::position || control == Control::delta ||
                        control == Control::gamma || control == Control::vega ||
                        control == Control::daily_loss;
      if (nets || !in.is_set() || !out.is_set() || in.value() <= out.value()) continue;
      issue(path + std::string(to_string(control)),
            "at most " + std::to_string(out.value()) + ", the limit of " + outer_path);
    }
  }

  void parties(const std::vector<PartyControls>& list, const std::string& name,
               std::size_t parents) {
    const bool is_top = name == "controls.clearing_members";
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string path = name + "[" + std::to_string(i) + "]";
      scope(list[i].limits, path + ".limits.");
      const bool has_parent = list[i].parent != no_parent;
      if (has_parent && (is_top || list[i].parent >= parents)) {
        issue(path + ".parent", is_top ? "none" : "a party of the level above, or no_parent");
        continue;
      }
      below(list[i].limits, c_.gate, path + ".limits.", "controls.gate");
      if (!has_parent) continue;
      const bool is_desk = name == "controls.desks";
      const auto& above = is_desk ? c_.firms : c_.clearing_members;
      below(list[i].limits, above[list[i].parent].limits, path + ".limits.", "its parent");
    }
  }

  void accounts() {
    below(c_.account, c_.gate, "controls.account.", "controls.gate");
    std::vector<bool> seen(config_.limits.accounts_max, false);
    for (std::size_t i = 0; i < c_.accounts.size(); ++i) {
      const AccountControls& a = c_.accounts[i];
      const std::string path = "controls.accounts[" + std::to_string(i) + "]";
      scope(a.limits, path + ".limits.");
      if (a.account.value >= config_.limits.accounts_max) {
        issue(path + ".account", "an account of the gate");
        continue;
      }
      if (seen[a.account.value]) issue(path + ".account", "an account named once");
      seen[a.account.value] = true;
      below(a.limits, c_.gate, path + ".limits.", "controls.gate");
      if (a.desk == no_parent) continue;
      if (a.desk >= c_.desks.size()) {
        issue(path + ".desk", "an index into controls.desks, or no_parent");
        continue;
      }
      below(a.limits, c_.desks[a.desk].limits, path + ".limits.", "its desk");
    }
  }

  void instruments() {
    if (c_.instruments.empty()) return;
    if (c_.instruments.size() != config_.instruments.size()) {
      issue("controls.instruments", "none, or one per instrument");
    }
    const std::int64_t lots = config_.limits.quantity_max;
    const std::int64_t prices = std::int64_t{1} << 53;
    for (std::size_t i = 0; i < c_.instruments.size(); ++i) {
      const InstrumentControls& l = c_.instruments[i];
      const std::string path = "controls.instruments[" + std::to_string(i) + "].";
      limit(l.order_quantity, lots, path + "order_quantity");
      limit(l.position, lots, path + "position");
      limit(l.open_interest, lots * std::int64_t{config_.limits.accounts_max},
            path + "open_interest");
      limit(l.price_low, prices, path + "price_low");
      limit(l.price_high, prices, path + "price_high");
      limit(l.moving_band_ppm, 1'000'000, path + "moving_band_ppm");
      if (l.price_low.is_set() && l.price_high.is_set() &&
          l.price_low.value() > l.price_high.value()) {
        issue(path + "price_high", "at least price_low");
      }
    }
  }

  const GateConfig& config_;
  const ControlsConfig& c_;
  std::vector<GateIssue> issues_;
};

}  // namespace

std::vector<GateIssue> controls_config_issues(const GateConfig& config) {
  return ControlLint(config).issues();
}

}  // namespace margingate
