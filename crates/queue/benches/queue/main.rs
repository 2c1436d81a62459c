//! The queue against pg-boss and graphile-worker, on the same Postgres in the same run.
//!
//! `make bench-queue` runs everything. Single scenarios, against any Postgres of this machine whose superuser we may be:
//! `DATABASE_URL=… cargo bench -p queue --bench queue -- drain sustained`, with
//! - `BENCH_PEERS=0` to leave the others out (their parts are installed by `npm ci` in `benches/peers`),
//! - `BENCH_RUNS` (3) for how often the short ones are run; the median counts,
//! - `BENCH_SUSTAINED_S` (300) for how long the sustained ones last,
//! - `BENCH_SNAPSHOT` (60) for how many of those seconds a snapshot is held open beside the last one; 0 leaves it out,
//! - `BENCH_PGBOSS=work` to drain pg-boss with its own runner (see peers/pgboss.mjs),
//! - `RESULTS` for the file that the lines of JSON are appended to (`target/bench/queue.jsonl`).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and its children answer on stdout"
)]

mod alone;
mod child;
mod database;
mod driver;
mod feed;
mod idle;
mod measure;
mod process;
mod procfs;
mod report;
mod short;
mod sustained;
mod system;

pub(crate) use driver::{Bench, number};
use driver::{SCENARIOS, run};

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench").peekable();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if args.next_if(|arg| arg == "child").is_some() {
        let (role, parameters) = (args.next().unwrap(), args.next().unwrap());
        return runtime.block_on(child::main(&role, &serde_json::from_str(&parameters).unwrap()));
    }
    // `cargo test --all-targets` starts benchmarks too, and means something else.
    if !std::env::args().any(|arg| arg == "--bench") {
        return println!("this is a benchmark; run it with cargo bench");
    }
    let named: Vec<String> = args.collect();
    if let Some(unknown) = named.iter().find(|name| !SCENARIOS.contains(&name.as_str())) {
        panic!("no scenario is called {unknown}; there are {}", SCENARIOS.join(", "));
    }
    runtime.block_on(run(|name| named.is_empty() || named.iter().any(|other| other == name)));
}
