#!/usr/bin/env bash
# What a decision costs under every model that `margingate run` can trade, relative to the first:
# tools/decision_latency.sh [command] [rounds]
#
# Every model that the command knows, also those that need a gate per coin or a risk unit per
# expiry; one that cannot trade this market says why. The models take turns, so that what else the
# machine does falls on all of them alike. Figures are medians over the rounds of the median call
# (new order, accepted), less an empty bracket.
set -euo pipefail
cd "$(dirname "$0")/.."

margingate=${1:-build/release/bin/margingate}
rounds=${2:-5}

# median_call <json> <kind of call>
median_call() {
  awk -v kind="\"$2\"" '$0 ~ kind ":" { inside = 1 }
    inside && /"p50_ns"/ { gsub(/[^0-9.]/, "", $2); print $2; exit }' <<<"$1"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

choices=$("$margingate" run --help | sed -nE 's/.*--model TEXT:\{([^}]*)\}.*/\1/p')
IFS=, read -ra models <<<"$choices"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for ((round = 0; round < rounds; round++)); do
  for model in "${models[@]}"; do
    [[ -e "$scratch/$model.refused" ]] && continue
    if ! report=$("$margingate" run --model "$model" --orders 30000 --no-compare --quiet --json \
      2>"$scratch/error"); then
      tail -1 "$scratch/error" >"$scratch/$model.refused"
      continue
    fi
    call=$(median_call "$report" new_accepted)
    bracket=$(median_call "$report" empty_bracket)
    awk -v a="$call" -v b="$bracket" 'BEGIN { print a - b }' >>"$scratch/$model"
  done
done

first=$(median <"$scratch/${models[0]}")
for model in "${models[@]}"; do
  if [[ -e "$scratch/$model.refused" ]]; then
    printf '%-24s %s\n' "$model" "$(<"$scratch/$model.refused")"
    continue
  fi
  ns=$(median <"$scratch/$model")
  awk -v model="$model" -v ns="$ns" -v first="$first" \
    'BEGIN { printf "%-24s %6.0f ns %6.2f x\n", model, ns, ns / first }'
done
