#!/usr/bin/env bash
# fetch.sh FOLDER: puts the models of OCR_ENGINE=accurate into a folder, unless they are there. Needs Python and pip, and the
# network once: 27 MB. What comes is held against its SHA-256, as a package and file by file; a folder is never half full.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:?usage: fetch.sh FOLDER}

are_there() { (cd "$1" && sha256sum --check --status "$here/SHA256SUMS") 2>/dev/null; }

are_there "$folder" && exit 0
mkdir -p "$folder"
work=$(mktemp -d "$folder/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
  --dest "$work" --requirement "$here/requirements.txt" </dev/null
# A wheel is a zip.
python3 -m zipfile -e "$work"/rapidocr-*.whl "$work/wheel"
are_there "$work/wheel/rapidocr/models" || { echo "ocr-models: the package has other models than it had" >&2; exit 1; }
while read -r _ name; do
  chmod 644 "$work/wheel/rapidocr/models/$name"
  mv "$work/wheel/rapidocr/models/$name" "$folder/$name"
done < "$here/SHA256SUMS"
# Whoever hands the models on hands on under which terms they are.
cp "$work"/wheel/*.dist-info/licenses/* "$folder/"
