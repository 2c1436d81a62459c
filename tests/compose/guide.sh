#!/usr/bin/env bash
# Runs every `sh` block of deploy/README.md, in order, against the running suite of the compose project named by
# COMPOSE_PROJECT_NAME. A command that fails, fails the guide.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$root/deploy/native/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The blocks, with the names, ports and day of this run for the ones a person has.
today=$(date -u +%F)
awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$root/deploy/README.md" \
  | sed -e "s/pagespace_storage/${COMPOSE_PROJECT_NAME:?}_storage/" -e "s/localhost:3000/localhost:${WEB_PORT:-3000}/" \
    -e "s/2026-11-29/$today/" -e "s/localhost:3001/localhost:${REALTIME_PORT:-3001}/" -e "s/localhost:3003/localhost:${PROCESSOR_PORT:-3003}/" \
    -e 's/curl -s/curl --fail -s/' -e 's/docker-compose run --rm/docker-compose run --rm -T/' >"$work/commands"
count=$(grep -c . "$work/commands")
[ "$count" -ge 15 ] || fail "the guide has only $count commands."

# Backups are written to the current folder, which is not the project's here.
docker-compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose --project-directory "$root" --file "$root/docker-compose.yml" "$@"
  else
    command docker-compose --project-directory "$root" --file "$root/docker-compose.yml" "$@"
  fi
}
cd "$work"
# A day's trash, to be brought back by the guide's command.
docker-compose exec -T processor mkdir -p "/data/storage/trash/$today/blobs" </dev/null
while IFS= read -r command <&3; do
  [[ -n $command && $command != \#* ]] || continue
  eval "$command" >"$work/output" 2>&1 </dev/null || { cat "$work/output" >&2; fail "the guide's command failed: $command"; }
done 3<"$work/commands"
say "$count commands of the guide work"
