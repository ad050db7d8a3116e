use super::*;

/// The formula at so many bits that its own errors are far below a unit.
fn by_formula([a, b, c]: [&Float; 3]) -> Float {
    const BITS: u32 = 3_000;
    let root = Float::with_val(BITS, a.mul_sub_mul_ref(b, c, c)).sqrt();
    let psi = Float::with_val(BITS, root.atan2_ref(&-c.clone()));
    (root + psi * c) / (2 * Float::with_val(BITS, Constant::Pi))
}

#[test]
fn errors_stay_within_their_bound() {
    // At each number of limbs, with correlations on both sides of every branch: 45 units by the analysis at 19 limbs; what
    // is lost to cancellation is not in them, because they are of the last place of fixed point.
    for bits in [24, 53, 112, 113, 128, 176, 192, 256, 320, 384, 496, 512, 768, 1024, 1180] {
        for step in -80..=80 {
            let float = |x: f64| Float::with_val(bits, x).sqrt();
            let [a, b] = [float(1.0 + f64::from(step * step)), float(2.5)];
            let rho = Float::with_val(bits, step) / 81;
            let c = rho * Float::with_val(bits, &a * &b).sqrt();
            let exact = by_formula([&a, &b, &c]);
            let units = approximation([&a, &b, &c], bits, |integer, exponent| {
                assert!(integer.significant_bits() >= bits + GUARD_BITS as u32);
                (exact.clone() >> exponent) - &*integer
            });
            let units = units.expect("within reach").to_f64();
            assert!(units.abs() < 45.0, "{units} at {bits} bits, {step}/81");
        }
    }
}

#[test]
fn steps_leave_less_than_half_the_last() {
    for i in 0..=100_000 {
        let t = f64::from(i) / 1e5;
        let k = steps(t);
        assert!((0..=256).contains(&k[0]) && k[1].abs() <= 128 && k[2].abs() <= 128);
        assert!(k.iter().find(|k| **k != 0).is_none_or(|k| *k > 0));
        let angle = |k: i64, scale: f64| (k as f64 / scale).atan();
        let rest = t.atan() - angle(k[0], 256.0) - angle(k[1], 65_536.0) - angle(k[2], 16_777_216.0);
        assert!(rest.abs() < 1.01 / 33_554_432.0, "{t}: {rest}");
    }
}

#[test]
fn operands_may_have_more_bits_than_the_result() {
    // A covariance of every length about two limbs, and of others up to four, the most that are tried for so short a
    // result: in as many limbs as it needs, or not at all.
    let [a, b] = [3.0, 5.0].map(|x| Float::with_val(64, x).sqrt());
    for bits in (118..=140).chain([190, 253, 254, 300, 1000]) {
        let c = Float::with_val(bits, 1.9).sqrt();
        let exact = by_formula([&a, &b, &c]);
        let units =
            approximation([&a, &b, &c], 64, |integer, exponent| (exact.clone() >> exponent) - &*integer);
        assert_eq!(units.is_some(), bits <= 253, "{bits} bits");
        assert!(units.is_none_or(|units| units.to_f64().abs() < 45.0), "{bits} bits");
    }
}
