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


def evaluation(coefficients, t):
    """Of the polynomial at t: its value and, to first order, a bound on its rounding errors, in units of u."""
    square = t * t
    errors, parts, slope = mp.mpf(0), [mp.mpf(0), mp.mpf(0)], [mp.mpf(0), mp.mpf(0)]
    for k in range(len(coefficients) // 2 - 1, -1, -1):
        for odd in (0, 1):
            slope[odd] = slope[odd] * square + parts[odd]
            parts[odd] = parts[odd] * square + coefficients[2 * k + odd]
            first = 2 * k + odd >= len(coefficients) - 2
            errors += 0 if first else abs(parts[odd]) * square**k * t**odd
    value = parts[0] + t * parts[1]
    # One more rounding where the parts meet; the square's own rounding.
    return value, errors + abs(value) + square * (abs(slope[0]) + t * abs(slope[1]))


def rounding(coefficients, rho):
    """A bound, to first order, on the rounding errors of twice an entry, in units of u sqrt(a b).

    Twice the entry is max(c, 0) + d sqrt(t) P(t) with d = |sqrt a sqrt b - |c||, t = d (1/sqrt a)(1/sqrt b). With
    g(t) = t^(3/2) q(t), d = sqrt(a b) D and D = t but for rounding, an error e of D and e' of t change g by
    e g/t + e' (g' - g/t). So

    * sqrt a and sqrt b, one rounding each: D changes by 1, t by 1 - t, because the reciprocal changes the other way;
    * their product: D and t by 1; the difference: D and t by t;
    * 1/sqrt a, 1/sqrt b, their product, and that with d: t by t;
    * the square root, and its product with d: g by g;
    * P as above; the last sum, fused with the product by P.
    """
    size = abs(rho)
    t, slope = 1 - size, mp.acos(size) / mp.pi
    power = mp.sqrt(t * (2 - t)) / mp.pi - size * slope
    if t == 0:
        return max(rho, 0)
    value, errors = evaluation(coefficients, t)
    inputs = 2 * (power + size * slope) + slope + t * slope + 4 * (t * slope - power)
    return inputs + power * (2 + errors / value) + max(rho, 0) + power


def main():
    coefficients = [float(c) for c in remez()]
    grid = chebyshev(20000)
    exact = [mp.mpf(c) for c in coefficients]
    worst = max(abs(error(exact, t)) for t in grid)
    # On [-1, 0] the bound is largest at 0.
    rounded = max(rounding(exact, 1 - t) for t in grid + [mp.mpf(1)])
    for c in coefficients:
        print(f"    {c!r},")
    print("polynomial, coefficients rounded: twice the entry to", mp.nstr(worst, 4), "=", mp.nstr(worst / U, 3), "u")
    print("rounding: twice the entry to", mp.nstr(rounded, 4), "u; together the entry to",
          mp.nstr((rounded + worst / U) / 4, 4), "eps")


main()
