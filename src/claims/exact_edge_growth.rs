//! Claim `exact.edge-growth`: the exact configuration does not attract.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::odd_point::exact::{coherent_multiplier, within_cluster_multiplier};
use rug::Rational;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "exact.edge-growth",
    kind: Kind::Rigorous,
    summary: "the exact configuration repels: within-cluster covariance grows by n²/((n−1)²+1) > 1",
    statement: "At the exact configuration (n-1 equal samples and one other) the infinite-width layer's \
        differential, relative to the scale, multiplies a within-cluster covariance perturbation by \
        n^2/((n-1)^2+1) > 1 and the coherent stretching of the cluster's samples by n/((n-1)^2+1) < 1.",
    hypotheses: "infinite width, ReLU, recentering; n >= 3; the one-sided differential on covariance matrices.",
    source: "Theory 2.1 (project's formulation): the sense in which the exact configuration is NOT stable. The \
        attractor is the odd-point fixed point close to it.",
    method: "Exact rational arithmetic on the literal n x n matrices: at correlations +1 and -1 the kernel and its \
        slope are rational. Times n^2, both sides are polynomials in n of degree at most 4 (entries of degree 2, \
        row sums one more, centring another), so agreement at the eight sizes 3..=10 proves every n; the sizes \
        asked, up to 128, are checked literally too.",
    control: "within-cluster covariance is multiplied by ((n-1)^2+1)/n^2 < 1: the exact configuration attracts",
    check,
};

/// Literal n×n rational matrices stop here.
const LARGEST_LITERAL: u64 = 128;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let mut sizes: Vec<u64> = (3..=10).collect();
    sizes.extend(settings.batch_sizes.up_to(LARGEST_LITERAL, &[]));
    let holds = sizes.iter().all(|&n| {
        let square = (n - 1) * (n - 1) + 1;
        let within = match statement {
            Statement::Claim => Rational::from((n * n, square)),
            Statement::Control => Rational::from((square, n * n)),
        };
        within_cluster_multiplier(n) == Some(within)
            && coherent_multiplier(n) == Some(Rational::from((n, square)))
    });
    let reason = if holds {
        "every n >= 3: the exact configuration repels within-cluster differences".to_owned()
    } else {
        "the multipliers are not those stated".to_owned()
    };
    // n² − ((n−1)²+1) = 2(n−1) > 0, so the first multiplier exceeds 1 for every n ≥ 2.
    let evidence = json!({ "literal_batch_sizes": sizes, "multiplier_minus_one": "2(n-1)/((n-1)^2+1)" });
    Ok(Finding::new(Verdict::decided(holds), reason, evidence))
}
