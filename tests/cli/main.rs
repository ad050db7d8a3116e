//! The command line as its users meet it: shapes of the JSON, exit statuses, and what becomes of bad input.
//!
//! One module a command, as in `src/cli/`; `streams` for what all commands share. Expected numbers come from
//! `tests/golden/` (other software, another route), or say where they come from.

mod baseline;
mod browser;
mod claims;
mod cluster;
mod decay;
mod doctor;
mod fixed_points;
mod generate;
mod interrupt;
mod merge;
mod phase_diagram;
mod report;
mod saddle_node;
mod simulate;
mod spectrum;
mod streams;
mod support;
mod verify;
