#!/usr/bin/env bash
# Runs a command with a Postgres of its own, thrown away afterwards: with-postgres.sh COMMAND...
# The command finds it in DATABASE_URL. Nothing is durable, everything is fast; several may run at once.
# With POSTGRES_DURABLE=1 it has the product's own settings instead and its commits wait for the disk, as benchmarks need.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -gt 0 ] || fail "usage: with-postgres.sh COMMAND..."

need postgres
bin=$(postgres_bin)
user=$(postgres_user)
base=$(mktemp -d "${TMPDIR:-/tmp}/pagespace-postgres.XXXXXX")
server=
command=

# shellcheck disable=SC2317  # called by the trap
stop() {
  trap - EXIT INT TERM
  [ -z "$command" ] || kill "$command" 2>/dev/null || true
  if [ -n "$server" ]; then
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$base"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ "$(id -u)" != 0 ] || chown "$user" "$base"
as_postgres "$bin/initdb" --pgdata="$base/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
  --no-sync --no-instructions > "$base/log" 2>&1 || { cat "$base/log" >&2; fail "the test database could not be made."; }

if [ "${POSTGRES_DURABLE:-}" = 1 ]; then
  cat "$(dirname "${BASH_SOURCE[0]}")/../postgres/postgresql.conf" >> "$base/data/postgresql.conf"
  settings=()
  # Counts statements, where the packages carry it; whoever reads the counts does without otherwise.
  lib=$("$bin/pg_config" --pkglibdir 2>/dev/null) || lib=$bin/../lib
  [ ! -e "$lib/pg_stat_statements.so" ] || settings=(-c shared_preload_libraries=pg_stat_statements)
else
  settings=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200 -c shared_buffers=64MB
    -c max_wal_size=2GB -c checkpoint_timeout=1h -c autovacuum_naptime=20s -c jit=off
    # As in the product: what a process keeps that was stopped in the middle of a transaction comes back some time.
    -c idle_in_transaction_session_timeout=60s)
fi

start_on() { # port
  exec_as_postgres setsid "$bin/postgres" -D "$base/data" -p "$1" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    "${settings[@]}" >> "$base/log" 2>&1 &
  server=$!
  wait_for_postgres "$server" "$1"
}

# A port may be taken between asking and starting, so a few are tried.
port=
for _ in 1 2 3 4 5; do
  candidate=$(free_port)
  if start_on "$candidate"; then
    port=$candidate
    break
  fi
done
[ -n "$port" ] || { tail -n 20 "$base/log" >&2; fail "the test database did not start."; }

export DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres
# In the background, so that a signal to this script is answered at once and not after the command.
"$@" &
command=$!
code=0
wait "$command" || code=$?
command=
exit "$code"
