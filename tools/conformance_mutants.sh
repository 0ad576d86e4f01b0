#!/usr/bin/env bash
# Plants one mistake at a time and sees the case that names the behaviour fail:
# tools/conformance_mutants.sh [option]...
#
#   --only NAME  only mutants whose name contains NAME; may be given more than once
#   --check      only see that every mutant still applies; nothing is built
#   --list       names and what is wrong with each
#
# A mutant is a file tests/conformance_mutants/NAME.mutant: what is wrong, the file, the case of
# the conformance pack that must fail, and the text to replace, which must occur exactly once. The
# work is done in a copy of the tree under build/conformance_mutants. Exit codes: 0 every case
# failed; 1 one passed; 2 a mutant that does not apply or does not build, or bad usage.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

scratch=build/conformance_mutants
tree=$scratch/tree
jobs=${MARGINGATE_JOBS:-$(nproc)}
only=() check=0 list=0
while (($# > 0)); do
  case "$1" in
    --only) only+=("${2:?--only needs a name}") && shift ;;
    --check) check=1 ;;
    --list) list=1 ;;
    *)
      sed -n '2,13s/^# \{0,1\}//p' "$0"
      exit 2
      ;;
  esac
  shift
done

fail() {
  echo "conformance mutants: $*" >&2
  exit 2
}

# field <name> <mutant file>
field() { sed -n "s/^$1: //p" "$2" | head -1; }

# mutate <mutant file> <source> <result>: the text between <<<< and ==== becomes that up to >>>>.
mutate() {
  perl -0777 -e '
    my ($mutant, $source, $result) = @ARGV;
    my $read = sub { open(my $f, "<", $_[0]) or die "$_[0]: $!\n"; <$f> };
    $read->($mutant) =~ /^<<<<\n(.*?)^====\n(.*?)^>>>>$/ms or die "$mutant: no <<<< ==== >>>>\n";
    my ($old, $new) = ($1, $2);
    s/\n\z// for $old, $new;
    my $code = $read->($source);
    my $count = () = $code =~ /\Q$old\E/g;
    die "$mutant: found $count times in $source, expected once:\n$old\n" if $count != 1;
    substr($code, index($code, $old), length $old) = $new;
    open(my $out, ">", $result) or die "$result: $!\n";
    print $out $code;' "$@"
}

mutants=()
for file in tests/conformance_mutants/*.mutant; do
  name=$(basename "$file" .mutant)
  wanted=$((${#only[@]} == 0))
  for part in "${only[@]+"${only[@]}"}"; do [[ "$name" == *"$part"* ]] && wanted=1; done
  ((wanted)) && mutants+=("$file")
done
((${#mutants[@]} > 0)) || fail "no mutant is called that"

if ((list)); then
  for file in "${mutants[@]}"; do
    printf '%-42s %-18s %s\n' "$(basename "$file" .mutant)" "$(field case "$file")" \
      "$(field wrong "$file")"
  done
  exit 0
fi

bad=0
for file in "${mutants[@]}"; do
  mutate "$file" "$(field file "$file")" /dev/null || bad=$((bad + 1))
done
((bad == 0)) || fail "$bad of ${#mutants[@]} mutants do not apply"
if ((check)); then
  echo "${#mutants[@]} mutants apply"
  exit 0
fi

mkdir -p "$tree"
git ls-files --cached --others --exclude-standard | sort -u | while IFS= read -r path; do
  [[ -f "$path" ]] || continue
  cmp -s "$path" "$tree/$path" && continue
  mkdir -p "$tree/$(dirname "$path")" && cp -p "$path" "$tree/$path" && touch "$tree/$path"
done

build() {
  cmake --build "$tree/build/release" -j "$jobs" --target margingate_tool >"$scratch/build.log" 2>&1
}
# failed_cases: ids, one a line
failed_cases() {
  "$tree/build/release/bin/margingate" conformance --cases conformance --quiet |
    sed -n 's/^FAIL \([^ ]*\) .*/\1/p'
}

echo "building the tree without a mistake"
(cd "$tree" && cmake --preset release -D MARGINGATE_BUILD_TESTS=OFF -D MARGINGATE_BUILD_BENCH=OFF \
  >../build.log 2>&1) || fail "see $scratch/build.log"
build || fail "see $scratch/build.log"
[[ -z "$(failed_cases)" ]] || fail "cases fail without a mistake"

found=0 missed=() broken=()
printf '%-42s %-18s %s\n' 'mutant' 'its case' 'cases that fail'
for file in "${mutants[@]}"; do
  name=$(basename "$file" .mutant)
  source_file=$(field file "$file")
  expected=$(field case "$file")
  mutate "$file" "$source_file" "$tree/$source_file"
  if build; then
    failed=$(failed_cases)
    if grep -qxF "$expected" <<<"$failed"; then
      found=$((found + 1))
      printf '%-42s %-18s %d\n' "$name" "$expected" "$(wc -l <<<"$failed")"
    else
      missed+=("$name")
      printf '%-42s %-18s MISSED %s\n' "$name" "$expected" "$(tr '\n' ' ' <<<"$failed")"
    fi
  else
    broken+=("$name")
    printf '%-42s %-18s DOES NOT BUILD\n' "$name" "$expected"
    cp "$scratch/build.log" "$scratch/$name.log"
  fi
  cp -p "$source_file" "$tree/$source_file" && touch "$tree/$source_file"
done

echo "$found of ${#mutants[@]} mistakes make their case fail"
((${#broken[@]} == 0)) || fail "do not build: ${broken[*]}"
((${#missed[@]} == 0)) || { echo "missed: ${missed[*]}" && exit 1; }
