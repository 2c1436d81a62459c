#!/usr/bin/env bash
# prometheus.sh: prints the folder with the prometheus and promtool that test deploy/monitoring. Where they are not installed, Debian's
# package is unpacked into a cache folder: an installed one would start a server.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if have prometheus && have promtool; then
  dirname "$(command -v prometheus)"
  exit
fi
folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/pagespace/prometheus
if [ ! -x "$folder/usr/bin/promtool" ]; then
  have apt-get || fail "prometheus is missing; install it with this system's package manager, then try again."
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  apt-get download prometheus >&2 || { [ "$(id -u)" = 0 ] && apt-get update >&2 && apt-get download prometheus >&2; } \
    || fail "prometheus could not be downloaded; first run: sudo apt-get update"
  dpkg -x prometheus_*.deb unpacked
  mkdir -p "$folder"
  cp -r unpacked/usr "$folder/"
fi
echo "$folder/usr/bin"
