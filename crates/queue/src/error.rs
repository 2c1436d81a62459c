//! What can go wrong, by what the caller can do about it.

use std::time::Duration;

/// Why an act on the queue did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer or refused the statement.
    #[error("the job table did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The job is no longer ours: our worker's lease ran out and another worker has the job, or has finished it. Roll back.
    #[error("job {0} is no longer ours")]
    ClaimLost(crate::JobId),
    /// A runner's worker was reaped: its heartbeats came too late, and its jobs are other workers' now. The runner registers a
    /// new worker by itself.
    #[error("the lease of worker {worker} ran out, and its jobs were given to others")]
    LeaseLost {
        /// The worker's number in `queue.workers`.
        worker: i32,
    },
    /// Postgres did not answer a statement of a runner's session in this time. The runner connects again by itself.
    #[error("the job table did not answer within {0:?}")]
    Timeout(Duration),
    /// The connection on which a runner hears of new jobs has ended. The runner connects again by itself.
    #[error("the connection that listens for new jobs was closed")]
    ListenerClosed,
    /// Jobs that shared a statement with others may not have been put in: the database went away in between. Ask again.
    #[error("the job table went away before it answered")]
    Interrupted,
    /// What was asked for cannot be: a schedule that is none, a time zone nobody knows.
    #[error("{0}")]
    Invalid(String),
    /// A unique key was taken and given back over and over while we looked.
    #[error("the unique key {0:?} changed hands too often")]
    Busy(String),
}

impl Error {
    /// Somebody held a lock for longer than we wanted to wait.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03"))
    }
}
