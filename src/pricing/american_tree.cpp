#include "pricing/american_tree.hpp"

#include "pricing/american_tree_body.hpp"

namespace margingate::pricing {
namespace {

// Defines the kernel of one instruction set. A macro because a target attribute cannot be a
// template parameter.
#define MARGINGATE_AMERICAN_KERNEL(NAME, TARGET)                                         \
  TARGET void NAME(const AmericanTerms& terms, std::size_t count, const double* forward, \
                   double* value) noexcept {                                             \
    detail::american_values(terms, count, forward, value);                               \
  }

MARGINGATE_AMERICAN_KERNEL(american_scalar, )
#if defined(__x86_64__)
MARGINGATE_AMERICAN_KERNEL(american_avx2, [[gnu::target("avx2,fma")]])
MARGINGATE_AMERICAN_KERNEL(american_avx512,
                           [[gnu::target("avx512f,avx512dq,avx512vl,avx512bw,fma")]])
#endif

}  // namespace

AmericanKernel american_kernel(InstructionSet set) noexcept {
  if (!is_supported(set)) return nullptr;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return american_avx512;
  if (set == InstructionSet::avx2) return american_avx2;
#endif
  return american_scalar;
}

double american_value(const AmericanTerms& terms, double forward) noexcept {
  double value = 0.0;
  american_kernel(best_instruction_set())(terms, 1, &forward, &value);
  return value;
}

}  // namespace margingate::pricing
