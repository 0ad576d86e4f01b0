# Sourced by every check: goes to the source directory (first argument) and counts violations.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C

cd "${1:?usage: $0 <source directory>}"
violations=0

violation() {
  printf '%s\n' "$*"
  violations=$((violations + 1))
}

finish() {
  if ((violations > 0)); then
    printf '%s: %d violation(s)\n' "$(basename "$0" .sh)" "$violations"
    exit 1
  fi
}

# tracked_files <name pattern>...: files of the project that match, without what builds leave
# behind and without data files.
tracked_files() {
  local expression=() pattern
  for pattern in "$@"; do expression+=(-o -name "$pattern"); done
  find . \( -name .git -o -path ./build -o -path ./data -o -path ./bench/results \) -prune \
    -o -type f \( "${expression[@]:1}" \) -print | sed 's|^\./||' | sort
}

# For each include line of a file: line number, tab, what is included with its quotes or brackets.
include_lines() {
  sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*(["<][^">]*[">]).*/\1/;T;=;p' "$1" |
    paste - -
}
