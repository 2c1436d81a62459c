//! What a kind of job does.

use crate::Job;
use serde_json::Value;
use std::future::Future;
use std::time::Duration;

/// How an attempt ended well.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// The runner completes the job with this result.
    Result(Value),
    /// The handler has committed [`Job::finish_on`].
    FinishedInTransaction,
    /// Not now: the job is due again after so long, and the attempt does not count.
    Snooze(Duration),
}

/// How an attempt ended badly.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// Try again, after this long or after the usual backoff; a failure when no attempt is left.
    Retry {
        /// What went wrong.
        error: String,
        /// How long to wait.
        after: Option<Duration>,
    },
    /// Trying again would not help.
    Final {
        /// A stable code.
        code: String,
        /// What went wrong.
        error: String,
    },
}

impl Failure {
    /// Try again after the usual backoff.
    pub fn retry(error: impl ToString) -> Self {
        Self::Retry { error: error.to_string(), after: None }
    }

    /// Trying again would not help.
    pub fn fatal(code: impl Into<String>, error: impl ToString) -> Self {
        Self::Final { code: code.into(), error: error.to_string() }
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Self::retry(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::retry(error)
    }
}

/// The work of one kind. Async closures `|job| async move { … }` are handlers.
pub trait Handler: Send + Sync + 'static {
    /// Does the job. May run more than once for one job, and must come out the same.
    fn handle(&self, job: Job) -> impl Future<Output = Result<Done, Failure>> + Send;
}

impl<F, Fut> Handler for F
where
    F: Fn(Job) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Done, Failure>> + Send,
{
    fn handle(&self, job: Job) -> impl Future<Output = Result<Done, Failure>> + Send {
        self(job)
    }
}
