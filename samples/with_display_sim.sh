#!/bin/sh
# with_display_sim.sh SIMULATOR FAMILY SAMPLE: runs a sample against a simulated display.
set -eu
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" --driver "$2" --link "$dir/display" >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^device on ' "$dir/out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
"$3" "$dir/display"
