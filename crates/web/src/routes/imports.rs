//! Files by link: the worker fetches them; here is asked for them, and said how far they are.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::person_limit::{IMPORTS, PersonLimit};
use crate::routes::drives;
use crate::state::AppState;
use crate::upload_key;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use db::drives::Role;
use db::imports::{Begun, NewImport};
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
        .routes(routes!(create_import))
        .routes(routes!(list_imports))
        .routes(routes!(get_import))
        .routes(routes!(cancel_import))
}

/// Bytes of a link: more than browsers take.
const MAX_URL_BYTES: usize = 8192;
/// Imports that are shown.
const MOST_SHOWN: i64 = 20;

/// What to fetch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewLink {
    /// Where the file is: an http or https address that needs no signing in.
    #[schema(max_length = 8192)]
    url: String,
}

/// A file that is fetched by link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Import {
    id: Uuid,
    /// The drive that the file goes to.
    drive_id: Uuid,
    url: String,
    state: ImportState,
    /// Bytes that have come.
    received_bytes: u64,
    /// Bytes of the file, where its server says so.
    length_bytes: Option<u64>,
    /// The file that it became.
    file_id: Option<Uuid>,
    /// Why it failed, or failed last before it is tried again: a stable word for programs where it is over.
    code: Option<String>,
    /// The same as a sentence for a person.
    error: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    finished_at: Option<OffsetDateTime>,
}

/// Where an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ImportState {
    /// Not begun, or between two tries.
    Waiting,
    /// Being fetched.
    Running,
    /// It is a file of the drive.
    Finished,
    /// Ended by somebody.
    Cancelled,
    /// It was given up; its sentence says why.
    Failed,
}

/// Fetch a file by link
///
/// The answer comes at once; fetching goes on in the background, and ends in a file like any other. Only public addresses are asked,
/// also by redirects, with the limit of size of any upload. Rights are asked for now and when the file is added.
///
/// With an `Idempotency-Key` the same may be asked again when the answer was lost: it is answered with the import that was made then, as
/// long as that is remembered. Another link or drive under the same key is refused with 422 (`idempotency-key-reused`).
#[utoipa::path(
    post, path = "/drives/{id}/imports", tag = "imports",
    params(
        ("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "What this import is called: 1 to 255 visible ASCII characters."),
    ),
    request_body = NewLink, responses((status = 202, body = Import))
)]
async fn create_import(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    headers: HeaderMap,
    Json(body): Json<NewLink>,
) -> Result<(StatusCode, Json<Import>), Error> {
    let (url, key) = (web_address(&body.url)?, upload_key::of(&headers)?);
    let asked_by = caller.user.id;
    let mut tx = db::begin(&state.database).await?;
    drives::require(&mut tx, asked_by, drive_id, Role::Editor).await?;
    let new = NewImport { asked_by, drive_id, url: &url, key: key.as_deref() };
    let import = match db::imports::begin(&mut tx, &new).await? {
        Begun::New(import) => {
            // Counted with this one, which is not there unless it is told of.
            if db::imports::count_underway(&mut tx, asked_by).await? > IMPORTS {
                return Err(Error::PersonLimit(PersonLimit::Imports));
            }
            import
        }
        Begun::Same(import) => import,
        Begun::Other => {
            let detail = "that Idempotency-Key belongs to another import";
            return Err(Error::invalid("idempotency-key-reused", detail));
        }
    };
    let import = Import::look_up(&mut tx, import).await?;
    tx.commit().await?;
    state.queue.wake();
    Ok((StatusCode::ACCEPTED, Json(import)))
}

/// List what is fetched by link
///
/// The caller's own of the last day, the newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", responses((status = 200, body = Vec<Import>)))]
async fn list_imports(caller: Caller, State(state): State<AppState>) -> Result<Json<Vec<Import>>, Error> {
    let mut conn = state.database.acquire().await?;
    let imports = db::imports::list_recent(&mut conn, caller.user.id, MOST_SHOWN).await?;
    let jobs: Vec<JobId> = imports.iter().filter_map(db::imports::Import::open_job).collect();
    let mut jobs = queue::find_all(&mut conn, &jobs).await?;
    let shown = |import: db::imports::Import| {
        let job = import.open_job().and_then(|id| jobs.remove(&id));
        Import::new(import, job)
    };
    Ok(Json(imports.into_iter().map(shown).collect()))
}

/// How far an import is
#[utoipa::path(
    get, path = "/imports/{id}", tag = "imports", params(("id" = Uuid, Path)), responses((status = 200, body = Import))
)]
async fn get_import(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, Error> {
    let mut conn = state.database.acquire().await?;
    let import = find(&mut conn, &caller, id).await?;
    Ok(Json(Import::look_up(&mut conn, import).await?))
}

/// End an import
///
/// Nothing is kept of what has come. One that is a file by then stays one.
#[utoipa::path(
    post, path = "/imports/{id}/cancel", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = Import))
)]
async fn cancel_import(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Import>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let import = find(&mut tx, &caller, id).await?;
    let changed = match import.open_job() {
        Some(job) => queue::cancel(&mut tx, job).await?,
        None => queue::Changed::NotFound,
    };
    if !matches!(changed, queue::Changed::Yes | queue::Changed::Requested) {
        return Err(Error::Conflict { code: "wrong-status", detail: "it is over".into() });
    }
    let import = Import::look_up(&mut tx, import).await?;
    tx.commit().await?;
    Ok(Json(import))
}

/// The caller's import. A link may have a secret in it, so that nobody else is shown it.
async fn find(conn: &mut PgConnection, caller: &Caller, id: Uuid) -> Result<db::imports::Import, Error> {
    let import = db::imports::find(conn, id).await?;
    import.filter(|import| import.asked_by == caller.user.id).ok_or(Error::NotFound("import"))
}

/// The link as the web's rules write it. Whether its address may be asked is known when it is looked up.
fn web_address(url: &str) -> Result<String, Error> {
    let bad = || Error::invalid("invalid-url", "a link begins with http:// or https:// and has no password in it");
    let mut parsed = reqwest::Url::parse(url.trim()).map_err(|_| bad())?;
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    if !is_web || !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(bad());
    }
    parsed.set_fragment(None);
    if parsed.as_str().len() > MAX_URL_BYTES {
        return Err(Error::invalid("invalid-url", format!("a link has at most {MAX_URL_BYTES} bytes")));
    }
    Ok(parsed.into())
}

impl Import {
    async fn look_up(conn: &mut PgConnection, import: db::imports::Import) -> Result<Self, Error> {
        let job = match import.open_job() {
            Some(job) => queue::find(conn, job).await?,
            None => None,
        };
        Ok(Self::new(import, job))
    }

    /// By its open job.
    fn new(import: db::imports::Import, job: Option<JobRecord>) -> Self {
        let state = match &job {
            _ if import.file_id.is_some() => ImportState::Finished,
            Some(JobRecord { status: Status::Pending, .. }) => ImportState::Waiting,
            Some(JobRecord { status: Status::Processing, .. }) => ImportState::Running,
            Some(JobRecord { status: Status::Cancelled, .. }) => ImportState::Cancelled,
            Some(JobRecord { status: Status::Completed | Status::Failed, .. }) | None => ImportState::Failed,
        };
        let has_failed = matches!(state, ImportState::Waiting | ImportState::Failed);
        let (code, error, ended_at) = match job.filter(|_| has_failed) {
            Some(job) => (job.code, job.error, job.finished_at),
            None => (None, None, None),
        };
        let db::imports::Import { id, drive_id, url, received_bytes, length_bytes, file_id, created_at, .. } = import;
        let finished_at = import.finished_at.or(ended_at);
        Self { id, drive_id, url, state, received_bytes, length_bytes, file_id, code, error, created_at, finished_at }
    }
}
