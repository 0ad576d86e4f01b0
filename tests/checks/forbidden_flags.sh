#!/usr/bin/env bash
# No flag that lets bits depend on the machine that builds, or lets the compiler reorder
# arithmetic. Instruction sets are chosen at run time, function by function.
source "$(dirname "$0")/support/check.sh"

flags='-m(arch|tune|cpu)=|-m(avx|sse|fma|bmi)[0-9a-z]*|-Ofast'
flags+='|f?fast-math|-f(unsafe-math|associative-math|reciprocal-math|finite-math)'
flags+='|-fno-signed-zeros|-ffp-contract=(fast|on)|fp_contract\((fast|on)\)'
flags+='|(^|[^_])(add_compile_options|add_definitions|include_directories|link_libraries)\('
while IFS= read -r file; do
  [[ "$file" == tests/checks/* ]] && continue
  while IFS= read -r hit; do
    violation "$file:$hit"
  done < <(grep -nE -- "$flags" "$file" || true)
done < <(tracked_files '*.cpp' '*.hpp' '*.sh' '*.cmake' '*.in' run CMakeLists.txt CMakePresets.json)
finish
