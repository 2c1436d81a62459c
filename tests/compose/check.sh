#!/usr/bin/env bash
# Uses a running, empty suite as a person would: check.sh BASE_URL SETUP_LINK. Creates the administrator through the
# link, uploads one file of each kind through the public port, waits until all are done and reads back what became of them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
need curl=curl jq=jq

base=$1
token=${2##*token=}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# api METHOD PATH [curl arguments]: the answer's body; an HTTP error is a failure that shows it.
api() {
  local method=$1 path=$2 code
  shift 2
  code=$(curl --silent --show-error --max-time 60 --output "$work/body" --write-out '%{http_code}' --cookie "$work/jar" --cookie-jar "$work/jar" \
    --header "Origin: ${ORIGIN:-$base}" --request "$method" "$base$path" "$@")
  [ "$code" -lt 400 ] || fail "$method $path answered $code: $(head -c 500 "$work/body")"
  cat "$work/body"
}
json() { api "$1" "$2" --header 'Content-Type: application/json' --data "$3"; }

[ "$(api GET /api/v1/setup | jq .needed)" = true ] || fail "the suite is already set up; this check wants an empty one."
json POST /api/v1/setup "$(jq -n --arg token "$token" '{$token, email: "admin@example.org", name: "Admin", password: "correct horse battery"}')" >"$work/admin"
[ "$(api GET /api/v1/setup | jq .needed)" = false ] || fail "the set-up link was not used up."
drive=$(api GET /api/v1/drives | jq -r 'if type == "array" then .[0].id else .items[0].id end')

declare -A file=()
for sample in "$here"/samples/*; do
  name=$(basename "$sample")
  file[$name]=$(api POST "/api/v1/drives/$drive/files" --form "file=@$sample" | jq -r .file.id)
done
[ ${#file[@]} -ge 5 ] || fail "only ${#file[@]} samples were found."

# wait_for NAME: its status when it is no longer on its way.
wait_for() {
  local tries status
  for ((tries = 0; tries < 300; tries++)); do
    status=$(api GET "/api/v1/files/${file[$1]}" | jq -r .status)
    case $status in pending | processing) sleep 0.2 ;; *) echo "$status"; return 0 ;; esac
  done
  fail "$1 is still $status after a minute."
}

# expect NAME STATUS [PHRASE]: how it ended, and a phrase its text must have.
expect() {
  local status text
  status=$(wait_for "$1")
  [ "$status" = "$2" ] || fail "$1 ended as $status, not $2: $(api GET "/api/v1/files/${file[$1]}" | jq -c .outcome)"
  if [ $# -gt 2 ]; then
    text=$(api GET "/api/v1/files/${file[$1]}/text?format=plain" | tr -s '[:space:]' ' ')
    [[ $text == *"$3"* ]] || fail "the text of $1 does not have \"$3\": $(head -c 300 <<<"$text")"
  fi
  echo "  $1: $status${3:+, with \"$3\"}"
}

expect data.json completed "a letter about pears"
expect letter.docx completed "Dear reader"
expect photo.jpg visual
expect report.pdf completed "Quarterly report of the orchard"
expect table.csv completed "Conference"

# An image preset is a smaller image, and it comes with the type it has.
thumbnail=$(api GET "/api/v1/files/${file[photo.jpg]}" | jq -r '[.artifacts[].name] | map(select(startswith("thumbnail"))) | .[0]')
api GET "/api/v1/files/${file[photo.jpg]}/artifacts/$thumbnail" >"$work/thumbnail"
[ "$(head -c 4 "$work/thumbnail")" = RIFF ] || fail "the thumbnail is not a WebP."

# What was sent comes back as it was.
api GET "/api/v1/files/${file[report.pdf]}/original" >"$work/original"
cmp "$work/original" "$here/samples/report.pdf" || fail "the original differs from what was uploaded."
say "set up, uploaded and read back ${#file[@]} files"
