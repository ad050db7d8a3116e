//! `oddpoint completions` and `oddpoint man`: made from the definition of the command line itself.

use crate::whole_file::{unwritable, write_whole};
use crate::{Result, bad_input};
use clap::builder::Resettable;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint completions bash > ~/.local/share/bash-completion/completions/oddpoint\n\
    \x20 oddpoint completions zsh > ~/.zfunc/_oddpoint\n\
    \x20 oddpoint completions fish > ~/.config/fish/completions/oddpoint.fish\n\n\
    For bash the folder may have to be made; for zsh it has to be in fpath before compinit is called.")]
pub struct CompletionsArgs {
    /// Shell whose script to print
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(clap::Args)]
#[command(after_help = "Examples:\n\
    \x20 oddpoint man --out ~/.local/share/man/man1\n\
    \x20 oddpoint man --out pages && man -l pages/oddpoint-verify.1")]
pub struct ManArgs {
    /// Folder for the pages, oddpoint.1 and one for each command; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "oddpoint", &mut script);
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

pub fn man(args: &ManArgs) -> Result<()> {
    let folder = &args.out;
    if folder.exists() && !folder.is_dir() {
        return Err(bad_input!("--out {}: not a folder; give the name of one", folder.display()));
    }
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, folder, &error))?;
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    let pages = std::iter::once(&command).chain(command.get_subcommands());
    let mut count = 0;
    for page in pages {
        write_page(folder, page)?;
        count += 1;
    }
    Ok(writeln!(std::io::stdout().lock(), "{}: {count} pages", folder.display())?)
}

fn write_page(folder: &Path, command: &clap::Command) -> Result<()> {
    let page = Man::new(command.clone().after_help(Resettable::Reset))
        .source(concat!("oddpoint ", env!("CARGO_PKG_VERSION")))
        .manual("oddpoint");
    write_whole(&folder.join(page.get_filename()), |out| {
        page.render(out)?;
        Ok(examples(command).to_writer(out)?)
    })
}

/// What stands below the options: examples, line for line, then paragraphs.
fn examples(command: &clap::Command) -> Roff {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (examples, rest) = help.split_once("\n\n").unwrap_or((&help, ""));
    let mut section = Roff::new();
    section.control("SH", ["EXAMPLES"]).control("nf", []);
    section
        .text(examples.lines().skip(1).map(|line| roman(format!("{}\n", line.trim()))).collect::<Vec<_>>());
    section.control("fi", []);
    if !rest.is_empty() {
        section.control("SH", ["NOTES"]);
        section.text(rest.lines().map(roman).collect::<Vec<_>>());
    }
    section
}
