//! Looking at single jobs: what `GET /api/job/:id` and the list of jobs show.

use crate::{Error, JobId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::{PgConnection, Row};
use std::collections::HashMap;
use time::OffsetDateTime;

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not begun: due, delayed or between two attempts.
    Pending,
    /// A worker has it.
    Processing,
    /// Done.
    Completed,
    /// Given up.
    Failed,
    /// Stopped by somebody.
    Cancelled,
}

impl Status {
    /// The name in the table and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Pending, Self::Processing, Self::Completed, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|status| status.name() == name)
    }
}

/// One failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptError {
    /// Which attempt, counted from 1.
    pub attempt: i16,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// A stable code: `retry`, `crashed`, `cancelled` or the handler's own.
    pub code: String,
    /// What went wrong.
    pub error: String,
}

/// How far a running attempt is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: u8,
    /// What it does at the moment.
    pub stage: String,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRecord {
    /// Its number.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Where it is.
    pub status: Status,
    /// 0 high, 1 normal, 2 low.
    pub priority: i16,
    /// What its handler was given.
    pub payload: Value,
    /// What its handler gave back.
    pub result: Option<Value>,
    /// The code of a failure, once it is final.
    pub code: Option<String>,
    /// The newest error.
    pub error: Option<String>,
    /// How often it was begun.
    pub attempts: i16,
    /// How often it may be begun.
    pub max_attempts: i16,
    /// Its unique key.
    pub unique_key: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// The key whose limit it counts under.
    pub limit_key: Option<String>,
    /// How far the running attempt is, if it says so.
    pub progress: Option<Progress>,
    /// The trace it belongs to.
    pub trace: Option<String>,
    /// When it was put in.
    pub created_at: OffsetDateTime,
    /// When it became, or becomes, due; none once it is over.
    pub run_at: Option<OffsetDateTime>,
    /// When its newest attempt began.
    pub started_at: Option<OffsetDateTime>,
    /// When it was over.
    pub finished_at: Option<OffsetDateTime>,
    /// Its failed attempts, oldest first.
    pub errors: Vec<AttemptError>,
}

/// Which jobs to list; what is `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this status.
    pub status: Option<Status>,
    /// About this.
    pub subject: Option<String>,
    /// Whose unique key begins so.
    pub unique_key_prefix: Option<String>,
    /// Whose newest error contains this.
    pub error: Option<String>,
}

/// Which jobs somebody may see, where tables decide it that the queue knows nothing of.
#[derive(Debug, Clone, Copy)]
pub struct Visibility {
    /// A condition in SQL on `jobs`, a row of the view of all jobs; `$1` is the viewer.
    pub condition: &'static str,
    /// Who looks.
    pub viewer: Uuid,
}

/// Of whoever sees all.
const ALL: &str = "$1::uuid is null";

const COLUMNS: &str = "id, kind, status, priority, attempt, max_attempts, created_at, run_at, started_at, finished_at, \
                       unique_key, subject, gate, trace, percent, stage, payload, result, code, error, errors";

/// The job of that number, until retention drops it.
pub async fn find(conn: &mut PgConnection, id: JobId) -> Result<Option<JobRecord>, Error> {
    find_where(conn, id, ALL, None).await
}

/// The same, if the viewer sees it.
pub async fn find_visible(
    conn: &mut PgConnection,
    id: JobId,
    visibility: Visibility,
) -> Result<Option<JobRecord>, Error> {
    find_where(conn, id, visibility.condition, Some(visibility.viewer)).await
}

/// All jobs of these numbers that retention has not dropped, by number.
pub async fn find_all(conn: &mut PgConnection, ids: &[JobId]) -> Result<HashMap<JobId, JobRecord>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("select {COLUMNS} from queue.jobs where id = any($1)");
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
    let job = |row: &PgRow| record(row).map(|job| (job.id, job));
    Ok(rows.iter().map(job).collect::<Result<_, _>>()?)
}

async fn find_where(
    conn: &mut PgConnection,
    id: JobId,
    condition: &'static str,
    viewer: Option<Uuid>,
) -> Result<Option<JobRecord>, Error> {
    let sql = format!("select {COLUMNS} from queue.jobs where id = $2 and {condition}");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(viewer).bind(id.0).fetch_optional(conn).await?;
    Ok(row.as_ref().map(record).transpose()?)
}

/// Whether the job is pending or running. Probes the tables of jobs in flight by their primary keys and reads no history, so it is
/// cheaper than [`find`] by far.
///
/// # Errors
/// [`Error::Database`] when the database did not answer.
pub async fn is_in_flight(conn: &mut PgConnection, id: JobId) -> Result<bool, Error> {
    // One statement sees one moment, so a job on its way from one table to another is in one of them.
    let is_in_flight =
        "select exists (select from queue.hot where id = $1) or exists (select from queue.waiting where id = $1)
                            or exists (select from queue.parked where id = $1)";
    Ok(sqlx::query_scalar(is_in_flight).bind(id.0).fetch_one(conn).await?)
}

/// The newest jobs that match, older than `cursor`, at most `limit`. The next cursor is the last one's id.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<JobId>,
    limit: i64,
) -> Result<Vec<JobRecord>, Error> {
    list_where(conn, filter, cursor, limit, ALL, None).await
}

/// The same of those that the viewer sees.
pub async fn list_visible(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<JobId>,
    limit: i64,
    visibility: Visibility,
) -> Result<Vec<JobRecord>, Error> {
    list_where(conn, filter, cursor, limit, visibility.condition, Some(visibility.viewer)).await
}

async fn list_where(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<JobId>,
    limit: i64,
    condition: &'static str,
    viewer: Option<Uuid>,
) -> Result<Vec<JobRecord>, Error> {
    let sql = format!(
        "select {COLUMNS} from queue.jobs
         where {condition} and ($2::bigint is null or id < $2) and ($3::text is null or kind = $3)
           and ($4::text is null or status = $4) and ($5::text is null or subject = $5)
           and ($6::text is null or starts_with(unique_key, $6)) and ($7::text is null or strpos(error, $7) > 0)
         order by id desc limit $8"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(viewer)
        .bind(cursor.map(|id| id.0))
        .bind(filter.kind.as_deref())
        .bind(filter.status.map(Status::name))
        .bind(filter.subject.as_deref())
        .bind(filter.unique_key_prefix.as_deref())
        .bind(filter.error.as_deref())
        .bind(limit)
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
}

fn record(row: &PgRow) -> sqlx::Result<JobRecord> {
    let status: String = row.try_get("status")?;
    let errors: Option<sqlx::types::Json<Vec<AttemptError>>> = row.try_get("errors")?;
    Ok(JobRecord {
        id: JobId(row.try_get("id")?),
        kind: row.try_get("kind")?,
        status: Status::named(&status).ok_or_else(|| sqlx::Error::Decode(format!("status {status:?}").into()))?,
        priority: row.try_get("priority")?,
        payload: row.try_get("payload")?,
        result: row.try_get("result")?,
        code: row.try_get("code")?,
        error: row.try_get("error")?,
        attempts: row.try_get("attempt")?,
        max_attempts: row.try_get("max_attempts")?,
        unique_key: row.try_get("unique_key")?,
        subject: row.try_get("subject")?,
        limit_key: row.try_get("gate")?,
        progress: progress(row)?,
        trace: row.try_get("trace")?,
        created_at: row.try_get("created_at")?,
        run_at: row.try_get("run_at")?,
        started_at: row.try_get("started_at")?,
        finished_at: row.try_get("finished_at")?,
        errors: errors.map(|errors| errors.0).unwrap_or_default(),
    })
}

fn progress(row: &PgRow) -> sqlx::Result<Option<Progress>> {
    let (percent, stage): (Option<i16>, Option<String>) = (row.try_get("percent")?, row.try_get("stage")?);
    let known = percent.and_then(|percent| u8::try_from(percent).ok()).zip(stage);
    Ok(known.map(|(percent, stage)| Progress { percent, stage }))
}
