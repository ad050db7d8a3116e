//! Claim `stability.blocks`: the closed-form blocks are the whole spectrum of the full map's differential.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict, approximate};
use crate::Result;
use crate::odd_point::{FixedPoint, compare_with_blocks};
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "stability.blocks",
    kind: Kind::Numerical,
    summary: "block spectrum = dense Jacobian's, with multiplicities",
    statement: "At each fixed point of the indicative model the eigenvalues of the differential of the full n x n \
        layer on centred covariances modulo scale are the trivial one (once), the two standard ones (n-2 times \
        each) and the pair one ((n-1)(n-4)/2 times), within the a-priori error of the dense computation.",
    hypotheses: "infinite width, RC + ReLU; the batch sizes asked up to 16 (7, 9 and 12 where none is asked).",
    source: "Abstract: \"we prove a stability result for the aforementioned configuration\" (project's \
        formulation; theory 2.3).",
    method: "Two routes: closed-form blocks, and the analytic differential of the full map on an orthonormal basis \
        with nalgebra's QR, blind to the symmetry. Tolerance: Bauer-Fike with a backward error of \
        (10 m + 100) u |J|_F and the condition of the standard block's eigenvectors.",
    control: "the blocks taken at the fixed point of n+1 instead of n",
    check,
};

const LARGEST: u64 = 16;
const LARGEST_QUICK: u64 = 9;
const FALLBACK: [u64; 3] = [7, 9, 12];

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let limit = if settings.quick { LARGEST_QUICK } else { LARGEST };
    let sizes = settings.batch_sizes.up_to(limit, &FALLBACK);
    let mut rows = Vec::new();
    let mut holds = true;
    for &n in &sizes {
        for &point in FixedPoint::existing(n)? {
            let batch = point.locate(n)?;
            let blocks_from = match statement {
                Statement::Claim => batch.clone(),
                Statement::Control => point.locate(n + 1)?,
            };
            let comparison = compare_with_blocks(&batch, &blocks_from, n)?;
            holds &= comparison.agrees();
            rows.push((n, point.name(), comparison.largest_difference, comparison.bound));
        }
    }
    let worst = rows.iter().map(|(_, _, difference, bound)| difference / bound).fold(0.0, f64::max);
    let reason = format!(
        "{} fixed points at n = {}..{}: largest difference is {worst:.1e} of the bound",
        rows.len(),
        sizes[0],
        sizes[sizes.len() - 1]
    );
    let evidence = rows
        .into_iter()
        .map(|(n, at, difference, bound)| {
            json!({ "batch_size": n.to_string(), "at": at,
                "largest_difference": approximate(format_args!("{difference:e}")),
                "bound": approximate(format_args!("{bound:e}")) })
        })
        .collect::<Vec<_>>();
    Ok(Finding::new(Verdict::decided(holds), reason, json!({ "comparisons": evidence })))
}
