#!/usr/bin/env bash
# Fills an empty suite from a backup: restore.sh [--incomplete] [LABEL], or the newest. The services are stopped meanwhile; Postgres
# runs. It may be broken off and begun again. --incomplete leaves out files that are damaged in the backup, and names them; otherwise
# one is enough to refuse.
#
# First the files, then the database in one transaction, then the id that ties the two: until that is there the processor does not
# start over them.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

store=${STORAGE_DIR:?STORAGE_DIR says where the files go}

# What a restore that was broken off has left is no reason to refuse.
require_empty() {
  local tables
  begun=$(cat "$store/restoring" 2>/dev/null || true)
  if [ "$begun" != "$label" ] && [ -n "$(find "$store/blobs" "$store/derived" "$store/cache" "$store/avatars" -type f -print -quit 2>/dev/null)" ]; then
    fail "the store in $store has files; a backup is restored into an empty suite alone."
  fi
  tables=$(sql <<<"select to_regclass('public.contents') is not null and to_regclass('public.users') is not null")
  if [ "$tables" = t ] && [ "$(sql <<<'select exists (select from contents) or exists (select from users)')" = t ] && ! is_restored; then
    fail "the database has files or people; a backup is restored into an empty suite alone."
  fi
}

# The database is there already, from this very restore.
is_restored() { [ "$begun" = "$label" ] && [ "$(sql --set=id="$(header "$manifest" row)" <<<"select exists (select from backups where id = :'id')")" = t ]; }

require_quiet() {
  local services
  services=$(sql <<<"select distinct application_name from pg_stat_activity
    where datname = current_database() and application_name in ('processor', 'realtime', 'web', 'worker')" | paste --serial --delimiters=' ')
  [ -z "$services" ] || fail "these are still running: $services. Stop them first; they start again over what is restored."
}

restore_files() {
  local from
  echo "$label" >"$store/restoring" || fail "$store cannot be written."
  files_of "$manifest" | awk -F"$TAB" -v dump="$label/database.dump" '$4 != dump {print $1 "\t" $4}' >"$work/files"
  # What could not be copied is said by cp, and found out by its hash.
  cut -f 2 "$work/files" | sed -n '/^blobs\//p' | in_folder "$backups" cp --reflink=auto --parents --target-directory="$store" || true
  while IFS= read -r from; do
    cut -f 2 "$work/files" | sed -n "s|^$from/||p" | in_folder "$backups/$from" cp --parents --target-directory="$store" || true
  done < <(cut -f 2 "$work/files" | sed -n 's|^\(derived/[^/]*\)/.*|\1|p' | sort --unique)
  sed -E 's#\t(derived/[^/]*/)?#  #' "$work/files" >"$work/sums"
  (cd "$store" && sha256sum --check --quiet "$work/sums") 2>/dev/null | sed 's/: FAILED.*//' >"$work/damaged" || true
  leave_out
  sync --file-system "$store"
}

leave_out() {
  [ -s "$work/damaged" ] || return 0
  sed 's/^/backup: damaged in the backup, or not copied: /' "$work/damaged" >&2
  [ -n "$incomplete" ] || fail "nothing has been done to the database. restore --incomplete $label leaves these files out."
  in_folder "$store" rm --force <"$work/damaged"
}

restore_database() {
  # Empty tables of a suite that was started once are no loss, and may be newer than the backup's.
  sql <<'SQL' || fail "the empty tables could not be removed; the reason is above."
set client_min_messages = warning;
select format('drop schema %I cascade', nspname) from pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema' \gexec
create schema public;
SQL
  pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --no-comments --dbname="$connection" "$backups/$label/database.dump" \
    || fail "pg_restore did not succeed; the reason is above."
}

# What is true of another server, or of the moment of the dump, and not of now.
adapt_database() {
  sql --single-transaction --set=id="$(header "$manifest" row)" --set=finished="$(header "$manifest" finished)" \
    --set=files="$(header "$manifest" files)" --set=bytes="$(header "$manifest" bytes)" <<'SQL'
-- Transactions are counted anew here, and readers of events wait for those before theirs.
update events set tx = pg_current_xact_id();
-- The backup was being made in its own dump.
update backups set finished_at = :'finished', files = :'files', bytes = :'bytes' where id = :'id' and finished_at is null;
SQL
}

finish_store() {
  local id
  id=$(header "$manifest" store)
  [ "$(sql <<<'select id from store_identity')" = "$id" ] || fail "the database does not have the id that the backup names."
  if [ -n "$id" ]; then
    echo "$id" >"$store/id.restored"
    sync "$store/id.restored"
    mv "$store/id.restored" "$store/id"
  fi
  rm -f "$store/id.new" "$store/restoring"
  sync --file-system "$store"
}

incomplete=""
if [ "${1:-}" = --incomplete ]; then
  incomplete=yes
  shift
fi
open_backups
label=${1:-$(newest_label)}
[ -n "$label" ] || fail "there are no backups in $backups."
require_backup "$label"
connect
require_quiet
begun=
require_empty
share_backups
mkdir -p "$store/tmp" || fail "$store cannot be written by the user with the number $(id -u)."
work=$(mktemp --directory "$store/tmp/restore-XXXXXX")
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
say "restoring $label: $(header "$manifest" files) files, $(header "$manifest" bytes) bytes"
restore_files
restore_database
adapt_database
finish_store
lost=$(sed -n 's/^lost //p' "$manifest")
[ -z "$lost" ] || say "the backup lacks what its store lacked: $lost" >&2
say "$label is restored; start the suite"
