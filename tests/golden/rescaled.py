"""Golden values with rescaling (RS), computed independently of the Rust code. Writes rescaled.json.

    venv/bin/python rescaled.py

Routes, none of them the crate's trapezoid rule:
* `gram`: n E[relu(z_i) relu(z_j)/|z|^2] for z = L g. The quotient does not depend on |g|, so it is an integral over
  directions: a circle for rank 2, cut where a sample changes sign; for rank 3 the sphere, with the axis along
  l_i x l_j, so that the lune l_i.x > 0, l_j.x > 0 is a rectangle in longitude and latitude. Smooth integrands, no kernel.
* `fixed_point`, `saddle_node`: the integral over s of theory 3 by mpmath's tanh-sinh, kappa by its arccos formula on
  the entries of the batch, two precisions.
* `limit`: expectations over one Gaussian, as n -> infinity.
"""
import json
from pathlib import Path

import mpmath
from mpmath import mp, mpf

HERE = Path(__file__).resolve().parent


def agree(compute, digits, text_digits):
    """At two precisions; the text of the second."""
    results = []
    for dps in (digits, digits + 8):
        with mp.workdps(dps):
            results.append([mpf(x) for x in compute()])
    for a, b in zip(*results):
        assert abs(a - b) <= abs(b) * mpf(10) ** -(text_digits + 1), (a, b)
    with mp.workdps(digits + 8):
        return [mp.nstr(x, text_digits, strip_zeros=False) for x in results[1]]


def relu(x):
    return x if x > 0 else mpf(0)


def circle(L):
    """Entries of n E[relu relu/|z|^2], rank 2, upper half row by row."""
    n = len(L)
    cuts = sorted({mp.atan2(l[0], -l[1]) % mp.pi for l in L})
    cuts += [c + mp.pi for c in cuts]
    cuts.append(cuts[0] + 2 * mp.pi)
    out = []
    for i in range(n):
        for j in range(i, n):
            def f(t):
                z = [l[0] * mp.cos(t) + l[1] * mp.sin(t) for l in L]
                return z[i] * z[j] / sum(x * x for x in z)
            total = mpf(0)
            for a, b in zip(cuts, cuts[1:]):
                t = (a + b) / 2
                z = [l[0] * mp.cos(t) + l[1] * mp.sin(t) for l in L]
                if z[i] > 0 and z[j] > 0:
                    total += mp.quad(f, [a, b])
            out.append(n * total / (2 * mp.pi))
    return out


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def unit(a):
    r = mp.sqrt(dot(a, a))
    return [x / r for x in a]


def sphere(L):
    """The same for rank 3; no two samples positively collinear."""
    n = len(L)
    out = []
    for i in range(n):
        for j in range(i, n):
            # e1 along l_i, e3 the axis; l_j at the angle `apart` from l_i in the plane of e1, e2.
            e1 = unit(L[i])
            normal = cross(L[i], L[j]) if j != i else cross(L[i], [mpf(1), mpf(2), mpf(-5)])
            e3 = unit(normal)
            e2 = cross(e3, e1)
            apart = mpf(0) if i == j else mp.atan2(dot(L[j], e2), dot(L[j], e1))
            low, high = max(-mp.pi / 2, apart - mp.pi / 2), min(mp.pi / 2, apart + mp.pi / 2)

            def f(phi, psi):
                c = mp.cos(psi)
                x = [c * (mp.cos(phi) * a + mp.sin(phi) * b) + mp.sin(psi) * d for a, b, d in zip(e1, e2, e3)]
                z = [dot(l, x) for l in L]
                return z[i] * z[j] * c / sum(y * y for y in z)
            parts = mp.linspace(-mp.pi / 2, mp.pi / 2, 5)
            total = mp.quad(f, mp.linspace(low, high, 4), parts, method="gauss-legendre")
            out.append(n * total / (4 * mp.pi))
    return out


def kernel(a, b, c):
    """E[relu relu], arccos formula."""
    rho = c / mp.sqrt(a * b)
    return mp.sqrt(a * b) * (mp.sqrt(1 - rho * rho) + (mp.pi - mp.acos(rho)) * rho) / (2 * mp.pi)


def image(n, lam):
    """One layer on the symmetric batch with eigenvalue 1 in the cluster and lam on the split: (delta', lambda')."""
    N = n - 1

    def at(s):
        d, l = 1 / (1 + 2 * s), lam / (1 + 2 * s * lam)
        # C = d (I_c - 11^T/N) + l u u^T
        a, c = d * (1 - 1 / N) + l / (N * n), -d / N + l / (N * n)
        y, x = l * N / n, -l / n
        kaa, kac, kx, kyy = a / 2, kernel(a, a, c), kernel(a, y, x), y / 2
        # second moments of the centred activations: the quadratic form of u
        split = (N * kaa + N * (N - 1) * kac) / (N * n) + kyy * N / n - 2 * N * kx / n
        weight = n * (1 + 2 * s) ** (-(n - 2) / 2) / mp.sqrt(1 + 2 * s * lam)
        return weight * (kaa - kac), weight * split
    points = [0, 1 / (n * lam), 1 / n, 10 / n, mpf(1), mp.inf]
    return tuple(mp.quad(lambda s, k=k: at(s)[k], points) for k in (0, 1))


def ratio(n, p):
    d, l = image(n, p)
    return l / d


def order(n, p):
    """r, y/a, share of the variance."""
    N = n - 1
    a, y = (1 - 1 / N) + p / (N * n), p * N / n
    return [1 - 1 / a, y / a, y / (y + N * a)]


def fixed_point(n, start):
    root = mp.findroot(lambda p: ratio(mpf(n), p) / p - 1, start, solver="secant", tol=mpf(10) ** (-1.6 * mp.dps))
    return order(mpf(n), root)


def saddle_node():
    h = mpf(10) ** (-mp.dps // 3)

    def f(n, p):
        # drift and its slope by a central difference of fourth order
        g = [ratio(n, p * (1 + k * h)) / (p * (1 + k * h)) - 1 for k in (-2, -1, 1, 2)]
        value = ratio(n, p) / p - 1
        return value, (g[0] - 8 * g[1] + 8 * g[2] - g[3]) / (12 * h)
    root = mp.findroot(f, (mpf("51.37"), mpf("3.2")), tol=mpf(10) ** (-mp.dps))
    return [root[0], order(root[0], root[1])[0], order(root[0], root[1])[1]]


def limit():
    def mean(f):
        return mp.quad(lambda g: f(g * g) * mp.exp(-g * g / 2), [-mp.inf, -1, 0, 1, mp.inf])

    def balance(eta):
        return mean(lambda x: x / (1 + eta * x)) - (1 - 1 / mp.pi) * mean(lambda x: 1 / (1 + eta * x))
    eta = mp.findroot(balance, (mpf("0.38"), mpf("0.39")), solver="secant")
    return [eta, eta / (1 + eta)]


def main():
    grams = []
    for L, f, digits in (
        ([[2, 1], [-1, 1], [-1, -2]], circle, 25),                       # centred, n = 3
        ([[3, 0], [1, 2], [-2, 1], [0, -1]], circle, 25),
        ([[1, 1], [2, -1], [-3, 1], [1, -4], [-1, 3]], circle, 25),      # centred
        ([[1, 0, 0], [1, 2, 0], [-1, 1, 2]], sphere, 16),
        ([[2, 1, -1], [-1, 1, 1], [1, -3, 1], [-2, 1, -1]], sphere, 16),  # centred
    ):
        C = [[sum(a * b for a, b in zip(x, y)) for y in L] for x in L]
        entries = agree(lambda: f([[mpf(x) for x in row] for row in L]), digits, digits - 5)
        grams.append({"covariance": [[str(x) for x in row] for row in C], "digits": str(digits - 5), "upper": entries})
        print("gram", len(L), flush=True)
    names = ("r", "variance_ratio", "share")
    points = []
    for n, name, start in ((100, "odd-point", (17, 18)), (100, "edge", (1.5, 1.6)), (60, "odd-point", (10, 11))):
        values = agree(lambda: fixed_point(n, tuple(mpf(x) for x in start)), 25, 18)
        points.append({"batch_size": str(n), "name": name, **dict(zip(names, values))})
        print(points[-1], flush=True)
    node = agree(saddle_node, 30, 12)
    print(node, flush=True)
    content = {
        "software": {"mpmath": mpmath.__version__},
        "gram": grams,
        "fixed_point": {"digits": "18", "values": points},
        "saddle_node": {"digits": "12", **dict(zip(("batch_size", "r", "variance_ratio"), node))},
        "limit": {"digits": "40", **dict(zip(("variance_ratio_over_n", "share"), agree(limit, 50, 40)))},
    }
    (HERE / "rescaled.json").write_text(json.dumps(content, indent=1) + "\n")


main()
