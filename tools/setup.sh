#!/usr/bin/env bash
# Makes sure that the Debian packages are there: tools/setup.sh [--check] [build|test|all]...
#
#   build   what building and running the command margingate takes (the default)
#   test    what the tests, checks and benchmarks take besides
#   all     what the further compilers and clang-tidy presets take besides
#
# Says nothing and does nothing when all is there. Otherwise installs what is missing with apt-get
# (as root, or with sudo that asks no password); where it may not, or with --check, it names the
# packages and exits 3.
set -euo pipefail

declare -A packages=(
  [build]='cmake ninja-build g++ ccache pkg-config libboost-dev libmimalloc-dev
           nlohmann-json3-dev libcli11-dev libfmt-dev libxxhash-dev zlib1g-dev
           libexpat1-dev'
  [test]='libgtest-dev libbenchmark-dev librapidcheck-dev libquantlib0-dev shellcheck'
  [all]='clang clang-tidy clang-format'
)

check_only=0
groups=()
for argument in "$@"; do
  case "$argument" in
    --check) check_only=1 ;;
    build) groups+=(build) ;;
    test) groups+=(build test) ;;
    all) groups+=(build test all) ;;
    *)
      echo "usage: $0 [--check] [build|test|all]..." >&2
      exit 2
      ;;
  esac
done
((${#groups[@]} > 0)) || groups=(build)

wanted=()
for group in "${groups[@]}"; do
  read -r -d '' -a words <<<"${packages[$group]}" || true
  wanted+=("${words[@]}")
done

if ! command -v dpkg-query >/dev/null; then
  echo "not a Debian system, packages not checked; needed: ${wanted[*]}" >&2
  exit 0
fi

# dpkg-query fails when a package is unknown, and still lists the known ones.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ((check_only == 0)); then
  as_root=(env DEBIAN_FRONTEND=noninteractive)
  if ((EUID != 0)); then as_root=(sudo -n "${as_root[@]}"); fi
  if "${as_root[@]}" true 2>/dev/null; then
    echo "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" "${install[@]}"
    exit 0
  fi
fi
{
  echo "missing packages: ${missing[*]}"
  echo "install them with: sudo ${install[*]}"
} >&2
exit 3
