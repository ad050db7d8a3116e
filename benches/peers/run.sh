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
import pathlib
import statistics
import subprocess
import sys
import time

first, last, rounds, workers = sys.argv[1:]
certificates = "target/peers/certificates.jsonl"
commands = {
    "oddpoint certify": ["target/release/oddpoint", "certify", "--batch-sizes", f"{first}..={last}", "--tail",
                         "--out", certificates],
    "oddpoint verify": ["target/release/oddpoint", "verify", "--claims", "model.fixed-points,stability.spectral-gap",
                        "--batch-sizes", f"{first}..={last}", "--precision", "64"],
    "python on arb": [sys.executable, "benches/peers/count_arb.py", first, last, workers],
}
seconds = {name: [] for name in commands}
for _ in range(int(rounds)):
    for name, command in commands.items():
        # certify resumes a file that is there; it must start afresh.
        pathlib.Path(certificates).unlink(missing_ok=True)
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
