// Instruction sets for which the numeric kernels are compiled, and what this machine can run.
//
// Shape    one enumerator per compiled kernel variant, slowest first.
// Units    none.
// Sign     none.
// Range    avx2 means AVX2 and FMA; avx512 means AVX-512 F, DQ, VL and BW, and FMA.
// Errors   none; an unknown name parses to nullopt.
// Threads  pure. Safe from any thread.
// Cost     is_supported: a load and a mask.
// Source   none. All variants give the same bits; the choice is about speed alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace margingate {

enum class InstructionSet : std::uint8_t { scalar, avx2, avx512 };

// Whether both the processor and the operating system allow it. scalar is always supported.
[[nodiscard]] bool is_supported(InstructionSet set) noexcept;

// The last supported enumerator.
[[nodiscard]] InstructionSet best_instruction_set() noexcept;

// Name of the enumerator; "unknown" for a value outside the enumeration.
[[nodiscard]] std::string_view to_string(InstructionSet set) noexcept;

// Inverse of to_string; exact spelling. Says nothing about support.
[[nodiscard]] std::optional<InstructionSet> parse_instruction_set(std::string_view name) noexcept;

}  // namespace margingate
