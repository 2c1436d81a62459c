#!/usr/bin/env bash
# Cached images through web, with its check of rights, and through the processor, against nginx serving the same bytes from
# a file, in the same run on the same machine. Run by `make bench-serve`, which starts a release build beside it.
#
# SERVE_SECONDS (5) is how long each part runs and SERVE_CONNECTIONS (16) how many connections ask at once, each for the next
# as soon as it has the last. At the end a thumbnail is asked for 200 times a second while eight large files are uploaded again and
# again, each at 10 MB a second; what it takes is held against the same without uploads. Into RESULTS goes a line of JSON for each
# rate and for each latency, with what nginx has beside it; CPU time and peak memory of the programs that answered
# are printed.
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
need curl=curl jq=jq nginx=nginx-light python3=python3 wrk=wrk

seconds=${SERVE_SECONDS:-5} connections=${SERVE_CONNECTIONS:-16}
work=$(mktemp -d)
peer=
# shellcheck disable=SC2317  # called by the trap
stop() {
  [ -z "$peer" ] || kill "$peer" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{print int(($14 + $15) * 1000 / hz)}' "/proc/$1/stat"; }

# A picture whose image of 1,568 pixels takes some 350 kB, and its thumbnail 7: noise of that grain.
make_picture() {
  python3 - "$1" <<'PY'
import random, struct, sys
width, height, grain = 1568, 1176, 7
random.seed(7)
cells = [[[random.randrange(102, 154) for _ in range(3)] for _ in range(width // grain + 1)] for _ in range(height // grain + 1)]
rows = []
for y in range(height):
    row = bytearray()
    for x in range(width):
        row += bytes(cells[y // grain][x // grain])
    rows.append(bytes(row) + bytes(-len(row) % 4))
pixels = b"".join(reversed(rows))
with open(sys.argv[1], "wb") as to:
    to.write(b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54))
    to.write(struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 2835, 2835, 0, 0) + pixels)
PY
}

start_nginx() {
  local port=$1
  # shellcheck disable=SC2016
  printf '%s\n' 'worker_processes 2; daemon off; user root;' "pid $work/nginx.pid; error_log $work/nginx.err;" \
    'events { worker_connections 1024; }' \
    "http { access_log off; sendfile on; keepalive_requests 100000000;" \
    "server { listen 127.0.0.1:$port; root $work/www; } }" >"$work/nginx.conf"
  [ "$(id -u)" = 0 ] || sed -i 's/ user root;//' "$work/nginx.conf"
  nginx -p "$work" -c "$work/nginx.conf" &
  peer=$!
  until curl --silent --output /dev/null "http://127.0.0.1:$port/"; do sleep 0.05; done
}

# Asks for one address; says requests a second, median and 99th percentile in ms, and how many answers were none.
ask() { # url [header]
  wrk -t1 -c"$connections" -d"${seconds}s" --latency ${2:+-H "$2"} "$1" | awk '
    function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
    /^ +50%/ { p50 = ms($2) } /^ +99%/ { p99 = ms($2) } /^Requests\/sec/ { rate = $2 }
    /Non-2xx/ { bad += $NF } /Socket errors/ { gsub(",", ""); bad += $4 + $6 + $8 + $10 }
    END { print rate, p50, p99, bad + 0 }'
}

# One thing through one of our programs, against nginx.
measure() { # name program url header nginx's numbers
  local name=$1 rate p50 p99 bad peer_rate peer_p50 peer_p99 web_cpu processor_cpu
  web_cpu=$(cpu_ms "$(pid_of web)") processor_cpu=$(cpu_ms "$(pid_of processor)")
  read -r rate p50 p99 bad < <(ask "$3" "$4")
  [ "$bad" = 0 ] || fail "$bad requests for $3 were not answered."
  read -r peer_rate peer_p50 peer_p99 _ <<<"$5"
  result "serve.$name.$2.vs_nginx" "$rate" requests/s nginx "$peer_rate"
  result "serve.$name.$2.p50" "$p50" ms nginx "$peer_p50"
  result "serve.$name.$2.p99" "$p99" ms nginx "$peer_p99"
  echo "  CPU: web $(($(cpu_ms "$(pid_of web)") - web_cpu)) ms, processor $(($(cpu_ms "$(pid_of processor)") - processor_cpu)) ms in $seconds s"
}

# The thumbnail 200 times a second: median and 99th percentile in ms.
steadily() { # url
  local p50 p99 bad
  read -r p50 p99 bad < <(python3 "$here/steady.py" "$1" "$own" 200 "$seconds")
  [ "$bad" = 0 ] || fail "$bad requests for $1 were not answered."
  echo "$p50 $p99"
}

# Uploads one file until there is no folder of work any more, or it is told to end.
upload() { # file
  while [ -e "$1" ]; do
    curl --silent --output /dev/null --limit-rate 10M --header "$own" --form "file=@$1" "$BASE_URL/api/v1/drives/$drive/files"
  done
}

beside_uploads() { # url
  local n alone beside uploads=()
  for n in {1..8}; do head -c 33554432 /dev/urandom >"$work/upload-$n.bin"; done
  alone=$(steadily "$1")
  for n in {1..8}; do upload "$work/upload-$n.bin" & uploads+=($!); done
  sleep 1
  beside=$(steadily "$1")
  rm -f "$work"/upload-*.bin
  wait "${uploads[@]}" || true
  result serve.thumbnail.web.beside_uploads.p50 "${beside% *}" ms alone "${alone% *}"
  result serve.thumbnail.web.beside_uploads.p99 "${beside#* }" ms alone "${alone#* }"
}

set_up
token=$(api --header 'Content-Type: application/json' --data '{"name": "bench", "scopes": ["read", "write"]}' "$BASE_URL/api/v1/tokens" | jq -r .secret)
make_picture "$work/picture.bmp"
file=$(api --form "file=@$work/picture.bmp" "$BASE_URL/api/v1/drives/$drive/files" | jq -r .file.id)
until [ "$(api "$BASE_URL/api/v1/files/$file" | jq -r .status)" = visual ]; do sleep 0.05; done
hash=$(api "$BASE_URL/api/v1/files/$file" | jq -r .contentHash)

processor=http://127.0.0.1:$PROCESSOR_PORT
own="Authorization: Bearer $token" inner="Authorization: Bearer $(<"$DATA_DIR/secrets/processor-token")"
mkdir "$work/www"
port=$(free_port)
start_nginx "$port"
while read -r name preset; do
  curl --silent --fail --header "$own" --output "$work/www/$preset" "$BASE_URL/api/v1/files/$file/artifacts/$preset"
  echo "$name: $(stat -c %s "$work/www/$preset") bytes"
  beside=$(ask "http://127.0.0.1:$port/$preset")
  measure "$name" web "$BASE_URL/api/v1/files/$file/artifacts/$preset" "$own" "$beside"
  measure "$name" processor "$processor/cache/$hash/$preset" "$inner" "$beside"
done <<<'thumbnail thumbnail
350k ai-chat'
beside_uploads "$BASE_URL/api/v1/files/$file/artifacts/thumbnail"
for name in web processor; do echo "peak memory of $name: $(peak_mb "$(pid_of "$name")") MB"; done
