#!/usr/bin/env bash
# One command from a fresh clone to the audited run: tools/demo.sh [arguments of margingate run].
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh build

options=()
if ! tools/setup.sh --check test 2>/dev/null; then
  options=(-D MARGINGATE_BUILD_TESTS=OFF -D MARGINGATE_BUILD_BENCH=OFF)
fi
jobs=${MARGINGATE_JOBS:-$(nproc)}

echo "== configure"
mkdir -p build/logs
if ! cmake --preset release "${options[@]}" >build/logs/demo.configure.log 2>&1; then
  cat build/logs/demo.configure.log >&2
  exit 1
fi
echo "== build with $jobs job(s); the first time takes a few minutes"
cmake --build --preset release --target margingate_tool -j "$jobs"

echo "== build/release/bin/margingate run --audit $*"
exec build/release/bin/margingate run --audit "$@"
