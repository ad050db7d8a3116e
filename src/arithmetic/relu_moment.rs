//! `E[relu(u) relu(v)]` ([`gram_entry`](crate::kernel::gram_entry)) of MPFR numbers by fixed point, with a proved bound.
//!
//! ```text
//! g = (√Δ + ψ c)/2π,   Δ = ab − c²,   ψ = atan2(√Δ, −c)
//! ```
//!
//! The same formula as the kernel's for `c ≥ 0`, for every `c`: its cancellation near `c = −√(ab)` is met by more bits. What
//! it saves is the angle. A ratio `t = tan β ≤ 1` known to double precision gives three steps `τⱼ = kⱼ/2^8j` with
//! `β = Σ atan τⱼ + atan(tan of less than 2⁻²⁴·⁹)`: the angles `atan τⱼ` are tabulated, and rotating the point by all of
//! them is one multiplication by the Gaussian integer `Π (2^8j + i kⱼ) = A + iB`, `A, B < 2⁴⁹`, so by single limbs. (Table
//! and series are usual: R. Brent & P. Zimmermann, *Modern Computer Arithmetic*, section 4.)
//!
//! Nothing is rounded to nearest here, every step has a bound, and what the analysis of errors takes for granted is checked
//! as it goes. `None` where the route does not reach: `ab ≤ c²`, a negative or infinite operand, more than
//! about 1200 bits, cancellation of more than some 60, exponents near the ends of MPFR's range. The kernel then uses its
//! formula as it stands.
//!
//! # Errors
//! In units `u = 2^−64N`, for `N ≤ 19` limbs, of fractions that stand for `x = |c|/2^s` and `y = √Δ/2^s`, with `2^s` such that
//! `R = √(x² + y²)` is from `8^−½` to 1.
//!
//! * `a b` and, but for `|c|/√(ab) < 1/5`, `c` and `c²` are exact; there `x` is off by less than 1. `y` is off by less than
//!   `4.5 + 1` (the radicand's end `1`, the root `3.5`, shifting back `1`) and what `x` hands on, less than `0.2`.
//!   That turns the angle by `√(1 + 5.7²)/R < 16.4`: in quarters, as angles are kept, `4.1`.
//! * `û = tan` of the last part is off by less than `5.1` for the quotient and, since `û < 2⁻²⁴`, `0.1` for its operands.
//!   Its arc tangent `û − û·(w·p)`, `w = û²`: the last product `N`, all before it, which are multiplied by `û`, `0.1`, the
//!   series beyond its last term `1`. A quarter of it: `(N + 6.3)/4 + 1`.
//! * The three angles and a multiple of π/8 add `1` each and rounding `0.5`: `ψ/4` is off by less than `N/4 + 11.2`.
//! * `(ψ/4) x`: `N` for the product, `π/4` for `x`, so `1.25 N + 12`; with `y/4` (`5.7/4 + 1`) `W` is off by `1.25 N + 14.5`.
//! * `g/2^s = W · 2/π`: `0.64 (1.25 N + 14.5) + N`, and `0.8` for the constant: less than `1.8 N + 10.1 < 45`.

use super::limbs::{
    Limbs, add, leading_zeros, less, mul_high, product, quotient, shift_down, shift_far_down, shift_up, sqrt,
    sub, times, to_f64,
};
use rug::float::{Constant, Round};
use rug::integer::Order;
use rug::{Float, Integer};
use std::cell::RefCell;
use std::sync::OnceLock;

/// The most limbs that a number has.
const MAX: usize = 19;

/// A bound of the error of an [`approximation`], in units of its last place.
pub(super) const ERROR: u32 = 64;

/// Bits that a result has beyond the precision asked for: its error is then below `2⁻⁵` of the last place.
const GUARD_BITS: usize = 12;

/// Hands `g(a, b, c)` to `read` as an integer and an exponent: `|g − integer · 2^exponent| < ERROR · 2^exponent`, and the
/// integer has at least 12 bits more than `bits`.
pub(super) fn approximation<T>(
    [a, b, c]: [&Float; 3],
    bits: u32,
    mut read: impl FnMut(&mut Integer, i32) -> T,
) -> Option<T> {
    // At least 1/2π · 8^−½ > 2⁻⁵ without cancellation: four zeros.
    let needed = (bits as usize + GUARD_BITS + 4).div_ceil(64);
    // Then at most twice: the second time with the bits for cancellation, or for a longer operand.
    macro_rules! with_limbs {
        ($($n:literal)*) => {$(
            if needed <= $n && let Some(value) = with_limbs::<$n, T>([a, b, c], bits, &mut read) {
                return Some(value);
            }
        )*};
    }
    if needed <= 3 {
        with_limbs!(2 3 4);
    } else if needed <= 6 {
        with_limbs!(4 5 6 7);
    } else {
        with_limbs!(7 9 13 17 19);
    }
    None
}

thread_local! {
    /// For operands and results, apart, because their lengths differ: memory is allocated once a thread.
    static SCRATCH: RefCell<[Integer; 2]> = const { RefCell::new([Integer::new(), Integer::new()]) };
}

fn with_limbs<const N: usize, T>(
    operands: [&Float; 3],
    bits: u32,
    read: impl FnOnce(&mut Integer, i32) -> T,
) -> Option<T> {
    SCRATCH.with_borrow_mut(|[input, output]| {
        let [a, b, c] = operands.map(|x| Operand::<N>::load(x, input));
        let (limbs, scale) = moment([&a?, &b?, &c?])?;
        if leading_zeros(&limbs) as usize + bits as usize + GUARD_BITS > 64 * N {
            return None;
        }
        output.assign_digits(&limbs, Order::Lsf);
        Some(read(output, scale - 64 * N as i32))
    })
}

/// `± fraction · 2^exponent`, the fraction from 1/2 to 1 (or 0).
struct Operand<const N: usize> {
    fraction: Limbs<N>,
    exponent: i32,
    negative: bool,
}

impl<const N: usize> Operand<N> {
    /// `None` if it is not finite, takes up the last three bits, or is not within `2^±2²⁸`.
    fn load(x: &Float, scratch: &mut Integer) -> Option<Self> {
        const EXPONENTS: std::ops::Range<i32> = -(1 << 28)..1 << 28;
        let mut fraction = [0; N];
        if x.is_zero() {
            return Some(Self { fraction, exponent: EXPONENTS.start, negative: false });
        }
        let exponent = x.get_exp().filter(|exponent| EXPONENTS.contains(exponent))?;
        x.to_integer_exp_in_place(scratch)?;
        let digits: &[u64] = scratch.as_limbs();
        if x.prec() as usize + 3 > 64 * N {
            return None;
        }
        let up = digits.last()?.leading_zeros();
        let mut below = 0;
        for (to, digit) in fraction[N - digits.len()..].iter_mut().zip(digits) {
            *to = digit << up | below;
            below = digit >> 1 >> (63 - up);
        }
        Some(Self { fraction, exponent, negative: x.is_sign_negative() })
    }
}

/// `g/2^s` to within [`ERROR`] units, and `s`.
#[inline(never)]
fn moment<const N: usize>([a, b, c]: [&Operand<N>; 3]) -> Option<(Limbs<N>, i32)> {
    if a.negative || b.negative {
        return None;
    }
    let (square, scale) = scaled_product(a, b);
    // Below 0 only if |c| > √(ab).
    let x = shift_far_down(&c.fraction, u32::try_from(scale - c.exponent).ok()?.min(64 * N as u32));
    let y = other_leg(&square, &x)?;
    let steep = less(&x, &y);
    let angle = if steep { quarter_arc_tangent(&x, &y)? } else { quarter_arc_tangent(&y, &x)? };
    let quarter_pi = quarter_pi();
    let eighth_pi = shift_down(&quarter_pi, 0, 1);
    // A quarter of ψ, which is the angle of (−c, √Δ).
    let psi = match (c.negative, steep) {
        (true, false) => angle,
        (true, true) => sub(&eighth_pi, &angle, false).0,
        (false, true) => add(&eighth_pi, &angle).0,
        (false, false) => sub(&quarter_pi, &angle, false).0,
    };
    let (radial, tangential) = (shift_down(&y, 0, 2), mul_high(&psi, &x, 0));
    let (sum, beyond) = if c.negative { sub(&radial, &tangential, false) } else { add(&radial, &tangential) };
    (!beyond).then(|| (mul_high(&sum, &two_over_pi(), 0), scale))
}

/// `a b/4^s` exactly, from 1/8 to 1, and `s`.
fn scaled_product<const N: usize>(a: &Operand<N>, b: &Operand<N>) -> ([Limbs<N>; 2], i32) {
    let exponent = a.exponent + b.exponent;
    let [low, high] = product(&a.fraction, &b.fraction);
    if exponent % 2 == 0 {
        ([low, high], exponent / 2)
    } else {
        // The operands' last bits are free.
        ([shift_down(&low, high[0] & 1, 1), shift_down(&high, 0, 1)], (exponent + 1) / 2)
    }
}

/// `√(square − x²)`, if that is not 0.
fn other_leg<const N: usize>(square: &[Limbs<N>; 2], x: &Limbs<N>) -> Option<Limbs<N>> {
    let [low, high] = product(x, x);
    let (low, borrow) = sub(&square[0], &low, false);
    let (high, negative) = sub(&square[1], &high, borrow);
    let zeros = leading_zeros(&high);
    let zeros = if zeros == 64 * N as u32 { zeros + leading_zeros(&low) } else { zeros };
    if negative || zeros == 128 * N as u32 {
        return None;
    }
    // By an even number of bits, to between 1/4 and 1.
    let half = zeros / 2;
    Some(shift_far_down(&sqrt(&shift_up(&[low, high], 2 * half))?, half))
}

/// A quarter of the arc tangent of `y/x`, for `y ≤ x`, `1/4 ≤ x` and `1/8 ≤ x² + y² < 1`.
#[inline(always)]
fn quarter_arc_tangent<const N: usize>(y: &Limbs<N>, x: &Limbs<N>) -> Option<Limbs<N>> {
    let steps = steps(to_f64(y) / to_f64(x));
    let (part, negative) = tangent_of_rest(y, x, steps)?;
    let part = shift_down(&arc_tangent(&part)?, 0, 2);
    let angles: [Limbs<N>; 3] = std::array::from_fn(|level| tabulated(level, steps[level].unsigned_abs()));
    let signed = |sum, part, negative| if negative { sub(sum, part, false).0 } else { add(sum, part).0 };
    let sum = signed(&angles[0], &angles[1], steps[1] < 0);
    let sum = signed(&sum, &angles[2], steps[2] < 0);
    Some(signed(&sum, &part, negative))
}

/// `k₁, k₂, k₃` with `atan t = atan k₁/2⁸ + atan k₂/2¹⁶ + atan k₃/2²⁴` and at most about `2⁻²⁵`, for `0 ≤ t ≤ 1`:
/// `0 ≤ k₁ ≤ 2⁸`, the others from `−2⁷` to `2⁷`, and the first that is not 0 is positive.
fn steps(t: f64) -> [i64; 3] {
    // Made positive, because a cast rounds towards 0.
    let nearest = |x: f64| (x + 512.5) as i64 - 512;
    let mut rest = t;
    [256.0, 65_536.0, 16_777_216.0].map(|scale| {
        let k = nearest(rest * scale);
        let step = k as f64 / scale;
        rest = (rest - step) / (1.0 + rest * step);
        k
    })
}

/// The tangent of what the three steps leave of the angle of (`x`, `y`), and its sign.
#[inline(always)]
fn tangent_of_rest<const N: usize>(
    y: &Limbs<N>,
    x: &Limbs<N>,
    [k, l, m]: [i64; 3],
) -> Option<(Limbs<N>, bool)> {
    // (2⁸ + ik)(2¹⁶ + il)(2²⁴ + im), positive both.
    let a = ((1 << 48) - ((k * l) << 24) - ((k * m) << 16) - ((l * m) << 8)) as u64;
    let b = ((k << 40) + (l << 32) + (m << 24) - k * l * m) as u64;
    let ((ya, ya_above), (xb, xb_above)) = (times(y, a), times(x, b));
    let ((xa, xa_above), (yb, yb_above)) = (times(x, a), times(y, b));
    let (sum, carry) = add(&xa, &yb);
    // x' 2⁴⁹ and y' 2²⁴ with x' ≥ 1/6 and y'/x' = 2²⁵ tan.
    let turned_x = shift_down(&sum, xa_above + yb_above + u64::from(carry), 49);
    let (difference, borrow) = sub(&ya, &xb, false);
    let above = ya_above.wrapping_sub(xb_above).wrapping_sub(u64::from(borrow));
    let negative = above >> 63 == 1;
    let (difference, above) = if negative {
        let (difference, borrow) = sub(&[0; N], &difference, false);
        (difference, above.wrapping_neg().wrapping_sub(u64::from(borrow)))
    } else {
        (difference, above)
    };
    if above >> 24 != 0 {
        return None;
    }
    Some((quotient(&shift_down(&difference, above, 24), &turned_x)?, negative))
}

/// The arc tangent of `u < 2⁻²⁴·⁹` (`None` beyond): `u − u (w/3 − w²/5 + …)`, `w = u²`, alternating with decreasing terms.
#[inline(always)]
fn arc_tangent<const N: usize>(u: &Limbs<N>) -> Option<Limbs<N>> {
    // 17/16 of 2⁻²⁵
    if u[N - 1] >= 0x88 << 32 {
        return None;
    }
    // The first term left out has exponent 2 last + 3, and is below 2^(−24.75 (2 last + 3)) ≤ 2^−64N.
    let last = ((4 * 64 * N).div_ceil(99) - 3).div_ceil(2);
    let square = mul_high(u, u, 0);
    let mut sum = cut(&RECIPROCALS[last]);
    for k in (1..last).rev() {
        // To be multiplied by u^(2k + 1) < 2^(−24.9 (2k + 1)): an error of 21 · 2^(49k + 16) u then sums to 0.06 u.
        sum = sub(&cut(&RECIPROCALS[k]), &mul_high(&square, &sum, (49 * k + 16) / 64), false).0;
    }
    Some(sub(u, &mul_high(u, &mul_high(&square, &sum, 0), 0), false).0)
}

/// The highest limbs of a table's entry: too small by less than 1.
fn cut<const N: usize>(entry: &Limbs<MAX>) -> Limbs<N> {
    std::array::from_fn(|i| entry[MAX - N + i])
}

/// Terms of the arc tangent's series that 19 limbs need, and one.
const TERMS: usize = 25;

/// `1/(2k + 1)` at `k ≥ 1`, by long division.
static RECIPROCALS: [Limbs<MAX>; TERMS] = {
    let mut table = [[0; MAX]; TERMS];
    let mut k = 1;
    while k < TERMS {
        let divisor = 2 * k as u128 + 1;
        let (mut rest, mut i) = (1, MAX);
        while i > 0 {
            i -= 1;
            let dividend = rest << 64;
            table[k][i] = (dividend / divisor) as u64;
            rest = dividend % divisor;
        }
        k += 1;
    }
    table
};

/// A number from MPFR, of as many limbs as any `N` takes, computed when it is first wanted.
type Lazy = OnceLock<Limbs<MAX>>;

/// Bits of such a number before it is cut to fixed point.
const WIDE: u32 = 64 * MAX as u32 + 64;

fn lazily<const N: usize>(number: &Lazy, value: impl Fn() -> Float) -> Limbs<N> {
    cut(number.get_or_init(|| {
        let scaled: Float = value() << (64 * MAX as u32);
        let (integer, _) = scaled.to_integer_round(Round::Down).expect("constants are finite");
        let mut limbs = [0; MAX];
        integer.write_digits(&mut limbs, Order::Lsf);
        limbs
    }))
}

fn quarter_pi<const N: usize>() -> Limbs<N> {
    static QUARTER_PI: Lazy = Lazy::new();
    lazily(&QUARTER_PI, || Float::with_val(WIDE, Constant::Pi) / 4)
}

fn two_over_pi<const N: usize>() -> Limbs<N> {
    static TWO_OVER_PI: Lazy = Lazy::new();
    lazily(&TWO_OVER_PI, || 2 / Float::with_val(WIDE, Constant::Pi))
}

/// A quarter of `atan(k/2⁸)`, `k ≤ 2⁸`, of `atan(k/2¹⁶)` or of `atan(k/2²⁴)`, `k ≤ 2⁷`, at level 0, 1 or 2.
fn tabulated<const N: usize>(level: usize, k: u64) -> Limbs<N> {
    static ANGLES: [Lazy; 257 + 129 + 129] = [const { Lazy::new() }; 515];
    let first = [0, 257, 257 + 129][level];
    lazily(&ANGLES[first + k as usize], || {
        let tangent = Float::with_val(WIDE, k) >> (8 * (level as u32 + 1));
        tangent.atan() / 4
    })
}

#[cfg(test)]
mod tests;
