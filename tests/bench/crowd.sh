#!/usr/bin/env bash
# One drive's many waiting files against another drive's single one, through the whole suite. Run by `make bench-crowd`, which
# starts a release build beside it.
#
# CROWD (10000) says how many photos wait in the first drive; they are taken in while their kind of job is paused. Then the jobs
# begin, and files are sent to the other drive one after another: how long each takes from the start of its upload until it is
# ready, against the same file in a suite that has nothing else to do. Into RESULTS goes a line of JSON for each number.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=person.sh
source "$here/person.sh"
# shellcheck source-path=SCRIPTDIR source=watch.sh
source "$here/watch.sh"
# shellcheck source-path=SCRIPTDIR source=results.sh
source "$here/results.sh"
need curl=curl jq=jq

crowd=${CROWD:-10000} single=${SINGLE:-10}
photo=$here/../compose/samples/photo.jpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
waiting() { api "$BASE_URL/api/v1/queue" | jq '[.. | objects | (.active // 0) + (.pending // 0)] | add'; }

# The photo with a comment (marker FE) of 18 bytes after its first marker, so that none is known already.
numbered() { head -c 2 "$photo" && printf '\xff\xfe\x00\x12photo %010d' "$1" && tail -c +3 "$photo"; }

# Uploads a photo and waits until it is ready; says how long that took, in ms.
until_ready() { # drive number
  local started=$EPOCHREALTIME id
  id=$(numbered "$2" | api --form "file=@-;filename=single-$2.jpg" "$BASE_URL/api/v1/drives/$1/files" |
    jq -r '[.. | objects | .id? // empty] | first')
  until [ "$(api "$BASE_URL/api/v1/files/$id" | jq -r .status)" = visual ]; do sleep 0.02; done
  awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN {printf "%d\n", (to - from) * 1000}'
}

# Median and most of the numbers in a file.
spread() { sort -n "$1" | awk '{all[NR] = $1} END {print all[int((NR + 1) / 2)], all[NR]}'; }

set_up
for name in crowded quiet; do
  declare "$name=$(api --header 'Content-Type: application/json' --data "{\"name\": \"$name\"}" "$BASE_URL/api/v1/drives" | jq -r .id)"
done
# shellcheck disable=SC2154  # both are declared above
for n in $(seq "$single"); do until_ready "$quiet" "$((crowd + n))"; done >"$work/alone"

api --request POST --output /dev/null "$BASE_URL/api/v1/queue/ingest-file/pause"
mkdir "$work/crowd"
started=$EPOCHREALTIME
for n in $(seq "$crowd"); do
  numbered "$n" >"$work/crowd/$n.jpg"
  # shellcheck disable=SC2154
  printf 'url = "%s"\nform = "file=@%s"\noutput = /dev/null\nnext\nsilent\nshow-error\nfail\ncookie = "%s"\nheader = "Origin: %s"\n' \
    "$BASE_URL/api/v1/drives/$crowded/files" "$work/crowd/$n.jpg" "$work/jar" "$BASE_URL"
done >"$work/requests"
# All in one program, as starting one for each costs more than the upload.
curl --no-progress-meter --fail --cookie "$work/jar" --header "Origin: $BASE_URL" --parallel --parallel-max 8 \
  --config <(head -n -6 "$work/requests")
taken=$(seconds_since "$started")
echo "waiting: $(waiting) of $crowd, taken in in $taken s"

api --request POST --output /dev/null "$BASE_URL/api/v1/queue/ingest-file/resume"
sleep 1
for n in $(seq "$single"); do until_ready "$quiet" "$((crowd + single + n))"; sleep 0.5; done >"$work/beside"
left=$(waiting)
[ "$left" -gt 0 ] || fail "the crowd was through before the last single file; CROWD=$((crowd * 4)) makes it longer."
echo "still waiting after the last single file: $left"
read -r alone_median alone_most < <(spread "$work/alone")
read -r beside_median beside_most < <(spread "$work/beside")
result suite.crowd.median_ms "$beside_median" ms "nothing waiting" "$alone_median"
result suite.crowd.most_ms "$beside_most" ms "nothing waiting" "$alone_most"
echo "delayed by $((beside_median - alone_median)) ms, $((beside_most - alone_most)) ms at most"
