#!/usr/bin/env bash
# Every model that has a parameter file in params has a page in docs/models, and a row that links to
# it in the table over all models.
source "$(dirname "$0")/support/check.sh"

table=docs/models/README.md
for file in params/*.json; do
  [[ -f "$file" ]] || continue
  model=$(sed -nE 's/^ *"model" *: *"([^"]+)".*/\1/p' "$file" | head -n 1)
  if [[ -z "$model" ]]; then
    violation "$file: no line with its \"model\""
    continue
  fi
  [[ -f "docs/models/$model.md" ]] || violation "$file: no page docs/models/$model.md"
  grep -qF "]($model.md)" "$table" 2>/dev/null || violation "$file: no row of $model in $table"
done
finish
