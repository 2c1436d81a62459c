//! What was found: cut down, told apart, and written where it can be read again.

use crate::reader::{Reader, Run};
use crate::samples::Sample;
use model::Request;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs that one finding may cost to become smaller.
const RUNS: u32 = 200;

/// By what went wrong, without its numbers: the same fault is found again and again.
#[derive(Default)]
pub struct Findings(BTreeMap<String, String>);

impl Findings {
    /// Different faults so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Looks at a run; what must not have happened is cut down and kept, and the pool has to be well after it.
    pub async fn take(
        &mut self,
        reader: &Reader,
        number: &str,
        task: &str,
        request: &Request,
        sample: &Sample,
        run: Run,
    ) {
        let extension = sample.extension.as_deref().unwrap_or("bin");
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{number}-{task}.{extension}"));
        let is_new = run.fault.as_deref().is_some_and(|fault| !self.0.contains_key(&kind(fault)));
        if let Some(fault) = run.fault.as_deref().filter(|_| is_new) {
            let small = minimise(reader, request, sample, fault).await;
            std::fs::write(&file, &small.bytes).unwrap();
            let line = format!("{task} of {}: {fault}\n    {}", sample.name, file.display());
            eprintln!("{line}");
            self.0.insert(kind(fault), line);
        } else if matches!(run.outcome, "timeout" | "memory") {
            std::fs::write(&file, &sample.bytes).unwrap();
            eprintln!("{}: {task} of {}\n    {}", run.outcome, sample.name, file.display());
        }
        if run.fault.is_some() || matches!(run.outcome, "timeout" | "memory") {
            assert!(reader.is_well().await, "the pool reads nothing any more after {}", file.display());
        }
    }

    /// Fails with all of them.
    #[track_caller]
    pub fn assert_none(self) {
        assert!(self.0.is_empty(), "\n{}\n", self.0.into_values().collect::<Vec<_>>().join("\n"));
    }
}

fn kind(fault: &str) -> String {
    fault.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Takes out ranges, halves first, as long as the fault stays the same.
async fn minimise(reader: &Reader, request: &Request, sample: &Sample, fault: &str) -> Sample {
    let mut small = sample.clone();
    let (mut piece, mut runs) = (small.bytes.len() / 2, 0);
    while piece > 0 && runs < RUNS {
        let mut start = 0;
        while start < small.bytes.len() && runs < RUNS {
            let mut less = small.clone();
            less.bytes.drain(start..(start + piece).min(small.bytes.len()));
            runs += 1;
            let run = reader.run(request, &less).await;
            if run.fault.is_some_and(|other| kind(&other) == kind(fault)) {
                small = less;
            } else {
                start += piece;
            }
        }
        piece /= 2;
    }
    small
}
