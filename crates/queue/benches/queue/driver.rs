//! Which scenarios are run, and what they are given.

use crate::database::Server;
use crate::report::Report;
use crate::system::System;
use crate::{alone, idle, report, short, sustained};

/// What a scenario needs.
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) report: Report,
    /// Who is measured; ours first.
    pub(crate) systems: Vec<System>,
    pub(crate) runs: usize,
}

/// In the order they are run.
pub(crate) const SCENARIOS: [&str; 8] = ["single", "batch", "drain", "unique", "wake", "idle", "kept", "sustained"];

/// Runs the scenarios that are wanted.
pub(crate) async fn run(wanted: impl Fn(&str) -> bool) {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL names a Postgres of this machine");
    let systems = if number("BENCH_PEERS", 1) == 0 { &[System::Ours][..] } else { &System::ALL };
    let runs = usize::try_from(number("BENCH_RUNS", 3)).unwrap().max(1);
    let mut bench =
        Bench { server: Server::connect(&url).await, report: Report::open(), systems: systems.to_vec(), runs };
    for scenario in SCENARIOS.into_iter().filter(|name| wanted(name)) {
        report::say(&format!("{scenario} …"));
        match scenario {
            "single" => short::single(&mut bench).await,
            "batch" => short::batch(&mut bench).await,
            "drain" => short::drain(&mut bench).await,
            "unique" => short::unique(&mut bench).await,
            "wake" => idle::wake(&mut bench).await,
            "idle" => idle::idle(&mut bench).await,
            "kept" => alone::kept(&mut bench).await,
            _ => sustained::all(&mut bench).await,
        }
    }
    bench.report.table();
}

/// A setting from the environment.
pub(crate) fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}
