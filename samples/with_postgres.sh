#!/usr/bin/env bash
# Usage: with_postgres.sh PROGRAM [ARGUMENT…]
# Starts a PostgreSQL server of its own in a new folder, without TCP, and runs PROGRAM with its address behind the
# arguments. Whatever ends the program, the server and its folder go with it. As root it runs the server as an ordinary
# user, which it wants.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ]; then
    echo "no PostgreSQL server: tools/setup installs it"
    [ -z "${CIPHERLANE_NEEDS_POSTGRES:-}" ] || exit 1
    exit 77
fi
folder=$(mktemp -d /tmp/cipherlane-pg-XXXXXX)
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    user=$(id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody)
    chown "$user" "$folder"
    as_user=(setpriv "--reuid=$(id -u "$user")" "--regid=$(id -g "$user")" --clear-groups)
fi
program=
stop() {
    [ -z "$program" ] || kill "$program" 2>/dev/null || true
    [ -z "${leash:-}" ] || { exec {leash}>&-; wait "$guard" 2>/dev/null || true; }
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 143' TERM INT
cd /
"${as_user[@]}" "$bin/initdb" -D "$folder/data" -U postgres --auth=trust --no-sync --no-instructions --locale=C -E UTF8 \
    >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
# Beside the server, whatever ends this script, even what it cannot catch: the leash is cut then.
guard_server() {
    trap '' TERM INT HUP
    "${as_user[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
        -c shared_buffers=32MB >>"$folder/log" 2>&1 </dev/null &
    local server=$!
    read -r _ || true
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}
exec {leash}> >(guard_server >/dev/null 2>&1)
guard=$!
address="postgresql://postgres@/postgres?host=$folder"
for _ in $(seq 300); do
    "$bin/pg_isready" -q -d "$address" && break
    kill -0 "$guard" 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.1
done
"$@" "$address" {leash}>&- &
program=$! # beside the script, so that a signal to it ends both at once
wait "$program" && ended=0 || ended=$?
program=
exit "$ended"
