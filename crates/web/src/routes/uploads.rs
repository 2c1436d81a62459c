//! Uploads by one request. The bytes pass through as they come; no file is ever held here.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::file::File;
use crate::names;
use crate::processor::{Stored, Upload};
use crate::request_id::RequestId;
use crate::routes::drives::require;
use crate::routes::files;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use db::drives::Role;
use futures_util::stream;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_file))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(service::linger))
        .layer(from_fn(service::without_body_deadline))
}

/// A file that was stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Uploaded {
    file: File,
    /// The same bytes were here already; they are stored and read once.
    deduplicated: bool,
    /// The jobs that read it.
    job_ids: Vec<String>,
}

/// The form, for the API's description; it is read as a stream.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
struct UploadForm {
    /// Another name than the file's own; comes before the file.
    name: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A sender that sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(30);
/// How long storing may take after the last byte.
const FINISH: Duration = Duration::from_secs(120);
/// What a multipart frame may add to the file itself.
const FRAME_BYTES: u64 = 64 << 10;

/// Upload a file
///
/// When this answers the file is safe on disk; reading it goes on in the background. One file per request.
#[utoipa::path(
    post, path = "/drives/{id}/files", tag = "files", params(("id" = Uuid, Path)),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Uploaded))
)]
async fn create_file(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    request_id: RequestId,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Uploaded>), Error> {
    let limit_bytes = state.config.upload_max_bytes;
    authorise(&state, &caller, drive_id).await?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit_bytes.saturating_add(FRAME_BYTES)) {
        return Err(Error::too_large(limit_bytes));
    }
    let form = form.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
    let target = Target { state: &state, drive_id, user_id: caller.user.id, request_id: &request_id };
    let stored = receive(form, &target).await?;
    let mut conn = state.database.acquire().await?;
    let file = files::find(&mut conn, &caller, stored.file_id, Role::Viewer).await?;
    let uploaded = Uploaded { file: file.into(), deduplicated: stored.deduplicated, job_ids: stored.job_ids() };
    Ok((StatusCode::CREATED, Json(uploaded)))
}

/// On a connection of its own, given back before the first byte: an upload may take hours.
async fn authorise(state: &AppState, caller: &Caller, drive_id: Uuid) -> Result<(), Error> {
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, drive_id, Role::Editor).await
}

/// Where a file goes.
struct Target<'a> {
    state: &'a AppState,
    drive_id: Uuid,
    user_id: Uuid,
    request_id: &'a RequestId,
}

/// Reads the form up to the file, with the name that may come before it, and stores that.
async fn receive(mut form: Multipart, target: &Target<'_>) -> Result<Stored, Error> {
    let mut name = None;
    loop {
        let next = tokio::time::timeout(SILENCE, form.next_field()).await.map_err(|_| Error::Stalled)?;
        let Some(field) = next.map_err(broken)? else {
            return Err(Error::BadRequest("the form has no field \"file\"".into()));
        };
        match field.name() {
            Some("file") => return store(field, name, target).await,
            Some("name") => name = Some(read_text(field).await?),
            _ => {}
        }
    }
}

async fn store(field: Field<'_>, name: Option<String>, target: &Target<'_>) -> Result<Stored, Error> {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
    let chunks =
        stream::poll_fn(move |context| receiver.poll_recv(context).map(|chunk| chunk.map(Ok::<_, Infallible>)));
    let upload = Upload {
        drive_id: target.drive_id,
        user_id: target.user_id,
        name: names::clean(name.as_deref().or(field.file_name()).unwrap_or_default()),
        mime: field.content_type().map(str::to_owned),
        body: reqwest::Body::wrap_stream(chunks),
    };
    let store = target.state.processor.upload(target.request_id, upload);
    let pass = pass_on(field, sender, target.state.config.upload_max_bytes);
    tokio::pin!(store);
    // A sender that fails drops `store` half-way, which breaks the connection to the processor: it keeps nothing.
    tokio::select! {
        stored = &mut store => stored,
        passed = pass => {
            passed?;
            tokio::time::timeout(FINISH, store).await.map_err(|_| Error::Unavailable("file store"))?
        }
    }
}

async fn read_text(mut field: Field<'_>) -> Result<String, Error> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        text.extend_from_slice(&chunk);
        if text.len() > 4096 {
            return Err(Error::invalid("invalid-name", "a file's name has at most 255 bytes"));
        }
    }
    String::from_utf8(text).map_err(|_| Error::invalid("invalid-name", "a file's name is UTF-8"))
}

/// Passes the file's bytes on, one chunk in hand: the next is read when the processor has taken the last.
async fn pass_on(mut field: Field<'_>, sender: mpsc::Sender<Bytes>, limit_bytes: u64) -> Result<(), Error> {
    let mut passed_bytes = 0u64;
    loop {
        let chunk = tokio::time::timeout(SILENCE, field.chunk()).await.map_err(|_| Error::Stalled)?;
        let Some(chunk) = chunk.map_err(broken)? else { return Ok(()) };
        passed_bytes += chunk.len() as u64;
        if passed_bytes > limit_bytes {
            return Err(Error::too_large(limit_bytes));
        }
        if sender.send(chunk).await.is_err() {
            // The processor stopped taking; its answer, which the caller waits for too, says why.
            return std::future::pending().await;
        }
    }
}

fn broken(error: MultipartError) -> Error {
    Error::BadRequest(format!("the form is broken: {}", error.body_text()))
}
