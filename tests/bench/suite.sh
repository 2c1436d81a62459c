#!/usr/bin/env bash
# What the whole suite does with a burst of files, as people send them: through web, eight at a time. Run by
# `make bench-suite`, which starts a release build beside it. FILES (200) says how many.
#
# Prints how fast files are taken in and are ready, the latency of an upload, and each service's memory and CPU time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
need curl=curl jq=jq

count=${FILES:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
api() { curl --silent --show-error --fail --cookie "$work/jar" --cookie-jar "$work/jar" --header "Origin: $BASE_URL" "$@"; }

# Every file is another content, as the same one twice is only stored once. Bytes after the end harm neither kind.
make_files() {
  local n samples=("$here"/../compose/samples/*)
  mkdir "$work/files"
  for ((n = 0; n < count; n++)); do
    sample=${samples[n % ${#samples[@]}]}
    case $sample in
      *.csv) { cat "$sample"; echo "Number,$n,1"; } ;;
      *.docx | *.json) { printf '{"number": %s, "about": "a burst of files"}' "$n"; } ;;
      *) { cat "$sample"; printf '\n%%%s\n' "$n"; } ;;
    esac >"$work/files/$n-$(basename "${sample/.docx/.json}")"
  done
}

pid_of() { tr ' ' '\n' <<<"$SERVICE_PIDS" | sed -n "s/^$1=//p"; }
# Resident now and at most, in MB.
memory() { awk '/^VmRSS/ {now = $2} /^VmHWM/ {peak = $2} END {printf "%d %d\n", now / 1024, peak / 1024}' "/proc/$1/status"; }
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{print int(($14 + $15 + $16 + $17) * 1000 / hz)}' "/proc/$1/stat"; }
# The most that the processor's confined readers hold together, in MB, looked at ten times a second until killed.
watch_readers() {
  local peak=0 now pid
  while sleep 0.1; do
    now=0
    for pid in $(cat /proc/"$1"/task/*/children 2>/dev/null || true); do
      now=$((now + $(awk '/^VmRSS/ {print $2}' "/proc/$pid/status" 2>/dev/null || echo 0)))
    done
    [ "$now" -le "$peak" ] || { peak=$now && echo $((peak / 1024)) >"$work/readers"; }
  done
}
seconds() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.2f", to - from}'; }

make_files
api --header 'Content-Type: application/json' --output /dev/null --data "$(jq -n --arg token "${SETUP_LINK##*token=}" \
  '{$token, email: "bench@example.org", name: "Bench", password: "correct horse battery"}')" "$BASE_URL/api/v1/setup"
drive=$(api "$BASE_URL/api/v1/drives" | jq -r 'if type == "array" then .[0].id else .items[0].id end')
for name in web processor realtime worker postgres; do
  pid=$(pid_of "$name")
  read -r idle _ < <(memory "$pid")
  echo "idle $name: $idle MB"
done

export BASE_URL work
watch_readers "$(pid_of processor)" &
watcher=$!
started=$EPOCHREALTIME
find "$work/files" -type f -print0 | xargs -0 -P 8 -I{} curl --silent --show-error --fail --cookie "$work/jar" --header "Origin: $BASE_URL" \
  --output /dev/null --write-out '%{time_total}\n' --form 'file=@{}' "$BASE_URL/api/v1/drives/$drive/files" >"$work/times"
taken=$(seconds "$started")
until [ "$(api "$BASE_URL/api/v1/queue" | jq '[.. | objects | (.active // 0) + (.pending // 0)] | add')" = 0 ]; do sleep 0.05; done
ready=$(seconds "$started")
kill "$watcher"

echo "files: $count, of $(du -sm "$work/files" | cut -f1) MB"
echo "taken in: $taken s; all ready: $ready s; $(awk -v n="$count" -v s="$ready" 'BEGIN {printf "%.1f", n / s}') files a second"
sort -n "$work/times" | awk '{all[NR] = $1} END {printf "one upload: median %d ms, 99th percentile %d ms\n", all[int((NR + 1) / 2)] * 1000, all[int(NR * 0.99 + 0.5)] * 1000}'
for name in web processor realtime worker postgres; do
  pid=$(pid_of "$name")
  read -r now peak < <(memory "$pid")
  echo "loaded $name: $now MB, peak $peak MB, CPU $(cpu_ms "$pid") ms"
done
echo "loaded processor's readers: peak $(cat "$work/readers") MB together"
