#!/usr/bin/env bash
# Backups of the suite that `make up` starts: backup.sh backup | verify [LABEL] | restore [--incomplete] [LABEL]. A backup is made while
# the suite runs or while it is stopped; a restore wants it stopped.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read_env_file .env
! names_own_database "${DATABASE_URL:-}" || unset DATABASE_URL
data=$(realpath -m "${DATA_DIR:-.data}")
mkdir -p "$data"
need postgres flock=util-linux
PATH=$(postgres_bin):$PATH
export PATH DATA_DIR=$data SECRETS_DIR=$data/secrets
export STORAGE_DIR=${STORAGE_DIR:-$data/storage} BACKUP_DIR=${BACKUP_DIR:-$data/backups}

# Whether `make up` runs from this folder.
is_up() { ! flock --nonblock "$data/lock" true; }

case ${1:-} in
  backup)
    if is_up; then deploy/backup/backup.sh; else DATABASE_ONLY=1 deploy/native/up.sh deploy/backup/backup.sh; fi
    ;;
  verify) shift && deploy/backup/verify.sh "$@" ;;
  restore)
    shift
    ! is_up || fail "the suite runs from $data; stop it first (Ctrl-C where it was started)."
    DATABASE_ONLY=1 deploy/native/up.sh deploy/backup/restore.sh "$@"
    ;;
  *) fail "usage: backup.sh backup | verify [LABEL] | restore [--incomplete] [LABEL]" ;;
esac
