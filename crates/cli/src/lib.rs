#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod account;
mod api;
mod arguments;
mod commands;
mod error;
mod output;
mod upload;

use arguments::Arguments;
use clap::Parser;
use error::Error;
use output::Output;
use std::process::ExitCode;

/// Does what was typed. What it has to say goes to standard output, what went wrong as a sentence to standard error.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(arguments.json);
    match commands::run(arguments.command, &mut output).and_then(|()| output.flush()) {
        Ok(()) | Err(Error::Closed) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}
