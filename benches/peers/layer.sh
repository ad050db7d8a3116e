#!/bin/sh
# One sampled layer of finite width: this crate beside NumPy and JAX, alternately, in one run.
#
#   benches/peers/layer.sh [N [WIDTH [ROUNDS]]]          by default 64 4096 7
#
# Python's packages go to a virtual environment under target/.
set -eu
cd "$(dirname "$0")/../.."

environment=target/peers/venv
cargo build --release --locked --quiet
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --requirement benches/peers/requirements.txt
exec "$environment/bin/python" benches/peers/sampled_layer.py target/release/oddpoint "$@"
