//! Starts the realtime service.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::main("realtime", 3001, realtime::run)
}
