#!/usr/bin/env bash
# build.sh: builds every image from nothing, as `docker-compose up --build` does on a new server, in a builder that has BUILD_MEMORY (3g)
# and no swap; then once more after a change of our own code. Prints seconds and the most memory that a step's processes held.
#
# As root; some twenty minutes on two cores. What CPU_SHARES says is for a machine that has other work.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need dockerd=docker.io
memory=${BUILD_MEMORY:-3g}
work=$(mktemp -d)
trap 'kill "${watcher:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

# Of all containers, as the builder's has no name: the processes' own memory, in bytes, at most.
watch_builder() {
  local file now most=0
  while sleep 0.3; do
    for file in /sys/fs/cgroup/system.slice/docker-*.scope/memory.stat /sys/fs/cgroup/docker/*/memory.stat /sys/fs/cgroup/memory/docker/*/memory.stat; do
      now=$(awk '$1 == "anon" || $1 == "total_rss" {print $2; exit}' "$file" 2>/dev/null) || continue
      [ "${now:-0}" -le "$most" ] || { most=$now && echo "$most" >"$work/most"; }
    done
  done
}
build_all() { # NAME, OPTIONS of the first build
  local started=$SECONDS name=$1 target file
  shift
  echo 0 >"$work/most"
  watch_builder &
  watcher=$!
  for target in web migrate realtime worker processor; do
    file=Dockerfile.web
    [ "$target" != processor ] || file=Dockerfile.processor
    docker build "$@" --memory "$memory" --memory-swap "$memory" --cpu-shares "${CPU_SHARES:-1024}" --file "$folder/$file" --target "$target" \
      --tag "pagespace-build-$target" "$folder" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "$target does not build in $memory; the reason is above."; }
    set --
  done
  kill "$watcher" 2>/dev/null || true
  say "$name: $((SECONDS - started)) s, at most $(($(cat "$work/most") >> 20)) MB of $memory in a step"
}

start_docker
"$here/base_images.sh"
# A copy, as a line of it is changed.
folder=$work/project
git clone --quiet "$root" "$folder"
build_all "from nothing" --no-cache
echo '// A change.' >>"$folder/crates/jobs/src/lib.rs"
build_all "after a change of the code that all programs share"
echo '// A change.' >>"$folder/crates/web/src/lib.rs"
build_all "after a change of web alone"
for target in migrate processor realtime web worker; do
  say "$target: $(($(docker image inspect --format '{{.Size}}' "pagespace-build-$target") / 1000000)) MB"
done
