//! Claim `model.saddle-node`: where edge and odd point are born, with n as a real variable.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::arithmetic::Interval;
use crate::rigor::{BoxTest, enclose_saddle_node, saddle_node_in_box};
use crate::{Error, Result};
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "model.saddle-node",
    kind: Kind::Rigorous,
    summary: "edge and odd point are born together at n_c = 6.10707512…",
    statement: "With n as a real variable the reduced map has, in the box n = 6.10707512 +- 1e-8, w = v-1 = \
        1.15861 +- 1e-5, exactly one fixed point with slope 1; there two fixed points are born (a non-degenerate \
        saddle-node). v is the outlier's standard deviation over the cluster's.",
    hypotheses: "infinite width, RC + ReLU, batches symmetric under the permutations of n-1 samples. Uniqueness is \
        claimed in the box only, not over all (n, w).",
    source: "Abstract: \"a simplified indicative model\" (project's formulation; theory 2.2).",
    method: "Interval Krawczyk test in (n, w) on the deflated fixed-point equation E = 0 and dE/dw = 0, derivatives \
        by dual numbers of dual numbers over intervals; non-degeneracy by the signs of dE/dn and d2E/dw2.",
    control: "the same in the box n = 6.20707512 +- 1e-8",
    check,
};

/// Centre and radius of the claimed box, in n and in w.
const CLAIMED: [(f64, f64); 2] = [(6.107_075_12, 1e-8), (1.158_61, 1e-5)];
/// By how much the control's n is off.
const CONTROL_SHIFT: f64 = 0.1;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let precision = settings.precision;
    let shift = if statement == Statement::Control { CONTROL_SHIFT } else { 0.0 };
    let window = [(CLAIMED[0].0 + shift, CLAIMED[0].1), CLAIMED[1]].map(|(centre, radius)| {
        Interval::from_f64(precision, centre - radius).hull(&Interval::from_f64(precision, centre + radius))
    });
    Ok(match saddle_node_in_box(&window) {
        BoxTest::Empty => Finding::new(Verdict::Refuted, "no saddle-node in the box", json!({})),
        BoxTest::Undecided => Finding::new(
            Verdict::Inconclusive,
            format!("the Krawczyk test decides nothing at {precision} bits"),
            json!({}),
        ),
        BoxTest::Unique(in_box) => {
            // As narrow as the precision allows, for the reader; it must be the same one.
            let sharp = enclose_saddle_node(precision)?;
            if in_box.batch.n.intersect(&sharp.batch.n).is_none() {
                return Err(Error::NotReached("two enclosures of the saddle-node are disjoint".to_owned()));
            }
            let reason = format!("n_c in {}", sharp.batch.n);
            let evidence = json!({
                "batch_size": sharp.batch.n,
                "deviation_ratio": sharp.batch.deviation_ratio,
                "derivative_by_batch_size": sharp.transversality[0],
                "second_derivative": sharp.transversality[1],
            });
            Finding::new(Verdict::Verified, reason, evidence)
        }
    })
}
