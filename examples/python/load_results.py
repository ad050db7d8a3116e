"""Results in pandas and polars: a simulation, fixed points, verdicts.

    oddpoint simulate --batch-size 20 --layers 300 --seed 1 --out orbit.csv
    oddpoint fixed-points --batch-size 100 --format json > points.json
    oddpoint verify --quick --claims model.saddle-node,stability.symmetric-point --format json > verify.json
    python3 load_results.py orbit.csv points.json verify.json
"""

import json
import sys

import pandas
import polars

orbit_file, points_file, verify_file = sys.argv[1:]

# A simulation: one row a layer and replica; the first line, a comment, holds every parameter of the run.
orbit = pandas.read_csv(orbit_file, comment="#")
print(orbit[["replica", "layer", "norm_ratio", "cos_cross_mean"]].tail(3), "\n")

orbit = polars.read_csv(orbit_file, comment_prefix="#")
print(orbit.select("replica", "layer", "norm_ratio", "cos_cross_mean").tail(3), "\n")

parameters = json.loads(open(orbit_file).readline().lstrip("# "))
print(parameters["schema"], "\n")

# Fixed points: a proved number is {"lo": "…", "hi": "…"}, decimals rounded outward, of any length. Floats lose the proof;
# decimal.Decimal and fractions.Fraction do not.
points = pandas.json_normalize(json.load(open(points_file))["fixed_points"]).set_index("name")
print(points[["one_minus_r.lo", "one_minus_r.hi"]].astype(float), "\n")

points = polars.json_normalize(json.load(open(points_file))["fixed_points"])
print(points.select("name", polars.col("norm_ratio.lo").cast(polars.Float64)), "\n")

# Verdicts: one row a claim.
verdicts = pandas.json_normalize(json.load(open(verify_file))["claims"])
print(verdicts[["id", "kind", "verdict", "negative_control.verdict"]])
