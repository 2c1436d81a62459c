#!/usr/bin/env bash
# Reads backups as a restore would, without restoring: verify.sh [LABEL], or all of them. Each file is hashed, once for all backups that
# need it, each dump's list is read, and everything it names has to be there. What is wrong is named.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wrong() { echo "backup: $*" >>"$work/wrong"; }

# A dump that can be read, and of which every content is among the backup's files.
verify_dump() { # label
  local dump=$backups/$1/database.dump missing
  pg_restore --list "$dump" >/dev/null 2>"$work/list" || { wrong "$1/database.dump is no dump: $(head -n 1 "$work/list")"; return; }
  rows "$dump" contents hash 2>"$work/list" | sort >"$work/named" || { wrong "$1/database.dump: $(head -n 1 "$work/list")"; return; }
  {
    cut -f 4 "$work/$1.files" | sed -n 's|^blobs/../||p'
    sed -n 's|^lost blobs/../\([0-9a-f]*\) .*|\1|p' "$manifest"
  } | sort >"$work/held"
  missing=$(comm -23 "$work/named" "$work/held" | head -n 3 | paste --serial --delimiters=' ')
  [ -z "$missing" ] || wrong "$1: the dump names files that are not in the backup: $missing"
  sed -n 's/^lost \(.*\)$/backup: '"$1"' lacks a file, as the store did: \1/p' "$manifest" >>"$work/wrong"
}

verify_files() {
  local path
  cut -f 1,4 "$work"/*.files | sort --unique | awk -F"$TAB" '{print $1 "  " $2}' >"$work/sums"
  (cd "$backups" && sha256sum --check --quiet "$work/sums") >"$work/failed" 2>"$work/errors" || true
  while IFS= read -r path; do
    path=${path%: FAILED*}
    if [ -e "$backups/$path" ]; then wrong "$path is damaged: it does not have the bytes it was written with."; else wrong "$path is missing."; fi
  done < <(grep ': FAILED' "$work/failed" || true)
}

open_backups
[ -n "$(labels)" ] || fail "there are no backups in $backups."
share_backups
work=$(mktemp --directory --suffix=.partial "$backups/.verify-XXXXXX") || fail "$backups cannot be written."
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
: >"$work/wrong"
chosen=$*
[ -n "$chosen" ] || chosen=$(labels)
for label in $chosen; do
  require_backup "$label"
  files_of "$manifest" >"$work/$label.files"
  verify_dump "$label"
done
verify_files
if [ -s "$work/wrong" ]; then
  cat "$work/wrong" >&2
  fail "faults: $(wc -l <"$work/wrong"). Remove what is damaged and make a backup: what the store still has is copied again."
fi
for label in $chosen; do say "$label is right: $(wc -l <"$work/$label.files") files"; done
