#!/usr/bin/env bash
# Builds the bench preset, runs every benchmark pinned to one processor and keeps the result:
# tools/bench.sh [arguments of the benchmarks]
#
# bench/results/<commit>.<cpu>.<compiler>.<utc>.json holds one Google Benchmark report per binary.
# MARGINGATE_BENCH_CPU names the processor (default: the last one).
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh test
cmake --preset bench
cmake --build --preset bench -j "${MARGINGATE_JOBS:-$(nproc)}"

shopt -s nullglob
binaries=(build/bench/bin/bench_*)
if ((${#binaries[@]} == 0)); then
  echo "no benchmark was built" >&2
  exit 1
fi

word() { tr -cs 'A-Za-z0-9\n' '-' | sed 's/^-//; s/-$//'; }
commit=$(git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo no-commit)
cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1 | word)
compiler_path=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' build/bench/CMakeCache.txt)
compiler="$(basename "$compiler_path")-$("$compiler_path" -dumpfullversion -dumpversion)"
result="bench/results/$commit.${cpu:-$(uname -m)}.$compiler.$(date -u +%Y%m%dT%H%M%SZ).json"
mkdir -p bench/results build/bench/reports

pinned=(taskset -c "${MARGINGATE_BENCH_CPU:-$(($(nproc) - 1))}")
for binary in "${binaries[@]}"; do
  echo "== $(basename "$binary")"
  "${pinned[@]}" "$binary" --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true \
    --benchmark_report_aggregates_only=true \
    --benchmark_out="build/bench/reports/$(basename "$binary").json" \
    --benchmark_out_format=json "$@"
done

{
  printf '{"commit": "%s", "compiler": "%s", "reports": {' "$commit" "$compiler"
  separator=''
  for binary in "${binaries[@]}"; do
    name=$(basename "$binary")
    printf '%s\n"%s": ' "$separator" "$name"
    cat "build/bench/reports/$name.json"
    separator=','
  done
  printf '}}\n'
} >"$result"
echo "kept $result"
