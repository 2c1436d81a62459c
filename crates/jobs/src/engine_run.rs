//! One run of the engine in a confined child, from the bytes to a checked report. Every run of it is here, with one policy: an
//! `Err` is the machine's fault (the store, a temporary file, no process for the child), and whatever the child did is in the
//! report's outcome, an answer that is no report or does not match its output among it.

use crate::check::{check, check_attachments};
use crate::context::Context;
use crate::failure::Failure;
use crate::machine::NotStarted;
use crate::progress;
use crate::quick_readers::{QUICK_BYTES, is_final};
use crate::retry_policy::{RetryDecision, retry_decision};
use anyhow::Context as _;
use db::contents::Content;
use model::{Limits, Outcome, Report, Request, Task, cause_line};
use queue::Job;
use sandbox::{Call, Ended, Pool};
use std::fs::File;
use std::io::Seek;
use std::sync::Arc;

/// What the engine is to do, and how its child is treated.
pub(crate) struct EngineRun {
    pub(crate) task: Task,
    pub(crate) input: File,
    /// The file's extension, where the input is a file somebody sent.
    pub(crate) extension: Option<String>,
    /// What the child is expected to take; `u64::MAX` has it wait for all of the readers' memory and run alone.
    pub(crate) memory_bytes: u64,
    pub(crate) on_progress: Option<sandbox::ProgressCallback>,
    /// It may take the last reader that is free. A new file is read whatever is done meanwhile for others, and when it is small it is
    /// tried on the quick readers first.
    pub(crate) may_take_last: bool,
}

/// What a run produced: the checked report, and the file its artifacts lie in.
pub(crate) struct EngineOutput {
    pub(crate) report: Report,
    pub(crate) file: Arc<File>,
}

/// Runs the engine, in a child that reads nothing else and is dead before anybody looks at its output: what was checked is what
/// is stored. Dropping the future stops the child.
pub(crate) async fn run_engine(context: &Context, run: EngineRun) -> anyhow::Result<EngineOutput> {
    let EngineRun { task, mut input, extension, memory_bytes, on_progress, may_take_last } = run;
    let request = Request { task, extension, limits: context.limits.clone() };
    // A new file for the first time.
    if may_take_last && memory_bytes == 0 && input.metadata()?.len() <= QUICK_BYTES {
        let terms = Terms { memory_bytes, on_progress: None, may_take_last };
        let output = read_on(&context.quick_readers.pool, context, &request, input.try_clone()?, terms).await?;
        if is_final(&output.report.outcome) {
            return Ok(output);
        }
        input.rewind()?;
    }
    let terms = Terms { memory_bytes, on_progress, may_take_last };
    let output = read_on(&context.sandbox, context, &request, input, terms).await?;
    if matches!(output.report.outcome, Outcome::Internal { .. }) {
        // What the child says of the disk is its word alone, and what it wrote may be what fills it.
        output.file.set_len(0)?;
        context.machine.look().await.context("after a reader had trouble")?;
    }
    Ok(output)
}

/// How one child is treated, as in [`EngineRun`].
struct Terms {
    memory_bytes: u64,
    on_progress: Option<sandbox::ProgressCallback>,
    may_take_last: bool,
}

async fn read_on(
    readers: &Pool,
    context: &Context,
    request: &Request,
    input: File,
    terms: Terms,
) -> anyhow::Result<EngineOutput> {
    let Terms { memory_bytes, on_progress, may_take_last } = terms;
    let output = context.store.temp_output().await.context("making a temporary file")?;
    let call = Call {
        request: serde_json::to_vec(request)?,
        input,
        output: output.try_clone()?,
        memory_hint_bytes: memory_bytes,
        may_take_last,
        on_progress,
    };
    let report = match readers.run(call).await {
        Ended::Answer(answer) => {
            let (output, limits, span) = (output.try_clone()?, context.limits.clone(), tracing::Span::current());
            let unpacks = request.task == Task::UnpackMail;
            let look = move || span.in_scope(|| answered(&answer, &output, &limits, unpacks));
            tokio::task::spawn_blocking(look).await.context("looking at what a reader made")?
        }
        Ended::Timeout => Report::of(Outcome::Timeout),
        Ended::Memory => Report::of(Outcome::Memory),
        Ended::Crashed { signal } => Report::of(Outcome::Crashed { signal }),
        Ended::Internal { detail } => Report::of(Outcome::Internal { detail }),
        Ended::NotStarted { detail } => return Err(NotStarted(detail).into()),
    };
    Ok(EngineOutput { report, file: Arc::new(output) })
}

fn answered(answer: &[u8], output: &File, limits: &Limits, unpacks: bool) -> Report {
    // The error may quote the child.
    let internal = |detail: String| Report::of(Outcome::Internal { detail: cause_line(&detail) });
    let report: Report = match serde_json::from_slice(answer) {
        Ok(report) => report,
        Err(error) => return internal(format!("the reader's answer is not a report: {error}")),
    };
    // In the job's span, and only there: people are told the outcome.
    if let Some(cause) = &report.cause {
        tracing::info!(outcome = report.outcome.code(), cause = cause_line(cause), "a decoder refused a content");
    }
    let checked = check(&report, output, limits).and_then(|()| check_attachments(&report, unpacks, limits));
    match checked {
        Ok(()) => report,
        Err(mismatch) => internal(mismatch.to_string()),
    }
}

/// Above this a child runs alone.
const HEAVY_BYTES: u64 = 64 << 20;

/// Runs `task` over a content for a job, which is told how far it is. From the second attempt on it asks for all of the readers'
/// memory: the first may have died for want of it.
pub(crate) async fn run_over_content(
    context: &Context,
    job: &Job,
    content: &Content,
    task: Task,
) -> anyhow::Result<EngineOutput> {
    // A new file is read whatever images and exports people ask for meanwhile.
    let may_take_last = matches!(task, Task::Ingest { .. });
    run_attempt(context, job, content, task, Attempt { number: job.attempt, may_take_last }).await
}

/// Which try of a content it is, and how urgent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    /// Counted from 1.
    pub(crate) number: i16,
    /// As in [`EngineRun`].
    pub(crate) may_take_last: bool,
}

/// The same for a job over many contents, each with attempts of its own.
pub(crate) async fn run_attempt(
    context: &Context,
    job: &Job,
    content: &Content,
    task: Task,
    attempt: Attempt,
) -> anyhow::Result<EngineOutput> {
    let blob = context.store.open_blob(&content.hash).await.context("opening the stored bytes")?;
    let runs_alone = attempt.number > 1 || content.size_bytes > HEAVY_BYTES;
    let run = EngineRun {
        task,
        input: blob.into_file().await?,
        extension: content.extension.clone(),
        memory_bytes: if runs_alone { u64::MAX } else { 0 },
        on_progress: Some(progress::reporter(&context.pool, job, &content.hash)),
        may_take_last: attempt.may_take_last,
    };
    run_engine(context, run).await
}

/// The same for more of a content that is there already: an outcome that is no success ends the attempt.
pub(crate) async fn run_or_fail(
    context: &Context,
    job: &Job,
    content: &Content,
    task: Task,
) -> Result<EngineOutput, Failure> {
    let output = run_over_content(context, job, content, task).await.map_err(Failure::of)?;
    let outcome = &output.report.outcome;
    match retry_decision(outcome, job.attempt, job.max_attempts) {
        RetryDecision::Retry(error) => Err(Failure::retry(error)),
        RetryDecision::Keep if outcome.is_success() => Ok(output),
        RetryDecision::Keep => Err(Failure::fatal(outcome.reason_code(), outcome.sentence())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two of three places that ran the engine took such an answer for an error of their own.
    #[test]
    fn an_answer_that_is_no_report_or_does_not_hold_is_an_outcome() {
        let output = tempfile::tempfile().unwrap();
        let mut lie = Report::of(Outcome::Ok);
        let (name, mime) = (model::MARKDOWN.into(), "text/markdown; charset=utf-8".into());
        lie.artifacts = vec![model::ArtifactPart { name, mime, offset: 0, size_bytes: 9, width: None, height: None }];
        for answer in [b"{\"outcome\"".to_vec(), serde_json::to_vec(&lie).unwrap()] {
            let outcome = answered(&answer, &output, &Limits::default(), false).outcome;
            assert!(matches!(outcome, Outcome::Internal { .. }), "{outcome:?}");
        }
        // L18: the words of the error are the child's, and a second line in the log would be too.
        let Outcome::Internal { detail } =
            answered(br#"{"outcome":{"forged\nline":1}}"#, &output, &Limits::default(), false).outcome
        else {
            panic!("it was taken for a report")
        };
        assert!(!detail.contains('\n'), "{detail:?}");
        let honest = serde_json::to_vec(&Report::of(Outcome::Ok)).unwrap();
        assert_eq!(answered(&honest, &output, &Limits::default(), false).outcome, Outcome::Ok);
    }
}
