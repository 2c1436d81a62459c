#!/usr/bin/env bash
# guide.sh: runs deploy/README.md against the running suite: every `sh` block in order, then every command of PageSpace's guide, as the
# table there says what to type. A command that fails, fails the guide.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home"
# One name for both versions, as a program, so that it can be stopped.
if docker compose version >/dev/null 2>&1; then
  printf '#!/bin/sh\nexec docker compose "$@"\n' >"$work/bin/docker-compose"
  chmod +x "$work/bin/docker-compose"
fi
export PATH=$work/bin:$PATH
# Pictures of the first service to be asked after a restart come when it listens again.
curl=(curl --fail --retry 20 --retry-delay 1 --retry-all-errors)

# The commands on stdin, with the names, ports and day of this run for the ones a person has.
today=$(date -u +%F)
of_this_run() {
  sed -e "s/pagespace_storage/${COMPOSE_PROJECT_NAME}_storage/g; s/2026-11-29/$today/g" \
    -e "s/localhost:3000/localhost:${WEB_PORT:-3000}/g; s/localhost:3001/localhost:${REALTIME_PORT:-3001}/g; s/localhost:3003/localhost:${PROCESSOR_PORT:-3003}/g" \
    -e "s/\bcurl /${curl[*]} /g; s#deploy/preflight.sh#$root/&#g" \
    -e "s/docker-compose exec \(-T \)\?/docker-compose exec -T /g; s/docker-compose run --rm/docker-compose run --rm -T/g" \
    -e "s#<repository-url>#--quiet $root PageSpace#; s/\[service-name\]/web/"
}

run() { # COMMAND, as it is written
  local command
  command=$(of_this_run <<<"$1")
  eval "$command" >"$work/output" 2>&1 </dev/null || { cat "$work/output" >&2; fail "the guide's command failed: $1 ($command)"; }
}

# Follows something that only ends when it is told to, until it has said something and the condition holds.
follow() { # COMMAND CONDITION...
  local command tries pid
  command=$(of_this_run <<<"$1")
  shift
  : >"$work/output"
  eval "exec $command" >"$work/output" 2>&1 </dev/null &
  pid=$!
  for ((tries = 0; tries < 600; tries++)); do
    kill -0 "$pid" 2>/dev/null || { cat "$work/output" >&2; fail "the guide's command ended by itself: $command"; }
    if [ -s "$work/output" ] && "$@"; then break; fi
    sleep 0.2
  done
  ((tries < 600)) || { cat "$work/output" >&2; fail "two minutes of the guide's command have shown nothing: $command"; }
  kill -TERM "$pid"
  wait "$pid" || true
}

web_answers() { command curl --silent --fail "$web/health" >/dev/null; }

# Backups are written to the current folder, which is not the project's here.
cd "$work/home"
awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$root/deploy/README.md" | grep -vE '^(#|$)' >"$work/blocks"
count=$(wc -l <"$work/blocks")
[ "$count" -ge 40 ] || fail "the blocks of deploy/README.md have only $count commands."
# A day's trash, to be brought back by the command for it.
compose exec -T processor mkdir -p "/data/storage/trash/$today/blobs" </dev/null
while IFS= read -r command <&3; do
  run "$command"
done 3<"$work/blocks"
say "$count of $count commands in the blocks of deploy/README.md work"

# --- the table -----------------------------------------------------------------------------------------------------

# A limit written as the guide writes it, beside our own file.
raise_memory() { # SERVICE LIMIT
  cat >"$work/override.yml" <<END
services:
  $1:
    deploy:
      resources:
        limits:
          memory: $2
    environment:
      - NODE_OPTIONS=--max-old-space-size=640
END
  COMPOSE_FILE=$COMPOSE_FILE:$work/override.yml compose up -d --no-build "$1" >/dev/null 2>&1
  [ "$(limit_mb "$1")" = "${2%M}" ] || fail "a limit of $2 for $1 is not taken: it has $(limit_mb "$1") MB."
}

follow_the_guide() { # COMMAND OURS
  case $1 in
    'docker-compose up' | 'docker-compose up --build') follow "$1" web_answers ;;
    'docker-compose logs -f '* | 'docker stats'*) follow "$1" true ;;
    'docker-compose up -d')
      run "$1"
      wait_until_healthy
      ;;
    'docker-compose down')
      run "$1"
      up
      ;;
    # A stand-in is in no registry.
    'docker-compose pull') if is_stand_in postgres:17; then run "$1 secrets migrate processor realtime web worker"; else run "$1"; fi ;;
    'memory: 768M') raise_memory web 768M ;;
    'memory: '*) raise_memory processor "${1#memory: }" ;;
    'edit queue-manager.ts')
      run "$2"
      docker inspect "$(container processor)" | jq -e '.[0].Config.Env | index("PROCESSOR_INGEST_SLOTS=3")' >/dev/null || fail "more jobs at once are not taken."
      ;;
    *) run "$2" ;;
  esac
}

rows=0 ours=0 nothing=0
# Pipes within a cell are escaped, as in any table of Markdown.
# shellcheck disable=SC2016  # the backticks are Markdown's
while IFS=$'\t' read -r command here_ <&3; do
  rows=$((rows + 1))
  case $here_ in
    'the same'*) follow_the_guide "$command" "$command" ;;
    '`'*)
      here_=${here_#\`}
      follow_the_guide "$command" "${here_%%\`*}"
      ours=$((ours + 1))
      ;;
    'nothing: '*) nothing=$((nothing + 1)) ;;
    *) fail "the table does not say what to type for: $command" ;;
  esac
done 3< <(sed -n "/^| PageSpace's guide | here |/,/^$/p" "$root/deploy/README.md" | tail -n +3 | grep '^|' \
  | sed -e 's/\\|/\x01/g' -e 's/^| `\(.*\)` | \(.*\) |$/\1\t\2/' -e 's/\x01/|/g')
wanted=$(grep -cvE '^(#|$)' "$here/guide.commands")
[ "$rows" = "$wanted" ] || fail "the table has $rows rows, and the guide $wanted commands."
say "$rows of $wanted commands of PageSpace's guide work: $((rows - ours - nothing)) word for word, $ours as the table says, $nothing with nothing to do"
cd "$root"
up
