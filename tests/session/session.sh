#!/usr/bin/env bash
# The command as a user runs it: tests/session/session.sh <margingate> <case> <work directory>
#
#   audit      every decision of a short deterministic session agrees with the reference
#   repeat     one seed gives one verdict hash, another seed another one
#   replay     a recorded free-running session, accounts moving between two models, replays to its
#              hash; a damaged record is refused
#   controls   the same under limits in a hierarchy, with a desk that steers them; and replayed
#   deribit    one gate per settlement currency, audited
#   verify     random sessions of every model agree with the reference; one seed, one report
#   compare    every bundled parameter set is compared or says why not
#   liquidate  a plan that restores exits 0, one that falls short 1
#   backtest   May 2022 with and without the credit between two coins
#   arrays     risk-array files of both formats give one margin; damaged ones are refused
#   groups     the margin of liquidation groups, as a table and as JSON; a damaged file is refused;
#              the bundled scenarios are those that the command makes
#   calibrate  the bundled historical scenarios are those that the command makes; a simulation
#              repeats with its seed
#   bad-input  files and options that are wrong: exit 2 and a message that names the place
set -uo pipefail
margingate=$1
work=$3
mkdir -p "$work"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

session() { "$margingate" run --accounts 200 --quiet "$@"; }
hash_of() { grep -oE '"hash": *"[0-9a-f]{16}"' "$1" | grep -oE '[0-9a-f]{16}'; }

case $2 in
  audit)
    session --orders 20000 --deterministic --audit || fail "audited session"
    ;;
  repeat)
    session --orders 5000 --deterministic --seed 7 --json >"$work/a.json" || fail "first run"
    session --orders 5000 --deterministic --seed 7 --json >"$work/b.json" || fail "second run"
    session --orders 5000 --deterministic --seed 8 --json >"$work/c.json" || fail "third run"
    [[ -n "$(hash_of "$work/a.json")" ]] || fail "no verdict hash in the report"
    [[ "$(hash_of "$work/a.json")" == "$(hash_of "$work/b.json")" ]] || fail "one seed, two hashes"
    [[ "$(hash_of "$work/a.json")" != "$(hash_of "$work/c.json")" ]] || fail "two seeds, one hash"
    ;;
  replay)
    session --orders 10000 --second-model cross --record "$work/session.record" ||
      fail "recorded run"
    "$margingate" replay "$work/session.record" || fail "replay"
    head -c 20000 "$work/session.record" >"$work/cut.record"
    "$margingate" replay "$work/cut.record" 2>"$work/cut.log"
    [[ $? -eq 2 ]] || fail "a truncated record must be refused with exit 2"
    grep -q 'cut.record' "$work/cut.log" || fail "the message must name the file"
    ;;
  controls)
    session --orders 10000 --deterministic --controls --audit || fail "audited session"
    session --orders 5000 --controls --record "$work/controls.record" || fail "recorded run"
    "$margingate" replay "$work/controls.record" || fail "replay"
    ;;
  deribit)
    session --orders 5000 --deterministic --model deribit --audit || fail "audited session"
    ;;
  verify)
    "$margingate" verify --decisions 60000 --quiet --plot "$work/width.svg" \
      --failure "$work/failure" --json >"$work/verify.json" || fail "verification"
    grep -q '"mismatches": 0' "$work/verify.json" || fail "mismatches"
    [[ -d "$work/failure" ]] && fail "a failure was written"
    grep -q '</svg>' "$work/width.svg" || fail "the plot"
    "$margingate" verify --models nonsense 2>/dev/null
    [[ $? -eq 2 ]] || fail "an unknown model must exit 2"
    "$margingate" verify --data "$work" 2>"$work/data.log"
    [[ $? -eq 2 ]] || fail "a directory without chains must exit 2"
    ;;
  compare)
    cd "$(dirname "$0")/../.." || fail "source tree"
    "$margingate" compare --market examples/portfolios/survey-market.json --json \
      --portfolio examples/portfolios/survey-hedged-book.json --plot "$work/compare.svg" \
      >"$work/compare.json" || fail "comparison"
    grep -q '</svg>' "$work/compare.svg" || fail "the plot"
    while read -r model; do
      grep -q "\"model\": \"$model\"" "$work/compare.json" || fail "$model is left out"
    done < <(sed -nE 's/^ *"model" *: *"([^"]+)".*/\1/p' params/*.json)
    "$margingate" compare --market examples/portfolios/survey-market.json --models deribit \
      --portfolio examples/portfolios/survey-hedged-book.json >"$work/none.txt"
    [[ $? -eq 1 ]] || fail "a portfolio that no model takes must exit 1"
    ;;
  liquidate)
    cd "$(dirname "$0")/../.." || fail "source tree"
    "$margingate" liquidate --model portfolio --market examples/portfolios/survey-market.json \
      --portfolio examples/portfolios/breach-hedged-book.json --json >"$work/plan.json" ||
      fail "a plan that restores must exit 0"
    grep -q '"outcome": "restored"' "$work/plan.json" || fail "outcome"
    sed 's/"quantity": 30000/"quantity": -30000/' examples/portfolios/breach-hedged-book.json \
      >"$work/bankrupt.json"
    "$margingate" liquidate --model portfolio --market examples/portfolios/survey-market.json \
      --portfolio "$work/bankrupt.json" >"$work/short.txt"
    [[ $? -eq 1 ]] || fail "a plan that falls short must exit 1"
    grep -q 'still misses' "$work/short.txt" || fail "the deficit must be said"
    ;;
  backtest)
    cd "$(dirname "$0")/../.." || fail "source tree"
    "$margingate" backtest --book examples/backtest/long-sol-short-btc.json --horizon 3 \
      --parameters examples/backtest/wide-offsets.json --without-credits \
      --from 2022-05-01 --to 2022-05-20 --plot "$work/luna.svg" --json >"$work/luna.json" ||
      fail "backtest"
    grep -q '"day": "2022-05-09"' "$work/luna.json" || fail "the exceedance of 9 May 2022"
    [[ $(grep -c '"exceedances": 0' "$work/luna.json") -eq 1 ]] || fail "one with, one without"
    grep -q '</svg>' "$work/luna.svg" || fail "the plot"
    ;;
  arrays)
    examples=$(dirname "$0")/../../examples/risk-arrays
    positions=$examples/constructed-positions.json
    for format in pa2 spn; do
      "$margingate" arrays --parameters "$examples/constructed.$format" --positions "$positions" \
        --json >"$work/$format.json" || fail "margin of $format"
      "$margingate" arrays --parameters "$examples/constructed.$format" --positions "$positions" |
        grep -q 'initial margin *10576.0066' || fail "table of $format"
    done
    cmp "$work/pa2.json" "$work/spn.json" || fail "two formats, two margins"
    head -c 2400 "$examples/constructed.pa2" >"$work/cut.pa2"
    "$margingate" arrays --parameters "$work/cut.pa2" --positions "$positions" 2>"$work/cut.log"
    [[ $? -eq 2 ]] || fail "a truncated file must exit 2"
    grep -q 'cut.pa2: line' "$work/cut.log" || fail "the message must name file and line"
    ;;
  groups)
    examples=$(dirname "$0")/../../examples/liquidation-groups
    positions=$examples/constructed-positions.json
    "$margingate" groups --parameters "$examples/constructed.json" --positions "$positions" |
      grep -q 'requirement *4845.60' || fail "table"
    "$margingate" groups --parameters "$examples/constructed.json" --positions "$positions" \
      --json >"$work/groups.json" || fail "margin as JSON"
    grep -q '"requirement": 4845.6' "$work/groups.json" || fail "the requirement"
    head -c 2400 "$examples/constructed.json" >"$work/cut.json"
    "$margingate" groups --parameters "$work/cut.json" --positions "$positions" 2>"$work/cut.log"
    [[ $? -eq 2 ]] || fail "a truncated file must exit 2"
    grep -q 'cut.json: line' "$work/cut.log" || fail "the message must name file and line"
    calibrated=$(dirname "$0")/../../params/liquidation-groups-2024-12-31.json
    "$margingate" calibrate-groups --parameters "$calibrated" --output "$work/calibrated.json" ||
      fail "calibration"
    cmp "$work/calibrated.json" "$calibrated" || fail "bundled moves are not those of the command"
    portfolios=$(dirname "$0")/../../examples/portfolios
    "$margingate" margin --model liquidation-groups --market "$portfolios/deribit-btc-market.json" \
      --portfolio "$portfolios/deribit-btc-portfolio.json" |
      grep -q 'quantile at 93.1 % of 248 of the 752 scenarios' || fail "the set that binds"
    ;;
  calibrate)
    calibrated=$(dirname "$0")/../../params/historical-2024-12-31.json
    "$margingate" calibrate --parameters "$calibrated" --output "$work/calibrated.json" ||
      fail "calibration"
    cmp "$work/calibrated.json" "$calibrated" || fail "bundled moves are not those of the command"
    "$margingate" calibrate --parameters "$calibrated" --to 2020-06-01 2>"$work/short.log"
    [[ $? -eq 2 ]] || fail "too short a history must exit 2"
    grep -q 'needs 535 days, found' "$work/short.log" || fail "the message must say what is needed"
    books=$(dirname "$0")/../../examples/portfolios
    simulate() {
      "$margingate" simulate --market "$books/survey-market.json" \
        --portfolio "$books/survey-hedged-book.json" --json "$@" || fail "simulate"
    }
    simulate >"$work/first.json"
    simulate >"$work/second.json"
    simulate --seed 2 >"$work/third.json"
    cmp "$work/first.json" "$work/second.json" || fail "the same seed, other numbers"
    ! cmp -s "$work/first.json" "$work/third.json" || fail "another seed, the same numbers"
    ;;
  bad-input)
    "$margingate" run --model nonsense 2>/dev/null
    [[ $? -eq 2 ]] || fail "an unknown model must exit 2"
    printf '{"as_of": 1' >"$work/market.json"
    "$margingate" margin --model cross --market "$work/market.json" \
      --portfolio "$work/market.json" 2>"$work/market.log"
    [[ $? -eq 2 ]] || fail "a truncated file must exit 2"
    grep -q 'market.json' "$work/market.log" || fail "the message must name the file"
    ;;
  *) fail "unknown case $2" ;;
esac
