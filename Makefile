# make verify   builds everything and prints the table of claims with verdicts
# make test     runs the tests
# make lint     formatting, clippy (with and without the command line) and the documentation, warnings as errors
# make bench    runs the criterion benches; against a saved baseline:  make bench ARGS="-- --save-baseline before",  then
#               make bench ARGS="-- --baseline before"
# make bench-peers  times NumPy, JAX, mpmath, python-flint and Arb beside this crate, in one table (benches/peers/README.md)
# make wheel    builds the Python wheel that carries the binary and tries it in a fresh virtual environment
# make report   writes a page with verdicts, evidence and figures (and the data behind them) under target/report/
# make baseline repeats the run of proofs/baseline.json and takes its results as the new ones to compare with
# make proofs   checks the Coq development (installs Coq where missing) and replays the interval proofs: the rigorous claims
#
# ARGS="…" is passed on, for instance  make verify ARGS="--quick --batch-sizes 7..=20".

CARGO ?= cargo
ODDPOINT = $(CARGO) run --release --locked --quiet --

.PHONY: verify test lint bench bench-peers wheel report baseline proofs coq setup

verify: setup
	$(CARGO) build --release --locked
	$(ODDPOINT) verify $(ARGS)

# The release profile: one build of GMP and MPFR serves `make verify` too. `cargo test` alone works as well.
test: setup
	$(CARGO) test --release --locked $(ARGS)

lint: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --release --locked --all-targets -- -D warnings
	$(CARGO) clippy --release --locked --lib --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --locked --no-deps --quiet

bench: setup
	$(CARGO) bench --locked $(ARGS)

bench-peers: setup
	@CARGO="$(CARGO)" ./benches/peers/run.sh $(ARGS)

wheel: setup
	@./scripts/wheel.sh

report: setup
	$(ODDPOINT) report --out target/report $(ARGS)

# `make verify ARGS="--baseline proofs/baseline.json"` compares; look at what has changed before you accept it.
baseline: setup
	$(ODDPOINT) verify --quick --precision 64 --batch-sizes 10,100 --quiet --format json > target/baseline.json
	mv target/baseline.json proofs/baseline.json

proofs: setup coq
	$(ODDPOINT) verify --kinds rigorous $(ARGS)

coq:
	@./scripts/coq.sh

setup:
	@./scripts/setup.sh
