"""Makes digits64.csv and labels.csv from scikit-learn's copy of the UCI optical digits.

    python -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python make_digits.py

The first 64 of the 1797 images in scikit-learn's order, unchanged: 8 x 8 pixels, integers from 0 to 16, row by row.
"""

import csv
from pathlib import Path

from sklearn.datasets import load_digits

SAMPLES = 64
FOLDER = Path(__file__).parent


def write(name, header, rows):
    with open(FOLDER / name, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


digits = load_digits()
pixels = digits.data[:SAMPLES].astype(int).tolist()
assert len(set(map(tuple, pixels))) == SAMPLES, "two of the images are equal"
write("digits64.csv", [f"p{i}" for i in range(64)], pixels)
write("labels.csv", ["sample", "digit"], enumerate(digits.target[:SAMPLES].tolist()))
