#!/usr/bin/env bash
# Dependencies point down: which directory may include from which other one.
source "$(dirname "$0")/support/check.sh"

# directory | directories of src it may include besides itself ("public": include/margingate) |
# what else, beyond standard C++ headers, as an extended regular expression
table=(
  'src/simd       |public|                                        (immintrin|cpuid|arm_neon)\.h'
  'src/sync       ||                                              boost/lockfree/.*'
  'src/memory     ||                                              sys/mman\.h'
  'src/pricing    |public simd|                                   immintrin\.h'
  'src/scenario   |public pricing|'
  'src/margin     |public pricing scenario simd|                  immintrin\.h'
  'src/limits     |public margin|'
  'src/gate       |public margin pricing scenario simd sync memory limits| immintrin\.h'
  'src/revaluation|public gate margin pricing scenario sync memory|(pthread|sched)\.h'
  'src/models     |public scenario pricing risk_arrays|                 boost/multiprecision/.*'
  'src/control    |public scenario pricing margin gate limits memory|'
  'src/reference  |public pricing|'
  'src/conformance|public|'
  'src/risk_arrays|public pricing|                                boost/multiprecision/.*'
  'src/liquidation_groups|public|'
  'src/history    ||'
  'src/strategies |public|'
  'src/simulation ||                                              boost/math/.*'
  'src/io         |public models risk_arrays liquidation_groups|  (nlohmann/.*|zlib\.h|expat\.h)'
  'src/mimalloc   |public|                                        mimalloc\.h'
  'examples       |public|'
)

# layer_of <file> <included path>: the layer the included file belongs to, if any.
layer_of() {
  local file=$1 target=$2 path
  if [[ "$target" == margingate/* ]]; then
    echo public
  elif [[ -e "$(dirname "$file")/$target" ]]; then
    path=$(realpath --relative-to=. "$(dirname "$file")/$target")
    case "$path" in
      src/*/*) cut -d/ -f2 <<<"$path" ;;
      include/margingate/*) echo public ;;
      *) dirname "$path" ;;
    esac
  elif [[ "$target" == */* ]]; then
    echo "${target%%/*}"
  fi
}

known=()
for row in "${table[@]}"; do
  IFS='|' read -r directory allowed extra <<<"${row//  /}"
  directory=${directory// /}
  known+=("$directory")
  [[ -d "$directory" ]] || continue
  own=${directory#src/}
  while IFS= read -r file; do
    while IFS=$'\t' read -r line quoted; do
      target=${quoted:1:-1}
      if [[ "$quoted" =~ ^\<[a-z_0-9]+\>$ ]]; then continue; fi
      if [[ -n "${extra// /}" && "$target" =~ ^${extra// /}$ ]]; then continue; fi
      layer=$(layer_of "$file" "$target")
      if [[ -n "$layer" && " $own $allowed " == *" $layer "* ]]; then continue; fi
      violation "$file:$line: $directory may not include $quoted (allowed: $own $allowed)"
    done < <(include_lines "$file")
  done < <(find "$directory" -type f \( -name '*.hpp' -o -name '*.cpp' \) | sort)
done

# A directory that the table does not know would escape the check.
for directory in src/*/; do
  [[ " ${known[*]} " == *" ${directory%/} "* ]] ||
    violation "${directory%/}: not in the table of tests/checks/layers.sh"
done
finish
