//! One run of a confined reader over one content, from blob to checked report.

use crate::check::check;
use crate::context::Context;
use crate::settle::failure_code;
use crate::verdict::{Verdict, verdict};
use crate::{payload, progress};
use anyhow::Context as _;
use db::contents::Content;
use model::{Outcome, Report, Request, Task};
use queue::{Failure, Job};
use sandbox::{Call, Ended};
use std::fs::File;
use std::sync::Arc;

/// What a run produced: the checked report, and the file its artifacts lie in.
pub(crate) struct Reading {
    pub(crate) report: Report,
    pub(crate) output: Arc<File>,
}

/// Runs `task` over `content`. An `Err` is the machine's fault (the store, the pool); whatever the bytes did is in the
/// report's outcome. From the second attempt on it asks for all of the readers' memory: the first may have died for want of it.
pub(crate) async fn read(context: &Context, job: &Job, content: &Content, task: Task) -> anyhow::Result<Reading> {
    let alone = job.attempt > 1;
    let request = Request { task, extension: content.extension.clone(), limits: context.limits.clone() };
    let blob = context.store.open_blob(&content.hash).await.context("opening the stored bytes")?;
    let output = context.store.temp_output().await.context("making a temporary file")?;
    let call = Call {
        request: serde_json::to_vec(&request)?,
        input: blob.into_file().await?,
        output: output.try_clone()?,
        reuse_child: content.size_bytes < SMALL_BYTES,
        memory_hint_bytes: if alone || content.size_bytes > HEAVY_BYTES { u64::MAX } else { 0 },
        on_progress: Some(progress::reporter(&context.pool, job, &content.hash)),
    };
    let report = match context.sandbox.run(call).await {
        Ended::Answer(answer) => answered(&answer, &output),
        Ended::Timeout => Report::of(Outcome::Timeout),
        Ended::Memory => Report::of(Outcome::Memory),
        Ended::Crashed { signal } => Report::of(Outcome::Crashed { signal }),
        Ended::Internal { detail } => Report::of(Outcome::Internal { detail }),
    };
    Ok(Reading { report, output: Arc::new(output) })
}

/// The same for more of a content that is there already: an outcome that is no success ends the attempt.
pub(crate) async fn read_well(context: &Context, job: &Job, content: &Content, task: Task) -> Result<Reading, Failure> {
    let reading = read(context, job, content, task).await.map_err(payload::again)?;
    let outcome = &reading.report.outcome;
    match verdict(outcome, job.attempt, job.max_attempts) {
        Verdict::Again(error) => Err(Failure::Retry { error, after: None }),
        Verdict::Stands if outcome.is_success() => Ok(reading),
        Verdict::Stands => Err(Failure::Final { code: failure_code(outcome), error: outcome.sentence() }),
    }
}

/// Below this a reader is used again for the next small content instead of being replaced.
const SMALL_BYTES: u64 = 1 << 20;
/// Above this a reader runs alone.
const HEAVY_BYTES: u64 = 64 << 20;

fn answered(answer: &[u8], output: &File) -> Report {
    let internal = |detail: String| Report::of(Outcome::Internal { detail });
    let report: Report = match serde_json::from_slice(answer) {
        Ok(report) => report,
        Err(error) => return internal(format!("the reader's answer is not a report: {error}")),
    };
    match check(&report, output) {
        Ok(()) => report,
        Err(mismatch) => internal(mismatch.to_string()),
    }
}
