#!/usr/bin/env bash
# bench.sh [AREA]: runs the benchmarks of one crate that has a benches/ folder, `images` or `documents` (the engine's, against
# others), `search`, a large library of generated pages, `heic`, phones' pictures against libheif, `suite`, the whole suite under a burst of files, `photos`, the same with photos
# against sharp, `ocr`, recognised pages and their PDFs against what is known of them, `crowd`, one drive's many files against
# another's single one, `backup`, a second backup against the first, `doors`, thousands of half-open clients beside a person,
# `pages`, pages of a long PDF as a viewer asks for them against pdftoppm and mutool,
# `readers`, the files of FOLDER by us and by the usual reader of each, or `serve`, cached images against nginx; without an area, all
# of them. What they print is kept under target/bench/, and what they measure, a line of JSON for each number, beside it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=node.sh
source "$(dirname "${BASH_SOURCE[0]}")/node.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

areas=()
for dir in crates/*/benches; do
  of_crate=("$(basename "$(dirname "$dir")")")
  [ "${of_crate[0]}" != engine ] || of_crate=(images documents)
  [ "${of_crate[0]}" != db ] || of_crate=(search)
  for area in "${of_crate[@]}"; do
    [ -d "$dir" ] && [[ -z ${1:-} || $area = "$1" ]] && areas+=("$area")
  done
done
for area in backup crowd doors heic ocr pages photos readers serve suite; do [[ -n ${1:-} && $1 != "$area" ]] || areas+=("$area"); done
[ ${#areas[@]} -gt 0 ] || fail "no crate called $1 has a benches/ folder."
need cc=build-essential nasm=nasm
need_rust

# Absolute, as cargo starts benchmarks in their crate's folder.
mkdir -p "${CARGO_TARGET_DIR:-target}/bench"
results=$(cd "${CARGO_TARGET_DIR:-target}/bench" && pwd)

# A crate that is measured against others in Node keeps them in benches/peers.
install_peers() { # folder
  find_node || fail "there is no Node to install the peers in $1 with."
  (cd "$1" && npm ci --no-audit --no-fund) || fail "npm could not install the peers in $1; the reason is above. BENCH_PEERS=0 leaves them out."
}

# The readers of documents that ours are measured against: Debian's, and libraries of Node and Python.
install_readers() {
  need pdftotext=poppler-utils mutool=mupdf-tools pandoc=pandoc python3=python3-pip pip3=python3-pip
  install_peers crates/engine/benches/document-peers
  install_python crates/engine/benches/document-peers/requirements.txt
}

# Libraries of Python that ours are measured against, or that make what is measured.
install_python() { # a list of them
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --upgrade --prefer-binary --target "$results/python" \
    --requirement "$1" </dev/null \
    || fail "pip could not install what $1 lists; the reason is above. BENCH_PEERS=0 leaves out that of bench-documents."
}

for area in "${areas[@]}"; do
  say "benchmarks of $area"
  durable=
  if [ -f "crates/$area/benches/peers/package.json" ]; then
    [ "${BENCH_PEERS:-}" = 0 ] || install_peers "crates/$area/benches/peers"
    # Against others, on what a product would run on.
    durable=1
  fi
  rm -f "$results/$area.jsonl"
  if [ "$area" = suite ]; then
    PROFILE=release deploy/native/with-suite.sh tests/bench/suite.sh
  elif [ "$area" = backup ] || [ "$area" = crowd ] || [ "$area" = doors ] || [ "$area" = pages ] || [ "$area" = serve ]; then
    RESULTS=$results/$area.jsonl PROFILE=release deploy/native/with-suite.sh "tests/bench/$area.sh"
  elif [ "$area" = ocr ]; then
    need tesseract=tesseract-ocr python3=python3-pip pip3=python3-pip
    install_python tests/bench/ocr-requirements.txt
    PYTHONPATH=$results/python ENABLE_OCR=true OCR_ENGINE=auto RESULTS=$results/$area.jsonl PROFILE=release \
      deploy/native/with-suite.sh tests/bench/ocr.sh
  elif [ "$area" = photos ]; then
    install_peers crates/engine/benches/peers
    RESULTS=$results/$area.jsonl PROFILE=release deploy/native/with-suite.sh tests/bench/photos.sh
  elif [ "$area" = heic ]; then
    install_peers crates/engine/benches/peers
    RESULTS=$results/$area.jsonl tests/bench/heic.sh
  elif [ "$area" = readers ]; then
    need antiword=antiword catdoc=catdoc convert=imagemagick pdftotext=poppler-utils unrtf=unrtf vips=libvips-tools \
      python3=python3-pip pip3=python3-pip
    install_python crates/engine/benches/readers/requirements.txt
    cargo build --workspace --locked --example engine
    PYTHONPATH=$results/python python3 crates/engine/benches/readers/main.py \
      "${CARGO_TARGET_DIR:-target}/debug/examples/engine" "${FOLDER:-tests}" "$results/readers.jsonl"
  elif [ "$area" = search ]; then
    # How long answers take depends on the memory that Postgres has in the product.
    RESULTS=$results/$area.jsonl POSTGRES_DURABLE=1 deploy/native/with-postgres.sh cargo bench --locked -p db --bench search
  elif [ "$area" = images ]; then
    install_peers crates/engine/benches/peers
    cargo bench --locked -p engine --bench images
  elif [ "$area" = documents ]; then
    need tesseract=tesseract-ocr
    OCR_MODELS=$(ocr_models_folder)
    export OCR_MODELS
    deploy/native/ocr-models.sh
    [ "${BENCH_PEERS:-}" = 0 ] || install_readers
    cargo bench --locked -p engine --bench documents
  else
    RESULTS=$results/$area.jsonl POSTGRES_DURABLE=$durable deploy/native/with-postgres.sh cargo bench --locked -p "$area" --benches
  fi 2>&1 | tee "$results/$area.txt"
done
say "results are in $results"
