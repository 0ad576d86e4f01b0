#!/usr/bin/env bash
# Builds and tests: tools/test.sh [--quick | --all]
#
#   default  release: everything; address and undefined sanitizers: unit, golden, property and
#            checks; thread sanitizer: concurrency
#   --quick  release only
#   --all    the default, then gcc dev, clang, clang-asan and clang-tsan, each with everything
#
# Logs are kept in build/logs. MARGINGATE_JOBS sets the number of jobs. The last line reads
# "N passed, M failed", the sum over all stages; a build that fails counts as one failure.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

stages=('release' 'asan:unit|golden|property|checks' 'tsan:concurrency')
packages='test'
case "${1:-}" in
  '') ;;
  --quick) stages=('release') ;;
  --all)
    stages+=('dev' 'clang' 'clang-asan' 'clang-tsan')
    packages='all'
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

tools/setup.sh "$packages" || exit $?

logs=build/logs
mkdir -p "$logs"
jobs=${MARGINGATE_JOBS:-$(nproc)}
passed_total=0
failed_total=0
summary=()

# The thread sanitizer of older compilers cannot work with the address layout randomisation of
# newer kernels; where it may be switched off, it is.
fixed_layout=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_layout=(setarch "$(uname -m)" -R); fi

# logged <log name> <command>...: shows the output and keeps it; the status is the command's.
logged() {
  local log="$logs/$1.log"
  shift
  "$@" 2>&1 | tee "$log"
  return "${PIPESTATUS[0]}"
}

# attribute <name> <JUnit file>: an attribute of the test suite, 0 when there is none.
attribute() {
  local value
  value=$(grep -m1 -oE "^[[:space:]]*$1=\"[0-9]+\"" "$2" 2>/dev/null | grep -oE '[0-9]+')
  echo "${value:-0}"
}

run_stage() {
  local preset=$1 labels=$2 wrap=() build=() filter=() start=$SECONDS
  local report="$PWD/$logs/$preset.junit.xml" result=PASS passed=0 failed=0 skipped=0
  rm -f "$report"
  if [[ "$preset" == *tsan ]]; then wrap=("${fixed_layout[@]}"); fi
  if [[ -n "$labels" ]]; then filter=(-L "^($labels)\$"); fi
  if [[ "$labels" == concurrency ]]; then build=(--target margingate_concurrency_tests); fi

  printf '\n== %s%s: build\n' "$preset" "${labels:+ ($labels)}"
  if ! logged "$preset.configure" cmake --preset "$preset" >/dev/null; then
    cat "$logs/$preset.configure.log"
    result='FAIL (configure)' failed=1
  elif ! logged "$preset.build" "${wrap[@]}" cmake --build --preset "$preset" -j "$jobs" \
    "${build[@]}"; then
    result='FAIL (build)' failed=1
  else
    printf '\n== %s%s: test\n' "$preset" "${labels:+ ($labels)}"
    logged "$preset.test" "${wrap[@]}" ctest --preset "$preset" -j "$jobs" "${filter[@]}" \
      --output-junit "$report" || result=FAIL
    skipped=$(($(attribute skipped "$report") + $(attribute disabled "$report")))
    failed=$(attribute failures "$report")
    passed=$(($(attribute tests "$report") - failed - skipped))
    if [[ "$result" == FAIL && "$failed" == 0 ]]; then failed=1; fi
    if ((failed > 0)); then result=FAIL; fi
  fi
  passed_total=$((passed_total + passed))
  failed_total=$((failed_total + failed))
  summary+=("$(printf '%-11s %-5s %5d passed, %d failed, %d skipped, %d s' \
    "$preset" "$result" "$passed" "$failed" "$skipped" $((SECONDS - start)))")
}

for stage in "${stages[@]}"; do
  labels=''
  if [[ "$stage" == *:* ]]; then labels=${stage#*:}; fi
  run_stage "${stage%%:*}" "$labels"
done

printf '\n== summary (logs in %s)\n' "$logs"
printf '%s\n' "${summary[@]}"
echo "$passed_total passed, $failed_total failed"
((failed_total == 0))
