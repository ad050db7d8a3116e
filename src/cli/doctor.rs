//! `oddpoint doctor`: what a bug report needs to say of the build and the machine, and whether arithmetic works here.
//!
//! The self-tests show that rounding does what the proofs rest on in a few instances. That it does in all of them is
//! what GMP and MPFR promise and the tests of this crate look into.

use super::{ALL_VERIFIED, Format, REFUTED};
use crate::Result;
use crate::arithmetic::{Interval, MAX_PRECISION, MIN_PRECISION, Real};
use crate::report::{self, Provenance};
use crate::rigor::certificate::{Header, open};
use crate::rigor::replay::replay;
use rug::Rational;
use serde_json::{Map, Value, json};
use std::io::Write;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint doctor\n\
    \x20 oddpoint doctor --format json\n\n\
    Paste what it prints into a bug report. Exit status: 0 all self-tests pass, 1 one fails.")]
pub struct DoctorArgs {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A name, and what was found.
type Found = (&'static str, String);

/// A self-test: what it is to show, and why not, if it fails.
type Examined = (&'static str, std::result::Result<(), String>);

pub fn run(args: &DoctorArgs) -> Result<u8> {
    let (facts, tests) = (facts(), self_tests());
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Text => {
            let rows = facts.iter().map(|(name, found)| vec![(*name).to_owned(), found.clone()]);
            writeln!(out, "{}\n", report::table(&["build and machine", ""], rows))?;
            let result = |test: &std::result::Result<(), String>| match test {
                Ok(()) => "passes".to_owned(),
                Err(reason) => format!("FAILS: {reason}"),
            };
            let rows = tests.iter().map(|(name, test)| vec![(*name).to_owned(), result(test)]);
            writeln!(out, "{}", report::table(&["self-test", ""], rows))?;
        }
        Format::Json => report::write_json(&mut out, &document(&facts, &tests))?,
    }
    out.flush()?;
    Ok(if tests.iter().all(|(_, test)| test.is_ok()) { ALL_VERIFIED } else { REFUTED })
}

fn document(facts: &[Found], tests: &[Examined]) -> Value {
    let mut document = Map::from_iter([("schema".to_owned(), json!("oddpoint.doctor/1"))]);
    document.extend(facts.iter().map(|(name, found)| (name.replace(' ', "_"), json!(found))));
    let tests: Vec<_> = tests
        .iter()
        .map(|(name, test)| json!({ "name": name, "passes": test.is_ok(), "reason": test.as_ref().err() }))
        .collect();
    document.insert("self_tests".to_owned(), json!(tests));
    Value::Object(document)
}

fn facts() -> Vec<Found> {
    let build = if cfg!(debug_assertions) { "with debug assertions" } else { "release" };
    let number = |count: std::io::Result<std::num::NonZero<usize>>| {
        count.map_or("unknown".to_owned(), |n| n.to_string())
    };
    let known = |found: Option<String>| found.unwrap_or("unknown".to_owned());
    let program = Provenance::now();
    vec![
        ("version", program.version.to_owned()),
        ("commit", known(program.commit.map(str::to_owned))),
        ("build", build.to_owned()),
        ("system", system()),
        ("architecture", std::env::consts::ARCH.to_owned()),
        ("processor", known(program.processor)),
        ("vector instructions", vector_instructions()),
        ("processors", number(std::thread::available_parallelism())),
        ("threads used", rayon::current_num_threads().to_string()),
        ("gmp", program.gmp),
        ("mpfr", program.mpfr),
        ("precision", format!("{MIN_PRECISION} to {MAX_PRECISION} bits")),
    ]
}

fn system() -> String {
    let os = std::env::consts::OS;
    let name = value_in("/etc/os-release", "PRETTY_NAME", '=').map(|name| name.trim_matches('"').to_owned());
    let kernel =
        std::fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|kernel| kernel.trim().to_owned());
    [Some(os.to_owned()), name, kernel].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The value of the first line of a file that begins with a name and a sign.
fn value_in(file: &str, name: &str, sign: char) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let value =
        |line: &str| Some(line.strip_prefix(name)?.trim_start().strip_prefix(sign)?.trim().to_owned());
    text.lines().find_map(value)
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn vector_instructions() -> String {
    let all = [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
    ];
    all.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn vector_instructions() -> String {
    "not looked for on this architecture".to_owned()
}

fn self_tests() -> Vec<Examined> {
    vec![
        ("float64 rounds to nearest, and keeps subnormal numbers", float64()),
        ("1/3 lies strictly between neighbouring ends, at 53 bits", third()),
        ("sqrt(2) lies strictly between its ends, at 24, 192 and 1000 bits", root_of_two()),
        ("a committed certificate holds (the saddle-node)", certificate()),
    ]
}

fn shown(holds: bool, otherwise: impl FnOnce() -> String) -> std::result::Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn float64() -> std::result::Result<(), String> {
    // Kept from the compiler, which would compute with its own arithmetic.
    let [tenth, fifth, one, least] = [0.1, 0.2, 1.0, f64::MIN_POSITIVE].map(std::hint::black_box);
    let half_unit = f64::EPSILON / 2.0;
    let sum = tenth + fifth;
    // 0.1 + 0.2 is the double above that of 0.3; 1 + 2^-53 is a tie that goes to even.
    shown(sum == 0.300_000_000_000_000_04 && one + half_unit == 1.0 && least / 2.0 > 0.0, || {
        format!("0.1 + 0.2 = {sum:e}, 1 + 2^-53 = {:e}, {least:e} / 2 = {:e}", one + half_unit, least / 2.0)
    })
}

fn third() -> std::result::Result<(), String> {
    let third = Interval::from_integer(53, 1).over(3);
    let exact = Rational::from((1, 3));
    let mut next = third.lower().clone();
    next.next_up();
    shown(*third.lower() < exact && exact < *third.upper() && next == *third.upper(), || third.to_string())
}

fn root_of_two() -> std::result::Result<(), String> {
    [24, 192, 1000].into_iter().try_for_each(|precision| {
        let root = Interval::from_integer(precision, 2).sqrt();
        let square = |end: &rug::Float| end.to_rational().map(|end| end.square());
        let [below, above] = [root.lower(), root.upper()].map(square);
        shown(below.is_some_and(|below| below < 2) && above.is_some_and(|above| above > 2), || {
            root.to_string()
        })
    })
}

fn certificate() -> std::result::Result<(), String> {
    const CERTIFICATE: &str = include_str!("../../proofs/certificates/3-to-64-and-tail.jsonl");
    let mut lines = CERTIFICATE.lines();
    let check = |header: &str, line: &str| -> Result<()> {
        let header: Header = open(header)?;
        let precision = header.precision + 64;
        header.tasks()?.next().map_or(Ok(()), |task| replay(line, task, &header, precision))
    };
    match (lines.next(), lines.next()) {
        (Some(header), Some(line)) => check(header, line).map_err(|error| error.to_string()),
        _ => Err("it has no lines".to_owned()),
    }
}
