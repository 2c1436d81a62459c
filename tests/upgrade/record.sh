#!/usr/bin/env bash
# deploy/native/with-suite.sh tests/upgrade/record.sh VERSION: keeps what a suite of this release leaves behind, so that later ones can be
# held against it: tests/upgrade/VERSION gets the database as SQL, the store, and what was answered. Once for each release, with a build of it.
# tests/suite/upgrades.rs runs today's migrations over each and asks the same again.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/native/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")"
need curl=curl jq=jq
[ $# = 1 ] || fail "usage: with-suite.sh record.sh VERSION"
kept=$PWD/$1 samples=$PWD/../samples processor=http://127.0.0.1:${PROCESSOR_PORT:?with-suite.sh names it}
[ ! -e "$kept" ] || fail "$kept is there already; a release is only recorded once."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/kept"
token=$(<"$DATA_DIR/secrets/processor-token")

api() { # METHOD PATH [curl arguments]
  curl --silent --show-error --fail-with-body --max-time 60 --cookie "${jar:-$work/jar}" --cookie-jar "${jar:-$work/jar}" \
    --header "Origin: $BASE_URL" --request "$1" "$BASE_URL$2" "${@:3}"
}
json() { api "$1" "$2" --header 'Content-Type: application/json' --data "$3"; }
service() { curl --silent --show-error --fail-with-body --max-time 60 --header "Authorization: Bearer $token" --request "$1" "$processor$2" "${@:3}"; }

# --- people, drives, files of several kinds in every state ---------------------------------------------------------

password='correct horse battery'
json POST /api/v1/setup "$(jq -n --arg token "${SETUP_LINK##*token=}" --arg password "$password" '{$token, email: "ada@example.org", name: "Ada", $password}')" >/dev/null
json POST /api/v1/users "$(jq -n --arg password "$password" '{email: "bob@example.org", name: "Bob", $password, isAdmin: false}')" >/dev/null
drive=$(api GET /api/v1/drives | jq -r '.[0].id')
shared=$(json POST /api/v1/drives '{"name": "Shared"}' | jq -r .id)
json PUT "/api/v1/drives/$shared/members" '{"email": "bob@example.org", "role": "editor"}' >/dev/null
jar=$work/bob json POST /api/v1/session "$(jq -n --arg password "$password" '{email: "bob@example.org", $password}')" >/dev/null
invitation=$(jar=$work/bob api GET /api/v1/invitations | jq -r '.[0].id')
jar=$work/bob api POST "/api/v1/invitations/$invitation/accept" >/dev/null
api_token=$(json POST /api/v1/tokens '{"name": "a script", "scopes": ["read", "write"]}' | jq -r .secret)

upload() { api POST "/api/v1/drives/$1/files" --form "file=@$samples/$2" | jq -r .file.id; }
wait_for() { # FILE
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    case $(api GET "/api/v1/files/$1" | jq -r .status) in pending | processing) sleep 0.2 ;; *) return ;; esac
  done
  fail "file $1 is not ready after a minute."
}
files=()
for sample in text/hello.txt csv/quoted.csv json/nested.json docx/letter.docx pdf/three-pages.pdf pdf/encrypted-secret.pdf \
  image/corners.png image/animated.gif office-encrypted/locked.docx damaged/part-closed-that-was-not-opened.eml; do
  files+=("$(upload "$drive" "$sample")")
done
files+=("$(upload "$shared" text/hello.txt)")
head -c 300 /dev/zero | tr '\0' '\377' >"$work/noise.bin"
files+=("$(api POST "/api/v1/drives/$drive/files" --form "file=@$work/noise.bin" | jq -r .file.id)")
service POST /api/upload/single --form "file=@$samples/xml/$(cd "$samples/xml" && find . -type f | sort | head -n 1)" --form pageId=page-1 --form driveId=clx0drive --form userId=clx0user >"$work/page"
for file in "${files[@]}"; do wait_for "$file"; done
page_job=$(jq -r '.jobIds[0]' "$work/page") page_hash=$(jq -r .contentHash "$work/page")
until service GET "/api/job/$page_job" | jq -e '.status == "completed"' >/dev/null; do sleep 0.2; done
json PATCH "/api/v1/files/${files[1]}" '{"name": "renamed.csv"}' >/dev/null
json PATCH "/api/v1/files/${files[2]}" '{"trashed": true}' >/dev/null
# One whose job has not begun.
service POST /api/queue/ingest-file/pause >/dev/null
pending=$(upload "$drive" md/"$(cd "$samples/md" && find . -type f | sort | head -n 1)")
files+=("$pending")

# --- what is answered ----------------------------------------------------------------------------------------------

# ask web|processor PATH: one line with the status and the JSON, or the SHA-256 of anything else.
ask() {
  local base=$BASE_URL code type as=(--cookie "$work/jar")
  [ "$1" = web ] || { base=$processor as=(--header "Authorization: Bearer $token"); }
  read -r code type < <(curl --silent --max-time 60 "${as[@]}" --output "$work/body" --write-out '%{http_code} %{content_type}\n' "$base$2")
  if [[ $type == application/json* ]]; then
    jq -c --arg of "$1" --arg path "$2" --argjson code "$code" '{of: $of, path: $path, status: $code, json: .}' "$work/body"
  else
    jq -nc --arg of "$1" --arg path "$2" --argjson code "$code" --arg sha256 "$(sha256sum <"$work/body" | cut -d' ' -f1)" '{of: $of, path: $path, status: $code, sha256: $sha256}'
  fi
}
ask_all() {
  local file name job
  for path in users drives tokens "drives/$drive/files?limit=100" "drives/$drive/files?limit=100&trashed=true" "drives/$shared/files" "drives/$shared/members" 'jobs?limit=100'; do
    ask web "/api/v1/$path"
  done
  for file in "${files[@]}"; do
    ask web "/api/v1/files/$file"
    ask web "/api/v1/files/$file/original"
    for name in plain markdown; do ask web "/api/v1/files/$file/text?format=$name"; done
    for name in $(api GET "/api/v1/files/$file" | jq -r '.artifacts[]?.name | @uri'); do ask web "/api/v1/files/$file/artifacts/$name"; done
  done
  for job in $(api GET '/api/v1/jobs?limit=100' | jq -r '(.items? // .)[].id'); do ask web "/api/v1/jobs/$job"; done
  ask processor "/api/job/$page_job"
  for name in original metadata extracted-text.txt; do ask processor "/cache/$page_hash/$name"; done
}
# The database is taken between two times of asking, so that nothing has happened meanwhile, such as the hourly clean-up.
ask_all >"$work/first"
bin=$(postgres_bin)
# Its own commands begin with a backslash; everything else is SQL for whoever reads it.
"$bin/pg_dump" --inserts --no-owner --no-privileges "$DATABASE_URL" | grep -v '^[\]' >"$work/kept/database.sql"
cp -r "$DATA_DIR/storage" "$work/kept/store"
ask_all >"$work/answers"
diff "$work/first" "$work/answers" || fail "the same question is answered in two ways: something happened meanwhile (try again), or it has to be left out."
jq -s --arg password "$password" --arg api_token "$api_token" --arg pending "$pending" \
  '{people: ["ada@example.org", "bob@example.org"], $password, $api_token, $pending, answers: .}' "$work/answers" >"$work/kept/answers.json"

rm -rf "$work/kept/store/tmp" "$work/kept/store/trash"
mv "$work/kept" "$kept"
say "$(jq '.answers | length' "$kept/answers.json") answers are kept in $kept, $(du -sk "$kept" | cut -f1) kB"
