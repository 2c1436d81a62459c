#!/usr/bin/env bash
# run.sh: the tests of tus-js-client against a suite that with-suite.sh has started, its processor and its web service. Most of them speak
# with no server; the rest send 50 MB by each of the ways that the client has, and read it back. 78 of the 79 pass against either; the
# last asks a public host, whatever the server, and passes where that can be reached.
#
# The package on npm is without its tests, so that they are fetched from its repository, at the version below; or TUS_JS_CLIENT names a
# clone of it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$root/deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/node.sh
source "$root/deploy/native/node.sh"
commit=89ef3cad93cf92c89452ae08b7c29c20677faf3c
repository=https://github.com/tus/tus-js-client

need git=git
find_node || fail "there is no Node 20.19 or newer and none could be fetched."
client=${TUS_JS_CLIENT:-$root/target/tus-js-client}
if [ ! -f "$client/package.json" ]; then
  say "fetching the tests of tus-js-client (a little after 5.0.0-pre2)"
  git clone --quiet "$repository" "$client"
  git -C "$client" checkout --quiet "$commit"
fi
if [ ! -d "$client/node_modules/jasmine" ]; then
  # Without scripts: one of them would fetch a browser.
  (cd "$client" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
fi
[ -f "$client/lib.esm/package.json" ] || (cd "$client" && npm run --silent build-transpile-esm)
PROCESSOR_TOKEN=$(cat "$SECRETS_DIR/processor-token") node "$root/tests/tus/run.mjs" "$client"
