#!/usr/bin/env bash
# Every check fails when it is violated: each is run on a small tree that is clean, then on one
# with a planted violation, and must name it.
source "$(dirname "$0")/support/check.sh"

checks="$PWD/tests/checks"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

clean_tree() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree"/{include/margingate,src/{gate,margin,simd,io},docs,tools,examples}
  printf '#pragma once\n#include <cstdint>\n' >"$tree/include/margingate/ids.hpp"
  printf '#pragma once\n#include "margingate/ids.hpp"\n' >"$tree/include/margingate/gate.hpp"
  printf '#pragma once\n' >"$tree/src/margin/charge.hpp"
  printf '#include "margin/charge.hpp"\n#include <span>\n' >"$tree/src/gate/check.cpp"
  printf '#include <nlohmann/json.hpp>\n#include "margingate/ids.hpp"\n' >"$tree/src/io/read.cpp"
  # shellcheck disable=SC2016  # the backticks are the text that is written
  printf 'See `src/{gate,margin}/*` and [the id](../include/margingate/ids.hpp).\n' \
    >"$tree/docs/guide.md"
  printf '#!/bin/bash\nexit 0\n' >"$tree/tools/run.sh"
  mkdir -p "$tree"/{params,docs/models}
  printf '{\n  "model": "plain"\n}\n' >"$tree/params/plain-2026.json"
  printf '# Plain\n' >"$tree/docs/models/plain.md"
  printf '| [plain](plain.md) | none |\n' >"$tree/docs/models/README.md"
  chmod +x "$tree/tools/run.sh"
}

# expect <pass|fail> <check> [text that the check must print]
expect() {
  local wanted=$1 check=$2 text=${3:-} output result=0
  output=$("$checks/$check.sh" "$tree" 2>&1) || result=$?
  if [[ "$wanted" == pass ]]; then
    if ((result != 0 && result != 77)); then violation "$check fails on a clean tree: $output"; fi
  elif ((result != 1)) || [[ "$output" != *"$text"* ]]; then
    violation "$check misses '$text' (exit $result): $output"
  fi
}

# plant <check> <file> <line to add> <text that the check must print>
planted=0
plant() {
  clean_tree
  printf '%b\n' "$3" >>"$tree/$2"
  expect fail "$1" "$4"
  planted=$((planted + 1))
}

clean_tree
for check in public_headers layers sizes doc_paths open_markers forbidden_flags shell_scripts \
  model_pages; do
  expect pass "$check"
done

plant public_headers include/margingate/ids.hpp '#include <boost/lockfree/queue.hpp>' ids.hpp:3
plant public_headers include/margingate/ids.hpp '#include <mimalloc.h>' ids.hpp:3
plant public_headers include/margingate/ids.hpp '# include <immintrin.h>' ids.hpp:3
plant public_headers include/margingate/ids.hpp '#include "gate/check.hpp"' ids.hpp:3
plant public_headers include/margingate/gate.hpp '#include "margingate/no.hpp"' 'no public header'
plant public_headers include/margingate/new.hpp '#include <span>' '#pragma once'

plant layers src/margin/charge.hpp '#include "gate/check.cpp"' charge.hpp:2
plant layers src/margin/charge.hpp '#include "../gate/check.cpp"' charge.hpp:2
plant layers src/gate/check.cpp '#include "io/read.hpp"' check.cpp:3
plant layers src/gate/check.cpp '#include <boost/lockfree/queue.hpp>' check.cpp:3
plant layers src/gate/check.cpp '#include <stdio.h>' check.cpp:3
plant layers src/simd/lane.hpp '#include "margin/charge.hpp"' lane.hpp:1
plant layers examples/a.cpp '#include "gate/check.hpp"' a.cpp:1
clean_tree
mkdir "$tree/src/helpers"
expect fail layers src/helpers

plant sizes src/gate/check.cpp "$(printf 'x%.0s' {1..101})" '101 columns'
plant sizes src/gate/check.cpp "$(printf 'x\\n%.0s' {1..600})" 'lines, at most'
plant sizes src/gate/check.cpp '// \0303\0244' 'not ASCII'
plant sizes src/gate/check.cpp '\tint x;' tab
plant sizes src/gate/check.cpp 'int x; ' 'trailing blank'

# shellcheck disable=SC2016  # the backticks are the text that is planted
plant doc_paths docs/guide.md '`src/gate/none.cpp`' none.cpp
# shellcheck disable=SC2016
plant doc_paths docs/guide.md '`src/{gate,nowhere}/*`' nowhere
plant doc_paths README.md '[x](docs/none.md)' docs/none.md

plant open_markers src/gate/check.cpp "// TO""DO: later" check.cpp:3
plant open_markers docs/guide.md "FIX""ME" guide.md:2

plant forbidden_flags CMakeLists.txt 'set(flags -march=native)' CMakeLists.txt:1
plant forbidden_flags CMakePresets.json '"CMAKE_CXX_FLAGS": "-ffast-math"' CMakePresets.json:1
plant forbidden_flags src/gate/check.cpp '#pragma GCC optimize ("fast-math")' check.cpp:3
plant forbidden_flags CMakeLists.txt 'add_compile_options(-Wall)' CMakeLists.txt:1

plant model_pages params/new-2026.json '{\n  "model": "new"\n}' 'no page docs/models/new.md'
plant model_pages params/new-2026.json '{\n  "model": "new"\n}' 'no row of new'
plant model_pages params/new-2026.json '{}' 'no line with its "model"'

plant shell_scripts tools/run.sh 'if' 'does not parse'
# shellcheck disable=SC2016
if command -v shellcheck >/dev/null; then plant shell_scripts tools/run.sh 'rm -r $1' SC2086; fi

# The order path: one object per forbidden thing.
compile() {
  printf '%b\n' "$1" >"$tree/hot.cpp"
  "${CXX:-c++}" -std=c++20 -O2 -c "$tree/hot.cpp" -o "$tree/hot.o"
  echo "$tree/hot.o" >"$tree/objects.txt"
}
export HOT_OBJECTS="$tree/objects.txt"
clean_tree
compile '#include <cmath>
#include <cstring>
#include <span>
double f(double a) { return std::fma(a, a, a); }
void g(std::span<char> a) { std::memset(a.data(), 0, a.size()); }'
expect pass hot_symbols
while IFS='|' read -r reason code; do
  compile "$code"
  expect fail hot_symbols "$reason"
  planted=$((planted + 1))
done <<'TABLE'
allocates|int* f(unsigned n) { return new int[n]; }
allocates|extern "C" void* malloc(unsigned long); void* f() { return malloc(8); }
allocates|#include <memory_resource>\nvoid* f() { return std::pmr::get_default_resource(); }
throws|void f() { throw 1; }
throws|#include <vector>\nint f(std::vector<int>& v) { return v.at(3); }
locks|extern "C" int pthread_mutex_lock(void*); int f(void* m) { return pthread_mutex_lock(m); }
locks|struct A { A(); }; A::A() {} A& f() { static A a; return a; }
prints|#include <cstdio>\nvoid f() { std::puts("x"); }
prints|#include <iostream>\nvoid f() { std::cout << 1; }
reads a clock|#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }
is libm|#include <cmath>\ndouble f(double x) { return std::exp(x); }
is libm|#include <cmath>\nfloat f(float x) { return std::erf(x); }
is in neither table|extern "C" void somewhere(); void f() { somewhere(); }
TABLE

echo "$planted violation(s) planted"
finish
