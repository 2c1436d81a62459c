#!/usr/bin/env bash
# Makes a backup every day at BACKUP_SCHEDULE (HH:MM, UTC), until it is stopped. A time that nobody was there for is made up for at
# the start; after a failure it is tried again within the hour.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$here/lib.sh"

at=${BACKUP_SCHEDULE:-}
[[ $at =~ ^([01][0-9]|2[0-3]):[0-5][0-9]$ ]] || fail "BACKUP_SCHEDULE is a time of day such as 03:30, not \"$at\"."

# The last time of day that has passed, in seconds since 1970.
last_due() {
  local now due
  now=$(date +%s)
  due=$(date --utc --date="$(date --utc +%F) $at" +%s)
  [ "$due" -le "$now" ] || due=$((due - 86400))
  echo "$due"
}

last_success() {
  sql <<<"select coalesce(max(extract(epoch from started_at))::bigint, 0) from backups where finished_at is not null and error is null"
}

# A signal ends the pause at once, and a backup under way with all that it runs.
child=
# shellcheck disable=SC2317  # called by the trap
stop() {
  trap '' TERM INT
  [ -z "$child" ] || { kill -TERM -- "-$child" && wait "$child"; } 2>/dev/null || true
  exit 0
}
trap stop TERM INT
patiently() {
  local code=0
  setsid -- "$@" &
  child=$!
  wait "$child" || code=$?
  child=
  return "$code"
}

say "a backup is made every day at $at (UTC)"
while true; do
  pause=60
  # The database may be starting, or be brought up to date.
  if success=$(connect && last_success) && [ "$success" -lt "$(last_due)" ]; then
    patiently "$here/backup.sh" || pause=1800
  fi
  patiently sleep "$pause"
done
