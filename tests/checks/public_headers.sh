#!/usr/bin/env bash
# Public headers include public headers and the standard library, nothing else: no Boost,
# mimalloc, intrinsics or system header reaches a user.
source "$(dirname "$0")/support/check.sh"

for header in include/margingate/*.hpp; do
  while IFS=$'\t' read -r line target; do
    case "$target" in
      '<margingate/'*.hpp'>' | '"margingate/'*.hpp'"')
        path="include/${target:1:-1}"
        [[ -f "$path" ]] || violation "$header:$line: no public header $target"
        if [[ "$path" == include/margingate/mimalloc_resource.hpp ]]; then
          violation "$header:$line: the core never includes the component mimalloc"
        fi
        ;;
      *)
        [[ "$target" =~ ^\<[a-z_0-9]+\>$ ]] ||
          violation "$header:$line: $target is neither standard nor public"
        ;;
    esac
  done < <(include_lines "$header")
  grep -q '^#pragma once$' "$header" || violation "$header:1: no #pragma once"
done
finish
