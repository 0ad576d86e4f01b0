// A failure as files that margingate margin reads.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "io/iso_time.hpp"
#include "verify/failure.hpp"
#include "verify/failure_terms.hpp"

namespace margingate::verify {
namespace {

using Json = nlohmann::ordered_json;

const char* kind_name(InstrumentKind kind) {
  switch (kind) {
    case InstrumentKind::spot:
      return "spot";
    case InstrumentKind::perpetual:
      return "perpetual";
    case InstrumentKind::future:
      return "future";
    case InstrumentKind::option:
      break;
  }
  return "option";
}

double to_double(Price price) {
  return static_cast<double>(price.value) / static_cast<double>(price_scale);
}

class Files {
 public:
  explicit Files(const Failure& failure) : failure_(failure), setup_(failure.world.setup) {
    for (const reference::ReferenceLeg& leg : failure.account.legs) use(leg.instrument);
    for (const FailedOrder& order : failure.working) use(order.instrument);
    use(failure.order.instrument);
  }

  [[nodiscard]] Json market() const {
    Json json;
    json["as_of"] = io::format_iso_time(failure_.as_of);
    json["numeraire"] = failure_.world.numeraire;
    json["assets"] = Json::array({{{"asset", failure_.world.numeraire}, {"price", 1.0}}});
    json["underlyings"] = Json::array();
    const auto& names = setup_.directory.underlyings.names();
    for (std::size_t u = 0; u < names.size(); ++u) {
      json["assets"].push_back({{"asset", names[u]}, {"price", to_double(failure_.live_spots[u])}});
      json["underlyings"].push_back(
          {{"underlying", names[u]}, {"index_price", to_double(failure_.live_spots[u])}});
    }
    json["instruments"] = Json::array();
    for (const InstrumentId id : used_) json["instruments"].push_back(instrument(id));
    return json;
  }

  [[nodiscard]] Json portfolio(bool with_order) const {
    Json json;
    json["account"] = "failing";
    json["collateral"] = Json::array();
    const auto& assets = setup_.directory.assets.names();
    for (std::size_t a = 0; a < failure_.account.wallets.size(); ++a) {
      if (failure_.account.wallets[a].value == 0) continue;
      json["collateral"].push_back(
          {{"asset", assets[a]},
           {"quantity", static_cast<double>(failure_.account.wallets[a].value) * 1e-8}});
    }
    json["positions"] = Json::array();
    for (const reference::ReferenceLeg& leg : failure_.account.legs) {
      if (leg.net == 0) continue;
      json["positions"].push_back(
          {{"instrument", name(leg.instrument)},
           {"quantity", contracts(leg.instrument, leg.net)},
           {"average_price", to_double(average_price(setup_.config, leg))}});
    }
    json["working_orders"] = Json::array();
    // Combos and protections have no place in a portfolio file.
    for (std::size_t i = 0; i < failure_.working.size(); ++i) {
      if (!is_contract(setup_.config, failure_.working[i].instrument)) continue;
      if (!with_order || failure_.replaced != i) {
        json["working_orders"].push_back(order(failure_.working[i]));
      }
    }
    if (with_order && is_contract(setup_.config, failure_.order.instrument)) {
      json["working_orders"].push_back(order(failure_.order));
    }
    if (failure_.account.holds.value != 0) {
      json["holds"] =
          Json::array({{{"name", "hold"},
                        {"amount", static_cast<double>(failure_.account.holds.value) * 1e-8}}});
    }
    return json;
  }

 private:
  void use(InstrumentId id) {
    if (id.value < setup_.config.instruments.size()) used_.insert(id);
  }

  [[nodiscard]] const std::string& name(InstrumentId id) const {
    return setup_.directory.instruments.name(id);
  }

  [[nodiscard]] double contracts(InstrumentId id, std::int64_t lots) const {
    const std::int64_t per_contract = setup_.config.instruments[id.value].lots_per_contract;
    return static_cast<double>(lots) / static_cast<double>(per_contract);
  }

  [[nodiscard]] Json order(const FailedOrder& one) const {
    return {{"instrument", name(one.instrument)},
            {"side", one.side == Side::buy ? "buy" : "sell"},
            {"quantity", contracts(one.instrument, one.quantity.value)},
            {"price", to_double(one.price)}};
  }

  // At the live spot, as MR-02 carries the surface there.
  [[nodiscard]] Json instrument(InstrumentId id) const {
    const Instrument& contract = setup_.config.instruments[id.value];
    const std::uint32_t u = contract.underlying.value;
    const double forward = failure_.surface.quotes[id.value].forward *
                           (to_double(failure_.live_spots[u]) / failure_.surface.spots[u]);
    const bool is_option = contract.kind == InstrumentKind::option;
    Json json;
    json["instrument"] = name(id);
    json["kind"] = kind_name(contract.kind);
    if (is_option) {
      json["option_type"] = contract.option_type == OptionType::call ? "call" : "put";
      json["exercise"] =
          contract.exercise_style == ExerciseStyle::american ? "american" : "european";
    }
    json["underlying"] = setup_.directory.underlyings.name(contract.underlying);
    json["payoff"] = contract.payoff == Payoff::linear ? "linear" : "inverse";
    json["contract_size"] = contract.contract_size;
    json["settlement_asset"] = failure_.world.settlement[id.value];
    if (contract.kind != InstrumentKind::perpetual && contract.kind != InstrumentKind::spot) {
      json["expiry"] = io::format_iso_time(contract.expiry);
    }
    if (is_option) {
      json["strike"] = contract.strike;
      json["forward_price"] = forward;
      json["implied_volatility"] = failure_.surface.quotes[id.value].implied_volatility;
    } else {
      json["mark_price"] = forward;
    }
    return json;
  }

  const Failure& failure_;
  const io::GateSetup& setup_;
  std::set<InstrumentId> used_;
};

void write(const std::filesystem::path& path, const Json& json) {
  std::ofstream file(path);
  file << json.dump(1) << '\n';
  file.flush();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

Price average_price(const GateConfig& config, const reference::ReferenceLeg& leg) {
  const Instrument& instrument = config.instruments[leg.instrument.value];
  const bool is_inverse =
      instrument.payoff == Payoff::inverse && instrument.kind != InstrumentKind::option;
  const double size = static_cast<double>(leg.net) * instrument.contract_size /
                      static_cast<double>(instrument.lots_per_contract) *
                      std::pow(10.0, config.money_decimals);
  const auto entry = static_cast<double>(leg.entry_cash.value);
  const double price = is_inverse ? size / entry : -entry / size;
  const double units = price * static_cast<double>(price_scale);
  return {std::isfinite(units) && units >= 1.0 && units < 1e15 ? std::llround(units) : 1};
}

std::string write_failure(const Failure& failure, const std::string& directory) {
  namespace fs = std::filesystem;
  fs::create_directories(directory);
  const fs::path base(directory);
  const Files files(failure);
  write(base / "market.json", files.market());
  write(base / "portfolio.json", files.portfolio(false));
  write(base / "portfolio-with-order.json", files.portfolio(true));
  const auto command = [&](const char* portfolio) {
    return "margingate margin --model " + failure.world.model + " --parameters " +
           failure.world.parameters + " --market " + (base / "market.json").string() +
           " --portfolio " + (base / portfolio).string();
  };
  return command("portfolio.json") + "\n" + command("portfolio-with-order.json");
}

}  // namespace margingate::verify
