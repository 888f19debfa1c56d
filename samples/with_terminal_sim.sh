#!/usr/bin/env bash
# with_terminal_sim.sh SIMULATOR PROTOCOL SAMPLE: runs a sample against a simulated card terminal whose cable is cut at
# the end of the second payment. A MIS-POS terminal and its till have the shipped description of 银商 with a code for the
# question for the last transaction, which the acquirer's contract gives.
set -euo pipefail
shipped="$(dirname "$0")/../drivers/descriptions/mispos-ums.toml"
cut='{"kind":"cut","match":"result","skip":1}'
setup=()
third="$2"
dir=$(mktemp -d)
case "$2" in
    zvt) cut='{"kind":"cut","match":"completion","skip":3}' ;;
    mispos)
        description="$dir/mispos.toml"
        { cat "$shipped"; echo 'last.code = "90"'; } >"$description"
        setup=(--description "$description")
        third="$description"
        ;;
esac
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" --driver "$2" "${setup[@]}" --port 0 --card 6212345678900000017 --fault "$cut" \
    >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^listening on ' "$dir/out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
"$3" "tcp:$(sed -n 's/^listening on //p' "$dir/out")" "$dir" "$third" | tee "$dir/said"
grep -q 'ask what became of it' "$dir/said"
