//! `pagespace`: the command line of a PageSpace suite.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
