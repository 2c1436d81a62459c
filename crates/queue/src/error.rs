//! What can go wrong, by what the caller can do about it.

/// Why an act on the queue did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer or refused the statement.
    #[error("the job table did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The job is no longer ours: its lease ran out and somebody else has it, or has finished it. Roll back.
    #[error("job {0} is no longer ours")]
    LostLease(crate::JobId),
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
