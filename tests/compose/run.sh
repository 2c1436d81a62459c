#!/usr/bin/env bash
# The whole suite in containers, as on a server: makes what base images cannot be pulled, builds, starts with no .env,
# waits until everything is healthy, uses it through port 3000, reports each container's peak memory, removes it again.
#
# As root (it starts dockerd where none runs). WEB_PORT and the like choose other ports; KEEP=1 leaves it running; BUILD=no
# takes the images that are there; PROGRAMS=debug or release puts the programs of target/debug or target/release into the images
# instead of compiling them there; SKIP_WITHOUT_ENGINE=1 makes a machine that can run no
# engine no failure, but one that is said.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need curl=curl dockerd=docker.io jq=jq
docker compose version >/dev/null 2>&1 || need docker-compose=docker-compose

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

build() {
  local log=${BUILD_LOG:-/tmp/pagespace-compose-build.log} started=$SECONDS
  say "building the images; the first time takes some minutes"
  compose build >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the images could not be built; the reason is above and in $log."; }
  say "built in $((SECONDS - started)) s"
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
  # Anew, so that no log has lines of an earlier start.
  compose down --timeout 20 >/dev/null 2>&1
  up_with --env-file "$here/guide.env"
  compose logs --no-color >/tmp/pagespace-compose-logs.log 2>&1
  for setting in FILE_STORAGE_PATH CACHE_PATH NODE_OPTIONS_WEB NODE_OPTIONS_PROCESSOR DATABASE_URL; do
    count=$(grep -cE "\b$setting (has no effect|names this suite's own database)" /tmp/pagespace-compose-logs.log || true)
    [ "$count" = 1 ] || fail "of $setting the logs speak $count times, not once."
  done
}

# PageSpace's containers reach the processor, by its name in the network they share, and nothing else of ours.
pagespaces_network() {
  local name
  COMPOSE_FILE=$COMPOSE_FILE:$root/deploy/pagespace/network.yml compose up -d --no-build processor >/dev/null 2>&1 || fail "deploy/pagespace/network.yml does not start."
  wait_until_healthy
  there() { docker run --rm --network pagespace-processor debian:bookworm-slim bash -c "exec 3<>/dev/tcp/$1/$2 && printf 'GET /livez HTTP/1.0\r\n\r\n' >&3 && head -n 1 <&3" 2>/dev/null; }
  there pagespace-processor 3003 | grep -q ' 200' || fail "the processor cannot be reached in PageSpace's network."
  for name in web postgres realtime; do
    ! there "$name" 3000 || fail "$name is in PageSpace's network."
  done
  up
  docker network rm pagespace-processor >/dev/null
}

start_docker
images=(debian:bookworm-slim postgres:17 rust:1-bookworm node:20-bookworm-slim)
if [ -n "${PROGRAMS:-}" ]; then
  images=(debian:bookworm-slim postgres:17)
  export COMPOSE_FILE=$COMPOSE_FILE:$here/prebuilt.yml
  take_programs
fi
"$here/base_images.sh" "${images[@]}"
trap '[ -n "${KEEP:-}" ] || compose down --volumes --timeout 20 >/dev/null 2>&1' EXIT
compose down --volumes >/dev/null 2>&1 || true
[ "${BUILD:-yes}" = no ] || build
say "starting"
started=$SECONDS
up
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
[ "$(curl --silent --fail "$web/api/v1/setup" | jq .needed)" = false ] || fail "the administrator is lost after the guide."
files=$(sql 'select count(*) from files')
[ "$files" = 5 ] || fail "of 5 files $files are left after the guide."

pull_asks_nobody
"$here/rows.sh"
pagespaces_network
"$here/profiles.sh"
start_with_the_guides_env
compose images
say "the containers work: $SECONDS s"
