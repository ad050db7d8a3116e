//! Fixed point in `N` limbs: the fractions `0 ≤ x < 1` that [`relu_moment`](super::relu_moment) is computed in.
//!
//! A [`Limbs<N>`] is the integer of its limbs, lowest first, in units of `u = 2^−64N`. A call into MPFR costs as much as
//! a product of five limbs; here there are no calls, no exponents and no memory. Results are truncated, with the
//! bound that stands on each function; what a caller's chain of them is worth is the caller's affair. Division and
//! square root by digits (D. Knuth, *The Art of Computer Programming* 2, section 4.3.1, with digits of 59 bits, so that
//! an estimate need not be corrected): one product of half the length, where Newton's iteration takes several.
//!
//! Everything is inlined on purpose: loops of known length unroll, which saves about a third of the instructions up to five limbs.

/// `Σ limbsᵢ 2^(64 i) · u`.
pub(super) type Limbs<const N: usize> = [u64; N];

/// Bits of a digit of [`sqrt`] and [`quotient`].
const DIGIT: usize = 59;

/// `a b + sum + carry`, which fits two limbs: the low and the high one.
fn mul_add(a: u64, b: u64, sum: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(a) * u128::from(b) + u128::from(sum) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(u64::from(borrow));
    (difference, first | second)
}

/// `to += a b + carry`; the limb carried out.
#[inline(always)]
fn add_row(to: &mut [u64], a: u64, b: &[u64], mut carry: u64) -> u64 {
    // By fours, because a loop round each product costs as much as the product.
    let (to_fours, to_rest) = to.as_chunks_mut::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    for (to, b) in to_fours.iter_mut().zip(b_fours) {
        for (to, b) in to.iter_mut().zip(b) {
            (*to, carry) = mul_add(a, *b, *to, carry);
        }
    }
    for (to, b) in to_rest.iter_mut().zip(b_rest) {
        (*to, carry) = mul_add(a, *b, *to, carry);
    }
    carry
}

/// `a b`, exactly: the lower and the upper half.
#[inline(always)]
pub(super) fn product<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> [Limbs<N>; 2] {
    let (mut low, mut high) = ([0; N], [0; N]);
    for i in 0..N {
        let carry = add_row(&mut low[i..], a[i], &b[..N - i], 0);
        high[i] = add_row(&mut high[..i], a[i], &b[N - i..], carry);
    }
    [low, high]
}

/// `a b` from the highest `L = N − skip` limbs of each: too small by less than `(L + 2) 2^(64 skip) u`, without `skip`
/// by less than `N u`.
///
/// The products of limbs left out are `L − 1` of less than `2^(64 skip) u` each, and others `2⁶⁴` times smaller; the limb
/// cut off and the limbs skipped of either factor make up less than one unit each.
#[inline(always)]
pub(super) fn mul_high<const N: usize>(a: &Limbs<N>, b: &Limbs<N>, skip: usize) -> Limbs<N> {
    let mut high = [0; N];
    let (a, b, to) = (&a[skip..], &b[skip..], &mut high[skip..]);
    let (length, mut guard) = (a.len(), 0);
    for i in 0..length {
        let carry;
        (guard, carry) = mul_add(a[i], b[length - 1 - i], guard, 0);
        to[i] = add_row(&mut to[..i], a[i], &b[length - i..], carry);
    }
    high
}

/// `a k`, exactly: the fraction and the limb above it.
#[inline(always)]
pub(super) fn times<const N: usize>(a: &Limbs<N>, k: u64) -> (Limbs<N>, u64) {
    let mut product = [0; N];
    let above = add_row(&mut product, k, a, 0);
    (product, above)
}

/// `a + b`, and whether 1 is carried out.
#[inline(always)]
pub(super) fn add<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let (mut sum, mut carry) = ([0; N], false);
    for i in 0..N {
        (sum[i], carry) = add_carry(a[i], b[i], carry);
    }
    (sum, carry)
}

/// `a − b − borrow·u`, and whether 1 is borrowed.
#[inline(always)]
pub(super) fn sub<const N: usize>(a: &Limbs<N>, b: &Limbs<N>, mut borrow: bool) -> (Limbs<N>, bool) {
    let mut difference = [0; N];
    for i in 0..N {
        (difference[i], borrow) = sub_borrow(a[i], b[i], borrow);
    }
    (difference, borrow)
}

/// `(above + a) 2^−bits` for `0 < bits < 64` and `above < 2^bits`, too small by less than `u`.
#[inline(always)]
pub(super) fn shift_down<const N: usize>(a: &Limbs<N>, above: u64, bits: u32) -> Limbs<N> {
    std::array::from_fn(|i| {
        let next = if i + 1 < N { a[i + 1] } else { above };
        a[i] >> bits | next << (64 - bits)
    })
}

/// `a 2^−bits` for any `bits`, too small by less than `u`.
#[inline(always)]
pub(super) fn shift_far_down<const N: usize>(a: &Limbs<N>, bits: u32) -> Limbs<N> {
    let (limbs, bits) = (bits as usize / 64, bits % 64);
    let at = |i: usize| u128::from(if i < N { a[i] } else { 0 });
    std::array::from_fn(|i| ((at(i + limbs + 1) << 64 | at(i + limbs)) >> bits) as u64)
}

/// `a 2^bits` of the double-length `a`, where that is below 1, too small by less than `u`.
#[inline(always)]
pub(super) fn shift_up<const N: usize>([low, high]: &[Limbs<N>; 2], bits: u32) -> Limbs<N> {
    let (limbs, bits) = (bits as usize / 64, bits % 64);
    // Limb `i − 1` of the whole.
    let at = |i: usize| match i {
        0 => 0,
        i if i <= N => u128::from(low[i - 1]),
        i => u128::from(high[i - 1 - N]),
    };
    std::array::from_fn(|i| {
        let i = (N + i + 1).saturating_sub(limbs);
        ((at(i) << 64 | at(i.saturating_sub(1))) >> (64 - bits)) as u64
    })
}

/// The number of zero bits before the first other one.
pub(super) fn leading_zeros<const N: usize>(a: &Limbs<N>) -> u32 {
    let zero_limbs = a.iter().rev().take_while(|limb| **limb == 0).count();
    64 * zero_limbs as u32 + if zero_limbs < N { a[N - 1 - zero_limbs].leading_zeros() } else { 0 }
}

/// Whether `a < b`.
pub(super) fn less<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `a` to within `2⁻⁵²` of itself where its highest limb is not 0, and to within `2⁻¹²⁸`.
pub(super) fn to_f64<const N: usize>(a: &Limbs<N>) -> f64 {
    const LIMB: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    (a[N - 1] as f64 + a[N - 2] as f64 * LIMB) * LIMB
}

/// `a += digit 2^−bits`, for `64 ≤ bits ≤ 64 N + 64` and a sum below 1; what lies below `u` is cut off.
#[inline(always)]
fn add_digit<const N: usize>(a: &mut Limbs<N>, digit: u64, bits: usize) {
    let (limb, shift) = ((64 * N + 64 - bits) / 64, (64 * N + 64 - bits) % 64);
    let wide = u128::from(digit) << shift;
    let mut carry = wide >> 64;
    if limb > 0 {
        let sum = u128::from(a[limb - 1]) + u128::from(wide as u64);
        a[limb - 1] = sum as u64;
        carry += sum >> 64;
    }
    for limb in &mut a[limb..] {
        if carry == 0 {
            break;
        }
        carry += u128::from(*limb);
        *limb = carry as u64;
        carry >>= 64;
    }
}

/// What is left of a division or a root: `above + fraction`, at least 0 and below 4.
struct Remainder<const N: usize> {
    above: u64,
    fraction: Limbs<N>,
}

impl<const N: usize> Remainder<N> {
    /// `estimate · remainder / 2^bits`, both rounded down; `estimate` and the result below `2⁶⁴`.
    #[inline(always)]
    fn digit(&self, estimate: u64, bits: u32) -> u64 {
        let top = self.above << 62 | self.fraction[N - 1] >> 2;
        ((u128::from(estimate) * u128::from(top)) >> bits) as u64
    }

    /// `2⁵⁹ remainder − digit · m`, in the limbs from `skip` on; `None` if that is not from 0 to 4, as a check: the
    /// estimates see to it.
    #[inline(always)]
    fn advance(&mut self, digit: u64, m: &Limbs<N>, skip: usize) -> Option<()> {
        let (mut below, mut carry, mut borrow) = (0, 0, false);
        for (limb, m) in self.fraction[skip..].iter_mut().zip(&m[skip..]) {
            let product;
            (product, carry) = mul_add(digit, *m, 0, carry);
            let shifted = *limb << DIGIT | below;
            below = *limb >> (64 - DIGIT);
            (*limb, borrow) = sub_borrow(shifted, product, borrow);
        }
        self.above = (self.above << DIGIT | below).wrapping_sub(carry).wrapping_sub(u64::from(borrow));
        (self.above < 4).then_some(())
    }
}

/// `√d` for `1/4 ≤ d < 1`, off by less than `3.5 u`.
///
/// With `s ≤ √d` what is found so far, `e = √d − s < 2·2^−place` and the remainder `r = 2^place (d − s²)`, which is
/// `2^place e (√d + s) < 4`, the next digit is `2⁵⁹ r/2s` rounded down. It is short of `2^(place + 59) e` by less than 2
/// (the estimate of `1/s` 1/4 and 1/2, the remainder's lower limbs 1/8, rounding 1), so that the bound on `e` holds at the
/// next place. In the last, at least `64 N + 1`, it is `u`; the digit's end cut off is less than `2 u`. Limbs skipped
/// amount to `2⁻⁵ u` a step.
#[inline(always)]
pub(super) fn sqrt<const N: usize>(d: &Limbs<N>) -> Option<Limbs<N>> {
    // √(d 2¹²⁸) in the integers from the highest limb: a double, one step of Newton's (never below by more than
    // rounding), and one less, so that it is not above; it is then less than 3 below.
    let radicand = d[N - 1];
    let guess = ((radicand as f64).sqrt() * 4_294_967_296.0) as u64;
    let first = ((u128::from(guess) + (u128::from(radicand) << 64) / u128::from(guess)) >> 1) as u64 - 1;
    // 2⁶²/s or somewhat less, for every s to come.
    let estimate = (((1 << 126) - 1) / (u128::from(first) + 4)) as u64;
    let mut place = 62;
    let mut root = [0; N];
    root[N - 1] = first;
    let mut rest = *d;
    let square = u128::from(first) * u128::from(first);
    let borrow;
    (rest[N - 2], borrow) = sub_borrow(rest[N - 2], square as u64, false);
    rest[N - 1] = sub_borrow(rest[N - 1], (square >> 64) as u64, borrow).0;
    let fraction =
        std::array::from_fn(|i| rest[i] << place | if i > 0 { rest[i - 1] >> (64 - place) } else { 0 });
    let mut rest = Remainder { above: rest[N - 1] >> (64 - place), fraction };
    loop {
        let digit = rest.digit(estimate, 66);
        // (s + δ)² − s² = 2 δ (s + δ/2)
        add_digit(&mut root, digit, place + DIGIT + 1);
        let last = place + DIGIT > 64 * N;
        if !last {
            rest.advance(2 * digit, &root, (place - 8) / 64)?;
        }
        add_digit(&mut root, digit, place + DIGIT + 1);
        if last {
            return Some(root);
        }
        place += DIGIT;
    }
}

/// `2⁻²⁵ y/x` for `y < 4 x` and `1/8 ≤ x < 3/4`, too small by less than `5.1 u` (`None` elsewhere).
///
/// The remainder `r < 4 x` times `2⁵⁹/x`, rounded down, is the next digit, short by less than 4 (the estimate of `1/x` 1
/// and 1, the remainder's lower limbs 1, rounding 1), so that the new remainder is `< 4 x`. After the last digit that is
/// `4 u`, and the end cut off less than `u`. Limbs skipped amount to `2⁻¹⁹ u` a step.
#[inline(always)]
pub(super) fn quotient<const N: usize>(y: &Limbs<N>, x: &Limbs<N>) -> Option<Limbs<N>> {
    let estimate = u64::try_from((1 << 125) / (u128::from(x[N - 1]) + 1)).ok()?;
    let (mut quotient, mut rest) = ([0; N], Remainder { above: 0, fraction: *y });
    let mut place = 0;
    loop {
        let digit = rest.digit(estimate, 64);
        place += DIGIT;
        add_digit(&mut quotient, digit, 25 + place);
        if 25 + place >= 64 * N {
            return Some(quotient);
        }
        rest.advance(digit, x, (place - DIGIT) / 64)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rug::Integer;
    use rug::integer::Order;

    fn integer(limbs: &[u64]) -> Integer {
        Integer::from_digits(limbs, Order::Lsf)
    }

    /// Limbs at random (Knuth's MMIX generator), of which some are all zeros or all ones.
    struct Random(u64);
    impl Random {
        fn limb(&mut self) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            self.0 ^ self.0 >> 33
        }
        fn limbs<const N: usize>(&mut self) -> Limbs<N> {
            std::array::from_fn(|_| match self.limb() % 5 {
                0 => 0,
                1 => u64::MAX,
                _ => self.limb(),
            })
        }
    }

    fn within<const N: usize>(random: &mut Random) {
        for _ in 0..2_000 {
            let (a, mut b): (Limbs<N>, Limbs<N>) = (random.limbs(), random.limbs());
            let (wide_a, wide_b) = (integer(&a), integer(&b));
            let exact = wide_a.clone() * &wide_b;
            assert_eq!(integer(product(&a, &b).as_flattened()), exact);
            for skip in 0..N {
                let short = (exact.clone() >> (64 * N as u32)) - integer(&mul_high(&a, &b, skip));
                let bound = if skip == 0 { N as u32 } else { (N - skip + 2) as u32 };
                assert!(
                    short >= 0 && short <= Integer::from(bound) << (64 * skip as u32),
                    "{a:?} {b:?} {skip}"
                );
            }
            let bits = (random.limb() % (128 * N as u64 - 1)) as u32;
            let shifted = shift_up(&[a, b], bits);
            let expected = (integer([a, b].as_flattened()) << bits) >> (64 * N as u32);
            assert_eq!(integer(&shifted), expected.keep_bits(64 * N as u32));
            assert_eq!(integer(&shift_far_down(&a, bits)), wide_a.clone() >> bits);
            assert_eq!(leading_zeros(&a), 64 * N as u32 - wide_a.significant_bits());
            assert_eq!(less(&a, &b), wide_a < wide_b);

            // The radicand from 1/4, at times a square.
            b[N - 1] |= 1 << 62;
            if random.limb().is_multiple_of(4) {
                let half: Limbs<N> = std::array::from_fn(|i| if i < N / 2 { 0 } else { b[i] | 1 << 63 });
                [_, b] = product(&half, &half);
            }
            let exact = (integer(&b) << (64 * N as u32)).sqrt();
            let root = sqrt(&b).expect("from 1/4 to 1");
            let error = exact - integer(&root);
            assert!((-4..=4).contains(&error.to_i64().expect("small")), "√{b:?}: {error}");

            // The divisor from 1/8 to 3/4, the dividend at times equal to it.
            b[N - 1] = (b[N - 1] >> 1).max(1 << 61);
            let y: Limbs<N> = if random.limb().is_multiple_of(4) { b } else { random.limbs() };
            if integer(&y) < integer(&b) * 4 {
                let exact = (integer(&y) << (64 * N as u32 - 25)) / integer(&b);
                let error = exact - integer(&quotient(&y, &b).expect("in the domain"));
                assert!((0..=5).contains(&error.to_i64().expect("small")), "{y:?}/{b:?}: {error}");
            }
        }
    }

    #[test]
    fn every_operation_keeps_its_bound() {
        let mut random = Random(1);
        within::<2>(&mut random);
        within::<3>(&mut random);
        within::<4>(&mut random);
        within::<5>(&mut random);
        within::<9>(&mut random);
        within::<19>(&mut random);
        // The ends of the domain; and (2⁶³ + k)² − k² = 2⁶⁴ (2⁶² + k), whose root is less than 1 below an integer that Newton's
        // step from 2⁶³ yields: one less must be taken, or the remainder is negative.
        for d in [[0, 1 << 62], [u64::MAX, u64::MAX], [0, (1 << 62) + 1], [0, (1 << 62) + 255]] {
            let exact = (integer(&d) << 128_u32).sqrt();
            let error = exact - integer(&sqrt(&d).expect("from 1/4 to 1"));
            assert!((-4..=4).contains(&error.to_i64().expect("small")));
        }
        assert_eq!(quotient(&[0, 1], &[0, (1 << 61) - 1]), None);
    }
}
