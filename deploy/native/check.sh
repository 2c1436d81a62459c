#!/usr/bin/env bash
# Format, lints and documentation of all Rust code; any warning is an error.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Lints compile the C parts too.
need cc=build-essential nasm=nasm
need_rust

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet
say "format, lints and documentation are right"
