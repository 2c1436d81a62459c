//! Starts the worker.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::main("worker", 3002, worker::run)
}
