#!/usr/bin/env bash
# with_code_plate.sh SAMPLE: runs a sample with a code plate that calls it, and a stranger that does.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" 127.0.0.1:0 862000000000001 >"$dir/said" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^listening on ' "$dir/said"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$dir/said")
ask() { # PATH PLATE: the plate's request; prints what it is answered
    local body="{\"device\":\"pos2808\",\"imei\":\"$2\",\"msg\":\"request\"}"
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 0
    printf 'POST /payroute/%s HTTP/1.1\r\nHost: till\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "${#body}" "$body" >&3
    cat <&3 || true
    exec 3>&-
}
ask staticqrcode 862000000000001 | grep -q '"qrcode":"https:'
ask dynamicqrcode 862000000000009 | grep -q '403 Forbidden'
while kill -0 "$pid" 2>/dev/null; do
    ask dynamicqrcode 862000000000001 >>"$dir/plate" 2>/dev/null || true
    sleep 0.05
done
wait "$pid"
cat "$dir/said"
grep -q '"amount":"12.34","payee":"TEST TEA HOUSE","state":"waiting"' "$dir/plate"
grep -q '"state":"approved"' "$dir/plate"
