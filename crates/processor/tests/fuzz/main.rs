//! Fuzzing on stable Rust: samples of every format are damaged and given to the real confined readers, as the service runs
//! them, with their limits. No damage may make a reader's outcome `internal` or `crashed`, a report that the parent's check
//! refuses, or a pool that no longer answers. Running out of time or memory is what limits are for, and is only counted.
//!
//! ```text
//! make fuzz                          ten minutes, with a seed that is printed
//! make fuzz FUZZ_SECONDS=60          a minute
//! make fuzz FUZZ_SEED=7              the cases of that seed
//! make fuzz FUZZ_SEED=7 FUZZ_CASE=99 the same, from that number on
//! make fuzz FUZZ_CORPUS=~/files      the files of that folder as well, up to 1 MiB each
//! make fuzz FUZZ_FILE=target/tmp/…   one file, undamaged: what an earlier run found
//! ```
//!
//! What is found is cut down and written to `target/tmp/fuzz-SEED-CASE-TASK.EXTENSION`, and what met a limit is written there as
//! it is. With its mend a finding becomes a file of `tests/samples/damaged`: all samples are also read as they are. `make test`
//! does that, and a few cases of a fixed seed. The program is built with overflow checks, so that a number that wraps in a
//! release is found as well.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod cases;
mod containers;
mod damage;
mod findings;
mod reader;
mod samples;

use cases::Cases;
use findings::Findings;
use reader::{Reader, tasks};
use samples::Sample;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// The seed of `make test`, and how many cases of it.
const SEED: u64 = 1;
const CASES: u64 = 500;
/// Different findings after which a run ends: the rest is most likely more of the same.
const MAX_FINDINGS: usize = 20;

#[tokio::test]
async fn every_format_has_a_sample_and_none_breaks_a_reader() {
    let (reader, mut findings) = (Reader::start(), Findings::default());
    let mut formats = BTreeSet::new();
    for sample in samples::ours() {
        for (task, request) in tasks() {
            let run = reader.run(&request, &sample).await;
            formats.extend(run.format.clone());
            findings.take(&reader, &sample.name.replace('/', "-"), task, &request, &sample, run).await;
        }
    }
    findings.assert_none();
    let missing: Vec<&str> = engine::format_names().filter(|name| !formats.contains(*name)).collect();
    assert!(missing.is_empty(), "tests/samples has nothing of {missing:?}");
}

#[tokio::test]
async fn damaged_samples_never_break_a_reader() {
    let (reader, mut findings) = (Reader::start(), Findings::default());
    if let Some(file) = setting("FUZZ_FILE") {
        let sample = Sample::read(file.as_ref());
        for (task, request) in tasks() {
            let run = reader.run(&request, &sample).await;
            eprintln!("{task}: {} {}", run.outcome, run.fault.as_deref().unwrap_or_default());
            findings.take(&reader, "replayed", task, &request, &sample, run).await;
        }
        return findings.assert_none();
    }
    let seconds: Option<u64> =
        setting("FUZZ_SECONDS").map(|seconds| seconds.parse().expect("FUZZ_SECONDS is a number"));
    let seed = setting("FUZZ_SEED").map(|seed| seed.parse().expect("FUZZ_SEED is a number"));
    let seed = seed.unwrap_or_else(|| if seconds.is_some() { rand::random::<u32>().into() } else { SEED });
    let mut samples = samples::ours();
    samples.extend(setting("FUZZ_CORPUS").into_iter().flat_map(|folder| samples::of(folder.as_ref())));
    eprintln!("FUZZ_SEED={seed}, {} samples", samples.len());

    let cases = Cases::new(seed, samples);
    let first: u64 = setting("FUZZ_CASE").map_or(0, |number| number.parse().expect("FUZZ_CASE is a number"));
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
    for number in first.. {
        if end.map_or(number >= CASES, |end| Instant::now() >= end) || findings.len() >= MAX_FINDINGS {
            break;
        }
        let case = cases.case(number);
        let run = reader.run(&case.request, &case.sample).await;
        *outcomes.entry(run.outcome).or_default() += 1;
        findings.take(&reader, &format!("{seed}-{number}"), case.task, &case.request, &case.sample, run).await;
    }
    eprintln!("FUZZ_SEED={seed}: {outcomes:?}");
    findings.assert_none();
}

/// What the environment says, where it says something.
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
