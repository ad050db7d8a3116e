//! `oddpoint claims` and `oddpoint explain`.

use super::{ClaimId, Format};
use crate::Result;
use crate::claims::{ALL, Claim};
use crate::report;
use serde_json::json;
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint claims\n\
    \x20 oddpoint claims --format json")]
pub struct ClaimsArgs {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(clap::Args)]
#[command(after_help = "Example:\n\
    \x20 oddpoint explain stability.spectral-gap")]
pub struct ExplainArgs {
    /// Claim id, as `oddpoint claims` lists them
    #[arg(value_parser = ClaimId, hide_possible_values = true)]
    id: &'static Claim,
}

pub fn run(args: &ClaimsArgs) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => {
            let rows = ALL.iter().map(|claim| vec![claim.id, claim.kind.name(), claim.summary]);
            writeln!(out, "{}", report::table(&["claim", "kind", "statement in short"], rows))?;
        }
        Format::Json => {
            let claims: Vec<_> = ALL.iter().map(|claim| description(claim)).collect();
            report::write_json(&mut out, &json!({ "schema": "oddpoint.claims/1", "claims": claims }))?;
        }
    }
    Ok(())
}

fn description(claim: &Claim) -> serde_json::Value {
    json!({
        "id": claim.id,
        "kind": claim.kind,
        "summary": claim.summary,
        "statement": claim.statement,
        "hypotheses": claim.hypotheses,
        "source": claim.source,
        "method": claim.method,
        "negative_control": claim.control,
    })
}

/// What `verified` means for each kind, and the senses of "stable": printed below every explanation.
const KINDS: &str = "rigorous = intervals or exact arithmetic; numerical = an error bound set in advance; \
statistical = a test stated in advance. `verified` also needs the negative control refuted by the same check.";

const SENSES_OF_STABLE: &[(&str, &str)] = &[
    (
        "the odd-point fixed point is linearly stable (spectral radius < 1), n >= 7",
        "yes, proved for every n: stability.every-batch-size (for each n asked, with enclosures: stability.spectral-gap)",
    ),
    ("small perturbations of the odd point decay at that rate", "observed in MPFR orbits: stability.decay"),
    ("the exact configuration (n-1 equal samples) is invariant, any width", "yes, proved: exact.invariant"),
    (
        "the exact configuration attracts",
        "no: within-cluster differences grow by n^2/((n-1)^2+1) a layer: exact.edge-growth",
    ),
    (
        "the odd point tends to the exact configuration as n grows, at angle 3 pi/n",
        "yes, proved with error bounds for n >= 128: stability.asymptotics",
    ),
    (
        "a ball of explicit radius around the odd point is attracted, in the full space",
        "yes, proved for each n from 7 to 1000 asked, and with the best possible radius for every n >= 40: stability.basin",
    ),
    (
        "among symmetric batches, every start above the edge tends to the odd point",
        "yes, proved for every n >= 7: model.threshold",
    ),
    (
        "the same with leaky ReLU max(z, alpha z)",
        "yes for alpha > alpha*(n), no for alpha in (1/alpha*, alpha*), proved for every n >= 7: leaky.same-fixed-points",
    ),
    (
        "two or more outliers: a fixed point of two symmetric groups, 2 <= k <= n-2",
        "no, proved for every n and k but for the symmetric point: the outliers split (unique.single-outlier)",
    ),
    (
        "the symmetric state, where no sample is odd, is linearly stable (spectral radius < 1), n >= 3",
        "yes, proved for every n: stability.symmetric-point",
    ),
    (
        "networks of finite width",
        "wide enough ones stay near the odd point, proved: width.stays-in-basin; they fluctuate about it as linear response says (n = 7, 10, 20 and widths from 100 n), observed: fluctuations.linear-response",
    ),
];

pub fn explain(args: &ExplainArgs) -> Result<()> {
    let claim = args.id;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}  ({})\n", claim.id, claim.kind.name())?;
    let parts = [
        ("statement", claim.statement),
        ("hypotheses", claim.hypotheses),
        ("source", claim.source),
        ("method", claim.method),
        ("negative control", claim.control),
        ("repeat", &format!("oddpoint verify --claims {}", claim.id)),
        ("kinds", KINDS),
    ];
    for (name, text) in parts {
        writeln!(out, "{}\n", report::paragraph(name, text))?;
    }
    if ["stability.", "exact.", "leaky.", "unique."].iter().any(|topic| claim.id.starts_with(topic)) {
        writeln!(out, "senses of \"stable\", and what this suite says of each:")?;
        for (sense, verdict) in SENSES_OF_STABLE {
            writeln!(out, "{}", report::paragraph("-", &format!("{sense}: {verdict}")))?;
        }
    }
    Ok(())
}
