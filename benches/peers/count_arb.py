"""Fixed points counted and stable, for every batch size asked: the crate's proof once more, in Python on Arb.

For each n all fixed points of the indicative model are counted by covers (`src/rigor/count.rs`), the odd point is
enclosed by an interval Newton step, and every eigenvalue there is shown to lie inside the unit disc. The formulas are
those of `src/odd_point/scaled.rs`, in u = 1/n, x = n theta and omega = n(v - 1), with derivatives by hand.

A peer to measure against, and a second implementation of the proof on another interval arithmetic; the crate does not
call it. Usage: count_arb.py FIRST LAST [PROCESSES]
"""

import math
import sys
import time
from multiprocessing import Pool

from flint import arb, arb_poly, ctx, fmpq

ctx.prec = 64

ONE, TWO, ZERO = arb(1), arb(2), arb(0)
PI = arb.pi()
HALF_PI, TWO_PI, FOUR_PI = PI / 2, 2 * PI, 4 * PI
MOST_BOXES = 20_000
BATCH_SIZES_A_TASK = 64


class NotProved(Exception):
    """A box stayed undecided."""


def bessel_series(order, largest_square):
    """J_k(t) = sum_m (-t^2/2)^m / (m! (2m+2k+1)!!) as a polynomial in t^2 <= largest_square <= 4, and its remainder.

    The terms alternate and decrease there, so the first one left out bounds the rest.
    """
    coefficient = fmpq(1, math.prod(range(1, 2 * order + 2, 2)))
    coefficients, power = [], fmpq(1)
    while abs(coefficient) * power > fmpq(1, 2**68):
        coefficients.append(coefficient)
        m = len(coefficients)
        coefficient *= fmpq(-1, 2 * m * (2 * m + 2 * order + 1))
        power *= largest_square
    return arb_poly(coefficients), arb(0, arb(abs(coefficient) * power).upper())


# Bounds on t^2 of the short and of the long series.
SMALL, LARGE = arb(1) / 16, arb(4)
SHORT = [bessel_series(order, fmpq(1, 16)) for order in range(3)]
LONG = [bessel_series(order, fmpq(4)) for order in range(3)]


def bessel(square):
    """The functions of t that are left of the spherical Bessel functions, t^2 given: a function of the order."""
    series = SHORT if square < SMALL else LONG
    if not square <= LARGE:
        raise NotProved("the series stop at 2")

    def at(order):
        polynomial, remainder = series[order]
        return polynomial(square) + remainder

    return at


class Size:
    """What depends on n alone."""

    __slots__ = ("n", "u", "share", "ratio", "sine_factor", "shift_factor")

    def __init__(self, n):
        self.n = n
        self.u = ONE / n
        self.share = ONE - self.u
        pairs = ONE - 2 * self.u
        self.ratio = pairs / self.share
        self.sine_factor = (2 * self.ratio).sqrt()
        self.shift_factor = ONE / (self.share * pairs)


def balance(size, x, slope):
    """n times the balance equation in x, or its derivative."""
    u, share = size.u, size.share
    theta = u * x
    half = theta / 2
    half_square = half * half
    outer, inner = bessel(theta * theta), bessel(half_square)
    sinc = inner(0)
    gamma = sinc * sinc / 2
    quotient = outer(1) / gamma
    sine = size.sine_factor * sinc * half
    cosine = (ONE - sine * sine).sqrt()
    phi = sine.asin()
    phi_square = phi * phi
    h = phi * phi_square * bessel(phi_square)(1) if phi_square < LARGE else sine - phi * cosine
    reciprocal_v = u / (share * cosine)
    weight = reciprocal_v * reciprocal_v + (ONE + u) / share
    factor = TWO / (PI * share * cosine)
    if not slope:
        return x * quotient / PI * weight - TWO / share - factor * h
    gamma_slope = -u * sinc * half * inner(1) / 2
    quotient_slope = (-u * theta * outer(2) - quotient * gamma_slope) / gamma
    # cos(theta/2) <= 1 as it stands.
    phi_slope = size.sine_factor * half.cos() * u / (2 * cosine)
    tangent = sine / cosine
    weight_slope = 2 * reciprocal_v * reciprocal_v * tangent * phi_slope
    across_slope = factor * phi_slope * (phi * sine + h * tangent)
    return ((quotient + x * quotient_slope) * weight + x * quotient * weight_slope) / PI - across_slope


def deflated(size, omega, slope):
    """n times the deflated equation in omega, or its derivative."""
    u = size.u
    w = u * omega
    v = ONE + w
    shift = (ONE + u * w) * size.shift_factor
    b = u * v / size.share
    a = b - u * w * shift
    angle_a, angle_b = a.asin(), b.asin()
    middle, delta = (angle_a + angle_b) / 2, (angle_b - angle_a) / 2
    square = delta * delta
    j = bessel(square)
    j0, j1 = j(0), j(1)
    ratio = j1 / j0
    correction = square * ratio
    tangent = middle.tan()
    mean = HALF_PI + middle - tangent * correction
    root = ((ONE - a) * (ONE + a)).sqrt()
    one_plus_q = a * (angle_a + HALF_PI) + root
    one_plus_a = ONE + a
    bracket = one_plus_a * mean - one_plus_q
    if not slope:
        return omega * one_plus_q - 2 * v * shift * bracket
    shift_slope = u * u * size.shift_factor
    b_slope = u * u / size.share
    a_slope = b_slope - u * (u * shift + w * shift_slope)
    angle_a_slope = a_slope / root
    angle_b_slope = b_slope / ((ONE - b) * (ONE + b)).sqrt()
    middle_slope = (angle_a_slope + angle_b_slope) / 2
    delta_slope = (angle_b_slope - angle_a_slope) / 2
    correction_slope = (2 * delta * ratio + delta * square * (ratio * ratio - j(2) / j0)) * delta_slope
    mean_slope = middle_slope - (ONE + tangent * tangent) * middle_slope * correction - tangent * correction_slope
    q_slope = a_slope * (angle_a + HALF_PI)
    bracket_slope = a_slope * mean + one_plus_a * mean_slope - q_slope
    product_slope = u * shift * bracket + v * (shift_slope * bracket + shift * bracket_slope)
    return one_plus_q + omega * q_slope - 2 * product_slope


def boxes(f, size, partition):
    """Decided boxes from left to right: their ends, and -1, 1, or 0 where f rises."""
    stack = list(zip(partition, partition[1:]))[::-1]
    tried = 0
    while stack:
        low, high = stack.pop()
        tried += 1
        x = arb(low).union(arb(high))
        value = f(size, x, False)
        if value < 0:
            yield low, high, -1
        elif value > 0:
            yield low, high, 1
        elif f(size, x, True) > 0:
            yield low, high, 0
        else:
            middle = math.sqrt(low * high) if 0 < 4 * low < high else (low + high) / 2
            if tried >= MOST_BOXES or not low < middle < high:
                raise NotProved(f"undecided on [{low}, {high}]")
            stack += [(middle, high), (low, middle)]


def rises_once(f, size, partition):
    """Proves exactly one root in the partition's range, with f negative before and positive after it."""
    if not f(size, arb(partition[0]), False) < 0 or not f(size, arb(partition[-1]), False) > 0:
        raise NotProved("the signs at the ends")
    last, rising, crossed = -1, False, False
    for *_, sign in boxes(f, size, partition):
        if sign == 0:
            rising = True
            continue
        if sign < last:
            raise NotProved("falls again")
        if sign > last:
            # Touching boxes of opposite sign would contradict each other at their common end.
            crossed = True
        last, rising = sign, False
    if not crossed and not rising:
        raise NotProved("no crossing")


def newton(f, size, start, steps):
    """An approximate root, in double precision."""
    x = arb(start)
    for _ in range(steps):
        x = (x - f(size, x, False) / f(size, x, True)).mid()
    return float(x)


def enclose(f, size, root):
    """The root, by one interval Newton step in a window around an approximate one."""
    middle = arb(root)
    window = arb(root, 1e-10)
    image = middle - f(size, middle, False) / f(size, window, True)
    if not window.contains_interior(image):
        raise NotProved("the Newton step does not contract")
    return image


def count(size, edge, odd_point):
    """Proves that there are three fixed points: the symmetric one, the edge and the odd point."""
    # Both covers reach the point of r = 1/10; the factors, far above rounding, make them overlap.
    n = size.n
    separating_x = n * math.acos(0.1) * (1 + 1e-12)
    separating_omega = n * (math.sqrt((n - 1) * (1 + (n - 2) / 10)) - 1) * (1 + 1e-12)
    rises_once(deflated, size, [0.0, 0.9 * edge, 1.1 * edge, separating_omega])
    rises_once(balance, size, [0.0, 0.9 * odd_point, 1.1 * odd_point, separating_x])


def stable(size, x):
    """Proves that every eigenvalue at the odd point is inside the unit disc, by the gaps n(1 - lambda) and Jury."""
    u, share = size.u, size.share
    theta = u * x
    j = bessel(theta * theta)
    half_sinc = bessel(theta * theta / 4)(0)
    sinc, quotient = j(0), 2 * j(1) / (half_sinc * half_sinc)
    sine_over_u = size.sine_factor * half_sinc * x / 2
    sine = sine_over_u * u
    cosine = (ONE - sine * sine).sqrt()
    phi = sine.asin()
    growth = ONE / 2 - theta * quotient / TWO_PI

    pair = x * (ONE - quotient) / (TWO_PI * growth)

    cross = sine * (cosine + ONE / cosine) / FOUR_PI - phi / TWO_PI
    row = u / (2 * share) + size.ratio * (PI - theta + theta * sinc) / TWO_PI
    radial = x * sinc / TWO_PI - x * quotient / PI
    spread = theta * (ONE - sinc) / (TWO_PI * share)
    trivial = (radial + spread + ONE - u / 2 + 2 * cross * share - u * row) / growth
    for gap in (pair, trivial):
        if not (gap > 0 and u * gap < 2):
            raise NotProved("a gap")

    b_alpha = x * sinc / FOUR_PI
    g_alpha = share * cosine * sine_over_u / FOUR_PI - phi / TWO_PI
    mean = ONE / 2 + g_alpha - 3 * u * b_alpha
    a = (2 * mean + 2 * b_alpha - x * quotient / TWO_PI) / growth
    others = ONE - 3 * u
    b = -others * (PI - theta - phi) / (PI * growth)
    c = (3 * u * b_alpha - ONE / 2 - g_alpha) / growth
    d = (3 * (PI - theta) + others * phi / u) / (TWO_PI * growth)
    first = ONE - u * a
    trace, determinant = first + u * d, u * (first * d - b * c)
    at_one = a * (ONE - u * d) - b * c
    if not (at_one > 0 and ONE + trace + determinant > 0 and determinant < 1):
        raise NotProved("Jury's conditions")


def prove(task):
    """Every batch size of a task; returns how many. Each root starts the search for the next one's."""
    first, last = task
    edge, odd_point, steps = math.pi - 2, 3 * math.pi - 3 * math.pi / first, 12
    for n in range(first, last + 1):
        size = Size(n)
        edge = newton(deflated, size, edge, steps)
        odd_point = newton(balance, size, odd_point, steps)
        steps = 3
        try:
            count(size, edge, odd_point)
            stable(size, enclose(balance, size, odd_point))
        except NotProved as reason:
            raise SystemExit(f"n = {n}: {reason}") from reason
    return last + 1 - first


def main():
    first, last = int(sys.argv[1]), int(sys.argv[2])
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    start = time.perf_counter()
    tasks = [(n, min(n + BATCH_SIZES_A_TASK - 1, last)) for n in range(first, last + 1, BATCH_SIZES_A_TASK)]
    with Pool(processes) as pool:
        proved = sum(pool.imap_unordered(prove, tasks))
    print(f"{proved} batch sizes, n = {first}..{last}: three fixed points, odd point stable; "
          f"{time.perf_counter() - start:.2f} s on {processes} processes")


if __name__ == "__main__":
    main()
