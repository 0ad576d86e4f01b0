#!/usr/bin/env bash
# Every path in backticks and every relative link in README.md, CONTRIBUTING.md, CHANGELOG.md and
# docs exists. Globs and {a,b} must match something; <placeholders> are checked up to that point.
source "$(dirname "$0")/support/check.sh"

checked=0
check_path() {
  local place=$1 path=$2
  path=${path%%[ #]*}                         # arguments of a command, anchor of a link
  path=$(sed -E 's/:[0-9]+$//; s/[.,;:]+$//' <<<"$path")
  if [[ "$path" == *'<'* ]]; then path=$(dirname "${path%%<*}x"); fi
  if [[ "$path" =~ ^(.*)\{([^}]*)\}(.*)$ ]]; then
    local before=${BASH_REMATCH[1]} after=${BASH_REMATCH[3]} words word
    IFS=',' read -ra words <<<"${BASH_REMATCH[2]}"
    for word in "${words[@]}"; do check_path "$place" "$before$word$after"; done
    return
  fi
  checked=$((checked + 1))
  compgen -G "$path" >/dev/null || violation "$place: $path does not exist"
}

roots='(include|src|tests|tools|bench|params|data|docs|examples|cmake)'
shopt -s globstar nullglob
for document in README.md CONTRIBUTING.md CHANGELOG.md docs/**/*.md; do
  [[ -f "$document" ]] || continue
  # shellcheck disable=SC2016  # the backticks are the text that is looked for
  while IFS=: read -r line token; do
    token=${token//\`/}
    if [[ "$token" =~ ^$roots/ ]]; then check_path "$document:$line" "$token"; fi
  done < <(grep -noE '`[^`]+`' "$document" || true)
  while IFS=: read -r line link; do
    link=${link#](}
    link=${link%)}
    if [[ "$link" =~ ^([a-z]+:|#) ]]; then continue; fi
    check_path "$document:$line" "$(realpath -m --relative-to=. "$(dirname "$document")/$link")"
  done < <(grep -noE '\]\([^) ]+\)' "$document" || true)
done
echo "$checked path(s) looked up"
finish
