//! Starts the web service.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::main("web", 3000, web::run)
}
