#!/bin/sh
# with_hsm_sim.sh SIMULATOR PROFILE PROGRAM [ARGUMENT…]: runs the program against a simulated cipher machine, with
# its address and the profile as first arguments. CIPHERLANE_FAULT is a fault of the unit's.
set -eu
simulator=$1 profile=$2
shift 2
program=$1
shift
said=$(mktemp)
"$simulator" --profile "$profile" --port 0 ${CIPHERLANE_FAULT:+--fault "$CIPHERLANE_FAULT"} >"$said" 2>/dev/null &
unit=$!
trap 'kill $unit 2>/dev/null || true; rm -f "$said"' EXIT
tries=0
until grep -q '^listening on ' "$said"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { echo "the simulator does not listen"; exit 1; }
    sleep 0.1
done
"$program" "$(sed -n 's/^listening on //p' "$said" | head -1)" "$profile" "$@"
