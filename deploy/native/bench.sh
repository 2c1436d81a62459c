#!/usr/bin/env bash
# bench.sh [AREA]: runs the benchmarks of one crate that has a benches/ folder, or `suite`, the whole suite under a burst
# of files; without an area, all of them. What they print is kept under target/bench/.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

areas=()
for dir in crates/*/benches; do
  area=$(basename "$(dirname "$dir")")
  [ -d "$dir" ] && [[ -z ${1:-} || $area = "$1" ]] && areas+=("$area")
done
[[ -n ${1:-} && $1 != suite ]] || areas+=(suite)
[ ${#areas[@]} -gt 0 ] || fail "no crate called $1 has a benches/ folder."
need cc=build-essential nasm=nasm
need_rust

results=${CARGO_TARGET_DIR:-target}/bench
mkdir -p "$results"
for area in "${areas[@]}"; do
  say "benchmarks of $area"
  if [ "$area" = suite ]; then
    PROFILE=release deploy/native/with-suite.sh tests/bench/suite.sh
  else
    deploy/native/with-postgres.sh cargo bench --locked -p "$area" --benches
  fi 2>&1 | tee "$results/$area.txt"
done
say "results are in $results"
