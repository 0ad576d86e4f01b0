#!/usr/bin/env bash
# Fuzzes the readers of risk-array files: tools/fuzz.sh [seconds for each target] [target]...
#
# Builds the targets of tests/fuzz with clang, libFuzzer and the address and undefined behaviour
# sanitizers in build/fuzz, and runs each for the time given (600 seconds) from the seeds in
# tests/fuzz/corpus and the examples. New inputs stay in build/fuzz/corpus; what fails is written
# to build/fuzz/findings and ends the run with exit code 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
shift || true
targets=("$@")
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/*.cpp; do targets+=("$(basename "$source" .cpp)"); done
fi

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"

mkdir -p build/fuzz/findings
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus"
  echo "fuzz_$target: $seconds seconds"
  "build/fuzz/tests/fuzz_$target" -max_total_time="$seconds" -max_len=20000 -timeout=20 \
    -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/fuzz/findings/$target-" \
    "$corpus" "tests/fuzz/corpus/$target" examples/risk-arrays || exit 1
done
