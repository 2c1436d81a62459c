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
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || need python-jsonschema=python3-jsonschema python-yaml=python3-yaml
docker compose version >/dev/null 2>&1 || need docker-compose=docker-compose

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

# The file is a valid one for Compose v2 too, whichever version runs here: what it says before variables are put in, by the schema of
# its specification (github.com/compose-spec/compose-spec, Apache-2.0).
check_schema() {
  /usr/bin/python3 - "$here/compose-spec.json" "$root"/docker-compose.yml "$root"/deploy/pagespace/network.yml "$here/prebuilt.yml" <<'PY' || fail "a compose file is not what Compose v2 takes; the reason is above."
import json, jsonschema, sys, yaml
schema, *files = sys.argv[1:]
validator = jsonschema.Draft7Validator(json.load(open(schema)))
for file in files:
    for error in validator.iter_errors(yaml.safe_load(open(file))):
        sys.exit(f"{file}: {'.'.join(map(str, error.absolute_path))}: {error.message[:300]}")
PY
}

# No image holds more than it should, in MB. Programs that tests have built are larger than those of a release, and counted as if they
# were those, which take 60 MB (processor) and up to 20.
check_sizes() {
  local name limit size program
  printf '%-10s %10s\n' image 'size MB'
  for name in migrate processor realtime web worker; do
    limit=100 program=20000000
    [ "$name" != processor ] || limit=250 program=60000000
    size=$(docker image inspect --format '{{.Size}}' "$(image_of "$name")")
    [ "${PROGRAMS:-release}" = release ] || size=$((size - $(stat --format=%s "$root/deploy/images/programs/$name") + program))
    printf '%-10s %10d\n' "$name" $((size / 1000000))
    [ $((size / 1000000)) -le "$limit" ] || fail "the image of $name has $((size / 1000000)) MB, more than $limit."
  done
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
check_schema
prepare_images
trap '[ -n "${KEEP:-}" ] || compose down --volumes --timeout 20 >/dev/null 2>&1' EXIT
compose down --volumes >/dev/null 2>&1 || true
[ "${BUILD:-yes}" = no ] || build
check_sizes
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
# Its tests are there where the programs are.
[ -z "${PROGRAMS:-}" ] || "$here/escapes.sh"
pagespaces_network
"$here/profiles.sh"
start_with_the_guides_env
say "the containers work: $SECONDS s"
