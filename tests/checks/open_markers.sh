#!/usr/bin/env bash
# Nothing is left open in the tree: an open question is an issue or a decision record.
source "$(dirname "$0")/support/check.sh"

markers='\b(TO''DO|FIX''ME|X''XX)\b'
while IFS= read -r file; do
  while IFS= read -r hit; do
    violation "$file:$hit"
  done < <(grep -nE "$markers" "$file" || true)
done < <(tracked_files '*.cpp' '*.hpp' '*.sh' '*.cmake' '*.py' '*.md' '*.in' CMakeLists.txt)
finish
