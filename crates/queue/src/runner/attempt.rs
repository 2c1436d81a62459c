//! One attempt: a handler runs until it ends, panics, or is told to stop and does not.

use crate::{Done, Failure, Handler, Job};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

/// How long a cancelled handler may take to tidy up before it is dropped.
const CANCEL_GRACE: Duration = Duration::from_secs(5);

pub(super) type BoxedHandler = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<Done, Failure>> + Send + Sync>;

pub(super) fn boxed(handler: impl Handler) -> BoxedHandler {
    let handler = Arc::new(handler);
    Arc::new(move |job| {
        let handler = handler.clone();
        async move { handler.handle(job).await }.boxed()
    })
}

/// An attempt that is over.
pub(super) struct FinishedAttempt {
    pub job: Job,
    /// The index of the job's kind among its runner's kinds.
    pub kind: usize,
    pub result: Result<Done, Failure>,
    pub timed_out: bool,
    pub took: Duration,
}

/// Runs the handler. Never fails: a panic is a failed attempt like any other.
pub(super) async fn attempt(
    handler: BoxedHandler,
    job: Job,
    kind: usize,
    timeout: Option<Duration>,
) -> FinishedAttempt {
    let span = tracing::info_span!(
        "job",
        job.id = job.id.0,
        job.kind = &*job.kind,
        job.attempt = job.attempt,
        trace = job.trace
    );
    let begun = Instant::now();
    let run = handler(job.clone());
    let mut run = pin!(AssertUnwindSafe(run).catch_unwind().instrument(span));
    let mut timed_out = false;
    let result = loop {
        tokio::select! {
            biased;
            result = &mut run => break match result {
                Ok(result) => result,
                Err(panic) => Err(Failure::retry(format!("the handler panicked: {}", panic_text(&*panic)))),
            },
            () = stopped(&job) => break Err(Failure::retry("told to stop, the handler did not")),
            () = past(begun, timeout), if !timed_out => {
                timed_out = true;
                job.cancelled.cancel();
            }
        }
    };
    let result = match result {
        Ok(Done::FinishedInTransaction) if job.ended.get().is_none() => {
            Err(Failure::retry("the handler said it had finished the job, and had not"))
        }
        // What it did in time counts, what it said because it was told to stop does not.
        Err(_) if timed_out => Err(Failure::retry(format!("took longer than {:?}", timeout.unwrap_or_default()))),
        result => result,
    };
    FinishedAttempt { job, kind, result, timed_out, took: begun.elapsed() }
}

async fn stopped(job: &Job) {
    job.cancelled.cancelled().await;
    tokio::time::sleep(CANCEL_GRACE).await;
}

async fn past(begun: Instant, timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep_until(begun + timeout).await,
        None => std::future::pending().await,
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}
