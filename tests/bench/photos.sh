#!/usr/bin/env bash
# A burst of photos of 12 megapixels through the whole suite, against a loop of sharp that does nothing but the images: no
# upload, no hash, no database, no events, no file kept. Run by `make bench-photos`, which starts a release build beside it.
#
# PHOTOS (1000) says how many; PHOTO names a JPEG to use, or a folder of them, instead of one made of our own sample. Each
# is sent with a comment of its own inside, so that none is known already. Prints what a person wants to know and, into
# RESULTS, a line of JSON for each number. Needs Node, curl, jq, and disk for all the photos.
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
peers=$here/../../crates/engine/benches/peers

count=${PHOTOS:-1000} loops=${LOOPS:-$(nproc)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The photos that are repeated.
case ${PHOTO:-} in
  "")
    photos=("$work/photo.jpg")
    (cd "$peers" && node picture.mjs tile "$here/../compose/samples/photo.jpg" 4032 3024 6 "$work/photo.jpg")
    ;;
  *) if [ -d "$PHOTO" ]; then photos=("$PHOTO"/*.jpg); else photos=("$PHOTO"); fi ;;
esac
[ -r "${photos[0]}" ] || fail "there is no photo at ${photos[0]}."
printf '%s\n' "${photos[@]}" >"$work/list"

# A photo with a comment (marker FE) of 18 bytes after its first marker, as a form's file.
send() { # number
  local photo
  photo=$(sed -n "$(($1 % $(wc -l <"$work/list") + 1))p" "$work/list")
  { head -c 2 "$photo" && printf '\xff\xfe\x00\x12photo %010d' "$1" && tail -c +3 "$photo"; } |
    curl --silent --show-error --fail --cookie "$work/jar" --header "Origin: $BASE_URL" --output /dev/null \
      --write-out '%{time_total}\n' --form "file=@-;filename=photo-$1.jpg" "$BASE_URL/api/v1/drives/$drive/files"
}

set_up
export BASE_URL work drive
export -f send

watch_suite "$work/peak" &
watcher=$!
cpu_before=$(suite_cpu_ms) started=$EPOCHREALTIME
seq "$count" | xargs -P 8 -I{} bash -c 'send {}' >"$work/times"
taken=$(seconds_since "$started")
until is_idle; do sleep 0.05; done
wall=$(seconds_since "$started")
cpu_ms=$(($(suite_cpu_ms) - cpu_before))
kill "$watcher"
made=$(api "$BASE_URL/api/v1/drives/$drive/files?limit=1" | jq -r '.items[0].artifacts | map(.name) | join(" and ")')
[ -n "$made" ] || fail "no images were made."
failed=$(api "$BASE_URL/api/v1/queue" | jq '[.. | objects | .failed // 0] | add')
[ "$failed" = 0 ] || fail "$failed jobs failed."

# Sharp's side: as many loops as there are cores, each with its share, one photo after another and one thread each.
sharp() { # package
  local loop started=$EPOCHREALTIME share=$(((count + loops - 1) / loops)) pids=()
  for ((loop = 0; loop < loops; loop++)); do
    mkdir -p "$work/sharp-$loop"
    (cd "$peers" && node work.mjs "$1" 1 $((share - 1)) "${photos[loop % ${#photos[@]}]}" "$work/sharp-$loop" \
      ai-chat:1920:jpeg:85 thumbnail:200:webp:80 >"$work/sharp-$loop.json") &
    pids+=($!)
  done
  wait "${pids[@]}"
  sharp_wall=$(seconds_since "$started")
  # The first run of each is not in its list, and costs as much as the others.
  sharp_cpu_ms=$(jq -s --argjson share "$share" 'map((.cpu_ms | add) * $share / (.cpu_ms | length)) | add | floor' "$work"/sharp-*.json)
  sharp_mb=$(jq -s 'map(.peak_kib) | add / 1024 | floor' "$work"/sharp-*.json)
}

per_second() { awk -v n="$count" -v s="$1" 'BEGIN {printf "%.2f", n / s}'; }

echo "photos: $count of $(stat -c %s "${photos[0]}") bytes or so, each made into $made"
echo "taken in: $taken s; all ready: $wall s; $(per_second "$wall") photos a second; CPU $((cpu_ms / count)) ms a photo; peak $(cat "$work/peak") MB of everything"
sort -n "$work/times" | awk '{all[NR] = $1} END {printf "one upload: median %d ms, 99th percentile %d ms\n", all[int((NR + 1) / 2)] * 1000, all[int(NR * 0.99 + 0.5)] * 1000}'
for package in sharp033 sharp-newest; do
  sharp "$package"
  echo "$package alone: $sharp_wall s; $(per_second "$sharp_wall") photos a second; CPU $((sharp_cpu_ms / count)) ms a photo; peak $sharp_mb MB"
  versus=vs_${package/-/_}
  result "images.burst.photos_per_second.$versus" "$(per_second "$wall")" 1/s "$package" "$(per_second "$sharp_wall")"
  result "images.burst.cpu.$versus" $((cpu_ms / count)) ms "$package" $((sharp_cpu_ms / count))
  result "images.burst.memory.$versus" "$(cat "$work/peak")" MB "$package" "$sharp_mb"
done
