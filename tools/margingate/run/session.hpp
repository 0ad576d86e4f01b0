// One or more gates over a universe, and which contract goes to which of them.
//
// Most models need one gate with a risk unit per coin. A model that counts in the coin (Deribit's)
// gets one gate per coin. The host routes by contract; nothing else knows how many gates there are.
// Behind a gate there may be one of another model, which nothing is routed to: accounts move there
// and back.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "margingate/gate.hpp"
#include "margingate/market.hpp"
#include "margingate/revaluer.hpp"
#include "models/parameter_set.hpp"
#include "run/universe.hpp"

namespace margingate::run {

inline constexpr std::uint32_t nowhere = UINT32_MAX;

struct SessionLimits {
  std::uint32_t accounts = 0;
  std::uint32_t legs = 0;
  std::uint32_t working_orders = 0;
  Duration table_age_max = seconds(3600);
  Duration spot_age_max = seconds(60);
  bool has_controls = false;  // see control_desk.hpp
};

struct GateSession {
  std::string numeraire;                 // "USD" or a coin
  std::vector<std::uint32_t> coins;      // by UnderlyingId
  std::vector<std::string> assets;       // by AssetId
  std::vector<Asset> collateral;         // by AssetId
  std::vector<std::uint32_t> contracts;  // by InstrumentId
  std::vector<Market> surfaces;
  double quote_protection_rate = 0.0;  // held per protected coin
  std::string parameters;              // name of the parameter set
  std::uint32_t partner = nowhere;     // the gate that accounts move to
  bool is_second = false;              // nothing is routed here
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Revaluer> revaluer;  // destroyed before its gate
};

struct Route {
  std::uint32_t gate = nowhere;
  InstrumentId instrument;
};

struct CoinRoute {
  std::uint32_t gate = 0;
  UnderlyingId underlying;
};

struct Session {
  std::vector<GateSession> gates;
  std::vector<Route> routes;  // by contract
  std::array<std::vector<CoinRoute>, coins_max> coin_routes;

  [[nodiscard]] bool is_routed(std::uint32_t contract) const {
    return routes[contract].gate != nowhere;
  }
};

// Called on a revaluer's thread.
using AlertObserver = std::function<void(std::uint32_t gate, const MaintenanceAlert& alert)>;

// parameters: one set, or one per coin for models that count in a coin. second: sets of the model
// that accounts may move to, at most one for each of the first. Throws std::runtime_error listing
// what Gate::create found wrong. Gates have their first surface; the revaluers are not running yet.
Session make_session(const Universe& universe, const std::vector<models::ParameterSet>& parameters,
                     const SessionLimits& limits, RevaluerOptions options,
                     const AlertObserver& on_alert = {},
                     const std::vector<models::ParameterSet>& second = {});

// Price of an asset in the numeraire of the gate at these spots.
double asset_price(const GateSession& session, std::size_t asset,
                   const std::array<double, coins_max>& spots);

}  // namespace margingate::run
