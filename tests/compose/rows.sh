#!/usr/bin/env bash
# rows.sh: what PageSpace's deployment guide promises, in 46 rows, against the running suite. What containers cannot show, such as an
# outside service that is asked too often, is proven by a test in Rust; then its name is here, and it has to be there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck source-path=SCRIPTDIR source=../rows.sh
source "$here/../rows.sh"

answers() { curl --silent --fail --max-time 10 "$@" -o "$work/answer"; }
# A service that has just started is degraded until its first reader is there.
status() {
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    if answers "$1/health" && is_true '.status == "healthy"' >/dev/null; then return; fi
    sleep 0.5
  done
  cat "$work/answer"
  return 1
}
settings() { COMPOSE_FILE=$root/docker-compose.yml compose --env-file "$1" config; }
example_changes_nothing() { : >"$work/none" && diff <(settings "$work/none") <(settings "$root/.env.example"); }
processor_environment() { docker inspect "$(container processor)" | jq -r '.[0].Config.Env[]'; }
caps() {
  local pair
  for pair in postgres=200 web=768 processor=1280 realtime=256 worker=256; do
    [ "$(limit_mb "${pair%=*}")" = "${pair#*=}" ] || { echo "${pair%=*} has $(limit_mb "${pair%=*}") MB"; return 1; }
  done
}
job_is_known() { send "$work/new.txt" >"$work/answer" && job_ends "$(jq -r '.jobIds[0]' "$work/answer")" >"$work/job" && is_true '.status == "completed"' "$work/job"; }
says_cache_hit() {
  local tries
  is_cached && asks "$processor/cache/$photo/ai-chat" >/dev/null
  # Said once in half a minute.
  for ((tries = 0; tries < 90; tries++)); do
    compose logs --no-color processor 2>/dev/null | grep "Cache hit" && return
    sleep 0.5
  done
  return 1
}
lasting_alerts() { sql "select count(*) from alerts where name = 'pending-jobs' and ended_at is null"; }
until_alerts() { # COUNT: within half a minute
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    [ "$(lasting_alerts)" != "$1" ] || return 0
    sleep 0.5
  done
  echo "the alert is not as it should be: $(lasting_alerts)"
  return 1
}
# More than a hundred jobs wait, which is told in the database, in the log and by web's health, and is over once they are done.
an_alert_begins_and_ends() {
  asks -X POST "$processor/api/queue/ingest-file/pause" || return 1
  for ((n = 0; n < 101; n++)); do echo "text $n at $EPOCHREALTIME" >"$work/many-$n.txt"; done
  printf '%s\n' "$work"/many-*.txt | xargs -P 8 -I{} curl --silent --fail --output /dev/null --header "Authorization: Bearer $token" --form 'file=@{}' "$processor/api/upload/single" || return 1
  until_alerts 1 && curl --silent --fail "$web/health" | jq -e '.status == "degraded"' && compose logs --no-color worker | grep 'jobs wait (limit 100)' || return 1
  asks -X POST "$processor/api/queue/ingest-file/resume" && until_alerts 0
}
is_inside() {
  docker inspect "$(container processor)" | jq -e '.[0].HostConfig.PortBindings | to_entries | all(.value[].HostIp == "127.0.0.1")' \
    && original_needs_the_token
}
dump_is_whole() { compose exec -T postgres pg_dump -U pagespace --format=custom pagespace >"$work/dump" && compose exec -T postgres pg_restore --list <"$work/dump" | grep 'TABLE DATA public files'; }
nothing_was_killed() {
  local name
  for name in "${services[@]}"; do
    docker inspect "$(container "$name")" | jq -e '.[0] | (.State.OOMKilled | not) and .RestartCount == 0 and .State.Health.Status == "healthy"' || return 1
    [ $(($(resident_bytes "$(container "$name")") >> 20)) -lt $(($(limit_mb "$name") * 80 / 100)) ] || return 1
  done
}
reads_a_picture() {
  local hash tries
  ENABLE_OCR=true compose up -d --no-build processor && wait_until_healthy || return 1
  hash=$(send "$root/tests/samples/image/text-on-its-side.png" | jq -r .contentHash)
  for ((tries = 0; tries < 120; tries++)); do
    asks "$processor/cache/$hash/extracted-text.txt" | grep "laid on its side" && return
    sleep 0.5
  done
  return 1
}
with_external_ocr() { # and nothing else
  ENABLE_EXTERNAL_OCR=true compose up -d --no-build worker && wait_until_healthy && compose exec -T worker worker healthcheck && compose logs --no-color worker | grep OCR_API_MODEL
}

token=$(token) samples=$here/samples
photo=$(sha256sum "$here/samples/photo.jpg" | cut -d' ' -f1)
date +%s%N >"$work/new.txt"

row 1 "one command starts all" wait_until_healthy
row 2 ".env.example to .env" example_changes_nothing
row 3 "build one service" compose build processor
row 4 "detached, logs" compose logs --tail 1 web
row 5 "the update path: migrations run again" compose run -T --rm migrate
row 6 "web on 3000" status "$web"
row 7 "processor on 3003" status "$processor"
row 8 "realtime on 3001" status "$realtime"
row 9 "worker" compose exec -T worker worker healthcheck
row 10 "Postgres" sql "select 1"
row 11 "storage: files and cache" compose exec -T processor du -sh /data/storage/blobs /data/storage/cache
row 12 "the job table is in Postgres" sql "select 1 / count(*) from queue.finished"
row 13 "services speak HTTP" web_sees_the_others
row 14 "memory caps" caps
row 15 "images for AI" make_image ai-chat
row 16 "presets" all_presets
row 17 "the same bytes are stored once" is_deduplicated
row 18 "the cache" is_cached
row 19 "PDF" text_of report.pdf "Quarterly report of the orchard"
row 20 "Word" text_of letter.docx "Dear reader"
row 21 "JSON" text_of data.json "a letter about pears"
row 22 "CSV" text_of table.csv "Conference"
row 23 "OCR by itself" reads_a_picture
row 24 "ENABLE_OCR" bash -c "curl --silent --fail $processor/health | jq -e '.checks.ocr.enabled and .checks.ocr.status == \"healthy\"'"
row 25 "ENABLE_EXTERNAL_OCR" with_external_ocr
row_elsewhere 26 "three priorities" low_priority_ages_and_finishes_under_endless_high_load
row_elsewhere 27 "rate limits for outside services" a_rate_limited_key_blocks_nobody_and_keeps_its_rate
row_elsewhere 28 "how many at once" the_queues_limit_and_how_many_jobs_of_each_kind_run_at_once_are_settings
row 29 "the status of a job" job_is_known
row 30 "/health of all" bash -c "for url in $web $realtime $processor; do curl --silent --fail \$url/livez && curl --silent --fail \$url/readyz || exit 1; done"
row 31 "/api/queue/status" queue_says '.["ingest-file"].completed >= 5'
row 32 "docker stats and logs" docker stats --no-stream
row 33 "memory" processor_says_its_memory
row 34 "the queue's depth" queue_says '[.[].pending] | add >= 0'
row 35 "\"Cache hit\" in the log" says_cache_hit
row 36 "thresholds" an_alert_begins_and_ends
row 37 "clean-up of the cache" cleans_up
row 38 "backup of the database" dump_is_whole
row 39 "commands for trouble" grep -q '^### The disk is full' "$root/deploy/README.md"
row 40 "the processor is inside" is_inside
row 41 "hashes, types, limits" hash_is_right
row_elsewhere 42 "limits of the queue" a_full_queue_refuses_uploads_before_they_are_stored
row 43 "the profile of 4 GB" diff <(settings "$root/deploy/profiles/4gb.env" | grep memory:) <(settings "$work/none" | grep memory:)
row 44 "the profile of 8 GB" compose --env-file "$root/deploy/profiles/8gb.env" config -q
row 45 "healthy, below 80 % of memory, nothing killed" nothing_was_killed
row 46 "pre-flight" "$root/deploy/preflight.sh"
report_rows "in containers"
up
