"""Golden values for k outliers (RC + ReLU), computed independently of the Rust code. Writes two_level.json.

    venv/bin/python two_level.py          # seconds

Fixed point: two classes of interchangeable samples with *two* unknown correlations (batch_map.Classes, kappa by its
arccos formula); that they come out equal is checked, not used. Eigenvalues: central differences of the literal n x n map
along the standard perturbations of the outliers (weights 1, -1 on two of them), two precisions.
"""
import json
from pathlib import Path

import mpmath
from mpmath import mp, mpf

from batch_map import Classes, full_layer, trace

HERE = Path(__file__).resolve().parent
DIGITS = 30


def batch(n, k, r, among):
    """Cluster variance 1; zero row sums fix cross covariance and the outliers' variance."""
    N = n - k
    cross = -(1 + (N - 1) * r) / k
    b = -N * cross / (1 + (k - 1) * among)
    return Classes([mpf(N), mpf(k)], [mpf(1), b], [[r, cross], [cross, b * among]])


def fixed_point(n, k, start):
    def drift(r, among):
        C = batch(n, k, r, among).layer()
        return C.cov[0][0] / C.var[0] - r, C.cov[1][1] / C.var[1] - among
    r, among = mp.findroot(drift, (start, start), tol=mpf(10) ** (-2 * (mp.dps - 5)))
    assert abs(r - among) < mpf(10) ** (8 - mp.dps), (r, among)
    return batch(n, k, r, among)


def largest_standard(n, k, C):
    """The larger eigenvalue of the outliers' standard block."""
    full, N, step = C.full(), n - k, mpf(10) ** (-mp.dps // 3)
    growth = trace(full_layer(full)) / trace(full)
    w = [mpf(0)] * N + [mpf(1), mpf(-1)] + [mpf(0)] * (k - 2)

    def image(alpha, beta):
        gamma = -(alpha + (k - 2) * beta) / N

        def moved(t):
            M = [row[:] for row in full]
            for i in range(n):
                for j in range(n):
                    both = i >= N and j >= N
                    weight = alpha * w[i] if i == j else (beta if both else gamma) * (w[i] + w[j])
                    M[i][j] += t * weight
            return full_layer(M)
        plus, minus = moved(step), moved(-step)
        d = lambda i, j: (plus[i][j] - minus[i][j]) / (2 * step * growth)
        return d(N, N), d(N, N + 2) if k > 2 else mpf(0)
    a, c = image(mpf(1), mpf(0))
    if k == 2:
        return a
    b, d = image(mpf(0), mpf(1))
    return (a + d) / 2 + mp.sqrt((a - d) ** 2 / 4 + b * c)


def describe(n, k, start):
    C = fixed_point(n, k, start)
    return [C.cov[0][0], C.var[1], largest_standard(n, k, C)]


def main():
    values = []
    for n, k, name, start in ((9, 2, "outliers", "0.0716"), (9, 2, "edge", "-0.0604"), (20, 2, "outliers", "0.7112"),
                              (50, 2, "outliers", "0.9382"), (30, 10, "outliers", "0.0718"), (100, 3, "outliers", "0.9641")):
        results = []
        for dps in (3 * DIGITS + 20, 3 * DIGITS + 35):
            with mp.workdps(dps):
                results.append(describe(n, k, mpf(start)))
        for a, b in zip(*results):
            assert abs(a - b) <= abs(b) * mpf(10) ** -(DIGITS + 2), (a, b)
        with mp.workdps(3 * DIGITS):
            texts = [mp.nstr(x, DIGITS, strip_zeros=False) for x in results[1]]
        values.append({"batch_size": str(n), "outliers": str(k), "name": name,
                       **dict(zip(("r", "variance_ratio", "outlier_standard"), texts))})
        print(values[-1], flush=True)
    content = {"software": {"mpmath": mpmath.__version__}, "digits": str(DIGITS), "values": values}
    (HERE / "two_level.json").write_text(json.dumps(content, indent=1) + "\n")


main()
