//! One attempt: a handler runs until it ends, panics, or is told to stop and does not.

use crate::{Done, Failure, Handler, Job};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
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
pub(super) struct Ended {
    pub job: Job,
    pub result: Result<Done, Failure>,
    pub took: Duration,
}

/// Runs the handler. Never fails: a panic is a failed attempt like any other.
pub(super) async fn attempt(handler: BoxedHandler, job: Job) -> Ended {
    let span = tracing::info_span!(
        "job",
        job.id = job.id.0,
        job.kind = job.kind,
        job.attempt = job.attempt,
        trace = job.trace
    );
    let begun = Instant::now();
    let given = job.clone();
    let run = AssertUnwindSafe(async move { handler(given).await }).catch_unwind().instrument(span);
    let result = tokio::select! {
        biased;
        result = run => match result {
            Ok(Ok(Done::Already)) if job.ended.get().is_none() => {
                Err(Failure::retry("the handler said it had finished the job, and had not"))
            }
            Ok(result) => result,
            Err(panic) => Err(Failure::retry(format!("the handler panicked: {}", panic_text(&*panic)))),
        },
        () = stopped(&job) => Err(Failure::retry("told to stop, the handler did not")),
    };
    Ended { job, result, took: begun.elapsed() }
}

async fn stopped(job: &Job) {
    job.cancelled.cancelled().await;
    tokio::time::sleep(CANCEL_GRACE).await;
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}
