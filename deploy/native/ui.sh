#!/usr/bin/env bash
# The interface's own steps, with a Node found or fetched: ui.sh build | format | check | test | browser.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
source "$(dirname "${BASH_SOURCE[0]}")/node.sh"

ui=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../crates/web/ui" && pwd)
find_node || fail "there is no Node 20.19 or newer and none could be fetched; the interface needs one to be ${1:-built}."
install_ui "$ui"
cd "$ui"

# The browser test drives a real Chromium; where none is and none may be installed, it is left out and said so.
browser() {
  local chromium
  have chromium || have google-chrome || (need chromium=chromium) || {
    say "the browser test is left out: there is no Chromium."
    return 0
  }
  chromium=$(command -v chromium || command -v google-chrome)
  CHROMIUM=$chromium npm run e2e
}

case ${1:-} in
  build) npm run build ;;
  format) npm run format ;;
  check) npm run format:check && npm run gen:check && npm run lint && npm run types ;;
  test) npm test ;;
  browser) browser ;;
  *) fail "usage: ui.sh build | format | check | test | browser" ;;
esac
