#!/usr/bin/env bash
# Formats every C++ source in place, or with --check only names what is not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
if [[ "${1:-}" == --check ]]; then mode=(--dry-run --Werror); fi
find include src tests tools bench examples -name '*.[ch]pp' -print0 |
  xargs -0 clang-format --style=file "${mode[@]}"
