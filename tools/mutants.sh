#!/usr/bin/env bash
# Plants one mistake at a time and sees the tests find it: tools/mutants.sh [option]...
#
#   --only NAME  only mutants whose name contains NAME; may be given more than once
#   --resume     skip those that were killed before, on the same sources and tests
#   --check      only see that every mutant still applies; nothing is built
#   --list       names and what is wrong with each
#   --keep       leave the last tree as it is, to look at a survivor
#
# A mutant is a file tests/mutants/NAME.mutant: what is wrong, the file, the test suites that should
# find it, and the text to replace, which must occur exactly once. The work is done in a copy of
# the tree under build/mutants. Exit codes: 0 all killed; 1 a survivor; 2 a mutant that does not
# apply or does not build, or bad usage. MARGINGATE_JOBS sets the number of jobs.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

scratch=build/mutants
tree=$scratch/tree
results=$scratch/killed.txt
jobs=${MARGINGATE_JOBS:-$(nproc)}
test_seconds_max=300
only=() resume=0 check=0 list=0 keep=0
while (($# > 0)); do
  case "$1" in
    --only) only+=("${2:?--only needs a name}") && shift ;;
    --resume) resume=1 ;;
    --check) check=1 ;;
    --list) list=1 ;;
    --keep) keep=1 ;;
    *)
      sed -n '2,13s/^# \{0,1\}//p' "$0"
      exit 2
      ;;
  esac
  shift
done

fail() {
  echo "mutants: $*" >&2
  exit 2
}

# field <name> <mutant file>
field() { sed -n "s/^$1: //p" "$2" | head -1; }

selected() {
  local name=$1 part
  ((${#only[@]} == 0)) && return 0
  for part in "${only[@]}"; do [[ "$name" == *"$part"* ]] && return 0; done
  return 1
}

mutants=()
for file in tests/mutants/*.mutant; do
  selected "$(basename "$file" .mutant)" && mutants+=("$file")
done
((${#mutants[@]} > 0)) || fail "no mutant is called that"

if ((list)); then
  for file in "${mutants[@]}"; do
    printf '%-40s %s\n' "$(basename "$file" .mutant)" "$(field wrong "$file")"
  done
  exit 0
fi

# mutate <mutant file> <source> <result>: the text between <<<< and ==== becomes that up to >>>>.
mutate() {
  perl -e '
    my ($mutant, $source, $result) = @ARGV;
    my $read = sub { open(my $f, "<", $_[0]) or die "$_[0]: $!\n"; local $/; <$f> };
    my $text = $read->($mutant);
    $text =~ /^<<<<\n(.*?)^====\n(.*?)^>>>>$/ms or die "$mutant: no <<<< ==== >>>>\n";
    my ($old, $new) = ($1, $2);
    s/\n\z// for $old, $new;
    my $code = $read->($source);
    my $count = () = $code =~ /\Q$old\E/g;
    die "$mutant: found $count times in $source, expected once:\n$old\n" if $count != 1;
    substr($code, index($code, $old), length $old) = $new;
    open(my $out, ">", $result) or die "$result: $!\n";
    print $out $code;' "$@"
}

bad=0
for file in "${mutants[@]}"; do
  mutate "$file" "$(field file "$file")" /dev/null || bad=$((bad + 1))
done
((bad == 0)) || fail "$bad of ${#mutants[@]} mutants do not apply"
if ((check)); then
  echo "${#mutants[@]} mutants apply"
  exit 0
fi

# The tree as it is, and nothing that is not in it.
mkdir -p "$tree"
git ls-files --cached --others --exclude-standard | sort -u | while IFS= read -r path; do
  if [[ -f "$path" ]]; then echo "$path"; fi
done >"$scratch/files.txt"
(cd "$tree" && find . -path ./build -prune -o -type f -print | sed 's|^\./||' | sort) |
  comm -13 "$scratch/files.txt" - | (cd "$tree" && xargs -r rm -f)
while IFS= read -r path; do
  cmp -s "$path" "$tree/$path" && continue
  mkdir -p "$tree/$(dirname "$path")" && cp -p "$path" "$tree/$path" && touch "$tree/$path"
done <"$scratch/files.txt"

state=$(xargs -d '\n' cat <"$scratch/files.txt" | sha256sum | cut -c1-16)
suites=(unit property parity golden concurrency)
build() { cmake --build "$tree/build/release" -j "$jobs" --target "$@" >"$scratch/build.log" 2>&1; }
# Random properties take the same cases every time and are not made small.
test_suite() {
  RC_PARAMS='seed=1 noshrink=1' GTEST_FAIL_FAST=1 timeout "$test_seconds_max" \
    "$tree/build/release/tests/margingate_$1_tests" --gtest_brief=1 >"$scratch/test.log" 2>&1
}

echo "building the tree without a mistake"
(cd "$tree" && cmake --preset release >../build.log 2>&1) || fail "see $scratch/build.log"
targets=("${suites[@]/#/margingate_}")
build "${targets[@]/%/_tests}" || fail "see $scratch/build.log"
for suite in "${suites[@]}"; do
  test_suite "$suite" || fail "$suite tests fail without a mistake, see $scratch/test.log"
done

killed=0 survivors=() broken=() number=0
printf '%-40s %-62s %7s\n' 'mutant' 'killed by' 'seconds'
for file in "${mutants[@]}"; do
  name=$(basename "$file" .mutant)
  number=$((number + 1))
  if ((resume)) && grep -qxF "$name $state" "$results" 2>/dev/null; then
    killed=$((killed + 1))
    continue
  fi
  [[ -t 1 ]] && printf '\r[%d/%d] %s\033[K' "$number" "${#mutants[@]}" "$name"
  source_file=$(field file "$file")
  mutate "$file" "$source_file" "$tree/$source_file"
  start=$EPOCHREALTIME by=''
  for suite in $(field suites "$file"); do
    if ! build "margingate_${suite}_tests"; then
      by='DOES NOT BUILD'
      broken+=("$name")
      cp "$scratch/build.log" "$scratch/$name.log"
      break
    fi
    test_suite "$suite" && continue
    by=$suite.$(grep -m1 -oE '^\[  FAILED  \] [^ ,]+' "$scratch/test.log" | cut -c14-)
    [[ "$by" == "$suite." ]] && by="$suite, stopped: $(tail -1 "$scratch/test.log" | cut -c1-40)"
    killed=$((killed + 1))
    echo "$name $state" >>"$results"
    break
  done
  [[ -n "$by" ]] || { by='SURVIVES' && survivors+=("$name"); }
  ((keep && ${#survivors[@]} > 0)) && fail "$name survives in $tree"
  cp -p "$source_file" "$tree/$source_file" && touch "$tree/$source_file"
  [[ -t 1 ]] && printf '\r\033[K'
  printf '%-40s %-62s %7.1f\n' "$name" "$by" "$(bc <<<"$EPOCHREALTIME - $start")"
done

echo "$killed of ${#mutants[@]} mutants killed"
((${#broken[@]} == 0)) || fail "do not build: ${broken[*]}"
((${#survivors[@]} == 0)) || { echo "survivors: ${survivors[*]}" && exit 1; }
