#!/usr/bin/env bash
# Draws the comparisons of docs/compare.md again and prints them: tools/comparisons.sh [command]
set -euo pipefail
cd "$(dirname "$0")/.."

margingate=${1:-build/release/bin/margingate}
chain=data/deribit_btc_eth_20260822T035045Z.csv.gz

draw() {
  local market=$1 portfolio=$2
  printf '\n### %s\n\n' "$portfolio"
  "$margingate" compare --market "$market" --portfolio "examples/portfolios/$portfolio.json" \
    --plot "docs/plots/compare-$portfolio.svg"
}

draw examples/portfolios/survey-market.json survey-hedged-book
draw examples/portfolios/survey-market.json survey-calendar-spread
draw "$chain" chain-iron-condor
draw "$chain" chain-eth-calendar
draw "$chain" chain-two-coins
draw examples/portfolios/ibm-market.json ibm-collar
