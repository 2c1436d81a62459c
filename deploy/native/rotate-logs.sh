#!/usr/bin/env bash
# rotate-logs.sh FOLDER BYTES [once]: keeps the logs in a folder to a size, until it is stopped. One of more bytes is copied to NAME.log.1
# and emptied, and what was NAME.log.1 is NAME.log.2. Whoever writes a log appends to it and goes on; a line written between copying
# and emptying is lost.
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: rotate-logs.sh FOLDER BYTES [once]" >&2; exit 1; }
folder=$1 most=$2

rotate() {
  local log
  for log in "$folder"/*.log; do
    [ -f "$log" ] || continue
    [ "$(stat --format=%s "$log")" -gt "$most" ] || continue
    [ ! -f "$log.1" ] || mv --force "$log.1" "$log.2"
    # On a full disk there is no copy, and the log is emptied all the same.
    cp "$log" "$log.1" || rm --force "$log.1"
    : >"$log"
  done
}

rotate
[ "${3:-}" = once ] || while sleep 5; do rotate; done
