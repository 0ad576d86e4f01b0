#include "margingate/instruction_set.hpp"

namespace margingate {

#if defined(__x86_64__)

// The compiler's run-time support also asks the operating system whether it saves the wide
// registers, so a positive answer is enough.
bool is_supported(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::scalar:
      return true;
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("fma") != 0;
  }
  return false;
}

#else

bool is_supported(InstructionSet set) noexcept { return set == InstructionSet::scalar; }

#endif

InstructionSet best_instruction_set() noexcept {
  if (is_supported(InstructionSet::avx512)) return InstructionSet::avx512;
  if (is_supported(InstructionSet::avx2)) return InstructionSet::avx2;
  return InstructionSet::scalar;
}

std::string_view to_string(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::scalar:
      return "scalar";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
  }
  return "unknown";
}

std::optional<InstructionSet> parse_instruction_set(std::string_view name) noexcept {
  for (const auto set : {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    if (name == to_string(set)) return set;
  }
  return std::nullopt;
}

}  // namespace margingate
