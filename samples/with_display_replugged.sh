#!/usr/bin/env bash
# with_display_replugged.sh SIMULATOR FAMILY SAMPLE: runs a sample against a simulated display that is unplugged and plugged
# in again while the sample runs. The sample must have noticed both, and end well.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
"$1" --driver "$2" --link "$dir/display" >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^control on ' "$dir/out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
endpoint=$(sed -n 's/^control on //p' "$dir/out")
exec 3<>"/dev/tcp/${endpoint%:*}/${endpoint##*:}"
tell() {
    printf '%s\n' "$1" >&3
    read -r answer <&3
    printf '%s: %s\n' "$1" "$answer"
}
"$3" "$dir/display" >"$dir/said" 2>&1 &
sample=$!
# Each step waits for the one before to have happened.
await() {
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 5000 ] || { cat "$dir/said" >&2; exit 1; }
        sleep 0.02
    done
}
said() { grep -q "$1" "$dir/said"; }
shown() {
    tell '{"cmd":"counters"}' >/dev/null
    case $answer in *"\"command Q\":$1"*) ;; *) return 1 ;; esac
}
await said 'display there'
await shown 1
tell '{"cmd":"unplug"}'
await said 'display gone'
tell '{"cmd":"plug"}'
wait "$sample" || { cat "$dir/said" >&2; exit 1; }
cat "$dir/said"
grep -q 'display gone' "$dir/said"
[ "$(grep -c 'display there' "$dir/said")" -eq 2 ]
tell '{"cmd":"counters"}'
case $answer in *'"command Q":2'*) ;; *) echo "the code was not shown again" >&2; exit 1 ;; esac
