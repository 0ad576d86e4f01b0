#!/usr/bin/env bash
# Builds the bench preset, runs every benchmark pinned to one processor, keeps the result and
# prints one table of ratios: tools/bench.sh [--quick] [arguments of the benchmarks]
#
# --quick runs the ratios once and briefly, under a minute, and keeps nothing.
# bench/results/<commit>.<cpu>.<compiler>.<utc>.json holds one Google Benchmark report per binary.
# MARGINGATE_BENCH_CPU names the processor (default: the last one), MARGINGATE_BENCH_BUILD a build
# directory that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=0
if [[ "${1:-}" == --quick ]]; then
  quick=1
  shift
fi

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

options=(--benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
  --benchmark_report_aggregates_only=true)
if ((quick)); then
  # Without the cold book of a million accounts, which takes longer to build than all the rest.
  options=(--benchmark_min_time=0.2
    --benchmark_filter='^ratio/([^c]|ch)|^ratio/cold.*accounts:100000/')
fi

reports="$build/reports"
mkdir -p "$reports"
rm -f "$reports"/bench_*.json
pinned=(taskset -c "${MARGINGATE_BENCH_CPU:-$(($(nproc) - 1))}")
for binary in "${binaries[@]}"; do
  name=$(basename "$binary")
  if ((quick)) && ! "$binary" --benchmark_list_tests 2>/dev/null | grep -q '^ratio/'; then
    continue
  fi
  echo "== $name"
  "${pinned[@]}" "$binary" "${options[@]}" \
    --benchmark_out="$reports/$name.json" --benchmark_out_format=json "$@"
done

# One line per ratio: the median of the repetitions, or the only one. Google Benchmark writes one
# key per line, so no JSON reader is needed.
print_ratios() {
  awk '
    function value(line) { sub(/^[^:]*: */, "", line); sub(/,$/, "", line); return line + 0 }
    function flush_case() {
      if (name ~ /^ratio\// && has_ratio && (aggregate == "" || aggregate == "median")) {
        is_ceiling = (at_most > 0)
        limit = is_ceiling ? at_most : at_least
        holds = is_ceiling ? (ratio <= limit) : (ratio >= limit)
        printf "%-64s %12.1f %12.1f %8.2f %s %6.2f  %s\n", substr(name, 7), figure, baseline,
          ratio, (is_ceiling ? "<=" : ">="), limit, (holds ? "holds" : "MISSED")
      }
      name = aggregate = ""
      at_most = at_least = has_ratio = 0
    }
    BEGIN {
      printf "%-64s %12s %12s %8s %9s  %s\n", "ratio", "figure ns", "baseline ns", "ratio", "gate",
        "verdict"
    }
    /^    \{/ { flush_case() }
    /"run_name":/ { name = $0; sub(/^[^:]*: *"/, "", name); sub(/".*/, "", name)
                    sub(/\/manual_time.*/, "", name) }
    /"aggregate_name":/ { aggregate = $0; sub(/^[^:]*: *"/, "", aggregate)
                          sub(/".*/, "", aggregate) }
    /"figure_ns":/ { figure = value($0) }
    /"baseline_ns":/ { baseline = value($0) }
    /"ratio":/ { ratio = value($0); has_ratio = 1 }
    /"at_most":/ { at_most = value($0) }
    /"at_least":/ { at_least = value($0) }
    END { flush_case() }' "$@"
}

echo
print_ratios "$reports"/bench_*.json
if ((quick)); then exit 0; fi

word() { tr -cs 'A-Za-z0-9\n' '-' | sed 's/^-//; s/-$//'; }
commit=$(git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo no-commit)
cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1 | word)
compiler_path=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
compiler="$(basename "$compiler_path")-$("$compiler_path" -dumpfullversion -dumpversion)"
result="bench/results/$commit.${cpu:-$(uname -m)}.$compiler.$(date -u +%Y%m%dT%H%M%SZ).json"
mkdir -p bench/results
{
  printf '{"commit": "%s", "compiler": "%s", "reports": {' "$commit" "$compiler"
  separator=''
  for report in "$reports"/bench_*.json; do
    printf '%s\n"%s": ' "$separator" "$(basename "$report" .json)"
    cat "$report"
    separator=','
  done
  printf '}}\n'
} >"$result"
echo "kept $result"
