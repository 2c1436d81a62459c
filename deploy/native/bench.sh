#!/usr/bin/env bash
# bench.sh [AREA]: runs the benchmarks of one crate, or of every crate that has a benches/ folder, on a throwaway
# Postgres. What they print is kept under target/bench/.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

areas=()
for dir in crates/*/benches; do
  area=$(basename "$(dirname "$dir")")
  [ -d "$dir" ] && [[ -z ${1:-} || $area = "$1" ]] && areas+=("$area")
done
[ ${#areas[@]} -gt 0 ] || fail "no crate${1:+ called $1} has a benches/ folder."
need cc=build-essential nasm=nasm
need_rust

results=${CARGO_TARGET_DIR:-target}/bench
mkdir -p "$results"
for area in "${areas[@]}"; do
  say "benchmarks of $area"
  deploy/native/with-postgres.sh cargo bench --locked -p "$area" --benches 2>&1 | tee "$results/$area.txt"
done
say "results are in $results"
