// Parameters of Deribit's segregated portfolio margin, under their published names.
//
// Shape    one currency pair: 2 * buckets_count + 1 price moves times three volatilities, then
//          the extended moves with volatility up.
// Units    rates and moves are fractions; extended_dampener and
//          delta_total_liq_shock_threshold are in quote currency; m_inc is per coin.
// Sign     extended moves signed, everything else non-negative.
// Range    buckets_count 1 .. 16; validate_margin_model for the rest.
// Errors   none.
// Threads  values.
// Cost     none.
// Source   docs/models/deribit.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "margingate/margin_model.hpp"
#include "models/parameter_reader.hpp"

namespace margingate::models {

struct DeribitParameters {
  std::string underlying;  // also the coin that everything is counted in
  // "general"
  double mm_factor = 1.0;
  int buckets_count = 1;
  // "currency_pair"
  double price_range = 0.0;
  double volatility_range_up = 0.0;
  double volatility_range_down = 0.0;
  double short_term_vega_power = 0.0;
  double long_term_vega_power = 0.0;
  double min_volatility_for_shock_up = 0.0;
  double extended_table_factor = 1.0;
  double m_inc = 0.0;
  double delta_total_liq_shock_threshold = 0.0;
  double max_delta_shock = 0.0;
  // "currency"
  double extended_dampener = 0.0;
  double annualised_move_risk = 0.0;
  double min_annualised_move = 0.0;
  double pnl_offset = 0.0;
  double haircut = 0.0;
  // Not in the parameter payload, but published in words.
  std::vector<double> extended_moves;
  double vega_pivot_days = 30.0;
  double settlement_window_minutes = 0.0;  // option deltas fade linearly in it
  int worst_case_decimals = -1;
  double quote_protection_rate = 0.0;  // held per protected coin, initial margin only
};

[[nodiscard]] DeribitParameters read_deribit_parameters(ParameterReader& reader);

// One risk unit, counted in its coin; every unit of the gate gets the same numbers.
[[nodiscard]] MarginModel deribit_model(const DeribitParameters& parameters,
                                        std::size_t risk_units);

}  // namespace margingate::models
