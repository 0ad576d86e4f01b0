// A market and an account written down in a test, as the files would give them.
//
// Shape    add what there is, then evaluate() under a parameter set.
// Units    quote currency; quantities in contracts.
// Sign     positions signed.
// Range    instruments are linear unless the call says otherwise, and settle in the numeraire.
// Errors   those of run_what_if.
// Threads  single-threaded.
// Cost     a gate per evaluation.
// Source   docs/formats.md.
#pragma once

#include <optional>
#include <string>

#include "io/market_file.hpp"
#include "io/parameter_file.hpp"
#include "io/portfolio_file.hpp"
#include "io/what_if.hpp"

namespace margingate::testing {

// The set of params/<name>.json; with `from` in its text replaced by `to`, which must be there.
[[nodiscard]] models::ParameterSet bundled_parameters(const std::string& name);
[[nodiscard]] models::ParameterSet edited_parameters(const std::string& name,
                                                     const std::string& from,
                                                     const std::string& to);

struct OptionTerms {
  OptionType type = OptionType::call;
  double strike = 0.0;
  std::string expiry;
  double forward = 0.0;
};

// Total volatility is solved so that the option is worth `mark`, in quote currency.
[[nodiscard]] double implied_volatility(const OptionTerms& terms, Timestamp as_of, double mark);

class VenueBook {
 public:
  VenueBook(const std::string& as_of, const std::string& numeraire);

  void asset(const std::string& name, double price);
  void underlying(const std::string& name, double index);
  void spot(const std::string& name, const std::string& underlying, double mark);
  io::MarketInstrument& perpetual(const std::string& name, const std::string& underlying,
                                  double mark, double contract_size = 1.0);
  void future(const std::string& name, const std::string& underlying, double mark,
              const std::string& expiry);
  io::MarketInstrument& option(const std::string& name, const std::string& underlying,
                               const OptionTerms& terms, double volatility);

  void collateral(const std::string& asset, double quantity);
  void position(const std::string& instrument, double quantity, double average_price);
  void order(const std::string& instrument, Side side, double quantity, double price);
  void hold(const std::string& name, double amount);

  [[nodiscard]] io::WhatIf evaluate(const models::ParameterSet& parameters) const;
  [[nodiscard]] Timestamp as_of() const { return market_.as_of; }
  [[nodiscard]] const io::MarketFile& market() const { return market_; }

 private:
  io::MarketInstrument& add(InstrumentKind kind, const std::string& name,
                            const std::string& underlying, double mark);

  io::MarketFile market_;
  io::PortfolioFile portfolio_;
};

// Amounts of a statement as doubles.
[[nodiscard]] double initial_margin(const io::WhatIf& what_if);
[[nodiscard]] double maintenance_margin(const io::WhatIf& what_if);
[[nodiscard]] double equity(const io::WhatIf& what_if);
// Value of all options held: houses leave it out of balance and margin alike.
[[nodiscard]] double options_value(const io::WhatIf& what_if);

}  // namespace margingate::testing
