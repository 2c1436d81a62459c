//! Jobs: what is being done, was done and went wrong. A person sees the jobs over contents of files it can see;
//! administrators see all.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::page::{self, Page};
use crate::parameters::given;
use crate::routes::files;
use crate::state::AppState;
use axum::extract::State;
use db::drives::Role;
use db::library::ContentRights;
use model::{ContentHash, JobKind};
use queue::{Changed, Filter, JobId, JobRecord, Status};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::HashMap;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs))
        .routes(routes!(get_job))
        .routes(routes!(retry_job))
        .routes(routes!(cancel_job))
        .routes(routes!(list_file_jobs))
}

/// A job as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    id: String,
    kind: String,
    /// What people are shown instead of the kind's name.
    label: String,
    status: JobStatus,
    /// A file of the caller's that it is about.
    file_id: Option<Uuid>,
    /// The content it is about.
    content_hash: Option<String>,
    /// How often it was begun.
    attempts: i16,
    /// How often it may be begun.
    max_attempts: i16,
    /// How far the running attempt is, if it says so.
    progress: Option<JobProgress>,
    /// The newest error.
    error: Option<String>,
    /// Its failed attempts, the oldest first.
    errors: Vec<Attempt>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When its newest attempt began.
    #[serde(with = "time::serde::rfc3339::option")]
    started_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    finished_at: Option<OffsetDateTime>,
}

/// How far a running job is.
#[derive(Debug, Serialize, ToSchema)]
struct JobProgress {
    /// 0 to 100.
    #[schema(maximum = 100)]
    percent: u8,
    /// A word for what it does at the moment, such as `decode` or `page`.
    stage: String,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Not begun, or between two attempts.
    Pending,
    /// Running.
    Processing,
    /// Done.
    Completed,
    /// Given up.
    Failed,
    /// Stopped by somebody.
    Cancelled,
}

/// A failed attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attempt {
    /// Counted from 1.
    attempt: i16,
    /// A stable word.
    code: String,
    error: String,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

/// Which jobs. An empty value is no restriction.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct ListQuery {
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Items of a page: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// `pending`, `processing`, `completed`, `failed` or `cancelled`.
    status: Option<String>,
    /// `ingest-file`, `image-optimize` and so on, as in `/queue`.
    kind: Option<String>,
    /// The jobs over this file's content.
    file_id: Option<String>,
    /// The jobs over this content.
    content_hash: Option<String>,
    /// The jobs whose newest error contains this: of one file or content, or, for administrators, of all.
    error: Option<String>,
}

/// List jobs, the newest first
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(ListQuery), responses((status = 200, body = Page<Job>)))]
async fn list_jobs(
    caller: Caller,
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Job>>, Error> {
    let after = given(&query.cursor).map(page::decode_cursor::<i64>).transpose()?.map(JobId);
    let limit = page::limit(query.limit);
    let _turn = state.heavy_reads.turn(caller.user.id).await?;
    let mut conn = state.database.acquire().await?;
    let filter = filter(&mut conn, &caller, &query).await?;
    let records = list(&mut conn, &caller, &filter, after, limit as i64 + 1).await?;
    let page = Page::cut(records, limit, |record| page::encode_cursor(&record.id.0));
    Ok(Json(Page { items: shown(&mut conn, &caller, &page.items).await?, next_cursor: page.next_cursor }))
}

/// Of the jobs that the caller sees those that match. The others leave nothing, not even a place to go on from.
async fn list(
    conn: &mut PgConnection,
    caller: &Caller,
    filter: &Filter,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<JobRecord>, Error> {
    Ok(match caller.user.is_admin {
        true => queue::list(conn, filter, after, limit).await?,
        false => db::visible_jobs::list(conn, caller.user.id, filter, after, limit).await?,
    })
}

/// What the query asks for. A file the caller cannot see is no file.
async fn filter(conn: &mut PgConnection, caller: &Caller, query: &ListQuery) -> Result<Filter, Error> {
    let status = |word| Status::named(word).ok_or_else(|| Error::invalid("invalid-status", "there is no such status"));
    let file_hash = match given(&query.file_id) {
        Some(id) => {
            let id = id.parse().map_err(|_| Error::NotFound("file"))?;
            Some(files::find(conn, caller, id, Role::Viewer).await?.content_hash)
        }
        None => None,
    };
    let hash: Option<ContentHash> = given(&query.content_hash)
        .map(|hash| hash.parse().map_err(|_| Error::invalid("invalid-hash", "that is no content hash")))
        .transpose()?;
    if file_hash.is_some() && hash.is_some() && file_hash != hash {
        return Err(Error::invalid("invalid-filter", "the file is not of that content"));
    }
    let (subject, error) = (file_hash.or(hash), given(&query.error));
    // It is compared with every job there is.
    if error.is_some() && subject.is_none() && !caller.user.is_admin {
        return Err(Error::Forbidden("only administrators look for an error among all jobs; say which file's"));
    }
    Ok(Filter {
        kind: given(&query.kind).map(str::to_owned),
        status: given(&query.status).map(status).transpose()?,
        subject: subject.map(|hash| hash.to_string()),
        error: error.map(str::to_owned),
        ..Filter::default()
    })
}

/// One job
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)), responses((status = 200, body = Job)))]
async fn get_job(caller: Caller, State(state): State<AppState>, Path(id): Path<i64>) -> Result<Json<Job>, Error> {
    let mut conn = state.database.acquire().await?;
    Ok(Json(find(&mut conn, &caller, JobId(id)).await?.0))
}

/// List the jobs over a file, the newest first
#[utoipa::path(
    get, path = "/files/{id}/jobs", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = Vec<Job>))
)]
async fn list_file_jobs(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<Job>>, Error> {
    let mut conn = state.database.acquire().await?;
    let file = files::find(&mut conn, &caller, id, Role::Viewer).await?;
    let filter = Filter { subject: Some(file.content_hash.to_string()), ..Filter::default() };
    let records = list(&mut conn, &caller, &filter, None, 100).await?;
    let jobs = shown(&mut conn, &caller, &records).await?;
    Ok(Json(jobs.into_iter().map(|job| Job { file_id: Some(file.id), ..job }).collect()))
}

/// Run a failed or cancelled job again
///
/// One that waits for its next attempt runs now. In the place of one that was completed by finding that its file cannot be read there
/// is a new job, which is answered. For those who may change one of its files.
#[utoipa::path(
    post, path = "/jobs/{id}/retry", tag = "jobs", params(("id" = String, Path)), responses((status = 200, body = Job))
)]
async fn retry_job(caller: Caller, State(state): State<AppState>, Path(id): Path<i64>) -> Result<Json<Job>, Error> {
    let mut tx = db::begin(&state.database).await?;
    if !has_right(&mut tx, &caller, JobId(id), |rights| rights.can_edit).await? {
        return Err(Error::Forbidden("your role only allows looking"));
    }
    let retried = db::retries::retry_job(&mut tx, JobId(id)).await?;
    require_change(retried.changed)?;
    let (job, _) = find(&mut tx, &caller, retried.id).await?;
    tx.commit().await?;
    state.queue.wake();
    db::events::notify(&state.database).await?;
    Ok(Json(job))
}

/// Cancel a job
///
/// A running one is told to stop. For those who may change every file it is about: others may be waiting for it.
#[utoipa::path(
    post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path)), responses((status = 200, body = Job))
)]
async fn cancel_job(caller: Caller, State(state): State<AppState>, Path(id): Path<i64>) -> Result<Json<Job>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let (job, _) = find(&mut tx, &caller, JobId(id)).await?;
    // One that is over is refused for that. Who else has the file is told only where it matters.
    if job.finished_at.is_some() {
        require_change(queue::cancel(&mut tx, JobId(id)).await?)?;
    }
    if !has_right(&mut tx, &caller, JobId(id), |rights| rights.can_edit_all).await? {
        return Err(Error::Forbidden("others have a file that this job is about, too"));
    }
    require_change(queue::cancel(&mut tx, JobId(id)).await?)?;
    let (job, _) = find(&mut tx, &caller, JobId(id)).await?;
    tx.commit().await?;
    Ok(Json(job))
}

/// The job and its content, if the caller can see it.
async fn find(conn: &mut PgConnection, caller: &Caller, id: JobId) -> Result<(Job, Option<ContentHash>), Error> {
    let record = match caller.user.is_admin {
        true => queue::find(conn, id).await?,
        false => db::visible_jobs::find(conn, caller.user.id, id).await?,
    };
    let record = record.ok_or(Error::NotFound("job"))?;
    let hash = hash_of(&record).and_then(|hash| hash.parse().ok());
    let mut shown = shown(conn, caller, std::slice::from_ref(&record)).await?;
    Ok((shown.pop().ok_or(Error::NotFound("job"))?, hash))
}

/// Jobs that the caller can see, as they are shown: what was before the caller's file was added is somebody else's.
async fn shown(conn: &mut PgConnection, caller: &Caller, records: &[JobRecord]) -> Result<Vec<Job>, Error> {
    let hashes: Vec<&str> = records.iter().filter_map(hash_of).collect();
    let visible = db::library::visible(conn, caller.user.id, &hashes).await?;
    let files: HashMap<String, (Uuid, OffsetDateTime)> =
        visible.into_iter().map(|(hash, id, added_at)| (hash, (id, added_at))).collect();
    let job = |record: &JobRecord| {
        let file = hash_of(record).and_then(|hash| files.get(hash));
        let job = Job::new(record, file.map(|(id, _)| *id));
        match file {
            Some((_, added_at)) if !caller.user.is_admin => job.since(*added_at),
            _ => job,
        }
    };
    Ok(records.iter().map(job).collect())
}

/// Whether the caller, who can see the job, is an administrator or has that right to what the job is about.
async fn has_right(
    conn: &mut PgConnection,
    caller: &Caller,
    id: JobId,
    right: fn(ContentRights) -> bool,
) -> Result<bool, Error> {
    let (_, hash) = find(conn, caller, id).await?;
    if caller.user.is_admin {
        return Ok(true);
    }
    let hash = hash.ok_or(Error::NotFound("job"))?;
    Ok(right(db::library::rights(conn, caller.user.id, &hash).await?))
}

/// Fails with what a person is told of a change that was not possible.
fn require_change(changed: Changed) -> Result<(), Error> {
    let conflict = |code, detail: String| Err(Error::Conflict { code, detail });
    match changed {
        Changed::Yes | Changed::Requested => Ok(()),
        Changed::NotFound => Err(Error::NotFound("job")),
        Changed::NotPossible(status) => conflict("wrong-status", format!("the job is {}", status.name())),
        Changed::KeyTaken(other) => conflict("already-queued", format!("job {other} already does the same")),
    }
}

fn hash_of(record: &JobRecord) -> Option<&str> {
    record.subject.as_deref().or_else(|| record.payload["contentHash"].as_str())
}

impl Job {
    fn new(record: &JobRecord, file_id: Option<Uuid>) -> Self {
        Self {
            id: record.id.to_string(),
            kind: record.kind.clone(),
            label: JobKind::label_of(&record.kind).to_owned(),
            status: record.status.into(),
            file_id,
            content_hash: hash_of(record).map(str::to_owned),
            attempts: record.attempts,
            max_attempts: record.max_attempts,
            progress: record.progress.as_ref().map(JobProgress::from),
            error: record.error.clone(),
            errors: record.errors.iter().map(Attempt::from).collect(),
            created_at: record.created_at,
            started_at: record.started_at,
            finished_at: record.finished_at,
        }
    }

    /// The job as far as it was done since then.
    fn since(mut self, since: OffsetDateTime) -> Self {
        self.created_at = self.created_at.max(since);
        self.started_at = self.started_at.map(|at| at.max(since));
        self.errors.retain(|attempt| attempt.at >= since);
        self.error = self.error.filter(|_| self.finished_at.is_some() || !self.errors.is_empty());
        self
    }
}

impl From<&queue::Progress> for JobProgress {
    fn from(progress: &queue::Progress) -> Self {
        Self { percent: progress.percent, stage: progress.stage.clone() }
    }
}

impl From<&queue::AttemptError> for Attempt {
    fn from(error: &queue::AttemptError) -> Self {
        Self { attempt: error.attempt, code: error.code.clone(), error: error.error.clone(), at: error.at }
    }
}

impl From<Status> for JobStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Processing => Self::Processing,
            Status::Completed => Self::Completed,
            Status::Failed => Self::Failed,
            Status::Cancelled => Self::Cancelled,
        }
    }
}
