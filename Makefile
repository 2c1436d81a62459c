# The suite's commands. Nothing has to be prepared: each installs what it needs where it may, or says the one command.
# `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
NATIVE := deploy/native
# Everything below runs one thing after another; two cargo or npm at once would only wait for each other.
.NOTPARALLEL:
.PHONY: help up preflight ui ocr-models fmt test test-rust test-ui test-browser test-guide test-tus test-compose test-compose-prebuilt burst test-crash chaos backup verify-backup restore fuzz check check-rust check-deny check-ui check-scripts advisories bench bench-readers clean

help: ## list the commands
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z%-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

up: ## install, build and start the suite here, until Ctrl-C
	@deploy/preflight.sh --native
	@$(NATIVE)/up.sh

preflight: ## look whether the machine, its ports and .env are ready for docker-compose
	@deploy/preflight.sh

ui: ## build the pages that the web service carries
	$(NATIVE)/ui.sh build

ocr-models: ## fetch the models of OCR_ENGINE=accurate (27 MB), once
	$(NATIVE)/ocr-models.sh

backup: ## back up the suite of `make up`, running or not, into BACKUP_DIR=.data/backups
	$(NATIVE)/backup.sh backup

verify-backup: ## hash every file of all backups, or of LABEL=…
	$(NATIVE)/backup.sh verify $(LABEL)

restore: ## fill an empty .data/ from the newest backup, or from LABEL=…
	$(NATIVE)/backup.sh restore $(LABEL)

fmt: ## format the Rust code and the interface
	cargo fmt --all
	$(NATIVE)/ui.sh format

test: test-rust test-guide test-ui test-browser ## run every test, on a throwaway Postgres

test-rust: ## run the Rust tests, whole-system tests included
	$(NATIVE)/with-postgres.sh $(NATIVE)/test.sh

test-ui: ## run the interface's unit tests
	$(NATIVE)/ui.sh test

test-guide: ## hold a suite without containers against the 46 rows of the guide of PageSpace
	$(NATIVE)/with-suite.sh tests/native/rows.sh

test-tus: ## run the tests of tus-js-client, fetched from its repository, against processor and web; TUS_JS_CLIENT=FOLDER
	TUS_JS_CLIENT='$(abspath $(TUS_JS_CLIENT))' $(NATIVE)/with-suite.sh tests/tus/run.sh

test-browser: ## drive the interface in a real Chromium
	$(NATIVE)/with-suite.sh $(NATIVE)/ui.sh browser

test-compose: ## build the images, start them, upload files and read them back; as root
	tests/compose/run.sh

test-compose-prebuilt: ## the same with images of the programs in target/debug, so that nothing is compiled in them; as root
	cargo build --workspace --locked --bins --tests
	PROGRAMS=debug tests/compose/run.sh

burst: ## hundreds of files in containers, under their limits and under half of each; as root. BURST_FILES=500, BURST_FOLDER
	cargo build --release --locked -p processor -p realtime -p web -p worker
	PROGRAMS=release tests/compose/burst.sh

test-crash: ## kill the queue's workers and stop its Postgres under load, in CRASH_ROUNDS=20 rounds
	CRASH_ROUNDS=$${CRASH_ROUNDS:-20} $(NATIVE)/with-postgres.sh cargo test --locked -p queue --test crash -- --nocapture

chaos: ## let everything happen to a suite under load for CHAOS_SECONDS=1800; CHAOS_SEED
	cargo build --workspace --locked --bins --tests
	CHAOS_SECONDS=$${CHAOS_SECONDS:-1800} cargo test --workspace --locked --test chaos -- --nocapture

fuzz: ## damage samples of every format for FUZZ_SECONDS=600 and read them; FUZZ_SEED, FUZZ_CORPUS, FUZZ_FILE
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} FUZZ_CORPUS='$(abspath $(FUZZ_CORPUS))' FUZZ_FILE='$(abspath $(FUZZ_FILE))' \
	  cargo test --workspace --locked --test fuzz -- --nocapture damaged_samples

check: check-rust check-deny check-ui check-scripts ## format, lints, documentation, licences, types

check-rust:
	$(NATIVE)/check.sh

check-deny:
	$(NATIVE)/deny.sh bans licenses sources

check-ui:
	$(NATIVE)/ui.sh check

check-scripts:
	$(NATIVE)/shellcheck.sh

advisories: ## look our dependencies up in the list of known vulnerabilities (needs the network)
	$(NATIVE)/deny.sh advisories

bench: ## run every benchmark
	$(NATIVE)/bench.sh

bench-%: ## run one area's benchmarks, such as bench-engine
	$(NATIVE)/bench.sh $*

bench-readers: ## read the files of FOLDER=tests by us and by the usual reader of each format, and list where we differ
	FOLDER='$(abspath $(or $(FOLDER),tests))' $(NATIVE)/bench.sh readers

clean: ## remove everything built; data in .data/ stays
	cargo clean
	rm -rf crates/web/ui/dist crates/web/ui/node_modules
