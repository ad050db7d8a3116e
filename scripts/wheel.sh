#!/bin/sh
# Builds the Python wheel that carries the binary, under target/wheels, installs it in a fresh virtual environment and
# has it verify one claim.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "wheel: a Python 3.8 or later with venv and pip is needed: install it, or name one with PYTHON=…" >&2
    exit 2
fi

rm -rf target/wheels target/wheel-build target/wheel-try
"$python" -m venv target/wheel-build
target/wheel-build/bin/pip --quiet install 'maturin>=1.9,<2'
target/wheel-build/bin/maturin build --release --out target/wheels

"$python" -m venv target/wheel-try
target/wheel-try/bin/pip --quiet install target/wheels/oddpoint-*.whl
target/wheel-try/bin/oddpoint verify --quick --claims model.saddle-node
echo "wheel: $(ls target/wheels/*.whl)"
