# shellcheck shell=bash
# The rows of what PageSpace's deployment guide promises: each is run, here or as a test in Rust that is named. Sourced by those who run
# them in containers and without; they have sourced deploy/native/lib.sh and say where `root` and `work` are.

# shellcheck disable=SC2154  # these are the caller's
done_=0 elsewhere=0
row() { # NUMBER NAME COMMAND...
  local number=$1 name=$2
  shift 2
  [ "$number" = $((done_ + 1)) ] || fail "row $number comes after row $done_."
  "$@" >"$work/output" 2>&1 </dev/null || { tail -n 20 "$work/output" >&2; fail "row $number, $name, is not kept: $*"; }
  done_=$number
}
proven_by() {
  grep -rqE "fn $1\(" "$root/crates" "$root/tests" --include='*.rs' || { echo "there is no test called $1"; return 1; }
}
row_elsewhere() { # NUMBER NAME TEST
  row "$1" "$2" proven_by "$3"
  elsewhere=$((elsewhere + 1))
}
report_rows() { # WHERE
  [ "$done_" = 46 ] || fail "there are 46 rows, and $done_ were run."
  say "46 of 46 rows of PageSpace's guide are kept $1: $((done_ - elsewhere)) seen here, $elsewhere by tests in Rust that are named"
}

# What is asked of either: `processor`, `token`, the folder `samples` and the hash `photo` of the picture in it are the caller's, and so is
# `send`, which uploads to the processor.
asks() { curl --silent --show-error --fail --max-time 60 --header "Authorization: Bearer $token" --header 'Content-Type: application/json' "$@"; }
is_true() { jq -e "$1" "${2:-$work/answer}"; }
text_of() { # SAMPLE PHRASE
  local hash
  hash=$(sha256sum "$samples/$1" | cut -d' ' -f1)
  asks "$processor/cache/$hash/extracted-text.txt" | tr -s '[:space:]' ' ' >"$work/text" && grep -F "$2" "$work/text"
}
make_image() { # PRESET
  asks --data "{\"contentHash\": \"$photo\", \"preset\": \"$1\", \"waitForProcessing\": true}" "$processor/api/optimize" >"$work/answer" \
    && is_true '.status == "completed"' && asks --output "$work/image" "$processor/cache/$photo/$1" && head -c 4 "$work/image" | od -An -tx1 | grep -qE '^ (ff d8|52 49 46 46)'
}
all_presets() { local preset; for preset in ai-chat ai-vision thumbnail preview; do make_image "$preset" || return 1; done; }
is_deduplicated() { send "$samples/photo.jpg" >"$work/answer" && is_true '.deduplicated'; }
is_cached() { asks --data "{\"contentHash\": \"$photo\"}" "$processor/api/optimize" >"$work/answer" && is_true '.cached'; }
original_needs_the_token() { [ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$processor/cache/$photo/original")" = 401 ]; }
hash_is_right() { [ "$(asks "$processor/cache/$photo/original" | sha256sum | cut -d' ' -f1)" = "$photo" ] && asks --head "$processor/cache/$photo/original" | grep -i '^content-type: image/jpeg'; }
queue_says() { curl --silent --fail "$processor/api/queue/status" | jq -e "$1"; }
cleans_up() { curl --silent --fail --retry 20 --retry-delay 1 --retry-all-errors -X POST "$processor/api/cache/cleanup" | jq -e .success; }
web_sees_the_others() { curl --silent --fail "$web/health" | jq -e '.checks.processor.status == "healthy" and .checks.realtime.status == "healthy"'; }
processor_says_its_memory() { curl --silent --fail "$processor/health" | jq -e '.memory.rss > 0'; }
