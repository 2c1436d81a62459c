#!/usr/bin/env bash
# What a second backup costs that finds one file in a hundred new, beside the first, of a suite with BACKUP_MB (2048) megabytes in
# files of one. Run by `make bench-backup`, which starts a release build beside it.
#
# Copying the store's files and hashing the copies once, the least that the first could do, is printed too.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=person.sh
source "$here/person.sh"
# shellcheck source-path=SCRIPTDIR source=results.sh
source "$here/results.sh"
need curl=curl jq=jq flock=util-linux

megabytes=${BACKUP_MB:-2048}
work=$(mktemp -d "$DATA_DIR/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export BACKUP_DIR=$work/backups BASE_URL work
PATH=$(postgres_bin):$PATH
elapsed_ms() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.0f", (to - from) * 1000}'; }

# Files of bytes that nobody reads, so that what is measured is the backup and not what the suite makes of them.
upload() { # FROM TO
  local n
  for ((n = $1; n <= $2; n++)); do
    head -c 1048576 /dev/urandom >"$work/$n.bin"
    api --output /dev/null --form "file=@$work/$n.bin" "$BASE_URL/api/v1/drives/$drive/files"
    rm "$work/$n.bin"
  done
  until is_idle; do sleep 0.1; done
}
backup_ms() {
  local started
  sync
  started=$EPOCHREALTIME
  "$here/../../deploy/backup/backup.sh" >&2
  elapsed_ms "$started"
}

set_up
upload 1 "$megabytes"

mkdir "$work/copy"
sync
started=$EPOCHREALTIME
cp -r "$STORAGE_DIR/blobs" "$work/copy"
find "$work/copy" -type f -print0 | xargs -0 sha256sum >/dev/null
sync
copied=$(elapsed_ms "$started")
rm -rf "$work/copy"

first=$(backup_ms)
upload "$((megabytes + 1))" "$((megabytes + megabytes / 100))"
second=$(backup_ms)
result backup.first_ms "$first" ms "cp and sha256sum" "$copied"
result backup.second_with_1_percent_new_ms "$second" ms "the first backup" "$first"
