#!/usr/bin/env bash
# Checks every shell script of the project.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

need shellcheck=shellcheck
mapfile -t scripts < <(find .ci deploy tests crates -name node_modules -prune -o \( -name '*.sh' -o -path .ci/run \) -type f -print | sort)
[ ${#scripts[@]} -gt 0 ] || fail "no scripts were found to check."
shellcheck -x --source-path=. "${scripts[@]}"
say "${#scripts[@]} scripts checked"
