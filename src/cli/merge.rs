//! `oddpoint merge`: puts the shards of an ensemble together.

use crate::Result;
use crate::ensemble::merge;
use std::io::Write;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint merge part-1.csv part-2.csv part-3.csv part-4.csv --out whole.csv\n\n\
    The files are those of `oddpoint simulate --shard I/K` for I from 1 to K, in any order. The result is, bit for bit, \
    the file of the run without --shard. Refused, with their names (exit status 2): files of different experiments or \
    versions, a shard that is missing, incomplete or given twice, and a file to write that exists.")]
pub struct MergeArgs {
    /// Shards of one experiment
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// File to write, in the format of the shards
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub fn run(args: &MergeArgs) -> Result<()> {
    let merged = merge(&args.files, &args.out)?;
    let mut out = std::io::stdout().lock();
    let (replicas, shards) = (merged.experiment.replicas, args.files.len());
    let dead = if merged.dead > 0 { format!(", {} of them died", merged.dead) } else { String::new() };
    Ok(writeln!(out, "{}: {replicas} replicas from {shards} shards{dead}", args.out.display())?)
}
