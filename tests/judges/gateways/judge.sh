#!/bin/sh
# judge.sh GATEWAY SIMULATOR CIPHERLANE MODULES: a client of other people drives our simulator, and our tool reads what
# that client signs. Ends with 77, which means skipped, where Node.js or the client is not installed (tools/setup).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
gateway=$1 simulator=$2 tool=$3 modules=$4
command -v node >/dev/null || { echo "skipped: no Node.js"; exit 77; }
[ -d "$modules/node_modules" ] || { echo "skipped: no clients in $modules (tools/setup installs them)"; exit 77; }
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
node "$here/$gateway.mjs" "$modules" "$(sed -n 's/^listening on //p' "$keys/said" | head -1)" "$keys" "$keys/request"
"$tool" gateway explain "$keys/request" --key "$keys/merchant_public.pem"
