"""Golden values with activations other than ReLU, computed independently of the Rust code. Writes activations.json.

    venv/bin/python activations.py

Routes:
* `leaky`: fixed points and eigenvalues of the leaky layer itself, by central differences as in batch_map.py, with the kernel
  as a sum over quadrants, E phi phi = (1+al^2) K(c) - 2 al K(-c); the relation to ReLU's eigenvalues is not used.
* `moments`: E phi(u)phi(v) by mpmath's Gauss-Legendre rule in two variables, at two orders.
* `exact`: at the exact configuration (cluster u, outlier -N u) integrals over one normal: growth of the split, and of
  within-cluster differences over it.
"""
import json
from pathlib import Path

import mpmath
from mpmath import mp, mpf

import batch_map as bm

HERE = Path(__file__).resolve().parent
RELU = bm.kernel


def leaky_kernel(al):
    def kernel(self):
        def pair(a, b, c):
            return (1 + al * al) * RELU(a, b, c) - 2 * al * RELU(a, b, -c)
        index = range(len(self.size))
        cov = [[pair(self.var[a], self.var[b], self.cov[a][b]) if a != b or self.size[a] != 1 else mpf(0)
                for b in index] for a in index]
        return bm.Classes(self.size, [(1 + al * al) * v / 2 for v in self.var], cov)
    return kernel


def leaky(n, slope):
    values = []
    for digits in (30, 34):
        with mp.workdps(400):
            al = mpf(slope)
        bm.Classes.kernel = leaky_kernel(al)
        point, blocks = bm.describe(n, "odd-point", digits), bm.block_eigenvalues(n, "odd-point", digits)
        values.append([point["one_minus_r"]] + [value for _, _, value in blocks])
    for one, two in zip(*values):
        assert abs(one - two) <= abs(two) * mpf(10) ** -27, (one, two)
    names = ("one_minus_r", "trivial", "larger", "smaller", "pair")
    return {"batch_size": str(n), "slope": slope,
            **{name: mp.nstr(value, 25, strip_zeros=False) for name, value in zip(names, values[1])}}


ACTIVATIONS = {
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2),
    "gelu": (lambda z: z * mp.ncdf(z), lambda z: mp.ncdf(z) + z * mp.npdf(z)),
    "silu": (lambda z: z / (1 + mp.exp(-z)), lambda z: 1 / (1 + mp.exp(-z)) + z * mp.exp(-z) / (1 + mp.exp(-z)) ** 2),
}


def mean(f):
    return mp.quad(lambda z: f(z) * mp.npdf(z), mp.linspace(-10, 10, 41))


def moment(phi, a, b, c):
    p, q = c / mp.sqrt(a), mp.sqrt(b - c * c / a)
    results = []
    for degree in (4, 5):
        grid = mp.linspace(-9, 9, 7)
        results.append(mp.quad(lambda x, y: phi(mp.sqrt(a) * x) * phi(p * x + q * y) * mp.npdf(x) * mp.npdf(y),
                               grid, grid, method="gauss-legendre", maxdegree=degree))
    assert abs(results[0] - results[1]) < mpf(10) ** -13, results
    return results[1]


def exact(phi, slope, n):
    """Mean variance 1: cluster variance 1/N, outlier N."""
    N = mpf(n - 1)
    s = 1 / mp.sqrt(N)
    split = mean(lambda z: (phi(s * z) - phi(-N * s * z)) ** 2) * N / n      # along t/|t|, over its variance n
    growth = split / n
    return growth, mean(lambda z: slope(s * z) ** 2) / growth


def main():
    slopes = [leaky(n, slope) for n, slope in ((7, "0.5"), (10, "-0.75"), (13, "-1"), (100, "-3"))]
    moments, exacts = [], []
    with mp.workdps(20):
        for name, (phi, slope) in ACTIVATIONS.items():
            for a, b, c in (("1", "1", "0.5"), ("2", "0.25", "-0.5")):
                value = moment(phi, mpf(a), mpf(b), mpf(c))
                moments.append({"activation": name, "a": a, "b": b, "c": c, "value": mp.nstr(value, 13)})
                print(moments[-1], flush=True)
            for n in (5, 10):
                growth, within = exact(phi, slope, n)
                exacts.append({"activation": name, "batch_size": str(n), "growth": mp.nstr(growth, 15), "within": mp.nstr(within, 15)})
                print(exacts[-1], flush=True)
    content = {"software": {"mpmath": mpmath.__version__}, "leaky": slopes, "moments": moments, "exact": exacts}
    (HERE / "activations.json").write_text(json.dumps(content, indent=1) + "\n")


main()
