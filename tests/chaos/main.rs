//! Everything that may happen to a server, at moments that a seed draws, while people upload: programs and readers that are killed,
//! a Postgres that goes away, a full disk, uploads that break off, crowds, and clients that are slow. Afterwards a `verifier` reads
//! what clients were told, the tables and the disk.
//!
//! `make chaos` goes on for `CHAOS_SECONDS` (1800), with a crowd of 5,000 uploads and a Postgres that is away for 30 s; a run of under
//! ten minutes, such as the one among the other tests, has smaller ones. `CHAOS_SEED` draws the same misfortunes again.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod load;
mod log;
mod memory;
mod misfortunes;
mod raw;
mod verifier;
mod volume;
mod world;

use world::World;

/// How long misfortunes happen when nobody says.
const SECONDS: u64 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_or_doubled_whatever_happens() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let seconds = number("CHAOS_SECONDS").unwrap_or(SECONDS);
    let seed = number("CHAOS_SEED").unwrap_or_else(|| rand::random_range(0..1_000_000));
    println!("chaos: CHAOS_SEED={seed} CHAOS_SECONDS={seconds}");
    let mut world = World::begin(seed, seconds).await;
    world.misfortunes_happen(seconds).await;
    // It is still there when this fails, so that the logs are kept.
    let complaints = world.end().await;
    assert!(complaints.is_empty(), "CHAOS_SEED={seed} CHAOS_SECONDS={seconds}\n  {}", complaints.join("\n  "));
}
