#!/bin/sh
# The entrypoint of the database's container: the image's own, with the settings that follow the container's memory limit. So
# POSTGRES_MEMORY, a profile, or a limit written into a compose file each say it once.
set -eu
here=$(dirname "$0")

limit=
for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  if [ -r "$file" ]; then limit=$(cat "$file"); break; fi
done
# "max", or with cgroup v1 a number beyond any machine's memory: there is no limit, and the conservative default is taken.
case $limit in
  '' | max | *[!0-9]* | ?????????????????*) limit=200m ;;
esac

settings=$(sh "$here/settings.sh" "$limit")
set -- postgres -c "config_file=$here/postgresql.conf" -c 'listen_addresses=*'
for setting in $settings; do set -- "$@" -c "$setting"; done
exec docker-entrypoint.sh "$@"
