#!/usr/bin/env bash
# with_pinpad_sim.sh SIMULATOR DRIVER SAMPLE: runs a sample against a simulated PIN pad at which somebody types 1234.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" --driver "$2" --control "unix:$dir/control" --master-key 0:0123456789ABCDEFFEDCBA9876543210 >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^control on \|^device on \|^device ' "$dir/out" && [ -S "$dir/control" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
# Typed when the pad asks.
python3 - "$dir/control" <<'TYPE'
import socket, sys
pad = socket.socket(socket.AF_UNIX)
pad.connect(sys.argv[1])
pad.sendall(b'{"cmd":"press","keys":"1234E","when_asked":true}\n')
pad.recv(4096)
TYPE
"$3" "$(sed -n 's/^device[a-z ]* //p' "$dir/out" | head -1)" "$2" | tee "$dir/said"
grep -q 'a PIN block of 8 bytes' "$dir/said"
