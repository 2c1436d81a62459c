# shellcheck shell=bash
# What the backup scripts share. Sourced, not run: by the host's bash after `make`, and in containers by that of the Postgres
# image, which has the right pg_dump and the usual tools.
#
#   BACKUP_DIR/blobs/<aa>/<sha256>         originals, which all backups share; never changed
#   BACKUP_DIR/derived/<label>/…           texts and avatars that were new when the backup <label> was made
#   BACKUP_DIR/<label>/database.dump       the database, in pg_dump's custom format
#   BACKUP_DIR/<label>/manifest            written last: versions, then SHA-256, bytes, time and path of each file it needs
#
# DATABASE_URL or SECRETS_DIR/database-url says where the database is, STORAGE_DIR and BACKUP_DIR where the folders are.

export LC_ALL=C PGAPPNAME=backup PGCONNECT_TIMEOUT=10
# Files of people, and the hashes of their passwords.
umask 077
TAB=$'\t'

say() { echo "backup: $*"; }
fail() {
  problem=$*
  echo "backup: $*" >&2
  exit 1
}
# shellcheck disable=SC2034  # read by backup.sh
problem=

# shellcheck disable=SC2119,SC2120  # mostly it has no arguments
# Never a share of the machine's memory: a container has less.
sort() { command sort --buffer-size=16M "$@"; }

# --- the database ----------------------------------------------------------------------------------------------------

# The URL, whose password goes into the environment: the list of processes is for everybody.
connect() {
  local url=${DATABASE_URL:-} name
  # Of a URL that names our own server only the database's name is taken, as the services do: that server has one role.
  if [[ -z $url || (-n ${POSTGRES_HOST:-} && $url =~ ^[a-z]+://([^/@]*@)?"${POSTGRES_HOST%:*}"(:[0-9]+)?([/?]|$)) ]]; then
    name=
    [[ $url =~ ^[a-z]+://[^/]*/([^?]+) ]] && name=${BASH_REMATCH[1]}
    [ -s "${SECRETS_DIR:-}/database-url" ] || fail "neither DATABASE_URL nor SECRETS_DIR says where the database is."
    url=$(<"${SECRETS_DIR:-}/database-url")
    [ -z "$name" ] || url=${url%/*}/$name
  fi
  if [[ $url =~ ^([a-z]+://[^/:@]+):([^/@]*)@(.*)$ ]]; then
    url=${BASH_REMATCH[1]}@${BASH_REMATCH[3]}
    PGPASSWORD=$(percent_decode "${BASH_REMATCH[2]}")
    export PGPASSWORD
  fi
  # A parameter of the services' library that Postgres's own programs refuse.
  url=$(sed -E 's/([?&])statement-cache-capacity=[0-9]*&?/\1/; s/[?&]$//' <<<"$url")
  connection=$url
  # shellcheck disable=SC2119
  sql <<<'select 1' >/dev/null || fail "the database does not answer; the reason is above."
}
connection=

percent_decode() { local text=${1//\\/\\\\}; printf '%b' "${text//%/\\x}"; }

# shellcheck disable=SC2119,SC2120  # mostly it has no arguments
# Runs the SQL on standard input; arguments are psql's, such as --set=name=value for :'name'. Rows come with tabs between columns.
sql() {
  psql --no-psqlrc --quiet --no-align --tuples-only --field-separator="$TAB" --set=ON_ERROR_STOP=1 --dbname="$connection" "$@"
}

# rows DUMP TABLE COLUMN...: those columns of a table as a dump has them, in lines with tabs. What a file is named by has no
# character that Postgres would escape.
rows() {
  local dump=$1 table=$2
  shift 2
  pg_restore --data-only --schema=public --table="$table" --file=- "$dump" | awk -v wanted="$*" -v table="$table" '
    BEGIN { FS = OFS = "\t"; count = split(wanted, names, " ") }
    !inside && /^COPY / {
      header = $0
      sub(/^[^(]*\(/, "", header); sub(/\).*$/, "", header)
      columns = split(header, column, ", ")
      for (i = 1; i <= columns; i++) at[column[i]] = i
      for (i = 1; i <= count; i++) if (!(names[i] in at)) { print "no column " names[i] " in " table > "/dev/stderr"; exit 1 }
      inside = found = 1
      next
    }
    inside && /^\\\.$/ { inside = 0; next }
    inside { line = $at[names[1]]; for (i = 2; i <= count; i++) line = line OFS $at[names[i]]; print line }
    END { if (!found) { print "no table " table > "/dev/stderr"; exit 1 } }'
}

# --- the folder of backups -------------------------------------------------------------------------------------------

open_backups() {
  backups=${BACKUP_DIR:?BACKUP_DIR says where backups are kept}
  [ -d "$backups" ] || mkdir -p "$backups" || fail "there is no folder $backups and it cannot be made."
  backups=$(cd "$backups" && pwd)
}
backups=

# shellcheck disable=SC2119
# Labels of whole backups, the oldest first: a manifest is written last.
labels() {
  local manifest
  for manifest in "$backups"/*/manifest; do
    [ ! -f "$manifest" ] || basename "$(dirname "$manifest")"
  done | sort
}
newest_label() { labels | tail -n 1; }

# header MANIFEST NAME: a value of its first part.
header() { sed -n -e '/^$/q' -e "s/^$2 //p" "$1"; }

# The files a backup needs, one a line: SHA-256, bytes, time, path from BACKUP_DIR; tabs between.
files_of() { sed -e '1,/^$/d' "$1" | sed -e '/^$/,$d'; }

# Whether a manifest is as it was written: its last line is the SHA-256 of all lines before.
is_whole() {
  local stated counted
  stated=$(tail -n 1 "$1")
  counted=$(sed '$d' "$1" | sha256sum)
  [ "$stated" = "sha256 ${counted%% *}" ]
}

# require_backup LABEL: its manifest, if it is there and whole.
require_backup() {
  manifest=$backups/$1/manifest
  [ -f "$manifest" ] || fail "there is no backup $1 in $backups; there are: $(labels | tr '\n' ' ')"
  [ "$(head -n 1 "$manifest")" = "pagespace-backup 1" ] || fail "$manifest is none that this release can read."
  is_whole "$manifest" || fail "$manifest is damaged: it does not have the hash that it ends with."
}
manifest=

# One script at a time writes to the folder, or takes something out of it.
lock_backups() {
  exec 8>"$backups/lock" || fail "BACKUP_DIR ($backups) cannot be written by the user with the number $(id -u): as root, chown -R $(id -u):$(id -g) it."
  flock --nonblock 8 || fail "a backup in $backups is being made, checked or restored already."
}

# What is read stays meanwhile. The folder may be one that cannot be written.
share_backups() {
  [ -e "$backups/lock" ] || return 0
  exec 8<"$backups/lock"
  flock --shared --nonblock 8 || { say "waiting for the backup that is being made" && flock --shared 8; }
}

# in_folder FOLDER COMMAND...: the command in that folder, with paths from standard input as arguments, as many at a time as there is
# room for. Without any it is not run.
in_folder() {
  local folder=$1
  shift
  (cd "$folder" && xargs --no-run-if-empty --delimiter='\n' "$@")
}
