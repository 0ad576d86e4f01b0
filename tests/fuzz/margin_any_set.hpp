// What every fuzz target of risk arrays does with its input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "io/file_error.hpp"
#include "risk_arrays/account_margin.hpp"
#include "risk_arrays/validate_parameter_set.hpp"

namespace margingate::testing {

// One contract long, the next short, through every step; gross, too.
inline void margin_every_contract(const risk_arrays::ParameterSet& set) {
  constexpr std::size_t positions_max = 64;
  risk_arrays::AccountPositions account;
  for (std::size_t i = 0; i < set.contracts.size() && i < positions_max; ++i) {
    account.positions.push_back({i, i % 2 == 0 ? 3 : 0, i % 2 == 0 ? 0 : 2});
  }
  for (const bool is_gross : {false, true}) {
    account.is_gross = is_gross;
    try {
      const risk_arrays::AccountMargin margin = risk_arrays::margin_account(set, account);
      for (const risk_arrays::CurrencyMargin& currency : margin.currencies) {
        if (currency.maintenance_margin < 0 || currency.initial_margin < 0) std::abort();
      }
    } catch (const risk_arrays::PositionError&) {  // a method that is not computed
    } catch (const std::overflow_error&) {         // numbers beyond 10^18
    }
  }
}

template <class Parse>
int margin_what_is_read(const Parse& parse, const std::uint8_t* data, std::size_t size) {
  try {
    const risk_arrays::ParameterSet set =
        parse(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!risk_arrays::validate_parameter_set(set).empty()) std::abort();
    margin_every_contract(set);
  } catch (const io::FileError& error) {
    if (error.file() != "input" || error.expected().empty()) std::abort();
  }
  return 0;
}

}  // namespace margingate::testing
