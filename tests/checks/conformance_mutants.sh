#!/usr/bin/env bash
# Every planted mistake of the conformance pack still applies, and its case exists.
source "$(dirname "$0")/support/check.sh"

tools/mutants.sh --set conformance --check >/dev/null ||
  violation "see tools/mutants.sh --set conformance --check"
while IFS= read -r file; do
  id=$(sed -n 's/^case: //p' "$file")
  count=$(grep -c '^### ' "conformance/${id%/*}.md" || true)
  ((10#${id#*/} >= 1 && 10#${id#*/} <= count)) || violation "$file: no case $id"
done < <(find tests/conformance_mutants -name '*.mutant' | sort)
finish
