//! Starts the processor service, or, when its pool asks, one of its confined readers or recognisers.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A reader must not have read a setting, opened a log or started a thread before it is confined.
    if sandbox::child_requested() {
        sandbox::child_main(processor::reader::read);
    }
    // The same of the process that recognises a page: it has been confined by now, and became this program again.
    if recogniser::child_requested() {
        return recogniser::child_main();
    }
    service::main("processor", 3003, processor::run)
}
