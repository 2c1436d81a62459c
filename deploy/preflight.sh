#!/usr/bin/env bash
# preflight.sh [--native] [--upgrade]: what has to be right before the suite starts, looked at without changing anything. Each thing
# gets a line; what stops a start says what to do, and then it ends with 1.
#
# Without options: for containers, the engine, compose, memory, disk, ports 3000, 3001, 3003 and .env. --native: for `make up`, which
# calls it. --upgrade: also that there is a backup of the last day in BACKUP_DIR. ENV_FILE names another file than .env.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=native/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/native/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

native='' upgrade='' wrong=0
for option in "$@"; do
  case $option in
    --native) native=yes ;;
    --upgrade) upgrade=yes ;;
    *) fail "usage: preflight.sh [--native] [--upgrade]" ;;
  esac
done

good() { echo "  ok     $*"; }
note() { echo "  note   $*"; }
bad() {
  echo "  WRONG  $*"
  wrong=$((wrong + 1))
}

env_file=${ENV_FILE:-.env}
example=.env.example
compose=()

# --- .env ----------------------------------------------------------------------------------------------------------

# What a value has to look like follows from the default in .env.example: a number, a yes or no, a size, an address.
form_of() { # NAME
  local default
  default=$(sed -nE "s/^#?$1=(.*)$/\1/p" "$example" | head -n 1)
  case $default in
    true | false) echo flag ;;
    http://* | https://*) echo url ;;
    *[!0-9]*[mg] | '') echo text ;;
    *[!0-9]*) [[ $default =~ ^[0-9]+[mg]$ ]] && echo size || echo text ;;
    *) echo number ;;
  esac
}

check_setting() { # NAME VALUE
  local form
  case $(form_of "$1") in
    flag) [[ ${2,,} =~ ^(true|false|1|0|yes|no|on|off)$ ]] || form="true or false" ;;
    number) [[ $2 =~ ^[0-9]{1,19}$ ]] || form="a whole number" ;;
    size) [[ $2 =~ ^[0-9]+[bkmgBKMG]?[bB]?$ ]] || form="a size such as 512m or 2g" ;;
    url) [[ $2 =~ ^https?://[^[:space:]]+$ ]] || form="an address that begins with http:// or https://" ;;
  esac
  [ -z "${form:-}" ] || bad "$1=$2 in $env_file is not $form; correct it, or take the line out for the default."
}

check_env() {
  local line name value number=0 before=$wrong
  [ -f "$env_file" ] || { good "there is no $env_file; everything has a default"; return; }
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
    if ! [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]]; then
      bad "line $number of $env_file is not NAME=value: \"$line\"; correct it, or put a # before it."
      continue
    fi
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    if ! grep -qE "^#?${name%_FILE}=" "$example"; then
      note "$name in $env_file is no setting of ours and has no effect"
    elif [ -n "$value" ]; then
      check_setting "$name" "$value"
    fi
  done <"$env_file"
  [ "$wrong" != "$before" ] || good "$env_file can be read"
  read_env_file "$env_file"
  ! names_own_database "${DATABASE_URL:-}" || unset DATABASE_URL
}

# --- engine and compose --------------------------------------------------------------------------------------------

# at_least 20.10 28.2.2
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
version_in() { grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1; }

check_engine() {
  local version
  if ! have docker; then
    bad "Docker is missing: sudo apt-get install docker.io docker-compose, or https://docs.docker.com/engine/install"
    return
  fi
  if ! version=$(docker version --format '{{.Server.Version}}' 2>/dev/null); then
    bad "Docker's engine does not answer: start it (sudo systemctl start docker), and be root or in the group docker."
  elif at_least 20.10 "$version"; then
    good "Docker $version"
  else
    bad "Docker $version is too old; 20.10 or newer is needed."
  fi
  if version=$(docker compose version --short 2>/dev/null); then
    compose=(docker compose) version=${version#v}
  elif have docker-compose && version=$(docker-compose version --short 2>/dev/null); then
    compose=(docker-compose)
  else
    bad "docker-compose is missing: sudo apt-get install docker-compose"
    return
  fi
  version=$(version_in <<<"$version")
  if at_least 1.29 "$version"; then good "${compose[*]} $version"; else bad "${compose[*]} $version is too old; 1.29 or newer is needed."; fi
}

check_compose_file() {
  local problem
  [ "${#compose[@]}" -gt 0 ] || return 0
  if problem=$("${compose[@]}" config -q 2>&1); then
    good "docker-compose.yml and what is laid over it are valid"
  else
    bad "compose does not take its files: $(tail -n 1 <<<"$problem")"
  fi
}

# True when this suite runs already, so that its ports and memory are its own.
is_running() {
  if [ -n "$native" ]; then
    local lock=${DATA_DIR:-.data}/lock
    [ -e "$lock" ] && ! flock --nonblock "$lock" true
  else
    [ "${#compose[@]}" -gt 0 ] && [ -n "$("${compose[@]}" ps -q web 2>/dev/null)" ]
  fi
}

# --- the machine ---------------------------------------------------------------------------------------------------

bytes_of() { # 512m
  local number=${1%%[!0-9]*}
  case ${1#"$number"} in
    [gG]*) echo $((number << 30)) ;;
    [mM]*) echo $((number << 20)) ;;
    [kK]*) echo $((number << 10)) ;;
    *) echo "$number" ;;
  esac
}

check_memory() {
  local total sum=0 size
  total=$(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE) >> 20))
  for size in "${POSTGRES_MEMORY:-200m}" "${WEB_MEMORY:-768m}" "${PROCESSOR_MEMORY:-1280m}" "${REALTIME_MEMORY:-256m}" "${WORKER_MEMORY:-256m}"; do
    [[ $size =~ ^[0-9]+[bkmgBKMG]?[bB]?$ ]] || return 0 # said above
    sum=$((sum + $(bytes_of "$size")))
  done
  sum=$((sum >> 20))
  if [ -n "$native" ]; then
    # Nothing is limited there; a burst of files takes some 300 MB.
    if [ "$total" -ge 900 ]; then good "$total MB of memory"; else bad "$total MB of memory are too little to build and run it; 1 GB is the least."; fi
  elif [ $((sum + 128)) -gt "$total" ]; then
    bad "the memory limits together are $sum MB and this machine has $total MB: cat deploy/profiles/1gb.env >> $env_file, or lower the *_MEMORY settings there."
  else
    good "$total MB of memory, of which the limits together are $sum MB"
    [ "$total" -ge 3500 ] || note "the images may not build in less than 3.5 GB; build them on another machine (deploy/README.md, Sizing)"
  fi
}

# need_disk FOLDER MEGABYTES WHY
need_disk() {
  local folder=$1 free
  # The nearest folder that is there.
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  free=$(df --output=avail -BM "$folder" | tail -n 1 | tr -dc 0-9)
  if [ "$free" -ge "$2" ]; then
    good "$free MB free in $folder"
  else
    bad "$free MB are free in $folder, and $3 wants $2 MB: make room (docker system prune removes what no container uses), or move it to a larger disk."
  fi
}

check_disk() {
  local reserve=${STORAGE_RESERVE_BYTES:-536870912} root images=''
  [[ $reserve =~ ^[0-9]{1,18}$ ]] || return 0 # said above
  # What uploads leave free, and some room for files.
  reserve=$((reserve / 1048576 + 1024))
  if [ -n "$native" ]; then
    local target=${CARGO_TARGET_DIR:-target}/${PROFILE:-release}
    [ -x "$target/web" ] || reserve=$((reserve + 4096))
    need_disk "$(realpath -m "${DATA_DIR:-.data}")" "$reserve" "the suite"
    return
  fi
  have docker || return 0
  root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null) || return 0
  [ "${#compose[@]}" -eq 0 ] || images=$("${compose[@]}" images -q 2>/dev/null || true)
  [ -n "$images" ] || reserve=$((reserve + 6144))
  need_disk "${root:-/var/lib/docker}" "$reserve" "the suite with its images"
}

check_port() { # NUMBER SETTING
  [[ $1 =~ ^[0-9]+$ ]] || return 0 # said above
  if [ "$1" -lt 1 ] || [ "$1" -gt 65535 ]; then
    bad "$2=$1 is no port; write a number from 1 to 65535."
  elif port_is_taken "$1"; then
    bad "port $1 is in use; stop what uses it (ss -ltnp | grep :$1), or choose another with $2 in $env_file."
  else
    good "port $1 is free"
  fi
}

# Behind https, port 3000 itself would still answer over plain http, by addresses that a stranger may make up.
check_web_bind() {
  case ${PUBLIC_URL:-} in https://*) ;; *) return 0 ;; esac
  case ${WEB_BIND:-0.0.0.0} in
    127.*) good "port ${WEB_PORT:-3000} is open to the proxy on this machine alone" ;;
    [1-9]*) note "port ${WEB_PORT:-3000} is open on $WEB_BIND; only the proxy should reach it there" ;;
    *) bad "PUBLIC_URL is https and port ${WEB_PORT:-3000} is open to the network, past the proxy: put WEB_BIND=127.0.0.1 in $env_file, or the address that a proxy on another machine reaches." ;;
  esac
}

check_ports() {
  if is_running; then
    good "the suite is running; its ports are its own"
    return
  fi
  check_port "${WEB_PORT:-3000}" WEB_PORT
  check_port "${REALTIME_PORT:-3001}" REALTIME_PORT
  check_port "${PROCESSOR_PORT:-3003}" PROCESSOR_PORT
  if [ -n "$native" ]; then
    check_port "${WORKER_PORT:-3002}" WORKER_PORT
    [ -n "${DATABASE_URL:-}" ] || check_port "${POSTGRES_PORT:-5439}" POSTGRES_PORT
  elif port_is_taken 5432; then
    note "port 5432 is in use, which does not matter: the suite's Postgres is not published"
  else
    good "port 5432 is free, though nothing here needs it"
  fi
}

# --- before an upgrade ---------------------------------------------------------------------------------------------

has_data() {
  if [ -n "$native" ]; then [ -e "${DATA_DIR:-.data}/postgres" ]; return; fi
  [ -n "$(docker volume ls -q --filter "name=${COMPOSE_PROJECT_NAME:-$(basename "$PWD" | tr -dc '[:alnum:]_-')}_postgres" 2>/dev/null || true)" ]
}

check_backup() {
  local newest='' hours
  # Where those of a start without containers are unless told otherwise.
  if [ -n "$native" ] && [ -z "${BACKUP_DIR:-}" ] && [ -d "${DATA_DIR:-.data}/backups" ]; then BACKUP_DIR=${DATA_DIR:-.data}/backups; fi
  if [ -z "$upgrade" ] && { [ -z "${BACKUP_DIR:-}" ] || ! has_data; }; then return; fi
  if [ -z "${BACKUP_DIR:-}" ]; then
    bad "BACKUP_DIR names no folder of backups, so their age is not known: make one (deploy/README.md, Backup and restore), then: BACKUP_DIR=<its folder> $0 --upgrade"
    return
  fi
  newest=$(find "$BACKUP_DIR" -maxdepth 3 -name '*manifest*' -type f -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1)
  if [ -z "$newest" ]; then
    bad "there is no backup in $BACKUP_DIR: make one before an upgrade (deploy/README.md, Backup and restore)."
    return
  fi
  hours=$((($(date +%s) - ${newest%.*}) / 3600))
  if [ "$hours" -lt 24 ]; then
    good "the last backup is $hours hours old"
  elif [ -n "$upgrade" ]; then
    bad "the last backup in $BACKUP_DIR is $hours hours old: make a new one before an upgrade."
  else
    note "the last backup in $BACKUP_DIR is $hours hours old"
  fi
}

[ -n "$native" ] || check_engine
check_env
[ -n "$native" ] || check_compose_file
check_memory
check_disk
[ -n "$native" ] || check_web_bind
check_ports
check_backup

[ "$wrong" = 0 ] || fail "$wrong to put right before the suite is started; the lines with WRONG say how."
say "nothing stands in the way"
