//! [`Real`] on intervals: constants, elementary functions by their monotone pieces, and `h`.

use super::super::mpfr::h_guard_bits;
use super::super::{Real, bessel, relu_moment};
use super::{Interval, down, larger, smaller, up};
use rug::float::{Constant, Round};
use rug::ops::{AddAssignRound, DivAssignRound, MulAssignRound};
use rug::{Assign, Float};

/// Beyond `2^LARGEST_REDUCED` no multiple of π is subtracted: sine and cosine are just in `[−1, 1]`.
const LARGEST_REDUCED: i32 = 4096;

/// A function of MPFR that is correctly rounded in the direction asked for.
type Rounded = fn(&mut Float, Round) -> std::cmp::Ordering;

/// `f(x)` rounded towards `round`, at the precision of `x`.
fn rounded(f: Rounded, x: &Float, round: Round) -> Float {
    let mut value = x.clone();
    f(&mut value, round);
    value
}

impl Interval {
    /// `f` of an interval on which it increases.
    fn increasing(mut self, f: Rounded) -> Self {
        f(&mut self.lower, Round::Down);
        f(&mut self.upper, Round::Up);
        Self::sealed(self.lower, self.upper)
    }

    /// `f` of an interval on which it decreases.
    fn decreasing(mut self, f: Rounded) -> Self {
        f(&mut self.lower, Round::Up);
        f(&mut self.upper, Round::Down);
        Self::sealed(self.upper, self.lower)
    }

    fn is_within_unit(&self) -> bool {
        self.lower >= -1 && self.upper <= 1
    }

    fn unit(precision: u32) -> Self {
        Self { lower: Float::with_val(precision, -1), upper: Float::with_val(precision, 1) }
    }

    /// A wave `f` of period 2π between −1 and 1, whose maxima are at `(2k + offset) π` and whose minima at
    /// `(2k + 1 + offset) π`, with nothing but monotone pieces between: sine or cosine.
    fn wave(self, f: Rounded, offset: f64) -> Self {
        let exponent = self.magnitude().get_exp().unwrap_or(0);
        if !self.is_finite() || exponent > LARGEST_REDUCED {
            return Self::unit(self.precision());
        }
        if self.lower == self.upper {
            return self.increasing(f);
        }
        let (first, last) = self.turning_points(offset, exponent);
        if first < last {
            return Self::unit(self.precision());
        }
        if first == last {
            return self.around_turn(f, last.is_odd());
        }
        // Strictly between turning points number `last` and `last + 1`; number 0 is a maximum.
        if last.is_odd() { self.increasing(f) } else { self.decreasing(f) }
    }

    /// [`wave`](Self::wave) where one turning point may be inside: a minimum, or else a maximum.
    fn around_turn(&self, f: Rounded, minimum: bool) -> Self {
        let precision = self.precision();
        if minimum {
            let upper = larger(rounded(f, &self.lower, Round::Up), rounded(f, &self.upper, Round::Up));
            Self { lower: Float::with_val(precision, -1), upper }
        } else {
            let lower = smaller(rounded(f, &self.lower, Round::Down), rounded(f, &self.upper, Round::Down));
            Self { lower, upper: Float::with_val(precision, 1) }
        }
    }

    /// The numbers `k` of the first and the last `(k + offset) π` that may lie in the interval; `first = last + 1`
    /// if certainly none does. Rounding can only widen the range.
    fn turning_points(&self, offset: f64, exponent: i32) -> (rug::Integer, rug::Integer) {
        // A few bits finer than the interval's own after the point, for whatever size it has.
        let precision = self.precision() + exponent.max(0).unsigned_abs() + 8;
        let offset = Float::with_val(precision, offset);
        let quotient = |end: &Float| {
            let end = Self { lower: Float::with_val(precision, end), upper: Float::with_val(precision, end) };
            let pi = end.pi();
            end / pi - Self::point(offset.clone())
        };
        let first = quotient(&self.lower).lower.to_integer_round(Round::Up);
        let last = quotient(&self.upper).upper.to_integer_round(Round::Down);
        match (first, last) {
            (Some((first, _)), Some((last, _))) => (first, last),
            // Finite ends have finite quotients; anything else would mean that nothing is known.
            _ => (rug::Integer::ZERO, rug::Integer::from(2)),
        }
    }

    /// `sin t − t cos t` as it stands: loses `O(t²)` relative to `h` near 0, but holds for every `t`.
    fn h_directly(self) -> Self {
        self.clone().sin() - self.clone() * self.cos()
    }
}

/// `J_k` at one point of `[0, 22/7]`, enclosed.
fn bessel_at(t: &Float, order: u32) -> Interval {
    /// Lost by the recurrence at arguments from 2 on, and by rounding of the series.
    const GUARD_BITS: u32 = 32;
    /// Sine and h take about as long as this many terms.
    const SERIES_PAYS_BELOW: f64 = 0.125;
    let wide = Interval::point(t.clone()).with_precision(t.prec() + GUARD_BITS);
    // The first two orders need no recurrence: sine and h are accurate however small t is.
    let series_below = if order < 2 { SERIES_PAYS_BELOW } else { bessel::SERIES_BELOW };
    let value = if *t < series_below {
        // Alternating with decreasing terms: the terms left out sum to less than the first of them, which is
        // below 2^−(wide precision) of the sum, itself at most 1.
        let terms = bessel::terms(order, wide.precision(), t.to_f64_round(Round::AwayZero).abs());
        let sum = bessel::series(&wide, order, terms);
        let left_out = Float::with_val(t.prec(), 1) >> wide.precision();
        sum.inflate(&left_out)
    } else {
        bessel::by_recurrence(&wide, order)
    };
    value.with_precision(t.prec())
}

/// Bounds of `h(t)` in one direction, `Down` or `Up`, at the precision of `t`; `t` finite.
fn h_bound(t: &Float, round: Round) -> Float {
    if t.is_zero() {
        return Float::new(t.prec());
    }
    // h is odd.
    if *t < 0 {
        return -h_bound(&t.clone().abs(), round.reverse());
    }
    let guard = h_guard_bits(t);
    if guard > t.prec() + 16 { h_leading(t, round) } else { h_by_sine(t, t.prec() + guard, round) }
}

/// `t³/3 · (1 − t²) ≤ h(t) ≤ t³/3` for `0 < t ≤ 1`: the series of `h` alternates with decreasing terms, and its
/// second is `t²/10` of its first.
fn h_leading(t: &Float, round: Round) -> Float {
    let precision = t.prec() + 16;
    let mut bound = Float::with_val_round(precision, t.square_ref(), round).0;
    if round == Round::Down {
        let square = up(precision, t.square_ref());
        bound.mul_assign_round(down(precision, 1 - &square), round);
    }
    bound.mul_assign_round(t, round);
    bound.div_assign_round(3, round);
    Float::with_val_round(t.prec(), bound, round).0
}

/// `sin t − t cos t` for `t > 0`, with every rounding at `precision` in the direction that keeps the bound.
fn h_by_sine(t: &Float, precision: u32, round: Round) -> Float {
    let (mut sin, mut cos) = (Float::with_val(precision, t), Float::new(precision));
    sin.sin_cos_round(&mut cos, Round::Down);
    // Rounded down, each is a lower bound and its successor an upper bound.
    if round == Round::Down {
        cos.next_up();
    } else {
        sin.next_up();
    }
    cos.mul_assign_round(t, round.reverse());
    sin.add_assign_round(-cos, round);
    Float::with_val_round(t.prec(), sin, round).0
}

impl Real for Interval {
    fn lift(&self, value: i64) -> Self {
        Self::outward(self.precision(), value)
    }
    fn pi(&self) -> Self {
        let precision = self.precision();
        Self { lower: down(precision, Constant::Pi), upper: up(precision, Constant::Pi) }
    }
    fn approximate(&self) -> f64 {
        self.midpoint().to_f64()
    }
    fn precision(&self) -> u32 {
        Self::precision(self)
    }

    fn square(self) -> Self {
        let (mut lower, mut upper) = (self.mignitude(), self.magnitude());
        lower.square_round(Round::Down);
        upper.square_round(Round::Up);
        Self { lower, upper }
    }
    fn sqrt(self) -> Self {
        if self.lower < 0 {
            return Self::whole(self.precision());
        }
        self.increasing(Float::sqrt_round)
    }
    fn exp(self) -> Self {
        self.increasing(Float::exp_round)
    }
    fn ln_1p(self) -> Self {
        if self.lower <= -1 {
            return Self::whole(self.precision());
        }
        self.increasing(Float::ln_1p_round)
    }
    /// Exact in its monotone pieces; `[−1, 1]` where `|self|` is so large that reducing it modulo π is not
    /// worth its cost (`2⁴⁰⁹⁶`).
    fn sin(self) -> Self {
        self.wave(Float::sin_round, 0.5)
    }
    /// As [`sin`](Real::sin).
    fn cos(self) -> Self {
        self.wave(Float::cos_round, 0.0)
    }
    fn asin(self) -> Self {
        if self.is_within_unit() { self.increasing(Float::asin_round) } else { Self::whole(self.precision()) }
    }
    fn acos(self) -> Self {
        if self.is_within_unit() { self.decreasing(Float::acos_round) } else { Self::whole(self.precision()) }
    }
    /// `[0, π]` if the box holds the origin.
    fn atan2(self, x: &Self) -> Self {
        let precision = self.precision();
        if self.lower < 0 {
            return Self::whole(precision);
        }
        if self.lower.is_zero() && x.contains_zero() {
            return Self { lower: Float::new(precision), upper: up(precision, Constant::Pi) };
        }
        // The angle decreases in x; in y it grows where x > 0 and falls where x < 0.
        let at_right = if x.upper > 0 { &self.lower } else { &self.upper };
        let at_left = if x.lower > 0 { &self.upper } else { &self.lower };
        Self {
            lower: angle(at_right, &x.upper, precision, Round::Down),
            upper: angle(at_left, &x.lower, precision, Round::Up),
        }
    }
    /// Within two units in the last place at each end, for any interval in `[−π, 2π]`: `h` increases on
    /// `[−π, π]` and decreases on `[π, 2π]`, because `h' = t sin t`. So an upper end that is π rounded up costs
    /// nothing.
    fn h(self) -> Self {
        let pi = self.pi();
        if !(self.lower >= *pi.lower.as_neg() && self.upper <= pi.lower.clone() * 2) {
            return self.h_directly();
        }
        if self.upper <= pi.lower {
            Self { lower: h_bound(&self.lower, Round::Down), upper: h_bound(&self.upper, Round::Up) }
        } else {
            // The top h(π) = π may be inside; the least value is at one of the ends.
            let lower = smaller(h_bound(&self.lower, Round::Down), h_bound(&self.upper, Round::Down));
            let upper = if self.lower >= pi.upper { h_bound(&self.lower, Round::Up) } else { pi.upper };
            Self { lower, upper }
        }
    }
    /// From the smallest and the largest modulus, because every `J_k` is even and decreases on `[0, 4]`; the whole
    /// line if part of the argument is outside `[−22/7, 22/7]`, which has room for a rounded π.
    fn bessel(self, order: u32) -> Self {
        let (nearest, farthest) = (self.mignitude(), self.magnitude());
        if farthest > Float::with_val(24, 22) / 7_u32 {
            return Self::whole(self.precision());
        }
        let lower = bessel_at(&farthest, order);
        let upper = if nearest == farthest { lower.clone() } else { bessel_at(&nearest, order) };
        Self::sealed(lower.lower, upper.upper)
    }
    fn gram_determinant(a: &Self, b: &Self, c: &Self) -> Self {
        let bounded = a.is_finite() && b.is_finite() && c.is_finite();
        if !(bounded && a.lower >= 0 && b.lower >= 0) {
            return a.clone() * b - c.clone().square();
        }
        let (least, most) = (c.mignitude(), c.magnitude());
        Self {
            lower: down(a.precision(), a.lower.mul_sub_mul_ref(&b.lower, &most, &most)),
            upper: up(a.precision(), a.upper.mul_sub_mul_ref(&b.upper, &least, &least)),
        }
    }
    /// From the least and the greatest operands, because `E[relu(u) relu(v)]` increases in each of them: its derivatives are
    /// `κ' ≥ 0` and `(√(1−ρ²)/4π)√(b/a) ≥ 0`. It is extended to `ab < c²` by `c/2` and 0, continuous and increasing still;
    /// that corner is the kernel's affair. Each end is rounded from within `2⁻⁵` of a unit in its last place, so an end of a
    /// part may lie a unit outside the whole's.
    fn relu_moment(a: &Self, b: &Self, c: &Self) -> Option<Self> {
        let (least, greatest) = ([&a.lower, &b.lower, &c.lower], [&a.upper, &b.upper, &c.upper]);
        let at_least = bounds_of_moment(least)?;
        if least == greatest {
            return Some(at_least);
        }
        Some(Self { lower: at_least.lower, upper: bounds_of_moment(greatest)?.upper })
    }
    /// The intersection with `[0, ∞)`; the whole line if that is empty, for then the caller's reason is
    /// contradicted and nothing can be trusted.
    fn nonnegative(mut self) -> Self {
        if self.upper < 0 {
            return Self::whole(self.precision());
        }
        if self.lower < 0 {
            self.lower.assign(0);
        }
        self
    }

    fn plus(mut self, k: i64) -> Self {
        self.lower.add_assign_round(k, Round::Down);
        self.upper.add_assign_round(k, Round::Up);
        self
    }
    fn times(self, k: i64) -> Self {
        if k == 0 {
            return self.lift(0);
        }
        let mut product = if k < 0 { -self } else { self };
        product.lower.mul_assign_round(k.unsigned_abs(), Round::Down);
        product.upper.mul_assign_round(k.unsigned_abs(), Round::Up);
        product
    }
    /// The whole line if `k = 0`.
    fn over(self, k: i64) -> Self {
        if k == 0 {
            return Self::whole(self.precision());
        }
        let mut quotient = if k < 0 { -self } else { self };
        quotient.lower.div_assign_round(k.unsigned_abs(), Round::Down);
        quotient.upper.div_assign_round(k.unsigned_abs(), Round::Up);
        quotient
    }
}

/// `E[relu(u) relu(v)]` at one point, enclosed at the precision of `a`.
fn bounds_of_moment(point: [&Float; 3]) -> Option<Interval> {
    let precision = point[0].prec();
    relu_moment::approximation(point, precision, |integer, exponent| {
        *integer -= relu_moment::ERROR;
        let lower = down(precision, &*integer) << exponent;
        *integer += 2 * relu_moment::ERROR;
        // Shifts are exact: the exponents are far from the ends of MPFR's range.
        Interval { lower, upper: up(precision, &*integer) << exponent }
    })
}

/// The angle of the point (`x`, `y`) for `y ≥ 0`.
fn angle(y: &Float, x: &Float, precision: u32, round: Round) -> Float {
    // Without its sign: MPFR's angle of (x, −0) is −π for x < 0.
    let y = y.as_abs();
    Float::with_val_round(precision, y.atan2_ref(x), round).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

    fn interval(lower: f64, upper: f64) -> Interval {
        Interval::new(Float::with_val(53, lower), Float::with_val(53, upper)).expect("ordered endpoints")
    }

    /// How many of the floats after `from` lead to `to`; at most 9.
    fn steps(from: &Float, to: &Float) -> u32 {
        let mut from = from.clone();
        let mut count = 0;
        while from < *to && count < 9 {
            from.next_up();
            count += 1;
        }
        count
    }

    #[test]
    fn outside_the_domain_nothing_is_known() {
        let above = 1.0 + f64::EPSILON;
        assert!(interval(-f64::MIN_POSITIVE, 1.0).sqrt().is_whole());
        for (lower, upper) in [(-above, 0.0), (0.0, above), (2.0, 3.0)] {
            assert!(interval(lower, upper).asin().is_whole());
            assert!(interval(lower, upper).acos().is_whole());
        }
        assert!(interval(-1e-300, 1.0).atan2(&interval(1.0, 1.0)).is_whole());
        assert!(interval(1.0, 2.0).over(0).is_whole());
        assert!(interval(-2.0, -1.0).nonnegative().is_whole());
        assert_eq!(interval(-2.0, 1.0).nonnegative(), interval(0.0, 1.0));
        assert_eq!(interval(1.0, 2.0).nonnegative(), interval(1.0, 2.0));
        assert_eq!(interval(-2.0, 0.0).nonnegative(), interval(0.0, 0.0));
    }

    #[test]
    fn squares_of_each_sign() {
        assert_eq!(interval(-2.0, 1.0).square(), interval(0.0, 4.0));
        assert_eq!(interval(-1.0, 2.0).square(), interval(0.0, 4.0));
        assert_eq!(interval(-3.0, -2.0).square(), interval(4.0, 9.0));
        assert_eq!(interval(2.0, 3.0).square(), interval(4.0, 9.0));
    }

    #[test]
    fn waves_turn_where_they_should() {
        let quarter = |k: f64| k * FRAC_PI_2;
        // (from, to) in quarter turns, and the expected ends of the sine; cosine is a quarter turn ahead.
        for (from, to, lower, upper) in [
            (-0.9, 0.9, -0.987_688, 0.987_688),
            (0.5, 1.5, FRAC_1_SQRT_2, 1.0),
            (1.1, 2.9, -0.987_688, 0.987_688),
            (2.5, 3.5, -1.0, -FRAC_1_SQRT_2),
            (0.5, 3.5, -1.0, 1.0),
            (0.5, 40.0, -1.0, 1.0),
            (-3.5, -2.5, FRAC_1_SQRT_2, 1.0),
            (-1.5, -0.2, -1.0, -0.309_016),
            (4000.5, 4001.5, FRAC_1_SQRT_2, 1.0),
        ] {
            for turns in [
                interval(quarter(from), quarter(to)).sin(),
                interval(quarter(from - 1.0), quarter(to - 1.0)).cos(),
            ] {
                assert!((turns.lower().to_f64() - lower).abs() < 1e-6, "{from}…{to}: {turns:?}");
                assert!((turns.upper().to_f64() - upper).abs() < 1e-6, "{from}…{to}: {turns:?}");
            }
        }
    }

    #[test]
    fn a_turning_point_between_neighbouring_floats_is_found() {
        // π/2 lies between two neighbours at 53 bits, so the sine of the gap reaches 1.
        let half_pi = Interval::whole(53).pi().over(2);
        assert!(*half_pi.clone().sin().upper() == 1);
        assert!(*Interval::whole(53).pi().cos().lower() == -1);
    }

    #[test]
    fn huge_arguments_are_bounded_cheaply() {
        let huge = Interval::point(Float::with_val(53, 1) << 1_000_000_000);
        for wave in
            [huge.clone().sin(), huge.cos(), Interval::whole(53).sin(), interval(0.0, f64::INFINITY).cos()]
        {
            assert_eq!(wave, interval(-1.0, 1.0));
        }
    }

    #[test]
    fn angles_in_every_quadrant() {
        use std::f64::consts::PI;
        for ((y0, y1), (x0, x1), lower, upper) in [
            ((1.0, 2.0), (1.0, 3.0), 1.0_f64.atan2(3.0), 2.0_f64.atan2(1.0)),
            ((1.0, 2.0), (-3.0, -1.0), 2.0_f64.atan2(-1.0), 1.0_f64.atan2(-3.0)),
            ((1.0, 2.0), (-1.0, 3.0), 1.0_f64.atan2(3.0), 1.0_f64.atan2(-1.0)),
            ((0.0, 2.0), (1.0, 3.0), 0.0, 2.0_f64.atan2(1.0)),
            ((0.0, 2.0), (-3.0, -1.0), 2.0_f64.atan2(-1.0), PI),
            ((-0.0, -0.0), (-3.0, -1.0), PI, PI),
            ((0.0, 2.0), (-3.0, 0.0), 0.0, PI),
            ((0.0, 0.0), (0.0, 0.0), 0.0, PI),
            ((1.0, 2.0), (0.0, 0.0), PI / 2.0, PI / 2.0),
            ((1.0, f64::INFINITY), (-1.0, 1.0), 1.0_f64.atan2(1.0), 1.0_f64.atan2(-1.0)),
            ((1.0, f64::INFINITY), (1.0, f64::INFINITY), 0.0, PI / 2.0),
        ] {
            let angle = interval(y0, y1).atan2(&interval(x0, x1));
            let distance = |end: &Float, expected: f64| (end.to_f64() - expected).abs();
            assert!(
                distance(angle.lower(), lower) < 1e-15 && distance(angle.upper(), upper) < 1e-15,
                "{angle:?}"
            );
        }
    }

    #[test]
    fn h_is_tight_at_both_ends() {
        let pi_up = Interval::whole(53).pi().upper;
        let mut ends: Vec<Float> =
            [1e-300, 1e-20, 1e-9, 1e-4, 0.3, 1.0, 2.0, 3.0].map(|t| Float::with_val(53, t)).to_vec();
        ends.push(pi_up);
        for t in ends {
            let value = Interval::point(t.clone()).h();
            assert!(steps(value.lower(), value.upper()) <= 2, "{t}: {value:?}");
            let exact = Float::with_val(2500, &t).h();
            assert!(value.contains(&exact), "{t}");
        }
    }

    #[test]
    fn h_of_minute_angles_costs_nothing() {
        let t = Interval::point(Float::with_val(53, 1) >> 300_000_000);
        let value = t.clone().h();
        assert!(value.certainly_positive() && steps(value.lower(), value.upper()) <= 2);
        let below_range = Interval::point(Float::with_val(53, 1) >> 1_000_000_000).h();
        assert!(below_range.contains_zero() && *below_range.upper() > 0);
    }

    #[test]
    fn h_is_below_its_leading_term() {
        // t³/3 = 9·2⁻¹²⁰ is a float here, and h(t) is smaller by t²/10 of it: far less than its last place.
        let leading = Float::with_val(24, 9) >> 120;
        let value = Interval::point(Float::with_val(24, 3) >> 40).h();
        assert!(*value.lower() < leading && *value.upper() == leading);
    }

    #[test]
    fn h_by_sine_bounds_without_any_guard_bits() {
        // With guard bits a wrong direction would show once in millions.
        for step in 1..10_000 {
            let t = Float::with_val(24, step) / 3183;
            let exact = Float::with_val(200, &t).h();
            assert!(h_by_sine(&t, 24, Round::Down) <= exact && exact <= h_by_sine(&t, 24, Round::Up), "{t}");
        }
    }

    #[test]
    fn h_across_its_top_and_outside() {
        let top = Interval::whole(53).pi();
        let across = top.hull(&interval(3.0, 3.2)).h();
        assert_eq!(across.upper(), top.upper());
        let lowest = Interval::point(Float::with_val(53, 3.0)).h();
        assert_eq!(across.lower(), lowest.lower(), "h(3) < h(3.2)");
        let falling = interval(3.5, 4.0).h();
        assert!(falling.contains(&Float::with_val(200, 3.7).h()) && falling.relative_width() < 1.0);
        assert_eq!(interval(-2.0, 1.0).h().lower(), (-interval(2.0, 2.0).h()).lower());
        assert!(interval(-5.0, 9.0).h().contains(&Float::with_val(200, 8).h()));
        assert!(Interval::whole(53).h().is_whole());
    }

    #[test]
    fn determinant_rounds_once() {
        // ab and c² agree to 52 bits; the difference −2⁻¹⁰⁴ survives because nothing is rounded before it.
        let c = interval(1.0 + f64::EPSILON, 1.0 + f64::EPSILON);
        let a = interval(1.0, 1.0);
        let b = interval(1.0 + 2.0 * f64::EPSILON, 1.0 + 2.0 * f64::EPSILON);
        let exact = -f64::EPSILON * f64::EPSILON;
        assert_eq!(Interval::gram_determinant(&a, &b, &c), interval(exact, exact));
        let wide = Interval::gram_determinant(&interval(1.0, 2.0), &interval(3.0, 5.0), &interval(-2.0, 1.0));
        assert_eq!(wide, interval(-1.0, 10.0));
        let generic =
            Interval::gram_determinant(&interval(-1.0, 2.0), &interval(3.0, 5.0), &interval(1.0, 2.0));
        assert_eq!(generic, interval(-9.0, 9.0));
        assert!(Interval::gram_determinant(&Interval::whole(53), &a, &c).is_whole());
    }

    #[test]
    fn integers_act_on_both_ends() {
        let x = interval(-1.0, 2.0);
        assert_eq!(x.clone().plus(-3), interval(-4.0, -1.0));
        assert_eq!(x.clone().times(3), interval(-3.0, 6.0));
        assert_eq!(x.clone().times(-3), interval(-6.0, 3.0));
        assert_eq!(Interval::whole(53).times(0), interval(0.0, 0.0));
        assert_eq!(x.clone().over(2), interval(-0.5, 1.0));
        assert_eq!(x.over(-2), interval(-1.0, 0.5));
        let lifted = Interval::whole(24).lift(i64::MAX);
        assert!(*lifted.lower() < i64::MAX && *lifted.upper() > i64::MAX);
        assert_eq!(interval(1.0, 2.0).approximate(), 1.5);
        let pi = Interval::whole(53).pi();
        assert!(steps(pi.lower(), pi.upper()) == 1 && pi.contains(&Float::with_val(200, Constant::Pi)));
    }
}
