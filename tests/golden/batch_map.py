"""The infinite-width layer C -> P K(C) P from its definition, and what follows from it by arithmetic alone.

Nothing here uses a closed form of the reduced model. A batch is described by *classes* of
interchangeable samples, so a covariance has a handful of distinct entries; one layer applies
kappa to every entry, then subtracts the row means and adds the grand mean. Class sizes may be
astronomically large, or real. Derivatives are central differences at high precision.
"""
from mpmath import mp, mpf


def kappa(rho):
    """E[relu(u) relu(v)] for standard Gaussians with correlation rho."""
    return (mp.sqrt(1 - rho**2) + (mp.pi - mp.acos(rho)) * rho) / (2 * mp.pi)


def kernel(a, b, c):
    """E[relu(u) relu(v)], variances a and b, covariance c."""
    scale = mp.sqrt(a * b)
    rho = c / scale
    if abs(rho) > 1:                                # Cauchy-Schwarz: only by rounding
        assert abs(rho) - 1 < mpf(10) ** (10 - mp.dps)
        rho = mp.sign(rho)
    return scale * kappa(rho)


# ---- the literal n x n map -------------------------------------------------------------------

def full_kernel(C):
    n = len(C)
    K = [[None] * n for _ in range(n)]
    for i in range(n):
        K[i][i] = C[i][i] / 2                      # E[relu(u)^2]
        for j in range(i):
            K[i][j] = K[j][i] = kernel(C[i][i], C[j][j], C[i][j])
    return K


def full_layer(C):
    """P K(C) P, entry by entry."""
    K, n = full_kernel(C), len(C)
    row = [sum(k) / n for k in K]
    mean = sum(row) / n
    return [[K[i][j] - row[i] - row[j] + mean for j in range(n)] for i in range(n)]


def trace(C):
    return sum(C[i][i] for i in range(len(C)))


# ---- the same map on the distinct entries of a batch of classes -------------------------------

class Classes:
    """Covariance with entries `var[a]` (diagonal), `cov[a][b]` (two samples of classes a and b)."""

    def __init__(self, size, var, cov):
        self.size, self.var, self.cov = size, var, cov

    def kernel(self):
        """Post-ReLU, uncentred."""
        index = range(len(self.size))
        cov = [[kernel(self.var[a], self.var[b], self.cov[a][b]) if a != b or self.size[a] != 1 else mpf(0)
                for b in index] for a in index]
        return Classes(self.size, [v / 2 for v in self.var], cov)

    def row_sums(self):
        index = range(len(self.size))
        return [self.var[a] - self.cov[a][a] + sum(self.size[b] * self.cov[a][b] for b in index) if self.size[a] != 1
                else self.var[a] + sum(self.size[b] * self.cov[a][b] for b in index if b != a) for a in index]

    def layer(self):
        K, n, index = self.kernel(), sum(self.size), range(len(self.size))
        row = [s / n for s in K.row_sums()]
        mean = sum(m * s for m, s in zip(self.size, row)) / n
        return Classes(self.size, [K.var[a] - 2 * row[a] + mean for a in index],
                       [[K.cov[a][b] - row[a] - row[b] + mean for b in index] for a in index])

    def trace(self):
        return sum(m * v for m, v in zip(self.size, self.var))

    def combine(self, s, other, t):
        """s * self + t * other."""
        index = range(len(self.size))
        return Classes(self.size, [s * self.var[a] + t * other.var[a] for a in index],
                       [[s * self.cov[a][b] + t * other.cov[a][b] for b in index] for a in index])

    def differential(self, V, step):
        """Central difference along V of the layer normalised to the trace of self."""
        tau = self.trace()
        plus, minus = (self.combine(1, V, t).layer() for t in (step, -step))
        return plus.combine(tau / plus.trace() / (2 * step), minus, -tau / minus.trace() / (2 * step))

    def full(self):
        """Write the n x n matrix out."""
        label = [a for a, m in enumerate(self.size) for _ in range(int(m))]
        return [[self.var[a] if i == j else self.cov[a][b] for j, b in enumerate(label)] for i, a in enumerate(label)]


# ---- n-1 exchangeable samples and one outlier -------------------------------------------------

def batch(n, y):
    """Centred covariance: cluster variance 1, outlier variance y; zero row sums fix the rest."""
    N = n - 1
    s = y / N                                       # outlier row: y + N x = 0, x = -s
    r = (s - 1) / (N - 1)                           # cluster row: 1 + (N-1) r + x = 0
    return Classes([N, mpf(1)], [mpf(1), y], [[r, -s], [-s, mpf(0)]])


def y_of_r(n, r):
    return (n - 1) * (1 + (n - 2) * r)


def F(n, r):
    """Within-cluster correlation after one layer."""
    C = batch(n, y_of_r(n, r)).layer()
    return C.cov[0][0] / C.var[0]


def slope(n, r, step):
    return (F(n, r + step) - F(n, r - step)) / (2 * step)


def solve(f, lo, hi, steps=50):
    """Bisection (the sign change is checked), then secant to full precision."""
    sign = mp.sign(f(lo))
    assert sign * mp.sign(f(hi)) < 0, "no sign change"
    for _ in range(steps):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if mp.sign(f(mid)) == sign else (lo, mid)
    flo, fhi = f(lo), f(hi)
    for _ in range(60):
        lo, flo, hi = hi, fhi, hi - fhi * (hi - lo) / (fhi - flo)
        fhi = f(hi)
        if fhi == flo or abs(hi - lo) <= abs(hi) * mpf(10) ** (20 - mp.dps):
            return hi
    raise ArithmeticError("secant did not converge")


def fixed_point_y(n, name):
    """Outlier variance at a fixed point, n >= 7, at the working precision."""
    def drift(y):
        C = batch(n, y).layer()
        return C.var[1] / (C.var[0] * y) - 1

    if name == "symmetric":
        return mpf(1)
    middle = y_of_r(n, mpf(1) / 10)                 # between edge and odd point for n >= 7
    if name == "edge":                              # y = 1 + exp t; divided by y-1: the root y = 1 is symmetric
        return 1 + mp.exp(solve(lambda t: drift(1 + mp.exp(t)) / mp.exp(t), -mp.log(2 * n), mp.log(middle - 1)))
    theta = solve(lambda t: drift(y_of_r(n, mp.cos(mp.exp(t)))), mp.log(1 / n), mp.log(mp.acos(mpf(1) / 10)))
    return y_of_r(n, mp.cos(mp.exp(theta)))


def working(n, digits):
    """Decimal precision at which every quantity below keeps `digits` digits, and the difference step."""
    size = int(mp.ceil(mp.log10(n)))
    return 4 * digits + 14 * size, mpf(10) ** (-digits - 5 * size)


def describe(n, name, digits=60):
    """Everything asked about a fixed point, as a dict of mpf."""
    dps, step = working(n, digits)
    with mp.workdps(dps):
        n = mpf(n)
        y = fixed_point_y(n, name)
        C = batch(n, y)
        K, r = C.kernel(), C.cov[0][0]
        return {
            "r": r, "one_minus_r": 1 - r, "theta": mp.acos(r), "variance_ratio": y,
            "slope": slope(n, r, step), "growth": C.layer().var[0],
            "cos_within": K.cov[0][0] / K.var[0],
            "cos_cross": K.cov[0][1] / mp.sqrt(K.var[0] * K.var[1]),
            "norm_ratio": mp.sqrt(K.var[1] / K.var[0]),
        }


def block_eigenvalues(n, name, digits=60):
    """Eigenvalues by block: differences along representative perturbations of each symmetry type."""
    dps, step = working(n, digits)
    with mp.workdps(dps):
        n, zero, one = mpf(n), mpf(0), mpf(1)
        base = batch(n, fixed_point_y(n, name))
        (r, x), y = base.cov[0], base.var[1]
        trivial = slope(n, r, step)

        def split(k):
            """The same covariance with k cluster samples singled out, then the rest, then the outlier."""
            m = k + 2
            cov = [[x if m - 1 in (a, b) else r for b in range(m)] for a in range(m)]
            return Classes([one] * k + [n - 1 - k, one], [one] * (k + 1) + [y], cov)

        # standard: w = e1 - e2, classes {1} {2} {rest} {outlier}
        def standard(alpha, beta):
            gamma = -(alpha + (n - 3) * beta)
            cov = [[zero, zero, beta, gamma], [zero, zero, -beta, -gamma],
                   [beta, -beta, zero, zero], [gamma, -gamma, zero, zero]]
            return Classes(base4.size, [alpha, -alpha, zero, zero], cov)

        base4 = split(2)
        columns = []
        for alpha, beta in ((one, zero), (zero, one)):
            D = base4.differential(standard(alpha, beta), step)
            back = standard(D.var[0], D.cov[0][2])   # the image is again of this shape
            close(D, back)
            columns.append((D.var[0], D.cov[0][2]))
        (a, c), (b, d) = columns
        root = mp.sqrt((a - d) ** 2 + 4 * b * c)
        assert mp.im(root) == 0
        # pair: +1 on {1,2} {3,4}, -1 on {2,3} {4,1}; an eigenvector
        base6 = split(4)
        cov = [[zero] * 6 for _ in range(6)]
        for i, j, v in ((0, 1, 1), (1, 2, -1), (2, 3, 1), (3, 0, -1)):
            cov[i][j] = cov[j][i] = mpf(v)
        V = Classes(base6.size, [zero] * 6, cov)
        D = base6.differential(V, step)
        pair = D.cov[0][1]
        close(D, V.combine(pair, V, 0))
        return [("trivial", one, trivial), ("standard", n - 2, (a + d + root) / 2),
                ("standard", n - 2, (a + d - root) / 2), ("pair", (n - 1) * (n - 4) / 2, pair)]


def close(A, B):
    """Assert that two class covariances agree, up to differencing error."""
    index = range(len(A.size))
    scale = max(abs(v) for v in B.var + [c for line in B.cov for c in line])
    for a in index:
        assert abs(A.var[a] - B.var[a]) < scale * mpf(10) ** -60
        for b in index:
            if a != b or A.size[a] != 1:
                assert abs(A.cov[a][b] - B.cov[a][b]) < scale * mpf(10) ** -60
