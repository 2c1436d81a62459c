#!/usr/bin/env bash
# Makes a backup of the running suite: backup.sh. Only what earlier backups in BACKUP_DIR do not have is copied; the newest
# BACKUP_KEEP (7) are kept.
#
# The order is what makes it consistent. A row in the database says first that a backup is made, so that the sweep takes nothing.
# Then comes the dump, of one moment, and after it the files that the dump names: a file never changes once it is stored.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Files that are copied, hashed and moved into place together. What breaks off costs no more than these.
BATCH=1000

store=${STORAGE_DIR:?STORAGE_DIR says where the files are}
keep=${BACKUP_KEEP:-7}
[[ $keep =~ ^[1-9][0-9]*$ ]] || fail "BACKUP_KEEP is how many backups are kept, not \"$keep\"."
started=$(date -u +%FT%TZ)
label=""
work=""
row=""
heartbeat=""
is_done=""

# --- begin and end -----------------------------------------------------------------------------------------------------

begin() {
  local base n=1
  base=$(date -u +%FT%H-%M-%SZ)
  label=$base
  while [ -e "$backups/$label" ]; do n=$((n + 1)) label=$base-$n; done
  # Not a backup before its manifest is there.
  work=$backups/.$label.partial
  row=$(cat /proc/sys/kernel/random/uuid)
  sql --set=id="$row" --set=label="$label" <<<"insert into backups (id, label) values (:'id', :'label')" \
    || fail "the database has no table of backups: start this release of the suite once, so that it is brought up to date."
  trap finish EXIT
  trap 'problem="it was stopped"; exit 130' INT TERM HUP
  rm -rf "$backups"/.*.partial
  mkdir "$work"
  export TMPDIR=$work
  (
    trap 'kill $! 2>/dev/null; exit 0' TERM
    # A row that says it lives after we were killed would keep the sweep waiting.
    while sleep 60 & wait $! && kill -0 $$; do
      sql --set=id="$row" <<<"update backups set alive_at = now() where id = :'id'" || true
    done
  ) >/dev/null 2>&1 8>&- &
  heartbeat=$!
}

# shellcheck disable=SC2317  # called by the trap
finish() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  [ -z "$heartbeat" ] || { kill "$heartbeat" 2>/dev/null && wait "$heartbeat" 2>/dev/null; } || true
  if [ -z "$is_done" ]; then
    [ "$code" != 0 ] || code=1
    [ -z "$work" ] || rm -rf "$work"
    sql --set=id="$row" --set=error="${problem:-it broke off; the log says why}" \
      <<<"update backups set finished_at = now(), error = :'error' where id = :'id'" || say "the database could not be told." >&2
  fi
  exit "$code"
}

# --- what is copied ----------------------------------------------------------------------------------------------------

dump() {
  pg_dump --format=custom --file="$work/database.dump" --dbname="$connection" || fail "pg_dump did not succeed; the reason is above."
  local id stored
  id=$(rows "$work/database.dump" store_identity id) || fail "the dump cannot be read back."
  stored=$(cat "$store/id" 2>/dev/null || true)
  [ "$id" = "$stored" ] \
    || fail "the database has the id ${id:-none} and the store in $store ${stored:-none}: they are not one suite's."
  identity=$id
}
identity=

# The originals that the dump names and no earlier backup has.
copy_blobs() {
  local batch
  mkdir -p "$backups/blobs" "$work/staging"
  rows "$work/database.dump" contents hash size_bytes | sort >"$work/named"
  # One of another size was cut short, and is copied again.
  (cd "$backups" && find blobs -type f -printf '%f\t%s\n') | sort >"$work/had"
  comm -23 "$work/named" "$work/had" | awk '{print "blobs/" substr($1, 1, 2) "/" $1}' >"$work/wanted"
  : >"$work/lost"
  split --lines="$BATCH" "$work/wanted" "$work/batch."
  for batch in "$work"/batch.*; do
    [ ! -f "$batch" ] || copy_batch "$batch"
  done
}

# What a file's bytes are is looked at in the copy, so that what the store has damaged is found now and not at the restore.
copy_batch() { # list of paths
  local shard path
  in_folder "$store" cp --reflink=auto --parents --target-directory="$work/staging" <"$1" 2>"$work/cp" || true
  (cd "$work/staging" && find . -type f -printf '%P\n') | in_folder "$work/staging" sha256sum \
    | awk '{n = split($2, part, "/"); if (part[n] == $1) print $2}' | sort >"$work/good"
  comm -23 <(sort "$1") "$work/good" >"$work/bad"
  while IFS= read -r path; do
    rm -f "$work/staging/$path"
    explain "$path"
  done <"$work/bad"
  sync --file-system "$work/staging"
  for shard in "$work"/staging/blobs/*; do
    rmdir --ignore-fail-on-non-empty "$shard" 2>/dev/null || true
    [ -d "$shard" ] || continue
    [ -d "$backups/blobs/${shard##*/}" ] || mkdir "$backups/blobs/${shard##*/}"
    mv --force --target-directory="$backups/blobs/${shard##*/}" "$shard"/*
  done
  rm -rf "$work/staging/blobs"
}

# Why there is no good copy: the store's fault is written down, and any other ends the backup.
explain() { # path
  local hash
  if [ ! -e "$store/$1" ]; then
    echo "$1 is missing from the store" >>"$work/lost"
    return
  fi
  hash=$(sha256sum <"$store/$1") || fail "$store/$1 cannot be read."
  [ "${hash%% *}" != "$(basename "$1")" ] || fail "$1 could not be copied: $(tail -n 1 "$work/cp")"
  echo "$1 is damaged in the store" >>"$work/lost"
}

# Texts and avatars, which can be replaced by others of the same name. What has the size and the time it had at the last backup is
# not read again. Images are left out: they are made again when somebody asks for them. A text that an earlier release kept among
# them has not been moved yet.
copy_derived() {
  local before
  before=$(newest_label)
  mkdir -p "$backups/derived/$label"
  {
    rows "$work/database.dump" artifacts content_hash name mime \
      | awk -F"$TAB" '$3 !~ /^image\// && $2 ~ /^[a-z0-9-][a-z0-9.-]*$/ {
          path = substr($1, 1, 2) "/" $1 "/" $2; print "derived/" path; print "cache/" path}'
    [ ! -d "$store/avatars" ] || (cd "$store" && find avatars -type f -print)
  } >"$work/derived"
  # One that is gone by now was replaced or deleted after the dump, and is made again like an image.
  in_folder "$store" stat --printf='%n|%s|%.9Y\n' <"$work/derived" 2>/dev/null | sort >"$work/now" || true
  : >"$work/before"
  [ -z "$before" ] || files_of "$backups/$before/manifest" | sort -t "$TAB" -k 4,4 \
    | join -t "$TAB" -1 4 -o 1.1,1.2,1.3,1.4 - <(cd "$backups" && find derived -type f | sort) \
    | awk -F"$TAB" -v OFS="$TAB" '$4 ~ /^derived\// {path = $4; sub(/^derived\/[^\/]*\//, "", path); print path "|" $2 "|" $3, $0}' \
    | sort >"$work/before"
  join -t "$TAB" -o 2.2,2.3,2.4,2.5 "$work/now" "$work/before" >"$work/files"
  join -t "$TAB" -v 1 "$work/now" "$work/before" >"$work/changed"
  cut -d '|' -f 1 "$work/changed" | in_folder "$store" cp --parents --target-directory="$backups/derived/$label" 2>"$work/cp" || true
  (cd "$backups/derived/$label" && find . -type f -printf '%P\t%s\n') | sort >"$work/copies"
  cut -f 1 "$work/copies" | in_folder "$backups/derived/$label" sha256sum | awk -v OFS="$TAB" '{print $2, $1}' | sort >"$work/hashes"
  awk -F '|' -v OFS="$TAB" '{print $1, $3}' "$work/changed" | sort >"$work/times"
  join -t "$TAB" "$work/copies" "$work/hashes" | join -t "$TAB" - "$work/times" \
    | awk -F"$TAB" -v OFS="$TAB" -v label="$label" '{print $3, $2, $4, "derived/" label "/" $1}' >"$work/new"
  require_copies
  cat "$work/new" >>"$work/files"
}

# Of what was to be copied only that may be absent which is gone from the store by now.
require_copies() {
  local path
  while IFS= read -r path; do
    [ ! -e "$store/$path" ] || fail "$path could not be copied: $(tail -n 1 "$work/cp")"
  done < <(comm -23 <(cut -f 1 "$work/times" | sort) <(cut -f 1 "$work/copies" | sort))
}

# --- the manifest ------------------------------------------------------------------------------------------------------

# The number of lines, and the sum of their second column.
count() { awk -F"$TAB" '{sum += $2} END {printf "%d %.0f\n", NR, sum}' "$@"; }

write_manifest() {
  local size hash
  awk '{print $1}' "$work/lost" | sed 's|.*/||' | sort >"$work/lost-hashes"
  join -t "$TAB" -v 1 "$work/named" "$work/lost-hashes" \
    | awk -F"$TAB" -v OFS="$TAB" '{print $1, $2, "-", "blobs/" substr($1, 1, 2) "/" $1}' >>"$work/files"
  hash=$(sha256sum <"$work/database.dump")
  size=$(stat --format=%s "$work/database.dump")
  printf '%s\t%s\t-\t%s\n' "${hash%% *}" "$size" "$label/database.dump" >>"$work/files"
  read -r files bytes < <(count "$work/files")
  read -r copied_files copied_bytes < <(
    {
      cat "$work/new"
      printf '%s\t%s\n' "${hash%% *}" "$size"
      sed 's|.*/||' "$work/wanted" | sort | join -t "$TAB" - "$work/named" | join -t "$TAB" -v 1 - "$work/lost-hashes"
    } | count
  )
  {
    echo "pagespace-backup 1"
    echo "label $label"
    echo "row $row"
    echo "started $started"
    echo "finished $(date -u +%FT%TZ)"
    echo "suite $(suite_version)"
    echo "schema $(rows "$work/database.dump" _sqlx_migrations version | sort -n | tail -n 1)"
    echo "postgres $(sql <<<'show server_version')"
    echo "store $identity"
    echo "files $files"
    echo "bytes $bytes"
    sed 's/^/lost /' "$work/lost"
    echo
    sort -t "$TAB" -k 4 "$work/files"
    echo
  } >"$work/manifest"
  hash=$(sha256sum <"$work/manifest")
  echo "sha256 ${hash%% *}" >>"$work/manifest"
}
files=""
bytes=""
copied_files=""
copied_bytes=""

suite_version() { sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../../Cargo.toml" | head -n 1; }

# Everything is on the disk before the folder has its name.
publish() {
  find "$work" -mindepth 1 -maxdepth 1 ! -name database.dump ! -name manifest -exec rm -rf {} +
  sync --file-system "$backups"
  mv "$work" "$backups/$label"
  sync --file-system "$backups"
  work=
  incomplete=$(sed -n 's/^lost //p' "$backups/$label/manifest" | head -n 3 | paste --serial --delimiters=';')
  sql --set=id="$row" --set=files="$files" --set=bytes="$bytes" --set=copied="$copied_files" --set=copied_bytes="$copied_bytes" \
    --set=error="${incomplete:+not whole: $incomplete}" <<'SQL' || fail "the backup $label is made, but the database could not be told."
update backups set finished_at = now(), files = :'files', bytes = :'bytes', copied_files = :'copied',
                   copied_bytes = :'copied_bytes', error = nullif(:'error', '') where id = :'id';
delete from backups where started_at < now() - interval '400 days';
SQL
  is_done=yes
  say "$label holds $files files, $bytes bytes; $copied_files of them, $copied_bytes bytes, were new"
}
incomplete=

# --- pruning -----------------------------------------------------------------------------------------------------------

# Removes the oldest, and then what no backup needs any more. Without its manifest a folder is no backup, should this break off.
prune() {
  local old folder
  while IFS= read -r old; do
    rm "$backups/$old/manifest"
    rm -rf "${backups:?}/$old"
    say "$old is removed, as $keep newer ones are kept"
  done < <(labels | sort -r | tail -n "+$((keep + 1))")
  folder=$(mktemp --directory --suffix=.partial "$backups/.prune-XXXXXX")
  export TMPDIR=$folder
  labels | while IFS= read -r old; do
    is_whole "$backups/$old/manifest" || fail "$backups/$old/manifest is damaged, so nothing is removed of what it may need."
    files_of "$backups/$old/manifest" | cut -f 4
  done | sort --unique >"$folder/needed"
  (cd "$backups" && find blobs derived -type f -print) | sort >"$folder/there"
  comm -13 "$folder/needed" "$folder/there" | in_folder "$backups" rm --force
  find "$backups/derived" -mindepth 1 -type d -empty -delete
  for old in "$backups"/[0-9]*Z*; do
    [ -e "$old/manifest" ] || rm -rf "$old"
  done
  rm -rf "$folder"
}

[ -d "$store/blobs" ] || fail "there is no store in $store."
open_backups
lock_backups
connect
begin
dump
copy_blobs
copy_derived
write_manifest
publish
prune
[ -z "$incomplete" ] || fail "$label is not whole, as the store is not: $incomplete. All else is in it."
