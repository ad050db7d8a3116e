"""Golden values, computed independently of the Rust code. Regenerates every JSON file of this directory.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_golden.py

Written for mpmath 1.4.1 (with gmpy2 2.3.2) and python-flint 0.9.0, Python 3.11; takes about
two minutes; deterministic. Routes: the definition of the layer (batch_map.py), never the closed forms of
the reduced model; see README.md. Every number is a decimal string, rounded to nearest at the stated
number of significant digits; `agree` compares two precisions and two difference steps.
"""
import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import flint
import mpmath
from mpmath import mp, mpf

import batch_map as bm

HERE = Path(__file__).resolve().parent
DIGITS = 60
NAMES = ("odd-point", "edge", "symmetric")
SIZES = [7, 8, 9, 10, 12, 16, 20, 32, 50, 64, 100, 128, 256, 1000,
         10**4, 10**6, 10**9, 10**12, 10**15]
DENSE_SIZES = [7, 8, 10, 12]


def text(x, digits=DIGITS):
    """Decimal string, `digits` significant digits."""
    with mp.workdps(max(mp.dps, digits + 10)):
        return mp.nstr(mpf(x), digits, strip_zeros=x == int(x) if mp.isfinite(x) else True)


def agree(a, b, digits=DIGITS):
    """Two evaluations agree to the digits printed; return the second, the more precise."""
    assert abs(a - b) <= abs(b) * mpf(10) ** (-digits - 2), (a, b)
    return b


def write(name, content):
    head = {"mpmath": mpmath.__version__, "python_flint": flint.__version__}
    lines = json.dumps({"software": head, **content}, indent=1, ensure_ascii=False)
    (HERE / name).write_text(lines + "\n")
    print("wrote", name, flush=True)


# ---- kernel.json ------------------------------------------------------------------------------

def near_one():
    """1 - 10^-k as exact decimals."""
    return ["0." + "9" * k for k in (1, 2, 3, 5, 7, 8, 10, 15, 16, 20, 25, 30, 35, 40)]


def kernel_file():
    rhos = ["0", "1", "-1", "0.5", "-0.5", "0.25", "-0.25", "0.125", "-0.75", "0.3", "-0.3", "0.6", "-0.6",
            "0.8", "-0.8", "1e-10", "-1e-10", "1e-40"] + near_one() + ["-" + r for r in near_one()]
    values = []
    for rho in rhos:
        def at(dps):
            with mp.workdps(dps):
                x = mpf(rho)
                return bm.kappa(x), (mp.pi - mp.acos(x)) / (2 * mp.pi)
        pair = [agree(a, b) for a, b in zip(at(250), at(350))]
        values.append({"rho": rho, "kappa": text(pair[0]), "kappa_derivative": text(pair[1])})
    rational = []
    for p, q in ((1, 3), (-1, 3), (2, 3), (-2, 3), (1, 7), (-6, 7), (22, 23), (-99, 101)):
        with mp.workdps(200):
            rational.append({"rho_numerator": str(p), "rho_denominator": str(q), "kappa": text(bm.kappa(mpf(p) / q))})

    double = []
    for a, b, c in ((1, 1, "0.5"), (2, 3, "-1"), (1, 4, "1.75"), ("0.25", 9, "0.125")):
        with mp.workdps(40):
            a_, b_, c_ = mpf(a), mpf(b), mpf(c)
            det = a_ * b_ - c_ * c_
            weight = lambda u, v: u * v * mp.exp(-(b_ * u * u - 2 * c_ * u * v + a_ * v * v) / (2 * det))
            # polar coordinates in the positive quadrant of the (u, v) plane: the radial integral is
            # Gamma(2)/2 * (2/q)^2, q the quadratic form at angle t
            q = lambda t: (b_ * mp.cos(t)**2 - 2 * c_ * mp.cos(t) * mp.sin(t) + a_ * mp.sin(t)**2) / det
            polar = mp.quad(lambda t: mp.cos(t) * mp.sin(t) * 2 / q(t)**2, mp.linspace(0, mp.pi / 2, 9))
            polar /= 2 * mp.pi * mp.sqrt(det)
            assert abs(polar - bm.kernel(a_, b_, c_)) < mpf(10) ** -35
        with mp.workdps(28):                         # plain double integration over the quadrant
            U, V = 12 * mp.sqrt(a_), 12 * mp.sqrt(b_)
            plain = mp.quad(weight, mp.linspace(0, U, 7), mp.linspace(0, V, 7), method="gauss-legendre", maxdegree=4)
            plain /= 2 * mp.pi * mp.sqrt(det)
            assert abs(plain - polar) < mpf(10) ** -25, (plain, polar)
        double.append({"a": str(a), "b": str(b), "c": c, "expectation": text(polar, 34),
                       "double_integral": text(plain, 25)})

    small = []
    for t in ["1e-%d" % k for k in range(0, 21)] + ["1e-40", "0.5", "1.5", "2", "3", "-0.5", "3.125"]:
        def at(dps):
            with mp.workdps(dps):
                x = mpf(t)
                h = mp.sin(x) - x * mp.cos(x)
                return h, h / x**3, (1 - mp.cos(x)) / x**2
        h, sigma, gamma = (agree(a, b) for a, b in zip(at(300), at(400)))
        small.append({"t": t, "h": text(h), "sigma": text(sigma), "gamma": text(gamma)})
    write("kernel.json", {"digits": str(DIGITS), "kappa": values, "kappa_rational": rational,
                          "gaussian_expectation": double, "h": small})


# ---- fixed_points.json ------------------------------------------------------------------------

def check_literal(n, name, described):
    """The n x n matrix written out: a fixed point of the literal map, same order parameters."""
    with mp.workdps(120):
        C = bm.batch(n, bm.fixed_point_y(mpf(n), name)).full()
        M, K = bm.full_layer(C), bm.full_kernel(C)
        scale = bm.trace(M) / bm.trace(C)
        residual = max(abs(M[i][j] - scale * C[i][j]) for i in range(n) for j in range(n))
        assert residual < mpf(10) ** -90
        o = n - 1
        agree(K[0][1] / K[0][0], described["cos_within"])
        agree(K[0][o] / mp.sqrt(K[0][0] * K[o][o]), described["cos_cross"])
        agree(mp.sqrt(K[o][o] / K[0][0]), described["norm_ratio"])
        agree(scale, described["growth"])


def check_iteration(n, described):
    """Iterating the literal map from a nearby, non-symmetric start reaches the odd point."""
    with mp.workdps(40):
        C = bm.batch(n, described["variance_ratio"] * mpf("1.02")).full()
        for i, j in ((0, 1), (2, n - 1)):             # centred, so that the start has no symmetry to spare
            for k in (i, j):
                C[k][k] += mpf(i + 1) / 1000
            C[i][j] -= mpf(i + 1) / 1000
            C[j][i] -= mpf(i + 1) / 1000
        for _ in range(900):
            C = bm.full_layer(C)
            t = C[0][0]
            C = [[c / t for c in row] for row in C]
        target = bm.batch(n, +described["variance_ratio"]).full()
        assert max(abs(C[i][j] - target[i][j]) for i in range(n) for j in range(n)) < mpf(10) ** -17


def fixed_points_file():
    batches = []
    for n in SIZES:
        points = []
        for name in NAMES:
            first, second = bm.describe(n, name), bm.describe(n, name, digits=75)
            with mp.workdps(150):
                values = {k: agree(first[k], second[k]) for k in first}
                if n <= 12:
                    check_literal(n, name, values)
                    if name == "odd-point":
                        check_iteration(n, values)
            points.append({"name": name, **{k: text(v) for k, v in values.items()}})
        batches.append({"batch_size": str(n), "fixed_points": points})
    write("fixed_points.json", {"digits": str(DIGITS), "route": "definition on distinct entries",
                                "also_literal_up_to": "12", "batches": batches})


# ---- spectrum.json ----------------------------------------------------------------------------

def dense_spectrum(n, name):
    """Eigenvalues, grouped, of the literal map's Jacobian on {symmetric, zero row sums, trace zero}.

    Coordinates: the entries above the diagonal, all but the last (the diagonal and the last follow).
    """
    with mp.workdps(110):
        base = bm.batch(n, bm.fixed_point_y(mpf(n), name)).full()
        tau, step = bm.trace(base), mpf(10) ** -30
        pairs = list(combinations(range(n), 2))

        def moved(index, t):
            C = [list(row) for row in base]
            for (i, j), s in ((pairs[index], t), (pairs[-1], -t)):
                C[i][j] += s
                C[j][i] += s
                C[i][i] -= s
                C[j][j] -= s
            M = bm.full_layer(C)
            scale = tau / bm.trace(M)
            return [M[i][j] * scale for i, j in pairs[:-1]]

        columns = [[(p - m) / (2 * step) for p, m in zip(moved(k, step), moved(k, -step))] for k in range(len(pairs) - 1)]
        size = len(columns)
        flint.ctx.dps = 100
        J = flint.acb_mat(size, size, [flint.arb(mp.nstr(columns[j][i], 80)).mid() for i in range(size) for j in range(size)])
        found = approximate(J)
        assert abs(sum(found) - sum(columns[k][k] for k in range(size))) < mpf(10) ** -45    # trace: none lost
    groups = []
    for e in sorted(found, reverse=True):
        if groups and abs(groups[-1][0] - e) < mpf(10) ** -30:
            groups[-1][1] += 1
        else:
            groups.append([e, 1])
    return groups, size


def approximate(J):
    """Eigenvalues (not rigorous, 100 digits working precision); all must be real."""
    values = []
    for e in J.eig(algorithm="approx"):
        assert abs(float(e.imag.mid())) < 1e-40
        values.append(mpf(e.real.mid().str(70, radius=False)))
    return values


def spectrum_file():
    cases = []
    for n in SIZES:
        for at in NAMES:
            first, second = bm.block_eigenvalues(n, at), bm.block_eigenvalues(n, at, digits=75)
            with mp.workdps(150):
                blocks = [(b, m, agree(v, w)) for (b, m, v), (_, _, w) in zip(first, second)]
            case = {"batch_size": str(n), "at": at,
                    "route": "central differences of the definition along one perturbation per symmetry type",
                    "eigenvalues": [{"block": b, "multiplicity": str(int(m)), "value": text(v)} for b, m, v in blocks]}
            if n in DENSE_SIZES:
                groups, size = dense_spectrum(n, at)
                assert size == n * (n - 1) // 2 - 1 == sum(m for _, m in groups) == sum(int(m) for _, m, _ in blocks)
                for value, count in groups:          # the same list, with the same multiplicities
                    assert count == sum(int(m) for _, m, v in blocks if abs(v - value) < mpf(10) ** -40)
                case["dense"] = [{"value": text(v, 40), "multiplicity": str(m)} for v, m in groups]
            cases.append(case)
    write("spectrum.json", {"digits": str(DIGITS), "dense_digits": "40", "cases": cases})


# ---- saddle_node.json -------------------------------------------------------------------------

def saddle_node(dps):
    """Real n and r with F(r) = r, F'(r) = 1: Newton in two variables, class sizes taken as reals."""
    with mp.workdps(dps):
        step = mpf(10) ** (-dps // 4)
        f = lambda n, r: bm.F(n, r) - r
        n, r = mpf("6.1"), mpf("-0.02")
        for _ in range(100):
            e = step
            f0, fp, fm = f(n, r), f(n, r + e), f(n, r - e)
            fr, frr = (fp - fm) / (2 * e), (fp - 2 * f0 + fm) / e**2
            np_, nm = n + e, n - e
            fn = (f(np_, r) - f(nm, r)) / (2 * e)
            fnr = (f(np_, r + e) - f(np_, r - e) - f(nm, r + e) + f(nm, r - e)) / (4 * e**2)
            dn, dr = mp.lu_solve(mp.matrix([[fn, fr], [fnr, frr]]), mp.matrix([-f0, -fr]))
            n, r = n + dn, r + dr
            if abs(dn) + abs(dr) < mpf(10) ** (-dps * 2 // 5):
                return {"batch_size": n, "r": r, "theta": mp.acos(r), "variance_ratio": bm.y_of_r(n, r),
                        "growth": bm.batch(n, bm.y_of_r(n, r)).layer().var[0]}
    raise ArithmeticError


def saddle_node_file():
    first, second = saddle_node(240), saddle_node(320)
    with mp.workdps(100):
        values = {k: text(agree(first[k], second[k])) for k in first}
    write("saddle_node.json", {"digits": str(DIGITS), **values})


# ---- intervals.json ---------------------------------------------------------------------------

def outward(x, down):
    """Exact dyadic endpoint to a 50-digit decimal, rounded outward."""
    man, exp = x.man_exp()
    value = Fraction(int(man)) * Fraction(2) ** int(exp)
    if value == 0:
        return "0"
    sign, size = (-1, -value) if value < 0 else (1, value)
    e = len(str(size.numerator)) - len(str(size.denominator)) - 50
    scaled = size / Fraction(10) ** e
    q = scaled.numerator // scaled.denominator
    if scaled != q and (down == (sign < 0)):
        q += 1
    return f"{'-' if sign < 0 else ''}{q}e{e}"


def intervals_file():
    flint.ctx.prec = 256
    arb = flint.arb
    functions = {
        "sin": lambda x: x.sin(), "cos": lambda x: x.cos(), "acos": lambda x: x.acos(), "asin": lambda x: x.asin(),
        "sqrt": lambda x: x.sqrt(), "atan2": lambda y, x: arb.atan2(y, x), "h": lambda t: t.sin() - t * t.cos(),
        "kappa": lambda r: ((1 - r * r).sqrt() + (arb.pi() - r.acos()) * r) / (2 * arb.pi()),
    }
    angle = ["0", "1/2", "-1/2", "1", "-3", "25/8", "201/64", "1/1048576", "1048577/1024", "10000000000000000000000",
             "884279719003555/281474976710656"]     # the last is the double nearest to pi
    unit = ["0", "1", "-1", "1/2", "-1/2", "3/4", "-7/8", "1048575/1048576", "-1048575/1048576",
            f"{2**53 - 1}/{2**53}", f"-{2**100 - 1}/{2**100}", "1/1267650600228229401496703205376"]
    arguments = {
        "sin": [[x] for x in angle], "cos": [[x] for x in angle], "acos": [[x] for x in unit],
        "asin": [[x] for x in unit], "kappa": [[x] for x in unit],
        "sqrt": [[x] for x in ("0", "1", "2", "3/4", "1/1267650600228229401496703205376", "10000000000000000000001")],
        "atan2": [[y, x] for y, x in (("1", "1"), ("1", "-1"), ("-1", "-1"), ("-1", "1"), ("0", "1"), ("1", "0"),
                                      ("-1", "0"), ("1/1048576", "-3"), ("-1/1048576", "-3"), ("3/4", "1/2"))],
        "h": [[x] for x in ("0", "1/2", "-1/2", "1", "25/8", "-3", "1/1024", "-1/1024", "1/1048576",
                            "1/1267650600228229401496703205376", "100")],
    }
    rows = []
    for name, f in functions.items():
        for args in arguments[name]:
            exact = [arb(int(a.split("/")[0])) / int(a.split("/")[1] if "/" in a else 1) for a in args]
            assert all(x.is_exact() for x in exact)
            ball = f(*exact)
            assert ball.is_finite()
            rows.append({"function": name, "arguments": args, "lo": outward(ball.lower(), True), "hi": outward(ball.upper(), False)})
    write("intervals.json", {"arb_precision_bits": "256", "enclosures": rows})


if __name__ == "__main__":
    import check_theory
    kernel_file()
    fixed_points_file()
    saddle_node_file()
    intervals_file()
    spectrum_file()
    check_theory.main()
