#!/usr/bin/env bash
# Shell scripts parse, are executable, and shellcheck has nothing to say about them.
source "$(dirname "$0")/support/check.sh"

mapfile -t scripts < <(tracked_files '*.sh' | grep -v '/support/')
[[ -f .ci/run ]] && scripts+=(.ci/run)
for script in "${scripts[@]}"; do
  [[ -x "$script" ]] || violation "$script: not executable"
  bash -n "$script" || violation "$script: does not parse"
done
finish

if ! command -v shellcheck >/dev/null; then
  echo "skipped: shellcheck is not installed"
  exit 77
fi
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}" || violation "see above"
echo "${#scripts[@]} script(s) read"
finish
