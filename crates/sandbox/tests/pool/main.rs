//! The pool against a child that does everything wrong. This program is its own child, so it has a `main` of its own
//! that speaks as much of libtest's language as `cargo test` and `cargo nextest` need.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "test code, which clippy cannot see without #[test]")]

mod calls;
mod decoder;
mod escapes;
mod failures;
mod programs;
mod running;

use std::panic::catch_unwind;
use std::process::ExitCode;

/// A test's name and body.
type Test = (&'static str, fn());

fn main() -> ExitCode {
    if sandbox::child_requested() {
        sandbox::child_main(decoder::decode);
    }
    let tests: Vec<Test> = [escapes::TESTS, failures::TESTS, programs::TESTS, running::TESTS].concat();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has("--list") {
        // None of ours is ignored; nextest asks for those separately.
        for (name, _) in tests.iter().filter(|_| !has("--ignored")) {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with("--"));
    let chosen = |name: &str| match filter {
        Some(filter) if has("--exact") => name == filter,
        Some(filter) => name.contains(filter.as_str()),
        None => true,
    };
    let mut failed = vec![];
    for (name, test) in tests.into_iter().filter(|(name, _)| chosen(name)) {
        let result = catch_unwind(test);
        println!("test {name} ... {}", if result.is_ok() { "ok" } else { "FAILED" });
        if result.is_err() {
            failed.push(name);
        }
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
