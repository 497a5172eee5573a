#!/usr/bin/env bash
# Kills `javigate add` with SIGKILL at random moments and checks what is left.
# Usage: kill-during-add.sh FOLDER_OF_VIDEOS [ROUNDS] [SEED]; needs jq.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
videos=$1
rounds=${2:-20}
RANDOM=${3:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
library=$work/library
touch "$work/reported"
for round in $(seq "$rounds"); do
  setsid "$here/javigate" add "$videos" --library "$library" >"$work/out" 2>"$work/err" &
  leader=$!
  limit=$((RANDOM % 5000 + 2000))
  sleep "$(printf '%d.%03d' $((limit / 1000)) $((limit % 1000)))"
  kill -9 -- "-$leader" 2>/dev/null || true
  wait "$leader" 2>/dev/null || true
  sed -n 's/^indexed  \(.*\) ([0-9]* clips\{0,1\}).*/\1/p' "$work/out" >>"$work/reported"
  sort -u "$work/reported" -o "$work/reported"
  if [ -d "$library" ] && [ -s "$work/reported" ]; then
    "$here/javigate" ls --json --library "$library" | jq -r '.[].file' | sort >"$work/stored"
    lost=$(comm -23 "$work/reported" "$work/stored" | wc -l)
    stored=$(wc -l <"$work/stored")
  else
    lost=0 stored=0
  fi
  echo "round $round: killed after $limit ms, $(wc -l <"$work/reported") reported so far, $stored stored, $lost lost"
  [ "$lost" -eq 0 ]
done
"$here/javigate" add "$videos" --library "$library" | tail -n 1
