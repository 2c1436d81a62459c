#!/usr/bin/env bash
# profiles.sh: starts the suite of docker-compose.yml, whose images are built, with each profile in deploy/profiles: its limits are the
# containers' own, Postgres follows its limit, and files are read.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

setting() { sed -n "s/^$1=//p" "$2"; }
megabytes() { case $1 in *g) echo $((${1%g} * 1024)) ;; *m) echo "${1%m}" ;; esac; }

# New bytes of each sample that takes some at its end, so that every one of them is read again.
read_samples() {
  local sample name answer job
  for sample in photo.jpg table.csv data.json; do
    name=$1-$sample
    { cat "$here/samples/$sample"; [ "$sample" != table.csv ] || echo "$name,1"; printf '\n%s' "$([ "$sample" != photo.jpg ] || echo "$name")"; } >"$work/$name"
    [ "$sample" != data.json ] || jq --arg by "$name" '. + {by: $by}' "$here/samples/data.json" >"$work/$name"
    answer=$(send "$work/$name")
    job=$(job_ends "$(jq -r '.jobIds[0]' <<<"$answer")")
    [ "$(jq -r .status <<<"$job")" = completed ] || fail "with $1, $sample was not read: $job"
  done
}

count=0
for profile in "$root"/deploy/profiles/*.env; do
  name=$(basename "$profile" .env)
  compose --env-file "$profile" config -q || fail "$name is not valid."
  started=$SECONDS
  up_with --env-file "$profile"
  for service in "${services[@]}"; do
    wanted=$(megabytes "$(setting "${service^^}_MEMORY" "$profile")")
    [ "$(limit_mb "$service")" = "$wanted" ] || fail "with $name, $service is limited to $(limit_mb "$service") MB, not $wanted."
  done
  while IFS='=' read -r key value; do
    shown=$(sql "select setting::bigint * case unit when '8kB' then 8 else 1 end from pg_settings where name = '$key'")
    # Postgres counts what is shared in pages of 8 kB.
    missing=$((${value%kB} - shown))
    ((missing > -8 && missing < 8)) || fail "with $name, Postgres has $key=$shown, not $value."
  done < <(sh "$root/deploy/postgres/settings.sh" "$(setting POSTGRES_MEMORY "$profile")")
  read_samples "$name"
  say "$name: healthy after $((SECONDS - started)) s and its files are read"
  report_memory
  count=$((count + 1))
done
[ "$count" -ge 3 ] || fail "there are only $count profiles."
