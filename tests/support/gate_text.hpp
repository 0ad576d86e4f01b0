// What a gate shows of an account, as text: two equal texts mean that nothing changed.
#pragma once

#include <string>

#include "margingate/gate.hpp"

namespace margingate::testing {

[[nodiscard]] std::string statement_text(const MarginStatement& statement);

// Statement, legs, wallets, open losses and holds of one account.
[[nodiscard]] std::string account_text(Gate& gate, AccountId account);

// The same of all accounts.
[[nodiscard]] std::string gate_text(Gate& gate);

}  // namespace margingate::testing
