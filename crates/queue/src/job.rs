//! A job in its handler's hands.

use crate::{Error, JobId, finish};
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use std::sync::OnceLock;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// A claimed job. Clones are the same job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What it was enqueued with.
    pub payload: Value,
    /// Which attempt this is, counted from 1.
    pub attempt: i16,
    /// How many there may be.
    pub max_attempts: i16,
    /// Its unique key.
    pub unique_key: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// The trace it belongs to.
    pub trace: Option<String>,
    /// When it was put in.
    pub created_at: OffsetDateTime,
    /// When it became due.
    pub queued_at: OffsetDateTime,
    pub(crate) worker: i32,
    pub(crate) cancelled: CancellationToken,
    /// Set once the handler has ended the job in its own transaction: the outcome metrics show.
    pub(crate) ended: Arc<OnceLock<&'static str>>,
}

impl Job {
    /// Fires when somebody cancels the job, when its lease is lost, and when the runner stops. A handler that looks at it
    /// stops early; one that does not is dropped a little later.
    pub fn cancelled(&self) -> CancellationToken {
        self.cancelled.clone()
    }

    /// True in the last attempt: a retry after this one is a failure.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }

    /// Completes the job in the handler's own transaction, so that its work and its completion commit together, and only
    /// if the job is still ours. Commit, then return [`Done::Already`](crate::Done::Already). On an error roll back.
    pub async fn finish_on(&self, conn: &mut PgConnection, result: Value) -> Result<(), Error> {
        if !finish::complete(conn, self.id, self.worker, result).await? {
            return Err(Error::LostLease(self.id));
        }
        self.ended.get_or_init(|| "completed");
        Ok(())
    }

    /// Gives the job up in the handler's own transaction, like [`Job::finish_on`]: what the handler wrote about the failure
    /// and the failure itself commit together.
    pub async fn fail_on(&self, conn: &mut PgConnection, code: &str, error: &str) -> Result<(), Error> {
        if finish::fail(conn, self.id, self.worker, code, error, None).await? == finish::AfterFailure::Lost {
            return Err(Error::LostLease(self.id));
        }
        self.ended.get_or_init(|| "failed");
        Ok(())
    }
}
