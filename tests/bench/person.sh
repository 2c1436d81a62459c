# shellcheck shell=bash
# The person who uses a suite that is measured: its first administrator, by a cookie in the folder `work`. Sourced by the benchmarks
# beside it; BASE_URL says where the suite is, ORIGIN what its pages are called where that differs, SETUP_LINK how to begin.

# shellcheck disable=SC2154  # work is the caller's
api() { curl --silent --show-error --fail --cookie "$work/jar" --cookie-jar "$work/jar" --header "Origin: ${ORIGIN:-$BASE_URL}" "$@"; }

# Makes the administrator; then `drive` is the drive that they have.
set_up() {
  api --header 'Content-Type: application/json' --output /dev/null --data "$(jq -n --arg token "${SETUP_LINK##*token=}" \
    '{$token, email: "bench@example.org", name: "Bench", password: "correct horse battery"}')" "$BASE_URL/api/v1/setup"
  # shellcheck disable=SC2034  # the caller's
  drive=$(api "$BASE_URL/api/v1/drives" | jq -r '.[0].id')
}

is_idle() { [ "$(api "$BASE_URL/api/v1/queue" | jq '[.. | objects | (.active // 0) + (.pending // 0)] | add')" = 0 ]; }

# Small files of every kind in FOLDER. Every one is another content, as the same one twice is only stored once: bytes after the end
# harm no kind.
make_files() { # COUNT FOLDER
  local n sample samples
  samples=("$(dirname "${BASH_SOURCE[0]}")"/../compose/samples/*)
  mkdir "$2"
  for ((n = 0; n < $1; n++)); do
    sample=${samples[n % ${#samples[@]}]}
    case $sample in
      *.csv) { cat "$sample"; echo "Number,$n,1"; } ;;
      *.docx | *.json) printf '{"number": %s, "about": "a burst of files"}' "$n" ;;
      *) { cat "$sample"; printf '\n%%%s\n' "$n"; } ;;
    esac >"$2/$n-$(basename "${sample/.docx/.json}")"
  done
}
