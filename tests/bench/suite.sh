#!/usr/bin/env bash
# What the whole suite does with a burst of files, as people send them: through web, eight at a time. Run by
# `make bench-suite`, which starts a release build beside it. FILES (200) says how many.
#
# Prints how fast files are taken in and are ready, the latency of an upload, and each service's memory and CPU time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=person.sh
source "$here/person.sh"
need curl=curl jq=jq

count=${FILES:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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
      # One that has just ended has no memory any more.
      now=$((now + $(awk '/^VmRSS/ {kb = $2} END {print kb + 0}' "/proc/$pid/status" 2>/dev/null || echo 0)))
    done
    [ "$now" -le "$peak" ] || { peak=$now && echo $((peak / 1024)) >"$work/readers"; }
  done
}
seconds() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.2f", to - from}'; }

make_files "$count" "$work/files"
set_up
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
until is_idle; do sleep 0.05; done
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
