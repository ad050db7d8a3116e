//! `oddpoint claims` and `oddpoint explain`.

use super::{ClaimId, Format};
use crate::Result;
use crate::claims::{ALL, Claim};
use crate::report::{self, KINDS, SENSES_OF_STABLE};
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
