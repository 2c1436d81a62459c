//! Reading files again: one, some, a drive's or everybody's; how far that is, and its end before its time.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::person_limit::{PersonLimit, READINGS};
use crate::routes::{drives, files};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::drives::Role;
use db::readings::NewReading;
use model::{ReadOcr, ReadWhat};
use queue::{JobId, JobRecord, Status};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_file))
        .routes(routes!(read_drive))
        .routes(routes!(read_all))
        .routes(routes!(list_readings))
        .routes(routes!(get_reading))
        .routes(routes!(cancel_reading))
}

/// Files that one request may name.
const MOST_FILES: usize = 1_000;
/// Readings that are shown.
const MOST_SHOWN: i64 = 20;

/// Which of the files are read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReadingWhat {
    /// All of them.
    #[default]
    All,
    /// Those of which nothing could be made, whatever the reason.
    Failed,
    /// Those that an older version of their reader has read.
    OlderReader,
    /// Those without text, or with pages without text that nobody has recognised.
    WithoutText,
}

/// Whether the text of pictures is recognised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReadingOcr {
    /// As it is set up; pages that were recognised are not recognised again.
    #[default]
    AsSet,
    /// All pages that are pictures are recognised anew, where recognition is set up.
    Force,
    /// None is. A file whose text was recognised is left as it is.
    Off,
}

/// What to read again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadFiles {
    #[serde(default)]
    what: ReadingWhat,
    #[serde(default)]
    ocr: ReadingOcr,
}

/// What to read again in a drive.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadDriveFiles {
    #[serde(default)]
    what: ReadingWhat,
    #[serde(default)]
    ocr: ReadingOcr,
    /// These files alone, at most 1,000; else all that are not in the trash.
    #[schema(max_items = 1000)]
    file_ids: Option<Vec<Uuid>>,
}

/// What comes of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReadingBegun {
    /// How many contents are read again. One that is being read, or waits for that already, is not counted; files with the same bytes
    /// are one.
    enqueued: u64,
    /// Where to ask how far it is; none when there is nothing to read.
    reading_id: Option<Uuid>,
}

/// Files that are read again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Reading {
    id: Uuid,
    /// The drive they are in; none when it is about all drives.
    drive_id: Option<Uuid>,
    what: ReadingWhat,
    ocr: ReadingOcr,
    state: ReadingState,
    /// How many contents were to be read.
    total: u64,
    /// How many of them have been, their text recognised where it is.
    done: u64,
    /// Of how many of those nothing could be made, or not this time.
    failed: u64,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    finished_at: Option<OffsetDateTime>,
}

/// Where a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ReadingState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// Over.
    Finished,
    /// Ended by somebody; what was not read yet is as it was.
    Cancelled,
    /// Its job was given up, and can be run again.
    Failed,
}

/// Read a file again
///
/// Whatever became of it before. What it has stays where nothing better comes of it. For those who may change it.
#[utoipa::path(
    post, path = "/files/{id}/read", tag = "readings", params(("id" = Uuid, Path)), request_body = ReadFiles,
    responses((status = 202, body = ReadingBegun))
)]
async fn read_file(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<ReadFiles>,
) -> Result<(StatusCode, Json<ReadingBegun>), Error> {
    let mut tx = db::begin(&state.database).await?;
    let file = files::find(&mut tx, &caller, id, Role::Editor).await?;
    let new = NewReading {
        asked_by: caller.user.id,
        drive_id: Some(file.drive_id),
        files: Some(&[id]),
        what: body.what.into(),
        ocr: body.ocr.into(),
    };
    begin(&state, tx, &new).await
}

/// Read a drive's files again
///
/// Behind everything that somebody waits for. For those who may change them.
#[utoipa::path(
    post, path = "/drives/{id}/read", tag = "readings", params(("id" = Uuid, Path)), request_body = ReadDriveFiles,
    responses((status = 202, body = ReadingBegun))
)]
async fn read_drive(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<ReadDriveFiles>,
) -> Result<(StatusCode, Json<ReadingBegun>), Error> {
    if body.file_ids.as_ref().is_some_and(|files| files.len() > MOST_FILES) {
        return Err(Error::invalid("too-many-files", "at most 1,000 files are named at once"));
    }
    let mut tx = db::begin(&state.database).await?;
    drives::require(&mut tx, caller.user.id, id, Role::Editor).await?;
    let new = NewReading {
        asked_by: caller.user.id,
        drive_id: Some(id),
        files: body.file_ids.as_deref(),
        what: body.what.into(),
        ocr: body.ocr.into(),
    };
    begin(&state, tx, &new).await
}

/// Read the files of all drives again
///
/// Behind everything that somebody waits for. For administrators.
#[utoipa::path(
    post, path = "/read", tag = "readings", request_body = ReadFiles, responses((status = 202, body = ReadingBegun))
)]
async fn read_all(
    caller: Caller,
    State(state): State<AppState>,
    Json(body): Json<ReadFiles>,
) -> Result<(StatusCode, Json<ReadingBegun>), Error> {
    caller.require_admin()?;
    let tx = db::begin(&state.database).await?;
    let (what, ocr) = (body.what.into(), body.ocr.into());
    begin(&state, tx, &NewReading { asked_by: caller.user.id, drive_id: None, files: None, what, ocr }).await
}

async fn begin(
    state: &AppState,
    mut tx: sqlx::Transaction<'_, sqlx::Postgres>,
    new: &NewReading<'_>,
) -> Result<(StatusCode, Json<ReadingBegun>), Error> {
    if db::readings::count_underway(&mut tx, new.asked_by).await? >= READINGS {
        return Err(Error::PersonLimit(PersonLimit::Readings));
    }
    db::allow_minutes(&mut tx).await?;
    let begun = db::readings::begin(&mut tx, new).await?;
    tx.commit().await?;
    state.queue.wake();
    let (enqueued, reading_id) = begun.map_or((0, None), |reading| (reading.total, Some(reading.id)));
    Ok((StatusCode::ACCEPTED, Json(ReadingBegun { enqueued, reading_id })))
}

/// List what is read again
///
/// The newest first: what is under way, and what was during the last hour. The caller's own; everybody's to administrators.
#[utoipa::path(get, path = "/readings", tag = "readings", responses((status = 200, body = Vec<Reading>)))]
async fn list_readings(caller: Caller, State(state): State<AppState>) -> Result<Json<Vec<Reading>>, Error> {
    let mut conn = state.database.acquire().await?;
    let whose = (!caller.user.is_admin).then_some(caller.user.id);
    let readings = db::readings::list_recent(&mut conn, whose, MOST_SHOWN).await?;
    let jobs: Vec<JobId> = readings.iter().filter_map(db::readings::Reading::open_job).collect();
    let jobs = queue::find_all(&mut conn, &jobs).await?;
    let shown = |reading: db::readings::Reading| {
        let job = reading.open_job().and_then(|id| jobs.get(&id));
        Reading::new(reading, job)
    };
    Ok(Json(readings.into_iter().map(shown).collect()))
}

/// How far it is
#[utoipa::path(
    get, path = "/readings/{id}", tag = "readings", params(("id" = Uuid, Path)), responses((status = 200, body = Reading))
)]
async fn get_reading(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Reading>, Error> {
    let mut conn = state.database.acquire().await?;
    let reading = find(&mut conn, &caller, id).await?;
    Ok(Json(Reading::look_up(&mut conn, reading).await?))
}

/// End it before its time
///
/// What has been read again stays so, and what has not is as it was.
#[utoipa::path(
    post, path = "/readings/{id}/cancel", tag = "readings", params(("id" = Uuid, Path)),
    responses((status = 200, body = Reading))
)]
async fn cancel_reading(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Reading>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let reading = find(&mut tx, &caller, id).await?;
    if !db::readings::cancel(&mut tx, id).await? {
        return Err(Error::Conflict { code: "wrong-status", detail: "it is over".into() });
    }
    if let Some(job) = reading.job_id {
        // One that has just ended need not be told.
        queue::cancel(&mut tx, job).await?;
    }
    let reading = find(&mut tx, &caller, id).await?;
    let reading = Reading::look_up(&mut tx, reading).await?;
    tx.commit().await?;
    Ok(Json(reading))
}

/// The reading, if the caller has asked for it or is an administrator.
async fn find(conn: &mut PgConnection, caller: &Caller, id: Uuid) -> Result<db::readings::Reading, Error> {
    let reading = db::readings::find(conn, id).await?;
    let is_visible = |reading: &db::readings::Reading| {
        caller.user.is_admin || reading.asked_by.is_some_and(|asked_by| asked_by == caller.user.id)
    };
    reading.filter(is_visible).ok_or(Error::NotFound("reading"))
}

impl Reading {
    async fn look_up(conn: &mut PgConnection, reading: db::readings::Reading) -> Result<Self, Error> {
        let job = match reading.open_job() {
            Some(job) => queue::find(conn, job).await?,
            None => None,
        };
        Ok(Self::new(reading, job.as_ref()))
    }

    /// By its open job.
    fn new(reading: db::readings::Reading, job: Option<&JobRecord>) -> Self {
        let state = match (reading.finished_at, reading.job_id) {
            (Some(_), _) if reading.is_cancelled => ReadingState::Cancelled,
            (Some(_), _) => ReadingState::Finished,
            (None, None) => ReadingState::Waiting,
            (None, Some(_)) => match job.map(|job| job.status) {
                Some(Status::Processing) => ReadingState::Running,
                // Between two turns.
                Some(Status::Pending) if reading.done > 0 => ReadingState::Running,
                Some(Status::Pending) => ReadingState::Waiting,
                Some(Status::Completed | Status::Failed | Status::Cancelled) | None => ReadingState::Failed,
            },
        };
        let db::readings::Reading { id, drive_id, what, ocr, total, done, failed, created_at, finished_at, .. } =
            reading;
        let (what, ocr) = (what.into(), ocr.into());
        Self { id, drive_id, what, ocr, state, total, done, failed, created_at, finished_at }
    }
}

impl From<ReadingWhat> for ReadWhat {
    fn from(what: ReadingWhat) -> Self {
        match what {
            ReadingWhat::All => Self::All,
            ReadingWhat::Failed => Self::Failed,
            ReadingWhat::OlderReader => Self::OlderReader,
            ReadingWhat::WithoutText => Self::WithoutText,
        }
    }
}

impl From<ReadWhat> for ReadingWhat {
    fn from(what: ReadWhat) -> Self {
        match what {
            ReadWhat::All => Self::All,
            ReadWhat::Failed => Self::Failed,
            ReadWhat::OlderReader => Self::OlderReader,
            ReadWhat::WithoutText => Self::WithoutText,
        }
    }
}

impl From<ReadingOcr> for ReadOcr {
    fn from(ocr: ReadingOcr) -> Self {
        match ocr {
            ReadingOcr::AsSet => Self::AsSet,
            ReadingOcr::Force => Self::Force,
            ReadingOcr::Off => Self::Off,
        }
    }
}

impl From<ReadOcr> for ReadingOcr {
    fn from(ocr: ReadOcr) -> Self {
        match ocr {
            ReadOcr::AsSet => Self::AsSet,
            ReadOcr::Force => Self::Force,
            ReadOcr::Off => Self::Off,
        }
    }
}
