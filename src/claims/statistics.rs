//! What the statistical claims share: means with their errors, critical values, exact intervals for proportions.
//!
//! All of it errs on the side of doubt: a critical value is larger, an interval wider than it need be.

use super::Verdict;
use serde_json::{Value, json};

/// A mean and its standard error, from independent numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mean {
    pub mean: f64,
    pub error: f64,
}

impl Mean {
    /// Of at least two numbers.
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        Self { mean, error: (squares / (count - 1.0) / count).sqrt() }
    }

    /// Of the root of the mean, to first order.
    pub fn root(&self) -> Self {
        let root = self.mean.sqrt();
        Self { mean: root, error: self.error / (2.0 * root) }
    }
}

/// How many standard errors a mean of `count` numbers may be off before one of `comparisons` of them is called false
/// (Bonferroni), in either direction: `P(|T| > t) ≤ (1 + t²/ν)^(−ν/2)` for Student's `T` of `ν = count − 1` degrees of
/// freedom, since `T` is a normal number over `√(χ²/ν)`, and so `P(|T| > t) ≤ E exp(−t² χ²/2ν)`. At the levels used that is five
/// to ten times what Student's law needs, which leaves room for numbers that are not quite normal.
pub(super) fn critical(level: f64, comparisons: usize, count: u64) -> f64 {
    let freedom = (count - 1) as f64;
    let single = level / comparisons as f64;
    (freedom * (-2.0 / freedom * single.ln()).exp_m1()).sqrt()
}

/// The verdict on "a quantity is positive" from a confidence interval for it.
pub(super) fn positive(lower: f64, upper: f64) -> Verdict {
    if lower > 0.0 {
        Verdict::Verified
    } else if upper < 0.0 {
        Verdict::Refuted
    } else {
        Verdict::Inconclusive
    }
}

/// A number estimated from samples, and an interval that misses what is estimated with probability at most `level`; where
/// a claim states a family level, all intervals of the family together.
///
/// In JSON `{"estimate", "lower", "upper", "level"}`, decimal strings: one shape in all evidence, read by [`super::baseline`].
/// The ends are not called `lo` and `hi`, as those of an enclosure are: that would be a proof.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub estimate: f64,
    pub lower: f64,
    pub upper: f64,
    pub level: f64,
}

impl Estimate {
    pub fn to_json(self) -> Value {
        let Self { estimate, lower, upper, level } = self;
        json!({ "estimate": estimate.to_string(), "lower": lower.to_string(), "upper": upper.to_string(),
            "level": level.to_string() })
    }

    /// The median of independent numbers between `least` and `most`, from their order: the k-th smallest is above the
    /// median, or the k-th largest below it, with probability `P(X < k)`, `X` binomial with one half. With too few
    /// numbers for the level the interval is the whole range. `None` of no number.
    pub fn of_median(mut values: Vec<u64>, [least, most]: [u64; 2], level: f64) -> Option<Self> {
        values.sort_unstable();
        let count = values.len();
        let median = *values.get(count / 2)?;
        let sure = |k: &usize| {
            let beyond = Proportion { successes: (count - k + 1) as u64, trials: count as u64 };
            beyond.tail(0.5) <= level
        };
        let [lower, upper] = match (1..=count / 2).take_while(sure).last() {
            Some(k) => [values[k - 1], values[count - k]],
            None => [least, most],
        };
        let [estimate, lower, upper] = [median, lower, upper].map(|value| value as f64);
        Some(Self { estimate, lower, upper, level: 2.0 * level })
    }
}

/// So many successes in so many independent trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proportion {
    pub successes: u64,
    pub trials: u64,
}

impl Proportion {
    pub fn of(outcomes: impl IntoIterator<Item = bool>) -> Self {
        let none = Self { successes: 0, trials: 0 };
        outcomes.into_iter().fold(none, |so_far, success| Self {
            successes: so_far.successes + u64::from(success),
            trials: so_far.trials + 1,
        })
    }

    /// Clopper and Pearson's bounds: each is on the wrong side with probability at most `level`.
    pub fn interval(&self, level: f64) -> [f64; 2] {
        let failures = Self { successes: self.trials - self.successes, ..*self };
        [self.lower(level), 1.0 - failures.lower(level)]
    }

    /// The largest probability, to within rounding and from below, for which as many successes or more have
    /// probability at most `level`.
    fn lower(&self, level: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        // The tail grows with the probability.
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if self.tail(middle) <= level { low = middle } else { high = middle }
        }
        low
    }

    /// `P(X ≥ successes)` for `X` binomial with `0 < probability < 1`.
    fn tail(&self, probability: f64) -> f64 {
        let odds = probability.ln() - (-probability).ln_1p();
        let mut log_term = self.trials as f64 * (-probability).ln_1p();
        let mut sum = 0.0;
        for k in 0..=self.trials {
            if k >= self.successes {
                sum += log_term.exp();
            }
            log_term += ((self.trials - k) as f64 / (k + 1) as f64).ln() + odds;
        }
        sum
    }

    /// Whether the probability lies above `bound`.
    pub fn above(&self, bound: f64, level: f64) -> Verdict {
        let [lower, upper] = self.interval(level);
        positive(lower - bound, upper - bound)
    }

    /// Whether the probability lies below `bound`.
    pub fn below(&self, bound: f64, level: f64) -> Verdict {
        let [lower, upper] = self.interval(level);
        positive(bound - upper, bound - lower)
    }

    /// Whether the probability is larger than that of `other`: disjoint intervals, half the level each.
    pub fn exceeds(&self, other: &Self, level: f64) -> Verdict {
        let [lower, upper] = self.interval(level / 2.0);
        let [other_lower, other_upper] = other.interval(level / 2.0);
        positive(lower - other_upper, upper - other_lower)
    }

    /// The probability, if there were trials.
    pub fn estimate(self, level: f64) -> Option<Estimate> {
        let [lower, upper] = self.interval(level);
        let estimate = self.successes as f64 / self.trials as f64;
        (self.trials > 0).then_some(Estimate { estimate, lower, upper, level: 2.0 * level })
    }

    /// Counts and the probability, for evidence.
    pub fn to_json(self, level: f64) -> Value {
        json!({ "successes": self.successes.to_string(), "trials": self.trials.to_string(),
            "probability": self.estimate(level).map(Estimate::to_json) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_clopper_and_pearson() {
        // All or none: 1 − level^(1/trials) in closed form.
        let all = Proportion { successes: 40, trials: 40 };
        let [lower, upper] = all.interval(1e-3);
        assert!((lower - 1e-3_f64.powf(1.0 / 40.0)).abs() < 1e-12 && upper == 1.0);
        let [lower, upper] = Proportion { successes: 0, trials: 40 }.interval(1e-3);
        assert!(lower == 0.0 && (upper - 1.0 + 1e-3_f64.powf(1.0 / 40.0)).abs() < 1e-12);
        // One of two: p² and 2p − p² equal the level.
        let [lower, upper] = Proportion { successes: 1, trials: 2 }.interval(0.0975);
        assert!((lower - 0.05).abs() < 1e-12 && (upper - 0.95).abs() < 1e-12);
    }

    #[test]
    fn medians_have_intervals() {
        // P(X < 2) = 11/1024 and P(X < 3) = 56/1024 for X binomial with 10 trials: at 2 % the second from either end.
        let values: Vec<u64> = (0..10).map(|k| 10 * k).rev().collect();
        let median = Estimate::of_median(values.clone(), [0, 1000], 0.02).unwrap();
        assert_eq!(median, Estimate { estimate: 50.0, lower: 10.0, upper: 80.0, level: 0.04 });
        // P(X < 1) = 1/1024.
        let [lower, upper] = [1e-3, 0.9e-3]
            .map(|level| Estimate::of_median(values.clone(), [0, 1000], level).unwrap())
            .map(|median| [median.lower, median.upper]);
        assert_eq!((lower, upper), ([0.0, 90.0], [0.0, 1000.0]));
        assert_eq!(Estimate::of_median(Vec::new(), [0, 1000], 0.02), None);
    }

    #[test]
    fn proportions_are_judged_three_ways() {
        let half = Proportion::of((0..1000).map(|i| i % 2 == 0));
        assert_eq!(half, Proportion { successes: 500, trials: 1000 });
        assert_eq!(half.above(0.3, 1e-4), Verdict::Verified);
        assert_eq!(half.above(0.7, 1e-4), Verdict::Refuted);
        assert_eq!(half.above(0.5, 1e-4), Verdict::Inconclusive);
        assert_eq!(half.below(0.7, 1e-4), Verdict::Verified);
        assert_eq!(half.exceeds(&half, 1e-4), Verdict::Inconclusive);
        let few = Proportion { successes: 100, trials: 1000 };
        assert_eq!(
            (half.exceeds(&few, 1e-4), few.exceeds(&half, 1e-4)),
            (Verdict::Verified, Verdict::Refuted)
        );
    }

    #[test]
    fn critical_values_are_on_the_safe_side() {
        // Tables of Student's law, two-sided: 63.66 at 1 % and one degree of freedom, 3.646 at 0.1 % and 30; of the normal
        // law: 4.8916 at 1e-6.
        assert!((63.66..110.0).contains(&critical(0.01, 1, 2)));
        assert!((3.646..4.2).contains(&critical(0.001, 1, 31)));
        assert!((4.8916..5.3).contains(&critical(1e-6, 1, 1_000_000)));
        assert!(critical(1e-6, 10, 100) > critical(1e-6, 1, 100));
    }

    #[test]
    fn means_have_errors() {
        let mean = Mean::of(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(mean.mean, 2.5);
        assert!((mean.error - (5.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    }
}
