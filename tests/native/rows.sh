#!/usr/bin/env bash
# rows.sh: what PageSpace's deployment guide promises, in 46 rows, of a suite without containers that with-suite.sh has started. What was
# about containers has here the row of what takes its place.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$root/deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../rows.sh
source "$root/tests/rows.sh"
need curl=curl jq=jq
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

samples=$root/tests/compose/samples
web=$BASE_URL realtime=http://127.0.0.1:$REALTIME_PORT processor=http://127.0.0.1:$PROCESSOR_PORT worker=http://127.0.0.1:$WORKER_PORT
token=$(cat "$SECRETS_DIR/processor-token")
PATH=$(postgres_bin):$PATH
programs=${CARGO_TARGET_DIR:-$root/target}/$PROFILE
mapfile -t running < <(tr ' ' '\n' <<<"$SERVICE_PIDS" | sed -n 's/.*=//p')

health() { curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors "$1/health" | jq -e '.status == "healthy"'; }
all_are_healthy() { local url; for url in "$web" "$realtime" "$processor" "$worker"; do health "$url" || return 1; done; }
sql() { psql "$(cat "$SECRETS_DIR/database-url")" -v ON_ERROR_STOP=1 -Atc "$1"; }
send() { curl --silent --show-error --fail --max-time 60 --header "Authorization: Bearer $token" --form "file=@$1" "$processor/api/upload/single"; }
job_ends() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    asks "$processor/api/job/$1" >"$work/job"
    ! jq -e '.status == "completed"' "$work/job" >/dev/null || return 0
    sleep 0.2
  done
  return 1
}
nothing_is_set() { ! grep -vE '^(#|$)' "$root/.env.example"; }
is_a_set_of_settings() { read_env_file "$1" && [ -n "${PROCESSOR_MEMORY:-}" ]; }
job_is_known() { job_ends "$(send "$work/new.txt" | jq -r '.jobIds[0]')"; }
answer_everywhere() { local url; for url in "$web" "$realtime" "$processor" "$worker"; do curl --silent --fail "$url/livez" && curl --silent --fail "$url/readyz" || return 1; done; }
dump_is_whole() { pg_dump --format=custom --file="$work/dump" --dbname="$(cat "$SECRETS_DIR/database-url")" && pg_restore --list "$work/dump" | grep 'TABLE DATA public files'; }
runs_still() { all_are_healthy && kill -0 "${running[@]}"; }

ORIGIN=$BASE_URL "$root/tests/compose/check.sh" "$web" "$SETUP_LINK"
photo=$(sha256sum "$samples/photo.jpg" | cut -d' ' -f1)
date +%s%N >"$work/new.txt"

row 1 "one command starts all" all_are_healthy
row 2 ".env.example to .env" nothing_is_set
row 3 "build one service" test -x "$programs/web"
row 4 "detached, logs" grep -q . "$DATA_DIR/logs/web.log"
row 5 "the update path: migrations run again" "$programs/migrate"
row 6 "web on its port" health "$web"
row 7 "processor on its port" health "$processor"
row 8 "realtime on its port" health "$realtime"
row 9 "worker" health "$worker"
row 10 "Postgres" sql "select 1"
row 11 "storage: files and cache" du -sh "$STORAGE_DIR/blobs" "$STORAGE_DIR/cache"
row 12 "the job table is in Postgres" sql "select 1 / count(*) from queue.finished"
row 13 "services speak HTTP" web_sees_the_others
row_elsewhere 14 "memory caps: of each reader" memory_is_its_own_outcome
row 15 "images for AI" make_image ai-chat
row 16 "presets" all_presets
row 17 "the same bytes are stored once" is_deduplicated
row 18 "the cache" is_cached
row 19 "PDF" text_of report.pdf "Quarterly report of the orchard"
row 20 "Word" text_of letter.docx "Dear reader"
row 21 "JSON" text_of data.json "a letter about pears"
row 22 "CSV" text_of table.csv "Conference"
row_elsewhere 23 "OCR by itself" a_picture_on_its_side_is_read_and_one_without_text_stays_a_picture
row_elsewhere 24 "ENABLE_OCR" the_guides_own_env_comes_up_and_each_setting_of_another_program_is_answered_once
row_elsewhere 25 "ENABLE_EXTERNAL_OCR" an_outside_service_that_is_not_named_degrades_the_worker_and_pages_are_read_here
row_elsewhere 26 "three priorities" low_priority_ages_and_finishes_under_endless_high_load
row_elsewhere 27 "rate limits for outside services" a_rate_limited_key_blocks_nobody_and_keeps_its_rate
row_elsewhere 28 "how many at once" the_queues_limit_and_how_many_jobs_of_each_kind_run_at_once_are_settings
row 29 "the status of a job" job_is_known
row 30 "/health of all" answer_everywhere
row 31 "/api/queue/status" queue_says '.["ingest-file"].completed >= 5'
row 32 "load and logs" ps -o pid,rss,pcpu,comm -p "$(IFS=,; echo "${running[*]}")"
row 33 "memory" processor_says_its_memory
row 34 "the queue's depth" queue_says '[.[].pending] | add >= 0'
row_elsewhere 35 "\"Cache hit\" in the log" cache_hits_are_in_the_log_at_its_default_level
row_elsewhere 36 "thresholds" every_threshold_is_told_in_api_log_metrics_and_prometheus_within_half_a_minute
row 37 "clean-up of the cache" cleans_up
row 38 "backup of the database" dump_is_whole
row 39 "commands for trouble" grep -q '^### The disk is full' "$root/deploy/README.md"
row 40 "the processor is inside" original_needs_the_token
row 41 "hashes, types, limits" hash_is_right
row_elsewhere 42 "limits of the queue" a_full_queue_refuses_uploads_before_they_are_stored
row 43 "the profile of 4 GB" is_a_set_of_settings "$root/deploy/profiles/4gb.env"
row 44 "the profile of 8 GB" is_a_set_of_settings "$root/deploy/profiles/8gb.env"
row 45 "healthy, and nothing ended" runs_still
row_elsewhere 46 "pre-flight" what_is_wrong_in_env_is_named
report_rows "without containers"

# Beside the rows: nobody else reads what was written (L13), and no service was refused what its work needs of the database (M17).
open_files=$(find "$DATA_DIR/logs" "$DATA_DIR/secrets" "$STORAGE_DIR" -type f -perm /077)
[ -z "$open_files" ] || fail "others may read or write $open_files"
! grep -H 'permission denied for' "$DATA_DIR"/logs/*.log || fail "a service is refused what it needs."
for name in processor realtime web worker; do
  grep -q "^postgres://pagespace_$name:" "$SECRETS_DIR/$name/database-url" || fail "$name has no role of its own."
  ! psql "$(cat "$SECRETS_DIR/$name/database-url")" -c "copy (select 1) to program 'true'" 2>/dev/null || fail "$name runs programs in Postgres."
  ! PGPASSWORD=wrong psql "postgres://pagespace_$name@127.0.0.1:$POSTGRES_PORT/pagespace" -c 'select 1' 2>/dev/null || fail "$name needs no password."
done
