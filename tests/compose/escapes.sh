#!/usr/bin/env bash
# The list of escapes in the processor's own container: its image, its user, its read-only root, its seccomp profile and limits as
# docker-compose.yml has them, with the tests of the sandbox mounted in and run instead of the service. As root; run.sh, or a build of
# the images by hand, goes before. The tests are built here if ESCAPES names no program with them.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need dockerd=docker.io jq=jq

build_tests() {
  cargo test --workspace --locked --no-run --test pool --message-format=json |
    jq -r 'select(.reason == "compiler-artifact" and .target.name == "pool" and .executable != null) | .executable'
}

start_docker
tests=${ESCAPES:-$(cd "$root" && build_tests)}
[ -x "$tests" ] || fail "there is no program with the tests: ${tests:-cargo names none}."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Without the tables that only a debugger reads, and readable for the container's user.
strip -o "$work/escapes" "$tests"
chmod 755 "$work" "$work/escapes"
# Files are made in memory: /tmp of the container is that, and no file of it can be run.
run() { compose run --rm --no-deps -T --volume "$work/escapes:/escapes:ro" --entrypoint /escapes processor "$@" </dev/null; }

for name in every_way_out_is_refused every_way_out_is_refused_without_landlock nothing_of_the_parent_comes_along \
  no_descriptor_reaches_the_parent the_layers_are_known; do
  said=$(run --exact "$name" 2>&1) || { echo "$said" >&2; fail "$name fails in the processor's container."; }
  # A name that is no test's would have run none, and failed in nothing.
  grep -q "^test $name ... ok" <<<"$said" || { echo "$said" >&2; fail "$name was not run."; }
done
say "every way out is refused in the processor's container, with Landlock and without"
