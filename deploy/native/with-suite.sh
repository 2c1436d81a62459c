#!/usr/bin/env bash
# Runs a command beside a suite of its own, thrown away afterwards: with-suite.sh COMMAND...
# The command finds it by BASE_URL and SETUP_LINK. Ports are free ones, so other suites are not in the way.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -gt 0 ] || fail "usage: with-suite.sh COMMAND..."

DATA_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pagespace-suite.XXXXXX")
# Passable, as Postgres may be run by another user.
chmod 711 "$DATA_DIR"
trap 'rm -rf "$DATA_DIR"' EXIT
# Signals are answered by up.sh, which has them too; here we only wait for it to have stopped everything.
trap 'kill -TERM "$suite" 2>/dev/null' INT TERM

unset DATABASE_URL PUBLIC_URL STORAGE_DIR
WEB_PORT=$(free_port) REALTIME_PORT=$(free_port) WORKER_PORT=$(free_port) PROCESSOR_PORT=$(free_port) POSTGRES_PORT=$(free_port)
export DATA_DIR WEB_PORT REALTIME_PORT WORKER_PORT PROCESSOR_PORT POSTGRES_PORT PROFILE=${PROFILE:-debug}
"$(dirname "${BASH_SOURCE[0]}")/up.sh" "$@" &
suite=$!
code=0
while kill -0 "$suite" 2>/dev/null; do
  code=0
  wait "$suite" || code=$?
done
if [ "$code" != 0 ]; then
  for log in "$DATA_DIR"/logs/*.log; do
    echo "--- the end of $(basename "$log")" >&2
    tail -n 20 "$log" >&2
  done
fi
exit "$code"
