#!/usr/bin/env bash
# ocr-models.sh: fetches the models of OCR_ENGINE=accurate into OCR_MODELS, or where all clones of this user have them, unless
# they are there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$(ocr_models_folder)
if ! (cd "$folder" && sha256sum --check --status "$OLDPWD/deploy/ocr-models/SHA256SUMS") 2>/dev/null; then
  need python3=python3-pip pip3=python3-pip
  say "fetching the models of OCR_ENGINE=accurate into $folder"
  deploy/ocr-models/fetch.sh "$folder" || fail "the models could not be fetched; the reason is above."
fi
say "the models of OCR_ENGINE=accurate are in $folder"
