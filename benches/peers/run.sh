#!/bin/sh
# Fixed points counted and stable for every batch size of a range: this crate beside Python on Arb, alternately, in one
# run; and the crate's proof for every n >= 7 at once, which needs no range. Prints medians and their ratios.
#
#   benches/peers/run.sh [FIRST [LAST [ROUNDS]]]          by default 7 2000 3
#
# Python's packages go to a virtual environment under target/. Both work at 64 bits, on two threads or processes.
set -eu
cd "$(dirname "$0")/../.."

first=${1:-7}
last=${2:-2000}
rounds=${3:-3}
workers=2
peers=benches/peers
environment=target/peers/venv

cargo build --release --locked --quiet
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --requirement "$peers/requirements.txt"

RAYON_NUM_THREADS=$workers "$environment/bin/python" - "$first" "$last" "$rounds" "$workers" <<'PYTHON'
import statistics
import subprocess
import sys
import time

first, last, rounds, workers = sys.argv[1:]
commands = {
    "oddpoint, one by one": ["target/release/oddpoint", "verify", "--claims", "model.fixed-points,stability.spectral-gap",
                 "--batch-sizes", f"{first}..={last}", "--precision", "64"],
    "oddpoint, n >= 7 at once": ["target/release/oddpoint", "verify", "--batch-sizes", "7", "--precision", "64",
                                 "--claims", "model.fixed-points,stability.every-batch-size"],
    "python on arb": [sys.executable, "benches/peers/count_arb.py", first, last, workers],
}
seconds = {name: [] for name in commands}
for _ in range(int(rounds)):
    for name, command in commands.items():
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds[name].append(time.perf_counter() - start)
medians = {name: statistics.median(values) for name, values in seconds.items()}
print(f"n = {first}..{last}, {workers} workers")
for name, values in seconds.items():
    ratio = medians["python on arb"] / medians[name]
    print(f"{name:26} median {medians[name]:8.2f} s, python on arb / this {ratio:6.2f}; all:",
          *(f"{value:.2f}" for value in values))
PYTHON
