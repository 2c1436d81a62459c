#!/usr/bin/env bash
# burst.sh: hundreds of files at once in containers, under the limits of docker-compose.yml and then under half of each. Prints a table
# in Markdown for deploy/README.md, and fails when a container was killed or restarted, or holds more memory of its own than half its
# limit in docker-compose.yml, or a file waits or a cached image takes longer than is promised.
#
# As root. BURST_FILES (500) is how many files, BURST_FOLDER where they come from instead of the samples of the tests; PROGRAMS=release
# takes the programs of target/release. `make burst` builds those first.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../bench/person.sh
source "$here/../bench/person.sh"
need curl=curl dockerd=docker.io jq=jq
docker compose version >/dev/null 2>&1 || need docker-compose=docker-compose

count=${BURST_FILES:-500}
work=$(mktemp -d)
# shellcheck disable=SC2317  # called by the trap
finish() {
  [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
  compose down --volumes --timeout 20 >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

BASE_URL=$web ORIGIN=${PUBLIC_URL:-http://localhost:3000}
seconds() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.1f", to - from}'; }
p99_ms() { sort -n "$1" | awk '{all[NR] = $1} END {printf "%.0f", all[int(NR * 0.99 + 0.5)] * 1000}'; }
is_at_most() { awk -v value="$1" -v limit="$2" 'BEGIN {exit !(value <= limit)}'; }

# Of another folder so many, of all its parts.
take_files() {
  local sample n=0
  mkdir "$work/files"
  find "$BURST_FOLDER" -type f -size +0 -size -8M | sort | awk -v want="$count" '{all[NR] = $0} END {for (n = 0; n < want && n < NR; n++) print all[int(n * NR / want) + 1]}' \
    | while read -r sample; do cp "$sample" "$work/files/$((n++))-$(basename "$sample")"; done
}

# Memory of its own of each container: what its processes hold and the kernel holds for them, without the cache of files.
own_bytes() {
  local file
  file=$(cgroup_file "$1" memory.stat)
  awk '$1 == "anon" || $1 == "kernel" || $1 == "total_rss" {sum += $2} END {printf "%.0f", sum}' "$file"
}
killed() { awk '$1 == "oom_kill" {print $2}' "$(cgroup_file "$1" memory.events || cgroup_file "$1" memory.oom_control)"; }
watch_memory() {
  local name now
  declare -A most=()
  while sleep 0.2; do
    for name in "${services[@]}"; do
      now=$(own_bytes "${id[$name]}") || continue
      [ "$now" -le "${most[$name]:-0}" ] || { most[$name]=$now && echo "$now" >"$work/most-$name"; }
    done
  done
}
# Cached thumbnails, one after another on one connection, as long as the file says so: the seconds of each.
ask_for_thumbnails() { # TIMES
  local n
  for ((n = 0; n < $1; n++)); do printf 'url = "%s"\noutput = "/dev/null"\n' "$thumbnail"; done >"$work/urls"
  # Reads the cookies alone, as others read them meanwhile.
  curl --silent --show-error --fail --cookie "$work/jar" --config "$work/urls" --write-out '%{time_total}\n'
}

burst() { # NAME, with the limits in $work/env
  local name drive first started=$SECONDS idle=0 waited ready taken during after hits status own limit
  compose down --volumes >/dev/null 2>&1 || true
  up_with --env-file "$work/env"
  declare -gA id=()
  for name in "${services[@]}"; do id[$name]=$(container "$name"); done
  # A program that has just started still holds what it started with.
  sleep 10
  for name in "${services[@]}"; do idle=$((idle + $(own_bytes "${id[$name]}"))); done
  rm -f "$work"/jar "$work"/most-*
  SETUP_LINK=$(compose logs web 2>&1 | grep -oE 'http[^ ]*/setup\?token=[A-Za-z0-9_-]+' | tail -n 1)
  set_up
  first=$(api --form "file=@$here/samples/photo.jpg" "$web/api/v1/drives/$drive/files" | jq -r .file.id)
  until thumbnail=$(api "$web/api/v1/files/$first" | jq -er '[.artifacts[].name | select(startswith("thumbnail"))][0]'); do sleep 0.2; done
  thumbnail=$web/api/v1/files/$first/artifacts/$thumbnail
  watch_memory &
  watcher=$!

  started=$EPOCHREALTIME
  export work web drive
  find "$work/files" -type f -print0 | xargs -0 -P 8 -I{} curl --silent --show-error --fail --cookie "$work/jar" --header "Origin: $ORIGIN" \
    --output /dev/null --write-out '%{time_total}\n' --form 'file=@{}' "$web/api/v1/drives/$drive/files" >"$work/times" &
  local uploads=$!
  sleep 0.5
  ask_for_thumbnails 300 >"$work/during"
  wait "$uploads" || fail "with $1, an upload failed."
  taken=$(seconds "$started")
  until is_idle; do sleep 0.1; done
  ready=$(seconds "$started")
  ask_for_thumbnails 1000 >"$work/after"
  kill "$watcher" 2>/dev/null
  watcher=
  during=$(p99_ms "$work/during") after=$(p99_ms "$work/after")
  waited=$(curl --silent --fail "$processor/api/queue/status" | jq '.["ingest-file"].waitMeanMs | round')
  hits=$(curl --silent --fail "$processor/api/cache/stats" | jq -r '.hitRate // .hit_rate // "?"')
  status=$(sql "select string_agg(n || ' ' || status, ', ' order by status) from (select status, count(*) n from contents group by 1) s")

  echo
  echo "| $1 | limit MB | own memory at most, MB | killed |"
  echo "| --- | --- | --- | --- |"
  for name in "${services[@]}"; do
    own=$(($(cat "$work/most-$name") >> 20)) limit=$(limit_mb "$name")
    echo "| $name | $limit | $own | $(killed "${id[$name]}") |"
    docker inspect "${id[$name]}" | jq -e '.[0] | (.State.OOMKilled | not) and .RestartCount == 0' >/dev/null || fail "with $1, $name was killed or started again."
    [ "$(killed "${id[$name]}")" = 0 ] || fail "with $1, a process of $name was killed for want of memory."
    # The limits of the first burst are those of docker-compose.yml.
    [ -n "${usual[$name]:-}" ] || usual[$name]=$limit
    [ $((own * 2)) -le "${usual[$name]}" ] || problems+=("with $1, $name held $own MB, more than half of the limit in docker-compose.yml")
  done
  echo "$1: $(find "$work/files" -type f | wc -l) files of $(du -sm "$work/files" | cut -f1) MB, taken in in $taken s and all ready in $ready s ($status); waited $waited ms on average;" \
    "a cached thumbnail through web took at most $during ms in 99 of 100 during the burst and $after ms after it; hit rate $hits; idle, all five held $((idle >> 20)) MB"
  is_at_most "$waited" 1000 || problems+=("with $1, a file waited $waited ms on average")
  is_at_most "$after" 50 || problems+=("with $1, a cached thumbnail took $after ms")
  [ $((idle >> 20)) -le 150 ] || problems+=("with $1, all five containers held $((idle >> 20)) MB when idle")
}

declare -A usual=()
problems=()
start_docker
prepare_images
[ "${BUILD:-yes}" = no ] || build
if [ -n "${BURST_FOLDER:-}" ]; then take_files; else make_files "$count" "$work/files"; fi
: >"$work/env"
burst "the limits of docker-compose.yml"
cat >"$work/env" <<'END'
POSTGRES_MEMORY=100m
WEB_MEMORY=384m
PROCESSOR_MEMORY=640m
REALTIME_MEMORY=128m
WORKER_MEMORY=128m
SANDBOX_MEMORY_BYTES=268435456
END
burst "half of each limit"
[ ${#problems[@]} -eq 0 ] || fail "not kept: $(printf '%s; ' "${problems[@]}")"
