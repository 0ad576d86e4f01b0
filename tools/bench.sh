#!/usr/bin/env bash
# Builds the bench preset, runs every benchmark pinned to one processor, keeps the result and prints
# one table: tools/bench.sh [--quick] [--plot] [arguments of the benchmarks]
#
#   --quick  every gate once and briefly, under a minute, small books; keeps nothing
#   --plot   also writes the plots of this result to docs/plots
#
# bench/results/<commit>.<cpu>.<compiler>.<utc>.json holds one report per program. With --quick the
# result is in the build directory only. MARGINGATE_BENCH_CPU names the processor (default: the last
# one), MARGINGATE_BENCH_BUILD a build directory that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=0
plot=0
while [[ "${1:-}" == --quick || "${1:-}" == --plot ]]; do
  if [[ "$1" == --quick ]]; then quick=1; else plot=1; fi
  shift
done

build=${MARGINGATE_BENCH_BUILD:-build/bench}
if [[ -z "${MARGINGATE_BENCH_BUILD:-}" ]]; then
  tools/setup.sh test
  cmake --preset bench
  cmake --build --preset bench -j "${MARGINGATE_JOBS:-$(nproc)}"
fi

shopt -s nullglob
binaries=("$build"/bin/bench_*)
if ((${#binaries[@]} == 0)); then
  echo "no benchmark was built" >&2
  exit 1
fi

options=(--benchmark_min_time=0.1 --benchmark_repetitions=9
  --benchmark_report_aggregates_only=true)
open_loop=()
if ((quick)); then
  export MARGINGATE_BENCH_ACCOUNTS_MAX=10000
  options=(--benchmark_min_time=0.02 --benchmark_filter='^ratio/')
  open_loop=(--orders=20000 --accounts-max=0)
fi

reports=$(mktemp -d "$build/reports.XXXXXX")
trap 'rm -rf "$reports"' EXIT
pinned=(taskset -c "${MARGINGATE_BENCH_CPU:-$(($(nproc) - 1))}")
started=$(date +%s)
for binary in "${binaries[@]}"; do
  name=$(basename "$binary")
  report="$reports/$name.json"
  # One line each; what the program says is kept for when it fails.
  printf '%5d s  %s\n' $(($(date +%s) - started)) "$name" >&2
  case "$name" in
    bench_report) continue ;;
    bench_open_loop) command=("$binary" "${open_loop[@]}" --out="$report") ;;
    *) command=("$binary" "${options[@]}" --benchmark_out="$report"
      --benchmark_out_format=json "$@") ;;
  esac
  if ! "${pinned[@]}" "${command[@]}" >"$reports/$name.log" 2>&1; then
    cat "$reports/$name.log" >&2
    echo "$name failed" >&2
    exit 1
  fi
done

word() { tr -cs 'A-Za-z0-9\n' '-' | sed 's/^-//; s/-$//'; }
commit=$(git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo no-commit)
cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1 | word)
compiler_path=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
compiler="$(basename "$compiler_path")-$("$compiler_path" -dumpfullversion -dumpversion)"
utc=$(date -u +%Y%m%dT%H%M%SZ)
result="bench/results/$commit.${cpu:-$(uname -m)}.$compiler.$utc.json"
if ((quick)); then result="$build/bench-quick.json"; fi
"$build/bin/bench_report" keep "$result" commit="$commit" cpu="${cpu:-$(uname -m)}" \
  compiler="$compiler" utc="$utc" kernel="$(uname -r)" processors="$(nproc)" -- \
  "$reports"/bench_*.json

"$build/bin/bench_report" table "$result"
echo "kept $result"
if ((plot)); then "$build/bin/bench_report" plot "$result" docs/plots; fi
