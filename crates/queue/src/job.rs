//! A job in its handler's hands.

use crate::sql::{self, Ctid, SEGMENTS};
use crate::{Error, JobId};
use serde_json::Value;
use sqlx::PgConnection;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// A claimed job. Clones are the same job, and cheap. Its fields are those of [`JobFields`].
#[derive(Debug, Clone)]
pub struct Job(pub(crate) Arc<JobFields>);

impl Deref for Job {
    type Target = JobFields;

    fn deref(&self) -> &JobFields {
        &self.0
    }
}

/// What a handler is told about its job.
#[derive(Debug)]
pub struct JobFields {
    /// Its number.
    pub id: JobId,
    /// Its kind.
    pub kind: Arc<str>,
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
    /// The key whose limit it counts under.
    pub limit_key: Option<String>,
    /// The trace it belongs to.
    pub trace: Option<String>,
    /// How long an attempt may take, if the job itself says so.
    pub timeout: Option<Duration>,
    /// When it was put in.
    pub created_at: OffsetDateTime,
    /// When it became due.
    pub queued_at: OffsetDateTime,
    pub(crate) worker: i32,
    pub(crate) segment: i16,
    /// The row's `ctid` after the claim.
    pub(crate) ctid: Ctid,
    pub(crate) cancelled: CancellationToken,
    /// Set once the handler has ended the job in its own transaction: the outcome metrics show.
    pub(crate) ended: OnceLock<&'static str>,
}

static PROGRESS: LazyLock<[String; SEGMENTS]> =
    LazyLock::new(|| sql::per_segment("update {hot} set percent = $3, stage = $4 where id = $1 and worker = $2"));

impl Job {
    /// Fires when somebody cancels the job, when its time is up, when its lease is lost, and when the runner stops. A handler
    /// that looks at it stops early; one that does not is dropped a little later.
    pub fn cancelled(&self) -> CancellationToken {
        self.cancelled.clone()
    }

    /// True in the last attempt: a retry after this one is a failure.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }

    /// Says how far the job is: 0 to 100 and what it does at the moment. Written where everybody sees it
    /// ([`JobRecord::progress`](crate::JobRecord::progress)), and gone with the attempt. Costs a small update: say it when a
    /// person would see a difference, not for every byte.
    ///
    /// # Errors
    /// [`Error::ClaimLost`] when the job is no longer ours: stop working on it.
    pub async fn progress(&self, conn: &mut PgConnection, percent: u8, stage: &str) -> Result<(), Error> {
        let done = sqlx::query(sql::of_segment(&PROGRESS, self.segment))
            .bind(self.id.0)
            .bind(self.worker)
            .bind(i16::from(percent.min(100)))
            .bind(crate::text::clean(stage))
            .execute(conn)
            .await?;
        if done.rows_affected() == 0 { Err(Error::ClaimLost(self.id)) } else { Ok(()) }
    }
}
