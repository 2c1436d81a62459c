//! The ways a job gives up, tries again, or waits for the machine.

use crate::context::Context;
use crate::machine::Fault;
use db::contents::Content;
use model::ContentHash;
use std::fmt::Display;

/// How an attempt ended badly.
#[derive(Debug, PartialEq)]
pub(crate) enum Failure {
    /// By what the job is about: it is tried again or given up.
    Job(queue::Failure),
    /// By the machine's fault, if it proves to be that.
    Machine { fault: Fault, error: String },
}

impl Failure {
    /// Try again after the usual backoff.
    pub(crate) fn retry(error: impl Display) -> Self {
        Self::Job(queue::Failure::retry(error))
    }

    /// Trying again would not help.
    pub(crate) fn fatal(code: impl Into<String>, error: impl Display) -> Self {
        Self::Job(queue::Failure::fatal(code, error))
    }

    /// The machine's fault, or one that passes.
    pub(crate) fn of(error: anyhow::Error) -> Self {
        match Fault::of(&error) {
            Some(fault) => Self::Machine { fault, error: format!("{error:#}") },
            None => Self::retry(format!("{error:#}")),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::of(error.into())
    }
}

impl From<queue::Error> for Failure {
    fn from(error: queue::Error) -> Self {
        Self::of(error.into())
    }
}

/// The content's row. Without one there is nothing to be done for it.
pub(crate) async fn require_content(context: &Context, hash: &ContentHash) -> Result<Content, Failure> {
    let find = async { db::contents::find(&mut *context.pool.acquire().await?, hash).await };
    find.await?.ok_or_else(content_gone)
}

/// The content was deleted while the job waited.
pub(crate) fn content_gone() -> Failure {
    Failure::fatal("content-gone", "The content was deleted before this job ran.")
}

/// The job carries what no job of its kind carries.
pub(crate) fn bad_payload(error: impl Display) -> Failure {
    Failure::fatal("bad-payload", format!("The job's payload is not usable: {error}."))
}
