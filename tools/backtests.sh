#!/usr/bin/env bash
# Draws the backtests of docs/backtest.md again and prints them: tools/backtests.sh [command]
set -euo pipefail
cd "$(dirname "$0")/.."

margingate=${1:-build/release/bin/margingate}
wide=examples/backtest/wide-offsets.json

backtest() {
  local plot=$1 book=$2
  shift 2
  printf '\n### %s: --book examples/backtest/%s.json %s\n\n' "$plot" "$book" "$*"
  "$margingate" backtest --book "examples/backtest/$book.json" \
    --plot "docs/plots/backtest-$plot.svg" "$@" 2>/dev/null
}

# One coin, on all the days there are; every model, and the ones that are drawn.
"$margingate" backtest --book examples/backtest/long-btc.json 2>/dev/null
backtest long-btc long-btc --models cross,portfolio,deribit,okx,bybit,dydx,derive

# Spreads with and without credits, over all days and around the two collapses of 2022.
credits=(--parameters "$wide" --without-credits --horizon 3)
following=examples/backtest/following-offsets.json
for book in long-sol-short-btc long-btc-short-sol long-eth-short-btc; do
  backtest "$book" "$book" "${credits[@]}"
  backtest "$book-may-2022" "$book" "${credits[@]}" --from 2022-04-20 --to 2022-05-31
  backtest "$book-november-2022" "$book" "${credits[@]}" --from 2022-10-20 --to 2022-11-30
  "$margingate" backtest --book "examples/backtest/$book.json" --parameters "$following" \
    --horizon 3 2>/dev/null
done

# Options, priced by a rule.
"$margingate" backtest --book examples/backtest/short-strangle-btc.json --horizon 3 2>/dev/null
backtest short-strangle-btc short-strangle-btc --horizon 3 \
  --models cross,portfolio,deribit,okx,bybit,derive

# A grid that is moved at every close.
backtest rolling long-btc --models portfolio --rolling-window 250

# Historical simulation, calibrated anew at every close, and the remedies against procyclicality.
recalibrated=(--models historical --margin maintenance --recalibrate-every 1)
for book in long-btc long-eth-short-btc; do
  "$margingate" backtest --book "examples/backtest/$book.json" "${recalibrated[@]}" \
    --procyclicality 2>/dev/null
done
"$margingate" backtest --book examples/backtest/short-strangle-btc.json "${recalibrated[@]}" \
  2>/dev/null
