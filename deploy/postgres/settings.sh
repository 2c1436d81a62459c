#!/bin/sh
# settings.sh MEMORY: the settings of Postgres that follow its memory, a line NAME=VALUE each. MEMORY as in POSTGRES_MEMORY: bytes, or
# with k, m or g. They go before what postgresql.conf says, whose values are those for 200 MB.
#
# A quarter is shared; the rest is for the connections themselves (up to 4 MB each once they have worked), for sorts of up to two
# fifths, should every connection sort at once, and for the kernel's cache.
set -eu

fail() {
  echo "postgres: $*" >&2
  exit 1
}

wrong() { fail "POSTGRES_MEMORY=$1 is no size; write for example 200m or 1g."; }
number=${1%%[!0-9]*}
[ -n "$number" ] || wrong "$1"
case ${1#"$number"} in
  [gG] | [gG][bB]) bytes=$((number << 30)) ;;
  [mM] | [mM][bB]) bytes=$((number << 20)) ;;
  [kK] | [kK][bB]) bytes=$((number << 10)) ;;
  '' | [bB]) bytes=$number ;;
  *) wrong "$1" ;;
esac
kilobytes=$((bytes >> 10)) megabytes=$((bytes >> 20))
[ "$megabytes" -ge 96 ] || fail "POSTGRES_MEMORY=$1 is too little; the services' connections alone need 96m."

# What the services open of 40 is counted in postgresql.conf; of fewer they open fewer. Below 24 they would not work.
connections=$((megabytes / 5))
[ "$connections" -ge 24 ] || connections=24
[ "$megabytes" -le 200 ] || connections=$((40 + (megabytes - 200) / 20))
[ "$connections" -le 200 ] || connections=200
shared_kb=$((kilobytes * 24 / 100))
# Of so little the connections need most.
[ "$megabytes" -ge 128 ] || shared_kb=$((kilobytes * 8 / 100))
maintenance_kb=$((kilobytes * 8 / 100))
# Above this a vacuum gains nothing.
[ "$maintenance_kb" -le 262144 ] || maintenance_kb=262144
sort_kb=$((kilobytes * 40 / 100 / connections))
[ "$sort_kb" -le 65536 ] || sort_kb=65536

cat <<END
max_connections=$connections
shared_buffers=${shared_kb}kB
effective_cache_size=$((kilobytes * 64 / 100))kB
work_mem=${sort_kb}kB
maintenance_work_mem=${maintenance_kb}kB
autovacuum_work_mem=${maintenance_kb}kB
END
