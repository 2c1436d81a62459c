#!/usr/bin/env bash
# All Rust tests, with DATABASE_URL set by with-postgres.sh. The real binaries are built first, for the system tests.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
need cc=build-essential nasm=nasm tesseract=tesseract-ocr
need_rust

# Without the models of OCR_ENGINE=accurate its tests say that they are left out; a machine without the network tests the rest.
OCR_MODELS=$(ocr_models_folder)
export OCR_MODELS
deploy/native/ocr-models.sh || say "OCR_ENGINE=accurate is not tested with its models: they could not be fetched; the reason is above."

PROMETHEUS_BIN=$(deploy/native/prometheus.sh)
export PROMETHEUS_BIN

# Together, so that both are made with the same features, and once.
cargo build --workspace --locked --bins --tests
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --workspace --locked --no-fail-fast "$@"
  cargo test --workspace --locked --doc --quiet
else
  cargo test --workspace --locked --no-fail-fast "$@"
fi
