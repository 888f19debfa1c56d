#!/bin/sh
# with_gateway_sim.sh SIMULATOR GATEWAY PROGRAM [ARGUMENT…]: runs the program against a simulated gateway whose orders
# are paid at once, with its address and the folder of its test keys as first arguments.
set -eu
simulator=$1 gateway=$2 program=$3
shift 3
keys=$(mktemp -d)
"$simulator" --speak "$gateway" --keys "$keys" --port 0 --fault paid_at_once:create >"$keys/said" 2>/dev/null &
unit=$!
trap 'kill $unit 2>/dev/null || true; rm -rf "$keys"' EXIT
tries=0
until grep -qs '^listening on ' "$keys/said"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { echo "the simulator does not listen"; exit 1; }
    sleep 0.1
done
"$program" "$(sed -n 's/^listening on //p' "$keys/said" | head -1)" "$keys" "$@"
