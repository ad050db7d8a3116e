"""mpmath on gmpy2, python-flint and gmpy2's MPFR: what this crate does at many digits, each in its own way.

    precise_peers.py kappa    mpmath|flint|gmpy2 BITS       one entry E[relu(u) relu(v)] from (a, b, c)
    precise_peers.py orbit    mpmath|flint N BITS LAYERS    one n x n layer of RC and ReLU, of an orbit of LAYERS
    precise_peers.py spectrum mpmath|flint N DIGITS         three fixed points, and the spectrum at the odd point

One process, one thread. flint means Arb's balls: its results are enclosures, as this crate's intervals are; in `spectrum`
they come from an interval Newton step with derivatives by power series, which proves existence. mpmath approximates; its
precision in `spectrum` has guard digits for what cancels in the plain formulas, as arb's has for its balls.
"""

import math
import sys

import flint
import gmpy2
import mpmath
from flint import arb, arb_series
from mpmath import mp

from turns import serve

ABOUT = {
    "mpmath": f"mpmath {mpmath.__version__} ({mpmath.libmp.BACKEND} backend)",
    "flint": f"python-flint {flint.__version__} (FLINT {flint.__FLINT_VERSION__})",
    "gmpy2": f"gmpy2 {gmpy2.version()} ({gmpy2.mpfr_version()})",
}


# ---- the kernel -------------------------------------------------------------------------------------------------


def uniforms(count, bits):
    """Fractions in [0, 1) as integers over 2^bits, by Knuth's MMIX generator."""
    state = 1
    for _ in range(count):
        value = 0
        for _ in range(-(-bits // 32)):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            value = value << 32 | state >> 32
        yield value >> (-bits % 32)


def kappa(peer, bits, entries=64):
    number, root_of, atan2, pi = {
        "mpmath": (mp.mpf, mp.sqrt, mp.atan2, lambda: +mp.pi),
        "flint": (arb, arb.sqrt, arb.atan2, arb.pi),
        "gmpy2": (gmpy2.mpfr, gmpy2.sqrt, gmpy2.atan2, gmpy2.const_pi),
    }[peer]
    mp.prec = flint.ctx.prec = gmpy2.get_context().precision = bits
    inverse = 1 / (2 * pi())
    draw = uniforms(3 * entries, bits)
    scale = number(2) ** bits
    given = []
    for _ in range(entries):
        a, b, rho = (number(next(draw)) / scale for _ in range(3))
        a, b = 1 + a, 1 + b
        c = (2 * rho - 1) * root_of(a * b)
        given.append((a, b, c.mid() if peer == "flint" else c))

    def entry(a, b, c):
        root = root_of(a * b - c * c)
        return (root + atan2(root, -c) * c) * inverse

    def work():
        for a, b, c in given:
            entry(a, b, c)

    serve(work, ABOUT[peer], [entry(*given[k]) for k in range(3)], per_call=entries)


# ---- an orbit of the n x n map ----------------------------------------------------------------------------------


def orbit(peer, n, bits, layers):
    mp.prec = flint.ctx.prec = bits
    number, root_of, atan2 = (mp.mpf, mp.sqrt, mp.atan2) if peer == "mpmath" else (arb, arb.sqrt, arb.atan2)
    inverse = 1 / (2 * (+mp.pi if peer == "mpmath" else arb.pi()))
    features = [[(i * i + 3 * j + i * i * j * j) % 101 for j in range(1, 2 * n + 1)] for i in range(1, n + 1)]
    gram = [[number(sum(p * q for p, q in zip(x, y))) for y in features] for x in features]

    def centred(g):
        means = [sum(row) / n for row in g]
        mean = sum(means) / n
        c = [[None] * n for _ in range(n)]
        for i in range(n):
            for j in range(i, n):
                c[i][j] = c[j][i] = g[i][j] - means[i] - means[j] + mean
        return c

    def layer(c):
        g = [[None] * n for _ in range(n)]
        for i in range(n):
            a, row = c[i][i], c[i]
            g[i][i] = a / 2
            for j in range(i + 1, n):
                x = row[j]
                root = root_of(a * c[j][j] - x * x)
                g[i][j] = g[j][i] = (root + atan2(root, -x) * x) * inverse
        image = centred(g)
        factor = sum(c[i][i] for i in range(n)) / sum(image[i][i] for i in range(n))
        for i in range(n):
            for j in range(i, n):
                image[i][j] = image[j][i] = image[i][j] * factor
        return image

    start = centred(gram)

    def work():
        c = start
        for _ in range(layers):
            c = layer(c)
        return c

    serve(work, ABOUT[peer], work()[0][:3], per_call=layers)


# ---- fixed points and spectrum ----------------------------------------------------------------------------------


class Numbers:
    """The functions of one arithmetic; balls and their power series have methods of the same names."""

    def __init__(self, peer):
        self.exact = peer == "flint"
        self.pi = arb.pi() if self.exact else +mp.pi

    def __getattr__(self, name):
        return (lambda x: getattr(x, name)()) if self.exact else getattr(mp, name)


def half_angles(n, theta, m):
    """1 - cos theta, and phi with its cosine."""
    d = 2 * m.sin(theta / 2) ** 2
    sine_square = d * (n - 2) / (n - 1)
    return d, m.asin(m.sqrt(sine_square)), m.sqrt(1 - sine_square)


def h(t, m):
    return m.sin(t) - t * m.cos(t)


def balance(n, theta, m):
    """`src/odd_point/model.rs`, balance: zero at the odd point."""
    d, phi, cos_phi = half_angles(n, theta, m)
    v = (n - 1) * cos_phi
    weight = 1 / (v * v) + 1 + (2 + m.pi * 0) / (n - 1)
    return h(theta, m) / (m.pi * d) * weight - (2 + m.pi * 0) / (n - 1) - 2 * h(phi, m) / (m.pi * v)


def deflated(n, w, m):
    """`src/odd_point/model.rs`, deflated, at v = 1 + w: zero at the edge."""
    pairs = (n - 1) * (n - 2)
    v, gap = 1 + w, w * (n + w) / pairs
    b = v / (n - 1)
    a = b - gap

    def q(x):
        return x * m.asin(x) + m.sqrt(1 - x * x) - 1 + m.pi * x / 2

    one_plus_q = 1 + q(a)
    bracket = (1 + a) * (q(b) - q(a)) / gap - one_plus_q
    return w * one_plus_q - 2 * v * (n + w) / pairs * bracket


def spectrum_at(n, theta, m):
    """Theory, section 2.3: the trivial, both standard and the pair eigenvalue at the odd point."""
    d, phi, cos_phi = half_angles(n, theta, m)
    pi, cluster = m.pi, n - 1
    growth = 1 / (2 + 0 * pi) - h(theta, m) / (2 * pi * d)
    sin_phi, sin_theta, supplement = m.sin(phi), m.sin(theta), pi - theta
    # Trivial: d from d and s from s.
    d_from_d = ((cluster - 1) * (1 / (2 + 0 * pi) - sin_theta / (2 * pi)) + supplement / (2 * pi)) / cluster
    cross = sin_phi * (cos_phi + 1 / cos_phi) / (4 * pi) - phi / (2 * pi)
    row = 1 / (2 * cluster + 0 * pi) + (cluster - 1) * (sin_theta + supplement) / (2 * pi * cluster)
    s_from_s = (row + cluster * (cluster + 0 * pi) / 2 - 2 * cluster * cross) / (n * n)
    trivial = (d_from_d + s_from_s) / growth - 1
    # Standard: (alpha, beta).
    b_alpha, g_alpha = sin_theta / (4 * pi), cluster * cos_phi * sin_phi / (4 * pi) - phi / (2 * pi)
    r_alpha = (1 / (2 + 0 * pi) + (n - 3) * b_alpha + g_alpha) / n
    r_beta = (n - 3) * (supplement - phi) / (2 * pi * n)
    upper = [(1 / (2 + 0 * pi) - 2 * r_alpha) / growth, -2 * r_beta / growth]
    lower = [(b_alpha - r_alpha) / growth, (supplement / (2 * pi) - r_beta) / growth]
    trace = upper[0] + lower[1]
    discriminant = (upper[0] - lower[1]) ** 2 + 4 * upper[1] * lower[0]
    larger = (trace + m.sqrt(discriminant)) / 2
    smaller = (upper[0] * lower[1] - upper[1] * lower[0]) / larger
    return [trivial, larger, smaller, supplement / (2 * pi * growth)]


def root(f, n, near, m):
    """The root near a double: by mpmath's secant iteration, or enclosed by an interval Newton step in Arb."""
    if not m.exact:
        return mp.findroot(lambda x: f(n, x, m), (near, near * (1 + 1e-6)), solver="secant")

    def value_and_slope(x):
        series = f(n, arb_series([x, 1], 2), m)
        return series[0], series[1]

    x, good_bits = arb(near), 15
    while good_bits < flint.ctx.prec:
        value, slope = value_and_slope(x)
        x, good_bits = (x - value / slope).mid(), 2 * good_bits
    window = arb(x, abs(x).mid() * arb(2) ** (-flint.ctx.prec // 2))
    image = x - f(n, x, m) / value_and_slope(window)[1]
    if not window.contains_interior(image):
        raise SystemExit("the interval Newton step does not contract: not proved")
    return image


def spectrum(peer, n, digits):
    # The balance cancels by n^4 at most, the divided difference by n^2 more.
    mp.dps = digits + 12 + math.ceil(6 * math.log10(n))
    flint.ctx.prec = mp.prec
    m = Numbers(peer)
    # The first terms of theory 2.2, as a start.
    near_theta = (3 * math.pi - 3 * math.pi / n + 9 * math.pi**3 / 20 / n**2) / n
    near_w = math.sqrt(1 + (2 * math.pi - 4) / n + (2 * math.pi**2 - 4 * math.pi + 4) / n**2) - 1

    def work():
        theta = root(balance, n, near_theta, m)
        w = root(deflated, n, near_w, m)
        v = 1 + w
        edge = [v, (n - 1 - v) * (n - 1 + v) / ((n - 1) * (n - 2))]
        d, phi, cos_phi = half_angles(n, theta, m)
        return [d, (n - 1) * cos_phi, phi, *edge, 1 / (m.pi * 0 + n - 1), *spectrum_at(n, theta, m)]

    values = work()
    if m.exact and not all(value.rel_accuracy_bits() > digits * math.log2(10) for value in values):
        raise SystemExit(f"not enclosed to {digits} digits")
    serve(work, ABOUT[peer], [values[0], values[3] - 1, *values[6:]])


if __name__ == "__main__":
    work, peer, *numbers = sys.argv[1:]
    {"kappa": kappa, "orbit": orbit, "spectrum": spectrum}[work](peer, *map(int, numbers))
