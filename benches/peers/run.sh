#!/bin/sh
# This crate beside its peers, in one table: `make bench-peers`, or this with options (--help; README.md beside).
#
# Builds the crate's measuring examples, puts the pinned peers into a virtual environment under target/peers/, and
# compiles the one in C. A peer that cannot be had is a row that says so.
set -eu
cd "$(dirname "$0")/../.."
. scripts/install.sh

out=target/peers
python=$out/venv/bin/python
mkdir -p "$out"

${CARGO:-cargo} build --release --locked --quiet --bins --examples

if [ ! -x "$python" ]; then
    "${PYTHON:-python3}" -m venv "$out/venv" || {
        rm -rf "$out/venv"
        echo "peers: Python 3.11 or later with venv and pip is needed (Debian: apt-get install python3-venv)" >&2
        exit 2
    }
fi
# One by one if not all can be had: the others are compared all the same.
"$python" -m pip install --quiet --requirement benches/peers/requirements.txt || while read -r package; do
    "$python" -m pip install --quiet "$package" || echo "peers: $package is not available here" >&2
done <benches/peers/requirements.txt

# Arb by itself (FLINT 2), or within FLINT 3.
compile_arb() {
    cc -O2 benches/peers/kappa_arb.c -o "$out/kappa_arb" -lflint-arb -lflint 2>/dev/null ||
        cc -O2 -I/usr/include/flint benches/peers/kappa_arb.c -o "$out/kappa_arb" -lflint 2>/dev/null
}
if ! compile_arb; then
    rm -f "$out/kappa_arb"
    if command -v apt-get >/dev/null 2>&1; then
        (find_manager && install peers "libflint-dev libflint-arb-dev") || (find_manager && install peers libflint-dev) || true
    fi
    compile_arb || echo "peers: Arb in C is not available: install its headers (Debian 12: libflint-arb-dev libflint-dev)" >&2
fi

exec "$python" benches/peers/compare.py "$@"
