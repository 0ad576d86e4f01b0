#!/usr/bin/env bash
# Plants one mistake at a time and sees it found: tools/mutants.sh [option]...
#
#   --set NAME   tests (unless given): a test suite must find it; conformance: the case must fail
#   --only NAME  only mutants whose name contains NAME; may be given more than once
#   --resume     skip those that were found before, on the same sources and tests
#   --check      only see that every mutant still applies; nothing is built
#   --list       names and what is wrong with each
#   --keep       leave the last tree as it is, to look at a survivor
#
# A mutant is a file NAME.mutant in tests/mutants or tests/conformance_mutants: what is wrong, the
# file, the test suites or the case of the conformance pack that should find it, and the text to
# replace, which must occur exactly once. The work is done in a copy of the tree under
# build/mutants. Exit codes: 0 all found; 1 a survivor; 2 a mutant that does not apply or does not
# build, or bad usage. MARGINGATE_JOBS sets the number of jobs.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

scratch=build/mutants
tree=$scratch/tree
results=$scratch/killed.txt
jobs=${MARGINGATE_JOBS:-$(nproc)}
test_seconds_max=300
set=tests only=() resume=0 check=0 list=0 keep=0
while (($# > 0)); do
  case "$1" in
    --set) set=${2:?--set needs tests or conformance} && shift ;;
    --only) only+=("${2:?--only needs a name}") && shift ;;
    --resume) resume=1 ;;
    --check) check=1 ;;
    --list) list=1 ;;
    --keep) keep=1 ;;
    *)
      sed -n '2,16s/^# \{0,1\}//p' "$0"
      exit 2
      ;;
  esac
  shift
done

fail() {
  echo "mutants: $*" >&2
  exit 2
}

case "$set" in
  tests) directory=tests/mutants ;;
  conformance) directory=tests/conformance_mutants ;;
  *) fail "there is no set $set; tests and conformance are" ;;
esac

# field <name> <mutant file>
field() { sed -n "s/^$1: //p" "$2" | head -1; }

selected() {
  local name=$1 part
  ((${#only[@]} == 0)) && return 0
  for part in "${only[@]}"; do [[ "$name" == *"$part"* ]] && return 0; done
  return 1
}

mutants=()
for file in "$directory"/*.mutant; do
  selected "$(basename "$file" .mutant)" && mutants+=("$file")
done
((${#mutants[@]} > 0)) || fail "no mutant is called that"

if ((list)); then
  for file in "${mutants[@]}"; do
    printf '%-42s %-22s %s\n' "$(basename "$file" .mutant)" \
      "$(field suites "$file")$(field case "$file")" "$(field wrong "$file")"
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

build() { cmake --build "$tree/build/release" -j "$jobs" --target "$@" >"$scratch/build.log" 2>&1; }
# Random properties take the same cases every time and are not made small.
test_suite() {
  RC_PARAMS='seed=1 noshrink=1' GTEST_FAIL_FAST=1 timeout "$test_seconds_max" \
    "$tree/build/release/tests/margingate_$1_tests" --gtest_brief=1 >"$scratch/test.log" 2>&1
}
# Ids of the cases that fail, one a line.
failed_cases() {
  "$tree/build/release/bin/margingate" conformance --cases conformance --quiet |
    sed -n 's/^FAIL \([^ ]*\) .*/\1/p'
}

echo "building the tree without a mistake"
(cd "$tree" && cmake --preset release >../build.log 2>&1) || fail "see $scratch/build.log"
if [[ "$set" == tests ]]; then
  suites=(unit property parity golden concurrency)
  targets=("${suites[@]/#/margingate_}")
  build "${targets[@]/%/_tests}" || fail "see $scratch/build.log"
  for suite in "${suites[@]}"; do
    test_suite "$suite" || fail "$suite tests fail without a mistake, see $scratch/test.log"
  done
else
  build margingate_tool || fail "see $scratch/build.log"
  [[ -z "$(failed_cases)" ]] || fail "cases fail without a mistake"
fi

# Each says in `by` what found the mistake: nothing when nothing did. False: it does not build.
judge_by_suites() {
  local suite
  for suite in $(field suites "$1"); do
    build "margingate_${suite}_tests" || return 1
    test_suite "$suite" && continue
    by=$suite.$(grep -m1 -oE '^\[  FAILED  \] [^ ,]+' "$scratch/test.log" | cut -c14-)
    [[ "$by" == "$suite." ]] && by="$suite, stopped: $(tail -1 "$scratch/test.log" | cut -c1-40)"
    return 0
  done
  return 0
}
judge_by_case() {
  local case failed
  case=$(field case "$1")
  build margingate_tool || return 1
  failed=$(failed_cases)
  grep -qxF "$case" <<<"$failed" && by="$case of $(wc -l <<<"$failed")"
  return 0
}

killed=0 survivors=() broken=() number=0
printf '%-42s %-62s %7s\n' 'mutant' 'found by' 'seconds'
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
  judge=judge_by_suites
  [[ "$set" == conformance ]] && judge=judge_by_case
  if ! "$judge" "$file"; then
    by='DOES NOT BUILD'
    broken+=("$name")
    cp "$scratch/build.log" "$scratch/$name.log"
  elif [[ -n "$by" ]]; then
    killed=$((killed + 1))
    echo "$name $state" >>"$results"
  else
    by='SURVIVES'
    survivors+=("$name")
    ((keep)) && fail "$name survives in $tree"
  fi
  cp -p "$source_file" "$tree/$source_file" && touch "$tree/$source_file"
  [[ -t 1 ]] && printf '\r\033[K'
  printf '%-42s %-62s %7.1f\n' "$name" "$by" "$(bc <<<"$EPOCHREALTIME - $start")"
done

echo "$killed of ${#mutants[@]} mutants found"
((${#broken[@]} == 0)) || fail "do not build: ${broken[*]}"
((${#survivors[@]} == 0)) || { echo "survivors: ${survivors[*]}" && exit 1; }
