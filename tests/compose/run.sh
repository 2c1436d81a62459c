#!/usr/bin/env bash
# The whole suite in containers, as on a server: makes what base images cannot be pulled, builds, starts with no .env,
# waits until everything is healthy, uses it through port 3000, reports each container's peak memory, removes it again.
#
# As root (it starts dockerd where none runs). WEB_PORT and the like choose other ports; KEEP=1 leaves it running; BUILD=no
# takes the images that are there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$root/deploy/native/lib.sh"
need curl=curl dockerd=docker.io jq=jq
docker compose version >/dev/null 2>&1 || need docker-compose=docker-compose

services=(postgres processor realtime web worker)
export COMPOSE_PROJECT_NAME=pagespace-test
compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose --project-directory "$root" --file "$root/docker-compose.yml" "$@"
  else
    docker-compose --project-directory "$root" --file "$root/docker-compose.yml" "$@"
  fi
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
  fail "dockerd does not start; the reason is above."
}

build() {
  local log=${BUILD_LOG:-/tmp/pagespace-compose-build.log} started=$SECONDS
  say "building the images; the first time takes some minutes"
  compose build >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the images could not be built; the reason is above and in $log."; }
  say "built in $((SECONDS - started)) s"
}

container() { compose ps -q "$1"; }
health() { docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$(container "$1")" 2>/dev/null || echo absent; }

wait_until_healthy() {
  local name tries
  for name in "${services[@]}"; do
    for ((tries = 0; tries < 180; tries++)); do
      [ "$(health "$name")" != healthy ] || continue 2
      sleep 1
    done
    compose logs --tail 30 "$name" >&2
    fail "$name is $(health "$name") after three minutes; its log is above."
  done
}

# The most memory a container's processes have had, file cache included, as the kernel counts it against the limit.
peak_bytes() {
  local id=$1 file
  for file in "/sys/fs/cgroup/system.slice/docker-$id.scope/memory.peak" "/sys/fs/cgroup/docker/$id/memory.peak" \
    "/sys/fs/cgroup/memory/docker/$id/memory.max_usage_in_bytes"; do
    if [ -r "$file" ]; then cat "$file"; return; fi
  done
  echo 0
}

# What they have now without the cache that the kernel may drop at any time.
resident_bytes() {
  local id=$1 file
  for file in "/sys/fs/cgroup/system.slice/docker-$id.scope/memory.stat" "/sys/fs/cgroup/docker/$id/memory.stat" \
    "/sys/fs/cgroup/memory/docker/$id/memory.stat"; do
    if [ -r "$file" ]; then awk '$1 == "anon" || $1 == "total_rss" {print $2; exit}' "$file"; return; fi
  done
  echo 0
}

report_memory() {
  local name id
  printf '%-10s %10s %10s %10s\n' container 'limit MB' 'peak MB' 'now MB'
  for name in "${services[@]}"; do
    id=$(container "$name")
    printf '%-10s %10d %10d %10d\n' "$name" $(($(docker inspect --format '{{.HostConfig.Memory}}' "$id") >> 20)) \
      $(($(peak_bytes "$id") >> 20)) $(($(resident_bytes "$id") >> 20))
  done
}

# What the compose file promises about each container, asked of the running one.
check_hardening() {
  local name
  for name in "${services[@]}"; do
    docker inspect "$(container "$name")" | jq -e '.[0] | .HostConfig.ReadonlyRootfs and (.HostConfig.CapDrop == ["ALL"])
      and (.HostConfig.SecurityOpt | any(startswith("no-new-privileges"))) and (.HostConfig.PidsLimit > 0)
      and (.HostConfig.Memory > 0) and (.Config.User | test("^[1-9]"))' >/dev/null || fail "$name is not hardened."
  done
  [ "$(docker inspect "$(container postgres)" | jq '.[0].HostConfig.PortBindings | length')" = 0 ] || fail "postgres is published."
}

# What is built here has no name that a registry could be asked for. Postgres is left out, as here it may be a stand-in.
pull_asks_nobody() {
  compose pull secrets migrate processor realtime web worker >/tmp/pagespace-compose-pull.log 2>&1 \
    || { cat /tmp/pagespace-compose-pull.log >&2; fail "pull asks somebody for what is built here."; }
}

# Instead of no .env that of PageSpace's deployment guide, word for word: everything comes up, and what has no effect is said once.
start_with_the_guides_env() {
  local setting count
  compose --env-file "$here/guide.env" up -d --no-build >/tmp/pagespace-compose-up.log 2>&1 \
    || { cat /tmp/pagespace-compose-up.log >&2; compose logs --tail 20 >&2; fail "the suite does not start with the guide's .env."; }
  wait_until_healthy
  compose logs --no-color >/tmp/pagespace-compose-logs.log 2>&1
  for setting in FILE_STORAGE_PATH CACHE_PATH NODE_OPTIONS_WEB NODE_OPTIONS_PROCESSOR DATABASE_URL; do
    count=$(grep -cE "\b$setting (has no effect|names this suite's own database)" /tmp/pagespace-compose-logs.log || true)
    [ "$count" = 1 ] || fail "of $setting the logs speak $count times, not once."
  done
}

web=http://127.0.0.1:${WEB_PORT:-3000}
realtime=http://127.0.0.1:${REALTIME_PORT:-3001}
processor=http://127.0.0.1:${PROCESSOR_PORT:-3003}

start_docker
"$here/base_images.sh"
trap '[ -n "${KEEP:-}" ] || compose down --volumes --timeout 20 >/dev/null 2>&1' EXIT
compose down --volumes >/dev/null 2>&1 || true
[ "${BUILD:-yes}" = no ] || build
say "starting"
started=$SECONDS
compose up -d --no-build >/tmp/pagespace-compose-up.log 2>&1 || { cat /tmp/pagespace-compose-up.log >&2; compose logs --tail 20 >&2; fail "the suite does not start."; }
wait_until_healthy
say "healthy after $((SECONDS - started)) s"

for base in "$web" "$realtime" "$processor"; do
  curl --silent --show-error --fail "$base/health" | jq -e '.status == "healthy"' >/dev/null || fail "$base/health is not healthy."
done
curl --silent --show-error --fail "$processor/api/queue/status" | jq -e '.["ingest-file"].pending == 0' >/dev/null || fail "the queue's status is wrong."
check_hardening

link=$(compose logs web 2>&1 | grep -oE 'http[^ ]*/setup\?token=[A-Za-z0-9_-]+' | tail -n 1)
[ -n "$link" ] || fail "web's log shows no set-up link."
ORIGIN=${PUBLIC_URL:-http://localhost:3000} "$here/check.sh" "$web" "$link"

# Now, as a restart begins counting anew.
report_memory

# The guide backs up, restores, stops and starts again; after that everything must still be there.
"$here/guide.sh"
wait_until_healthy
[ "$(curl --silent --fail "$web/api/v1/setup" | jq .needed)" = false ] || fail "the administrator is lost after the guide."
files=$(compose exec -T postgres psql -U pagespace -Atc 'select count(*) from files' </dev/null)
[ "$files" = 5 ] || fail "of 5 files $files are left after the guide."

pull_asks_nobody
start_with_the_guides_env
compose images
say "the containers work"
