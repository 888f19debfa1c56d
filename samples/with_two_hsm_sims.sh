#!/bin/sh
# with_two_hsm_sims.sh SIMULATOR PROFILE PROGRAM: runs the program against two simulated cipher machines and kills the
# first after a second.
set -eu
simulator=$1 profile=$2 program=$3
said=$(mktemp -d)
"$simulator" --profile "$profile" --port 0 >"$said/1" 2>/dev/null &
first=$!
"$simulator" --profile "$profile" --port 0 >"$said/2" 2>/dev/null &
second=$!
trap 'kill $first $second 2>/dev/null || true; rm -rf "$said"' EXIT
for unit in 1 2; do
    tries=0
    until grep -q '^listening on ' "$said/$unit"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "the simulator does not listen"; exit 1; }
        sleep 0.1
    done
done
(sleep 1; kill -9 $first) &
"$program" "$(sed -n 's/^listening on //p' "$said/1")" "$(sed -n 's/^listening on //p' "$said/2")" "$profile"
