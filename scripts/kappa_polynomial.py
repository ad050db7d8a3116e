"""The polynomial of src/layer/infinite_width/tile.rs, and the error bounds stated there.

With t = 1 - |rho| and h(x) = sin x - x cos x, 2 kappa(rho) = max(rho, 0) + t^(3/2) q(t), where

    q(t) = h(arccos(1 - t)) / (pi t^(3/2)),    0 <= t <= 1.

Remez's exchange algorithm at 60 digits finds the polynomial of degree 15 for which the largest t^(3/2) |q - P| is
least; then its coefficients are rounded to float64 and that error is measured again. Prints the coefficients as Rust
reads them. Needs mpmath (tests/golden/requirements.txt); half a minute.
"""

import mpmath as mp

DEGREE = 15
mp.mp.dps = 60
U = mp.mpf(2) ** -53


def q(t):
    angle = mp.acos(1 - t)
    return (mp.sqrt(t * (2 - t)) - angle * (1 - t)) / (mp.pi * t * mp.sqrt(t))


def weight(t):
    return t * mp.sqrt(t)


def chebyshev(count):
    """Points of (0, 1), dense at both ends."""
    return [(1 - mp.cos(mp.pi * (2 * k + 1) / (2 * count))) / 2 for k in range(count)]


def error(coefficients, t):
    return (q(t) - mp.polyval(coefficients[::-1], t)) * weight(t)


def extrema(coefficients):
    """Where the error is largest between one change of its sign and the next."""
    found = []
    for t in chebyshev(600) + [mp.mpf(1)]:
        e = error(coefficients, t)
        if found and (e > 0) == (found[-1][1] > 0):
            if abs(e) > abs(found[-1][1]):
                found[-1] = (t, e)
        else:
            found.append((t, e))
    while len(found) > DEGREE + 2:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    assert len(found) == DEGREE + 2, "the error does not alternate"
    return found


def remez():
    points = chebyshev(DEGREE + 2)
    while True:
        rows = [[t**j for j in range(DEGREE + 1)] + [(-1) ** i / weight(t)] for i, t in enumerate(points)]
        solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix([q(t) for t in points])))
        coefficients, level = solution[:-1], abs(solution[-1])
        found = extrema(coefficients)
        if max(abs(e) for _, e in found) < 1.01 * level:
            return coefficients
        points = [t for t, _ in found]


def rounding(rho):
    """A bound, to first order, on the rounding errors of twice an entry, in units of u sqrt(a b).

    rho: 2 roundings in each 1/sqrt, one in their product, one in c rho; t: one. Twice t^(3/2) p: one in sqrt t, 3 in
    sqrt a sqrt b, 3 in products, 4 in the last sums of P and less than 1/2 in all its smaller terms. The last sum.
    """
    size = abs(rho)
    t, slope = 1 - size, mp.acos(size) / mp.pi
    power = mp.sqrt(t * (2 - t)) / mp.pi - size * slope
    return slope * (6 * size + t) + mp.mpf("11.5") * power + max(rho, 0) + power


def main():
    coefficients = [float(c) for c in remez()]
    grid = chebyshev(20000)
    worst = max(abs(error([mp.mpf(c) for c in coefficients], t)) for t in grid)
    # On [-1, 0] the bound is largest at 0.
    rounded = max(rounding(1 - t) for t in grid + [mp.mpf(1)])
    for c in coefficients:
        print(f"    {c!r},")
    print("polynomial, coefficients rounded: twice the entry to", mp.nstr(worst, 4), "=", mp.nstr(worst / U, 3), "u")
    print("rounding: twice the entry to", mp.nstr(rounded, 4), "u; together the entry to",
          mp.nstr((rounded + worst / U) / 4, 4), "eps")


main()
