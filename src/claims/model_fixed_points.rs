//! Claim `model.fixed-points`: how many fixed points the indicative model has.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::odd_point::SMALLEST_ODD_POINT_BATCH;
use crate::rigor::{TAIL_FROM, count_each, count_for_all, reciprocals_from};
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "model.fixed-points",
    kind: Kind::Rigorous,
    summary: "fixed points of the indicative model: 1 for n ≤ 6, 3 for every n ≥ 7, no others",
    statement: "The reduced map on -1/(n-2) <= r < 1 has exactly one fixed point (symmetric) for n = 3, ..., 6 and \
        exactly three (symmetric, edge, odd point) for every integer n >= 7.",
    hypotheses: "infinite width, RC + ReLU, batches symmetric under the permutations of n-1 samples. r = 1, the \
        exact configuration, is left out: it is invariant, and repels (exact.edge-growth).",
    source: "Abstract: \"a simplified indicative model\" (project's formulation; proofs/theorems).",
    method: "The symmetric root is divided out by algebra; interval covers of the whole remaining range, in variables \
        in which both ends are ordinary points, show the sign of the balance or that it rises, box by box. \
        n = 3..=127 and the sizes asked one by one (from 32 on neighbours share boxes over the interval of their 1/n), n >= 128 at once with 1/n in an interval from 0.",
    control: "there are three fixed points for n = 6 too",
    check,
};

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let one_by_one =
        (3..TAIL_FROM).chain(settings.batch_sizes.all().iter().copied().filter(|&n| n >= TAIL_FROM));
    let (first_with_three, sizes): (_, Vec<u64>) = match statement {
        Statement::Claim => (SMALLEST_ODD_POINT_BATCH, one_by_one.collect()),
        Statement::Control => (SMALLEST_ODD_POINT_BATCH - 1, vec![SMALLEST_ODD_POINT_BATCH - 1]),
    };
    let counts = count_each(&sizes, settings.precision)?;
    let wrong = counts.iter().find(|&&(n, count)| count != if n < first_with_three { 1 } else { 3 });
    if let Some((n, count)) = wrong {
        return Ok(Finding::new(Verdict::Refuted, format!("{count} fixed points at n = {n}"), json!({})));
    }
    let tail = count_for_all(&reciprocals_from(TAIL_FROM, settings.precision))?;
    let reason = format!("{} sizes asked, every n >= {TAIL_FROM} at once", counts.len());
    let evidence = json!({
        "one_by_one": counts.iter().map(|(n, count)| json!({ "batch_size": n.to_string(), "count": count }))
            .collect::<Vec<_>>(),
        "from": TAIL_FROM.to_string(),
        "edge_omega_and_odd_point_x": [tail.edge.root(), tail.odd_point.root()],
    });
    Ok(Finding::new(Verdict::Verified, reason, evidence))
}
