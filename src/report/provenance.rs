//! What made a run: the program's version and commit, the libraries under it, the machine.

use gmp_mpfr_sys::{gmp, mpfr};
use serde::Serialize;

/// What a reader needs to know of the program and the machine.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// The version of this crate; the document has it already.
    #[serde(skip)]
    pub version: &'static str,
    /// The commit that was built, if the build knew; with the words `with changes` if files differed from it.
    pub commit: Option<&'static str>,
    /// The version of GMP that was built in.
    pub gmp: String,
    /// The version of MPFR that was built in.
    pub mpfr: String,
    /// The processor, if the operating system tells.
    pub processor: Option<String>,
}

impl Provenance {
    /// Of this program on this machine.
    pub fn now() -> Self {
        let dotted = |parts: [std::ffi::c_int; 3]| parts.map(|part| part.to_string()).join(".");
        Self {
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("ODDPOINT_COMMIT"),
            gmp: dotted([gmp::VERSION, gmp::VERSION_MINOR, gmp::VERSION_PATCHLEVEL]),
            mpfr: dotted([mpfr::VERSION_MAJOR, mpfr::VERSION_MINOR, mpfr::VERSION_PATCHLEVEL]),
            processor: processor(),
        }
    }
}

/// Where Linux or Windows says it.
fn processor() -> Option<String> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map(|(_, name)| name.trim().to_owned()).or_else(|| std::env::var("PROCESSOR_IDENTIFIER").ok())
}
