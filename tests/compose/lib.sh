# shellcheck shell=bash
# What the scripts of this folder share: compose of either version on this project, and its containers. Sourced, not run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$root/deploy/native/lib.sh"

services=(postgres processor realtime web worker)
# shellcheck disable=SC2034  # by those who source this
web=http://127.0.0.1:${WEB_PORT:-3000} realtime=http://127.0.0.1:${REALTIME_PORT:-3001} processor=http://127.0.0.1:${PROCESSOR_PORT:-3003}
export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-pagespace-test}
# The first file's folder is the project's, whatever the current one is.
export COMPOSE_FILE=${COMPOSE_FILE:-$root/docker-compose.yml}

compose() {
  if docker compose version >/dev/null 2>&1; then docker compose "$@"; else command docker-compose "$@"; fi
}

container() { compose ps -q "$1"; }
health() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$(container "$1")" 2>/dev/null || echo absent; }
limit_mb() { echo $(($(docker inspect --format '{{.HostConfig.Memory}}' "$(container "$1")") >> 20)); }
is_stand_in() { docker image inspect --format '{{index .Config.Labels "pagespace.stand-in"}}' "$1" 2>/dev/null | grep -q true; }
token() { compose exec -T web cat /secrets/processor-token </dev/null; }
sql() { compose exec -T postgres psql -U pagespace -Atc "$1" </dev/null; }

wait_until_healthy() {
  local name tries
  for name in "${services[@]}"; do
    for ((tries = 0; tries < 360; tries++)); do
      [ "$(health "$name")" != healthy ] || continue 2
      sleep 0.5
    done
    compose logs --tail 30 "$name" >&2
    fail "$name is $(health "$name") after three minutes; its log is above."
  done
}

# Starts what is not running or has changed, and waits until all is healthy.
up() { up_with --project-name "$COMPOSE_PROJECT_NAME"; }

# up_with OPTIONS: the same with options of compose's own, such as --env-file.
up_with() {
  compose "$@" up -d --no-build >/tmp/pagespace-compose-up.log 2>&1 \
    || { cat /tmp/pagespace-compose-up.log >&2; compose logs --tail 20 >&2; fail "the suite does not start."; }
  wait_until_healthy
}

# The file of a container's control group, of either version.
cgroup_file() { # ID FILE
  local file
  for file in "/sys/fs/cgroup/system.slice/docker-$1.scope/$2" "/sys/fs/cgroup/docker/$1/$2" "/sys/fs/cgroup/memory/docker/$1/$2"; do
    if [ -r "$file" ]; then echo "$file"; return; fi
  done
  return 1
}

# The most memory a container's processes have had, file cache included, as the kernel counts it against the limit.
peak_bytes() { grep . "$(cgroup_file "$1" memory.peak || cgroup_file "$1" memory.max_usage_in_bytes || echo /dev/null)" || echo 0; }

# What they have now without the cache that the kernel may drop at any time.
resident_bytes() { awk '$1 == "anon" || $1 == "total_rss" {print $2; found = 1; exit} END {if (!found) print 0}' "$(cgroup_file "$1" memory.stat || echo /dev/null)"; }

report_memory() {
  local name id
  printf '%-10s %10s %10s %10s\n' container 'limit MB' 'peak MB' 'now MB'
  for name in "${services[@]}"; do
    id=$(container "$name")
    printf '%-10s %10d %10d %10d\n' "$name" "$(limit_mb "$name")" $(($(peak_bytes "$id") >> 20)) $(($(resident_bytes "$id") >> 20))
  done
}

# send FILE [curl arguments]: uploads to the processor, as PageSpace's web app would, and gives its answer.
send() {
  local file=$1
  shift
  curl --silent --show-error --fail --max-time 60 --header "Authorization: Bearer $(token)" --form "file=@$file" "$@" "$processor/api/upload/single"
}

# job_ends ID: its row once it is over.
job_ends() {
  local tries job
  for ((tries = 0; tries < 300; tries++)); do
    job=$(curl --silent --fail --header "Authorization: Bearer $(token)" "$processor/api/job/$1")
    case $(jq -r .status <<<"$job") in completed | failed) echo "$job"; return ;; esac
    sleep 0.2
  done
  fail "job $1 is not over after a minute: $job"
}

start_docker() {
  ! docker info >/dev/null 2>&1 || return 0
  say "starting dockerd"
  setsid dockerd >/tmp/dockerd.log 2>&1 </dev/null &
  for _ in {1..100}; do
    ! docker info >/dev/null 2>&1 || return 0
    sleep 0.2
  done
  tail -n 5 /tmp/dockerd.log >&2
  [ -z "${SKIP_WITHOUT_ENGINE:-}" ] || { say "THE CONTAINERS ARE NOT TESTED: dockerd does not start here; the reason is above."; exit 0; }
  fail "dockerd does not start; the reason is above."
}

# The programs for prebuilt.yml, without the tables that only a linker reads.
take_programs() {
  local from=${CARGO_TARGET_DIR:-$root/target}/$PROGRAMS to=$root/deploy/images/programs name
  rm -rf "$to"
  mkdir -p "$to"
  for name in migrate processor realtime web worker; do
    [ -x "$from/$name" ] || fail "$from/$name is not there; build it first."
    strip -o "$to/$name" "$from/$name"
  done
}

# What the Dockerfiles build on, where no registry has it, and the programs if they are taken from target/.
prepare_images() {
  local images=(debian:bookworm-slim postgres:17 rust:1-bookworm node:20-bookworm-slim)
  if [ -n "${PROGRAMS:-}" ]; then
    images=(debian:bookworm-slim postgres:17)
    export COMPOSE_FILE=$COMPOSE_FILE:$here/prebuilt.yml
    take_programs
  fi
  "$here/base_images.sh" "${images[@]}"
}

# The image of a service, as either version of Compose names it.
image_of() { docker image inspect --format '{{index .RepoTags 0}}' "${COMPOSE_PROJECT_NAME}_$1" 2>/dev/null || echo "$COMPOSE_PROJECT_NAME-$1"; }

build() {
  local log=${BUILD_LOG:-/tmp/pagespace-compose-build.log} started=$SECONDS
  say "building the images; the first time takes some minutes"
  compose build >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the images could not be built; the reason is above and in $log."; }
  say "built in $((SECONDS - started)) s"
}
