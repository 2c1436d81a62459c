#!/usr/bin/env bash
# Half-open clients, half-sent requests and readers of one byte a second by the thousand, and how a person fares beside them. Run by
# `make bench-doors`, which starts a release build beside it. It takes some five minutes, and 10,001 open files.
#
# DOORS names those that are wanted, such as "idle half-json"; without it, all. Into RESULTS goes a line of JSON for each promise: how
# much web's memory grows, how long the person waits, and when the last is closed. It fails when one is not kept. All clients are
# addresses of this machine, which web treats as strangers', as nothing in TRUSTED_PROXIES says otherwise.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=person.sh
source "$here/person.sh"
# shellcheck source-path=SCRIPTDIR source=watch.sh
source "$here/watch.sh"
need curl=curl jq=jq python3=python3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge 10100 ] || fail "this shell may open $(ulimit -n) files; 10100 are needed."

set_up
TOKEN=$(api --header 'Content-Type: application/json' --data '{"name": "bench", "scopes": ["read", "write"]}' "$BASE_URL/api/v1/tokens" | jq -r .secret)
# Larger than what kernels keep of it on the way.
head -c 8000000 /dev/urandom | base64 >"$work/file.txt"
FILE=$(api --form "file=@$work/file.txt" "$BASE_URL/api/v1/drives/$drive/files" | jq -r .file.id)
# The largest thing that anybody may read.
ASSET=$(curl --silent "$BASE_URL/" | grep -o '/assets/[^"]*\.js' | head -n 1)
[ -n "$ASSET" ] || fail "the page of $BASE_URL names no script."
until is_idle; do sleep 0.1; done
WEB_PID=$(pid_of web) REALTIME_PID=$(pid_of realtime) DRIVE=$drive
RESULTS=${RESULTS:-/dev/null}
export TOKEN FILE ASSET WEB_PID REALTIME_PID DRIVE RESULTS
# shellcheck disable=SC2086  # words are the floods' names
python3 "$here/doors.py" ${DOORS:-}
