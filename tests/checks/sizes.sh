#!/usr/bin/env bash
# No source over 600 lines, no line over 100 columns, ASCII only, no tabs or trailing blanks.
source "$(dirname "$0")/support/check.sh"

lines_max=600
columns_max=100

while IFS= read -r file; do
  lines=$(wc -l <"$file")
  ((lines <= lines_max)) || violation "$file: $lines lines, at most $lines_max"
  while IFS= read -r hit; do
    violation "$file:$hit"
  done < <(awk -v max="$columns_max" '
    length($0) > max { print NR ": " length($0) " columns, at most " max }
    /[^\001-\177]/   { print NR ": not ASCII" }
    /\t/             { print NR ": tab" }
    /[ \r]$/         { print NR ": trailing blank" }' "$file")
done < <(tracked_files '*.cpp' '*.hpp' '*.sh' '*.cmake' '*.py' CMakeLists.txt CMakePresets.json)
finish
