#!/usr/bin/env bash
# with_pinpad_sim.sh SIMULATOR DRIVER SAMPLE: runs a sample against a simulated PIN pad at which somebody types 1234.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" --driver "$2" --control 0 --link "$dir/pad" --master-key 0:0123456789ABCDEFFEDCBA9876543210 >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^control on ' "$dir/out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
endpoint=$(sed -n 's/^control on //p' "$dir/out")
exec 3<>"/dev/tcp/${endpoint%:*}/${endpoint##*:}"
printf '%s\n' '{"cmd":"press","keys":"1234E","when_asked":true}' >&3
read -r answer <&3
"$3" "$dir/pad" "$2" | tee "$dir/said"
grep -q 'a PIN block of 8 bytes' "$dir/said"
