#!/usr/bin/env bash
# with_scanner_sim.sh SIMULATOR RIG FOLDER SAMPLE: runs a sample in a simulated lane, with a simulated scanner before which
# goods lie first, and then a payer's code.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "$hand" "$pid" 2>/dev/null || true; wait "$hand" "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
hand=
"$1" --link "$dir/scanner" --control 0 >"$dir/out" 2>"$dir/err" &
pid=$!
tries=0
until grep -q '^control on ' "$dir/out"; do
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || { cat "$dir/err" >&2; exit 1; }
    sleep 0.05
done
port=$(sed -n 's/^control on .*:\([0-9]*\)$/\1/p' "$dir/out")
tell() { # PORT LINE…: commands for a simulator's control channel
    local to=$1 line
    shift
    exec 4<>"/dev/tcp/127.0.0.1/$to"
    for line in "$@"; do
        printf '%s\n' "$line" >&4
        read -r _ <&4
    done
    exec 4>&-
}
introduce() { # the payer's code to the simulated host: whose card pays
    local host
    host=$(tr -d ' \n' <"$1/ports.json" | sed -n 's/.*"acquirer":{"control":"[^"]*:\([0-9]*\)".*/\1/p')
    tell "$host" '{"cmd":"card","number":"6212345678900000017","expiry":"3012","pin":"123456","balance":1000000}' \
        '{"cmd":"payment_code","code":"6221345678901234567","number":"6212345678900000017"}'
}
hold() { # what is held before the scanner while the sample asks for it
    local known=
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    while sleep 0.2; do
        case "$(grep -c 'scan the payer' "$dir/said" 2>/dev/null || true)" in
            0 | "") continue ;;
            1) printf '%s\n' '{"cmd":"scan","text":"6901234567892","symbology":"]E0"}' >&3 ;;
            *) [ -n "$known" ] || { introduce "$1" && known=yes; }
                printf '%s\n' '{"cmd":"scan","text":"6221345678901234567","symbology":"]Q1"}' >&3 ;;
        esac
        read -r _ <&3
    done
}
hold "$3" &
hand=$!
"$2" "$3" "$4" "$dir/scanner" | tee "$dir/said"
grep -q 'not this one' "$dir/said"
! grep -q 6221345678901234567 "$dir/said"
