#!/usr/bin/env bash
# `make up`: the whole suite on this machine without containers. Installs what is missing, builds, starts Postgres,
# brings the schema up to date, starts the four services, and stops them all on Ctrl-C. Data stays in .data/.
#
# WEB_PORT, REALTIME_PORT, WORKER_PORT, PROCESSOR_PORT and POSTGRES_PORT choose other ports; DATA_DIR another folder;
# DATABASE_URL another database than our own, unless its host is docker-compose.yml's `postgres`. Every setting of .env.example may be in the environment or in .env.
#
# up.sh COMMAND... runs the command beside the suite, with BASE_URL, SETUP_LINK and SERVICE_PIDS (name=pid, by spaces), and
# stops when it ends. With DATABASE_ONLY=1 nothing else is built or started for it, and nothing is migrated: for a restore.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
source "$(dirname "${BASH_SOURCE[0]}")/node.sh"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
read_env_file .env
if names_own_database "${DATABASE_URL:-}"; then
  say "DATABASE_URL names this suite's own database; its role and password are those in the data folder, not the URL's"
  unset DATABASE_URL
fi

data=$(realpath -m "${DATA_DIR:-.data}")
profile=${PROFILE:-release}
binaries=$(realpath -m "${CARGO_TARGET_DIR:-target}")/$profile
services=(processor realtime worker web)
declare -A port=(
  [web]=${WEB_PORT:-3000} [realtime]=${REALTIME_PORT:-3001} [worker]=${WORKER_PORT:-3002}
  [processor]=${PROCESSOR_PORT:-3003} [postgres]=${POSTGRES_PORT:-5439}
)
declare -A process=() started=() falls=()
postgres=()
step=
greeted=
# The database is this suite's own.
is_own=
setup_link=$data/setup-link

# --- stopping ------------------------------------------------------------------------------------------------------

# Services first, then the database they write to. Signals that arrive meanwhile change nothing.
# shellcheck disable=SC2317  # called by the trap
stop() {
  local code=$? name
  trap - EXIT
  trap '' INT TERM HUP
  [ -z "$greeted" ] || say "stopping"
  [ -z "$step" ] || kill "$step" 2>/dev/null || true
  for name in backup "${services[@]}"; do
    [ -z "${process[$name]:-}" ] || kill -TERM "${process[$name]}" 2>/dev/null || true
  done
  for name in backup "${services[@]}"; do
    [ -z "${process[$name]:-}" ] || wait "${process[$name]}" 2>/dev/null || true
  done
  if [ -n "${process[postgres]:-}" ]; then
    kill -INT "${process[postgres]}" 2>/dev/null || true # a fast shutdown: clean, without waiting for idle clients
    wait "${process[postgres]}" 2>/dev/null || true
  fi
  [ -z "$greeted" ] || say "stopped; all data is in $data"
  exit "$code"
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

# --- before anything is started ------------------------------------------------------------------------------------

only_one_here() {
  make_passable "$data"
  mkdir -p "$data/logs" "$data/secrets" "$data/storage"
  # The logs name people's requests. Earlier releases let others read them, and the files.
  chmod -R u=rwX,go= "$data/secrets" "$data/logs"
  chmod 700 "$data/storage"
  exec 9>"$data/lock"
  flock --nonblock 9 || fail "the suite is already running from $data; stop that one first (Ctrl-C where it was started)."
}

# Nobody else reads in it, and Postgres, which may be run by another user, comes through.
make_passable() { (umask 066 && mkdir -p "$1"); }

check_ports() {
  local name names=("${services[@]}")
  [ -n "${DATABASE_URL:-}" ] || names+=(postgres)
  for name in "${names[@]}"; do
    ! port_is_taken "${port[$name]}" \
      || fail "port ${port[$name]} for $name is in use; stop what uses it, or choose another: ${name^^}_PORT=$((port[$name] + 100)) make up"
  done
}

# Runs a long command so that a signal to us is answered at once and not after it.
patiently() {
  local code=0
  "$@" 9>&- </dev/null &
  step=$!
  wait "$step" || code=$?
  step=
  return "$code"
}

# --- building ------------------------------------------------------------------------------------------------------

# The interface, when its sources are newer than what was built from them.
build_ui() {
  local ui=$root/crates/web/ui
  [ -f "$ui/package.json" ] || return 0
  ui_is_stale "$ui" || return 0
  if ! find_node; then
    say "there is no Node 20.19 or newer and none could be fetched, so the pages are left out; the API works without them."
    return 0
  fi
  say "building the interface"
  (umask 077 && : >"$data/logs/build-ui.log")
  patiently make_ui "$ui" >"$data/logs/build-ui.log" 2>&1 \
    || { tail -n 20 "$data/logs/build-ui.log" >&2; fail "the interface could not be built; the reason is above and in $data/logs/build-ui.log."; }
  # The build may be older than its inputs' clock says (a fresh clone); what we compare against is the time of the build.
  touch "$ui/dist/index.html"
}

build_services() {
  local what=(--release -p processor -p realtime -p web -p worker)
  # As for the tests, so that nothing is compiled twice with other features.
  [ "$profile" = release ] || what=(--workspace --bins --tests)
  patiently cargo build --locked --quiet "${what[@]}" || fail "the services could not be built; the reason is above."
}

# What recognises text, when it is on.
prepare_ocr() {
  if [[ ${OCR_ENGINE:-} = accurate || ${OCR_ENGINE:-} = auto ]]; then
    OCR_MODELS=$(ocr_models_folder)
    export OCR_MODELS
    # Without them everything else works, and /health says what is missing.
    patiently deploy/native/ocr-models.sh || say "the models of OCR_ENGINE=accurate could not be fetched; with it documents wait for them, with auto Tesseract reads alone."
  fi
  [ "${OCR_ENGINE:-}" = accurate ] || need tesseract=tesseract-ocr
}

build() {
  need cc=build-essential nasm=nasm
  need_rust
  [ -n "${DATABASE_URL:-}" ] || need postgres
  case ${ENABLE_OCR:-} in true | 1 | yes | on) prepare_ocr ;; esac
  # Without a model no outside service is asked, and pages are read here.
  case ${OCR_API_MODEL:+named}${ENABLE_EXTERNAL_OCR:-} in true | 1 | yes | on) prepare_ocr ;; esac
  build_ui
  [ -x "$binaries/web" ] || say "building the services; the first time takes some minutes"
  build_services
}

# --- the database --------------------------------------------------------------------------------------------------

# Postgres runs as another user when we are root; where that user cannot reach the data folder (a clone in /root, say),
# the cluster lives in /var/lib and the data folder links to it.
place_cluster() {
  local cluster=$data/postgres elsewhere
  if [ "$(id -u)" = 0 ] && [ ! -e "$cluster" ] && ! as_postgres test -x "$data"; then
    elsewhere=/var/lib/pagespace-$(printf %s "$data" | sha256sum | cut -c1-12)
    make_passable "$elsewhere"
    ln -sfn "$elsewhere/postgres" "$cluster"
  fi
  readlink -m "$cluster"
}

random_secret() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# Makes $1 with the text of stdin, readable by us alone, whole or not at all.
write_secret() { (umask 077 && cat >"$1.new" && mv "$1.new" "$1"); }

start_postgres() {
  local bin cluster password version sized setting
  bin=$(postgres_bin)
  postgres_user >/dev/null
  cluster=$(place_cluster)
  [ -s "$data/secrets/postgres-password" ] || random_secret | write_secret "$data/secrets/postgres-password"
  password=$(<"$data/secrets/postgres-password")
  if [ ! -s "$cluster/PG_VERSION" ]; then
    say "making the database"
    make_cluster "$cluster" "$password"
  fi
  version=$(<"$cluster/PG_VERSION")
  if [ "$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)" != "$version" ]; then
    bin=/usr/lib/postgresql/$version/bin
    [ -x "$bin/postgres" ] || fail "the data was made by Postgres $version, which is not installed: sudo apt-get install postgresql-$version"
  fi
  cp deploy/postgres/postgresql.conf "$cluster/postgresql.conf"
  [ "$(id -u)" != 0 ] || chown postgres "$cluster/postgresql.conf"
  postgres=("$bin/postgres" -D "$cluster" -p "${port[postgres]}" -c listen_addresses=127.0.0.1 -c unix_socket_directories=)
  sized=$(sh deploy/postgres/settings.sh "${POSTGRES_MEMORY:-200m}") || exit 1
  for setting in $sized; do postgres+=(-c "$setting"); done
  start postgres
  wait_for_postgres "${process[postgres]}" "${port[postgres]}" || dead postgres
  # The owner's, for migrate, psql and backups: psql "$(cat .data/secrets/database-url)". The services have roles of their own.
  DATABASE_URL=postgres://pagespace:$password@127.0.0.1:${port[postgres]}/pagespace
  export DATABASE_URL
  is_own=yes
  printf '%s\n' "$DATABASE_URL" | write_secret "$data/secrets/database-url"
  as_postgres env PGPASSWORD="$password" "$bin/createdb" --host=127.0.0.1 --port="${port[postgres]}" \
    --username=pagespace pagespace 2>/dev/null || true # there already
}

# --- the services --------------------------------------------------------------------------------------------------

# Logs are kept to a size while the suite runs, as docker-compose.yml does. It ends with us.
start_logs() {
  setsid setpriv --pdeathsig TERM -- deploy/native/rotate-logs.sh "$data/logs" 10485760 >/dev/null 2>&1 9>&- &
}

# Says why a process is gone, in one sentence, from the last line of its log.
dead() {
  fail "$1 stopped by itself: $(tail -n 1 "$data/logs/$1.log" 2>/dev/null || true) (more in $data/logs/$1.log)"
}

migrate() {
  env PORT=0 "$binaries/migrate" >>"$data/logs/migrate.log" 2>&1 9>&- || dead migrate
}

# In a session of its own, so that Ctrl-C in the terminal reaches it through us, and Postgres after the services. If we die
# without a word, so does it.
start() { # name
  local log=$data/logs/$1.log of_service=()
  # Its own role's URL is in its own secrets.
  [ -z "$is_own" ] || of_service=(--unset=DATABASE_URL)
  if [ "$1" = postgres ]; then
    exec_as_postgres setsid setpriv --pdeathsig INT -- "${postgres[@]}" >>"$log" 2>&1 9>&- &
  elif [ "$1" = backup ]; then
    PATH=$(postgres_bin):$PATH BACKUP_DIR=${BACKUP_DIR:-$data/backups} \
      setsid setpriv --pdeathsig TERM -- deploy/backup/schedule.sh >>"$log" 2>&1 9>&- &
  else
    env "${of_service[@]}" PORT="${port[$1]}" SECRETS_DIR="$data/secrets/$1" SETUP_LINK_FILE="$setup_link" \
      setsid setpriv --pdeathsig TERM -- "$binaries/$1" >>"$log" 2>&1 9>&- &
  fi
  process[$1]=$! started[$1]=$SECONDS
}

wait_until_healthy() { # name
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    PORT=${port[$1]} "$binaries/$1" healthcheck 2>/dev/null && return 0
    kill -0 "${process[$1]}" 2>/dev/null || dead "$1"
    sleep 0.05
  done
  fail "$1 does not become healthy; see $data/logs/$1.log"
}

start_services() {
  local name
  export SECRETS_DIR=$data/secrets STORAGE_DIR=${STORAGE_DIR:-$data/storage}
  export PROCESSOR_URL=http://127.0.0.1:${port[processor]} REALTIME_URL=http://127.0.0.1:${port[realtime]}
  export PUBLIC_URL=${PUBLIC_URL:-http://localhost:${port[web]}}
  migrate
  for name in "${services[@]}"; do start "$name"; done
  for name in "${services[@]}"; do wait_until_healthy "$name"; done
  [ -z "${BACKUP_SCHEDULE:-}" ] || start backup
}

greet() {
  greeted=yes
  say "ready at $PUBLIC_URL"
  if [ -s "$setup_link" ]; then say "open $(<"$setup_link") to create the first administrator"; fi
  say "logs are in $data/logs; Ctrl-C stops everything"
}

# What ends is started again, as a container would be. What ends five times, each within a minute of its start, cannot be helped.
watch() {
  local name
  while true; do
    { wait -n "${process[@]}"; } 2>/dev/null || true # without bash's own word about it
    for name in "${!process[@]}"; do
      kill -0 "${process[$name]}" 2>/dev/null || revive "$name"
    done
  done
}

revive() { # name
  ((SECONDS - started[$1] < 60)) || falls[$1]=0
  falls[$1]=$((${falls[$1]:-0} + 1))
  ((falls[$1] < 5)) || dead "$1"
  say "$1 stopped by itself; it is started again (see $data/logs/$1.log)"
  patiently sleep 1
  start "$1"
}

only_one_here
if [ -n "${DATABASE_ONLY:-}" ]; then
  umask 077
  [ -n "${DATABASE_URL:-}" ] || { need postgres; start_postgres; }
  patiently "$@"
  exit
fi
check_ports
build
# What is written from here on is read by nobody else: logs, secrets, files.
umask 077
start_logs
[ -n "${DATABASE_URL:-}" ] || start_postgres
start_services
if [ $# -gt 0 ]; then
  export BASE_URL=$PUBLIC_URL SETUP_LINK='' SERVICE_PIDS=''
  for name in "${!process[@]}"; do SERVICE_PIDS+="$name=${process[$name]} "; done
  [ ! -s "$setup_link" ] || SETUP_LINK=$(<"$setup_link")
  patiently "$@"
else
  greet
  watch
fi
