//! Claim `stability.dense-enclosure`: the blocks' verdict once more, from the full n×n differential.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::arithmetic::{Interval, Real};
use crate::odd_point::{FixedPoint, SMALLEST_ODD_POINT_BATCH, Spectrum};
use crate::rigor::{EigenvalueDisc, dense_spectral_radius, enclose_dense_eigenvalues, enclose_fixed_point};
use crate::{Error, Result};
use serde_json::{Value, json};

pub(super) static CLAIM: Claim = Claim {
    id: "stability.dense-enclosure",
    kind: Kind::Rigorous,
    summary: "without using the symmetry: every eigenvalue of the full n×n differential enclosed inside the unit disc, \
        n ≤ 12, counts as the blocks say",
    statement: "At the odd point every eigenvalue of the differential of the full n x n layer, on centred covariances \
        modulo scale, is strictly inside the unit disc; the trivial eigenvalue (once), the two standard ones (n-2 times \
        each) and the pair one ((n-1)(n-4)/2 times) lie in the discs found, and exhaust their counts.",
    hypotheses: "infinite width, RC + ReLU; the batch sizes asked between 7 and 12 (7, 9 and 12 where none is asked). The \
        symmetry serves to find the fixed point, not to find its spectrum.",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's \
        formulation; theory 2.3).",
    method: "Interval Jacobian of the full map at the enclosed fixed point, in integer coordinates; similarity by \
        approximate eigenvectors, their inverse enclosed by a Neumann series; Gershgorin's discs, and the count of each \
        connected union. Beside them the enclosures of the block eigenvalues.",
    control: "the same at the edge instead of the odd point",
    check,
};

const LARGEST: u64 = 12;
const LARGEST_QUICK: u64 = 9;
const FALLBACK: [u64; 3] = [7, 9, 12];
/// The discs are as wide as float64 eigenvectors make them; more bits would only cost time.
const ENOUGH_BITS: u32 = 128;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let sizes = sizes(settings)?;
    let sizes = statement.cases(&sizes);
    let point = match statement {
        Statement::Claim => FixedPoint::OddPoint,
        Statement::Control => FixedPoint::Edge,
    };
    let precision = settings.precision.min(ENOUGH_BITS);
    let judged = sizes.iter().map(|&n| judge(point, n, precision)).collect::<Result<Vec<_>>>()?;
    let verdict = Verdict::all(judged.iter().map(|one| one.verdict));
    let reason = match judged.iter().find(|one| one.verdict == verdict && verdict != Verdict::Verified) {
        Some(one) => format!("{} at n = {}", one.reason, one.n),
        None => format!(
            "{} eigenvalues at n = {}..{}, counts as in the blocks",
            judged.iter().map(Judged::eigenvalues).sum::<usize>(),
            sizes[0],
            sizes[sizes.len() - 1]
        ),
    };
    let rows: Vec<Value> = judged.iter().map(Judged::to_json).collect();
    Ok(Finding::new(verdict, reason, json!({ "at": point.name(), "batch_sizes": rows })))
}

fn sizes(settings: &Settings) -> Result<Vec<u64>> {
    settings.batch_sizes.with_odd_point()?;
    let limit = if settings.quick { LARGEST_QUICK } else { LARGEST };
    let mut sizes = settings.batch_sizes.up_to(limit, &[]);
    sizes.retain(|&n| n >= SMALLEST_ODD_POINT_BATCH);
    if sizes.is_empty() {
        sizes.extend(FALLBACK.iter().filter(|&&n| n <= limit));
    }
    Ok(sizes)
}

/// What was found at one batch size.
struct Judged {
    n: u64,
    verdict: Verdict,
    reason: &'static str,
    discs: Vec<EigenvalueDisc>,
    spectral_radius: Interval,
}

impl Judged {
    fn eigenvalues(&self) -> usize {
        self.discs.iter().map(|disc| disc.count).sum()
    }

    fn to_json(&self) -> Value {
        let discs = self.discs.iter();
        let discs = discs.map(|disc| json!({ "count": disc.count.to_string(), "diameter": disc.diameter }));
        json!({ "batch_size": self.n.to_string(), "spectral_radius": self.spectral_radius,
            "discs": discs.collect::<Vec<_>>() })
    }
}

fn judge(point: FixedPoint, n: u64, precision: u32) -> Result<Judged> {
    let batch = enclose_fixed_point(point, n, precision)?;
    let discs = enclose_dense_eigenvalues(&batch.covariance(n as usize))?;
    let spectral_radius = dense_spectral_radius(&discs)
        .ok_or_else(|| Error::NotReached(format!("there is no eigenvalue at n = {n}")))?;
    let gap = spectral_radius.lift(1) - &spectral_radius;
    let (inside, agree) = (Verdict::positive(&gap), agree(&discs, &Spectrum::at(&batch), n));
    let reason = match (inside, agree) {
        (Verdict::Refuted, _) => "an eigenvalue outside the unit disc",
        (_, Verdict::Refuted) => "the counts are not those of the blocks",
        _ => "the discs are too wide to decide",
    };
    Ok(Judged { n, verdict: Verdict::all([inside, agree]), reason, discs, spectral_radius })
}

/// Whether every block eigenvalue lies in a disc, and the multiplicities in each disc add up to its count.
fn agree(discs: &[EigenvalueDisc], spectrum: &Spectrum<Interval>, n: u64) -> Verdict {
    let eigenvalues = spectrum.eigenvalues(n);
    let meets = |value: &Interval, disc: &EigenvalueDisc| value.intersect(&disc.diameter).is_some();
    let placed = |value: &Interval| {
        let mut met = discs.iter().filter(|disc| meets(value, disc));
        match (met.next(), met.next()) {
            (None, _) => Verdict::Refuted,
            (Some(disc), None) if value.is_subset_of(&disc.diameter) => Verdict::Verified,
            _ => Verdict::Inconclusive,
        }
    };
    let places = Verdict::all(eigenvalues.iter().map(|(_, value)| placed(value)));
    if places != Verdict::Verified {
        return places;
    }
    let expected = |disc: &EigenvalueDisc| -> u128 {
        let inside = eigenvalues.iter().filter(|(_, value)| meets(value, disc));
        inside.map(|(block, _)| block.multiplicity(n)).sum()
    };
    Verdict::decided(discs.iter().all(|disc| expected(disc) == disc.count as u128))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd_point_of_seven() -> (Vec<EigenvalueDisc>, Spectrum<Interval>) {
        let batch = enclose_fixed_point(FixedPoint::OddPoint, 7, 100).unwrap();
        (enclose_dense_eigenvalues(&batch.covariance(7)).unwrap(), Spectrum::at(&batch))
    }

    #[test]
    fn a_wrong_count_or_a_wrong_place_is_refuted() {
        let (discs, spectrum) = odd_point_of_seven();
        assert_eq!(agree(&discs, &spectrum, 7), Verdict::Verified);
        let mut miscounted = discs.clone();
        miscounted[0].count += 1;
        assert_eq!(agree(&miscounted, &spectrum, 7), Verdict::Refuted);
        let displaced = Spectrum { pair: spectrum.pair.clone().plus(1), ..spectrum };
        assert_eq!(agree(&discs, &displaced, 7), Verdict::Refuted);
    }

    #[test]
    fn a_block_eigenvalue_too_wide_to_place_is_inconclusive() {
        let (discs, spectrum) = odd_point_of_seven();
        let wide = Spectrum { pair: spectrum.pair.inflate(&rug::Float::with_val(53, 0.1)), ..spectrum };
        assert_eq!(agree(&discs, &wide, 7), Verdict::Inconclusive);
    }
}
