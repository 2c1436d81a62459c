#!/usr/bin/env bash
# cargo deny CHECK...: licences, banned crates and sources as deny.toml says. Where the program is missing it is
# installed once, into the user's cache.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=${XDG_CACHE_HOME:-$HOME/.cache}/pagespace/tools
export PATH=$PATH:$tools/bin
# Versions before 0.16 know neither today's licence names nor our deny.toml.
knows_us() { cargo deny --version 2>/dev/null | awk '{split($2, v, "."); exit !(v[1] > 0 || v[2] >= 16)}'; }
if ! knows_us; then
  need cc=build-essential
  export PATH=$tools/bin:$PATH
  if ! knows_us; then
    say "installing cargo-deny into $tools, once"
    # Without optimisation: it is quicker to build and still takes a second to run. From elsewhere than this folder, whose
    # toolchain file is not meant for it.
    (cd / && cargo install cargo-deny --locked --debug --quiet --root "$tools")
  fi
fi
cargo deny --all-features check "$@"
