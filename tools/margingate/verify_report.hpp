// What a verification came to, for people, for machines and as a plot.
#pragma once

#include <string>

#include "verify/verification.hpp"

namespace margingate::tool {

struct VerifyContext {
  std::uint64_t seed = 1;
  std::uint32_t threads = 1;
  std::size_t chains = 0;
};

void print_verification(const verify::Verification& result, const VerifyContext& context);
[[nodiscard]] std::string verification_json(const verify::Verification& result,
                                            const VerifyContext& context);
// Interval width against drift. Throws when no interval had a width.
[[nodiscard]] std::string verification_plot(const verify::Verification& result,
                                            const VerifyContext& context);

}  // namespace margingate::tool
