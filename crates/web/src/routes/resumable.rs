//! Uploads in pieces (tus 1.0.0, <https://tus.io/protocols/resumable-upload>): passed on to the file store as they come, for whoever may
//! add files to the drive.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Path, Query};
use crate::page::{ArrayPage, PageQuery, TimePosition};
use crate::person_limit::PersonLimit;
use crate::processor::TusRequest;
use crate::routes::uploads::authorise;
use crate::state::AppState;
use crate::upload_refusal::UploadRefusal;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, options, post};
use db::uploads::{Owner, Upload};
use model::wire::{ANNOUNCED_BYTES, TUS_MIME, TUS_PATH, TUS_VERSION, tus, tus_path};
use serde::Serialize;
use service::{BodyDeadline, RequestId};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    let one = || -> MethodRouter<AppState> {
        get(get_file)
            .head(head_upload)
            .patch(patch_upload)
            .delete(delete_upload)
            .post(override_method)
            .options(describe)
    };
    let pieces = OpenApiRouter::new()
        .routes(routes!(create_upload))
        .routes(routes!(get_file, head_upload, patch_upload, delete_upload))
        .route("/drives/{id}/uploads", options(describe))
        .route("/drives/{id}/uploads/", post(create_upload).options(describe))
        .route("/drives/{id}/uploads/{upload}", post(override_method).options(describe))
        .route("/drives/{id}/uploads/{upload}/", one())
        .layer(from_fn(speak))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(service::linger));
    pieces.routes(routes!(list_uploads)).routes(routes!(end_upload))
}

/// An upload that was begun and not ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UnfinishedUpload {
    id: Uuid,
    /// The drive that its file goes to. It is gone on with at `/api/v1/drives/{driveId}/uploads/{id}`.
    drive_id: Uuid,
    /// The file's name.
    name: String,
    /// How many bytes the file has; absent when its sender has not said so yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    /// How many of them are here for certain.
    offset_bytes: u64,
    /// When the file was changed last, by its sender's word (`lastModified` of `Upload-Metadata`). With name and size it says which file
    /// to choose to go on.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    modified_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When bytes of it last came, to a few seconds: one that is being sent somewhere is not to be gone on with elsewhere.
    #[serde(with = "time::serde::rfc3339")]
    progressed_at: OffsetDateTime,
    /// Until when it can be gone on with. Each piece gives it more time.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Refuses what is of another version of tus, and says in every answer which one this is.
async fn speak(request: Request, next: Next) -> Response {
    let is_free = matches!(*request.method(), Method::OPTIONS | Method::GET);
    let is_spoken = request.headers().get(tus::RESUMABLE).is_some_and(|version| version == TUS_VERSION);
    let mut response = match is_free || is_spoken {
        true => next.run(request).await,
        false => Error::Upload(UploadRefusal::Version).into_response(),
    };
    let version = HeaderValue::from_static(TUS_VERSION);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(tus::VERSION, version.clone());
    }
    response.headers_mut().insert(tus::RESUMABLE, version);
    response
}

/// What is spoken here, for whoever asks: the same for everybody.
async fn describe(State(state): State<AppState>, request_id: RequestId) -> Result<Response, Error> {
    let request = TusRequest { method: Method::OPTIONS, path: TUS_PATH.into(), headers: HeaderMap::new(), body: None };
    answered(state.processor.tus(&request_id, request).await?, None)
}

/// Begin an upload in pieces
///
/// As tus 1.0.0 has it, with the extensions creation, creation-with-upload, creation-defer-length, expiration, checksum, termination and
/// concatenation. The file's name is `filename` of `Upload-Metadata`, and `lastModified` when it was changed last, in milliseconds since
/// 1970. OPTIONS says what else is spoken.
#[utoipa::path(
    post, path = "/drives/{id}/uploads", tag = "files",
    params(
        ("id" = Uuid, Path),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes of the file, unless `Upload-Defer-Length` is 1."),
        ("Upload-Metadata" = Option<String>, Header, description = "Pairs of a word and a value in Base64."),
    ),
    responses((status = 201, headers(("location" = String, description = "Where the upload is."))))
)]
async fn create_upload(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Error> {
    pass_on(&state, &caller, drive_id, Method::POST, TUS_PATH.into(), &request_id, request).await
}

/// How far an upload in pieces has come
///
/// Ends whatever was under way with it; what came of that is kept and counted in `Upload-Offset`. When the upload has become a file,
/// `X-File-Id` says which, for a day.
#[utoipa::path(
    head, path = "/drives/{id}/uploads/{upload}", tag = "files", params(("id" = Uuid, Path), ("upload" = Uuid, Path)),
    responses((status = 200, headers(("upload-offset" = u64, description = "Bytes that are there for certain."))))
)]
async fn head_upload(
    caller: Caller,
    State(state): State<AppState>,
    Path((drive_id, id)): Path<(Uuid, Uuid)>,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Error> {
    pass_on(&state, &caller, drive_id, Method::HEAD, tus_path(id), &request_id, request).await
}

/// Go on with an upload in pieces
///
/// The body begins at `Upload-Offset`. However it ends, what came is kept, unless `Upload-Checksum` says what all of it is. With the last
/// byte the upload becomes a file, if its sender may still add one.
#[utoipa::path(
    patch, path = "/drives/{id}/uploads/{upload}", tag = "files",
    params(
        ("id" = Uuid, Path), ("upload" = Uuid, Path),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the piece begins."),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(("upload-offset" = u64, description = "Bytes that are there now."))))
)]
async fn patch_upload(
    caller: Caller,
    State(state): State<AppState>,
    Path((drive_id, id)): Path<(Uuid, Uuid)>,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Error> {
    pass_on(&state, &caller, drive_id, Method::PATCH, tus_path(id), &request_id, request).await
}

/// End an upload in pieces
///
/// Its bytes are removed. A file that it has become stays.
#[utoipa::path(
    delete, path = "/drives/{id}/uploads/{upload}", tag = "files", params(("id" = Uuid, Path), ("upload" = Uuid, Path)),
    responses((status = 204))
)]
async fn delete_upload(
    caller: Caller,
    State(state): State<AppState>,
    Path((drive_id, id)): Path<(Uuid, Uuid)>,
    request_id: RequestId,
) -> Result<Response, Error> {
    end(&state, &caller, drive_id, id, &request_id).await
}

/// Get the file of an upload in pieces
///
/// Points to the original of the file that it has become.
#[utoipa::path(
    get, path = "/drives/{id}/uploads/{upload}", tag = "files", params(("id" = Uuid, Path), ("upload" = Uuid, Path)),
    responses((status = 303, headers(("location" = String, description = "Where the file is."))))
)]
async fn get_file(
    caller: Caller,
    State(state): State<AppState>,
    Path((drive_id, id)): Path<(Uuid, Uuid)>,
) -> Result<Redirect, Error> {
    let owner = Owner { ours: Some((caller.user.id, drive_id)) };
    let found = db::uploads::find(&mut *state.database.acquire().await?, id, owner).await?;
    let file_id = found.and_then(|upload| upload.file_id).ok_or(Error::NotFound("upload"))?;
    Ok(Redirect::to(&format!("/api/v1/files/{file_id}/original")))
}

/// List one's unfinished uploads
///
/// Those in pieces, the newest first: what can be gone on with, in this browser or another, by whoever has the same file.
#[utoipa::path(
    get, path = "/uploads", tag = "files", params(PageQuery),
    responses((
        status = 200, body = Vec<UnfinishedUpload>, headers(("link" = String, description = "The next page, if there is one."))
    ))
)]
async fn list_uploads(
    caller: Caller,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<UnfinishedUpload>, Error> {
    let after: Option<TimePosition> = query.after()?;
    let after = after.as_ref().map(TimePosition::key);
    let mut conn = state.database.acquire().await?;
    let uploads = db::uploads::list_unfinished(&mut conn, caller.user.id, after, query.limit() as i64 + 1).await?;
    let page = query.cut(uploads, |upload| TimePosition { at: upload.created_at, id: upload.id });
    Ok(page.map(UnfinishedUpload::from))
}

/// End one of one's unfinished uploads
#[utoipa::path(delete, path = "/uploads/{id}", tag = "files", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn end_upload(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    request_id: RequestId,
) -> Result<Response, Error> {
    let found = db::uploads::find_unfinished(&mut *state.database.acquire().await?, caller.user.id, id).await?;
    let (_, drive_id) = found.and_then(|upload| upload.owner.ours).ok_or(Error::NotFound("upload"))?;
    end(&state, &caller, drive_id, id, &request_id).await
}

/// For clients whose surroundings know no methods but GET and POST.
async fn override_method(
    caller: Caller,
    State(state): State<AppState>,
    Path((drive_id, id)): Path<(Uuid, Uuid)>,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Error> {
    let meant = request.headers().get(tus::METHOD_OVERRIDE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match meant.to_ascii_uppercase().as_str() {
        "PATCH" => pass_on(&state, &caller, drive_id, Method::PATCH, tus_path(id), &request_id, request).await,
        "HEAD" => pass_on(&state, &caller, drive_id, Method::HEAD, tus_path(id), &request_id, request).await,
        "DELETE" => end(&state, &caller, drive_id, id, &request_id).await,
        _ => Err(Error::MethodNotAllowed),
    }
}

/// Passes a request on for somebody who may add files to the drive now; the file store asks again when the file is added.
async fn pass_on(
    state: &AppState,
    caller: &Caller,
    drive_id: Uuid,
    method: Method,
    path: String,
    request_id: &RequestId,
    request: Request,
) -> Result<Response, Error> {
    authorise(state, caller, drive_id).await?;
    let (Parts { headers, extensions, .. }, body) = request.into_parts();
    let is_piece = headers.get(header::CONTENT_TYPE).is_some_and(|value| value == TUS_MIME) && method != Method::HEAD;
    let _place = match is_piece {
        true => Some(state.places.take(caller.user.id, PersonLimit::Uploads, state.config.uploads_per_person.get())?),
        false => None,
    };
    if is_piece {
        // From here on it has a clock of its own.
        extensions.get::<BodyDeadline>().inspect(|deadline| deadline.lift());
    }
    let mut passed = named(caller.user.id, drive_id);
    if let Some(length) = headers.get(header::CONTENT_LENGTH) {
        passed.insert(ANNOUNCED_BYTES, length.clone());
    }
    for name in PASSED_ON {
        if let Some(value) = headers.get(*name) {
            passed.insert(*name, value.clone());
        }
    }
    let request = TusRequest { method, path, headers: passed, body: is_piece.then_some(body) };
    answered(state.processor.tus(request_id, request).await?, Some(drive_id))
}

/// Ends an upload of the caller's, whatever that person may do in the drive by now.
async fn end(
    state: &AppState,
    caller: &Caller,
    drive_id: Uuid,
    id: Uuid,
    request_id: &RequestId,
) -> Result<Response, Error> {
    let headers = named(caller.user.id, drive_id);
    let request = TusRequest { method: Method::DELETE, path: tus_path(id), headers, body: None };
    answered(state.processor.tus(request_id, request).await?, Some(drive_id))
}

/// What every request says by our word: which version it is of, and whose upload it is.
fn named(editor: Uuid, drive_id: Uuid) -> HeaderMap {
    let mut named = HeaderMap::new();
    let id = |id: Uuid| HeaderValue::try_from(id.to_string()).expect("ids are hexadecimal digits");
    named.insert(tus::RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    named.insert(tus::EDITOR_ID, id(editor));
    named.insert(tus::DRIVE_ID, id(drive_id));
    named
}

/// The file store's answer, with addresses that are ours.
fn answered(answer: reqwest::Response, drive_id: Option<Uuid>) -> Result<Response, Error> {
    let mut response = answer.status().into_response();
    let headers = response.headers_mut();
    for name in ANSWERED {
        if let Some(value) = answer.headers().get(*name) {
            headers.insert(*name, value.clone());
        }
    }
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    if let (Some(location), Some(drive_id)) = (location, drive_id) {
        let id = location.rsplit('/').next().unwrap_or_default();
        // Relative to the origin, whatever that is called by whoever is in between.
        let ours = HeaderValue::try_from(format!("/api/v1/drives/{drive_id}/uploads/{id}"));
        headers.insert(header::LOCATION, ours.map_err(|error| Error::Internal(error.into()))?);
    }
    Ok(response)
}

/// What of a request is for the file store, and what of its answer for the sender.
const PASSED_ON: &[&str] =
    &["content-type", tus::CHECKSUM, tus::CONCAT, tus::DEFER_LENGTH, tus::LENGTH, tus::METADATA, tus::OFFSET];
const ANSWERED: &[&str] = &[
    "cache-control",
    tus::CHECKSUM_ALGORITHM,
    tus::CONCAT,
    tus::DEFER_LENGTH,
    tus::EXPIRES,
    tus::EXTENSION,
    tus::FILE_ID,
    tus::LENGTH,
    tus::MAX_SIZE,
    tus::METADATA,
    tus::OFFSET,
    tus::VERSION,
];

impl From<Upload> for UnfinishedUpload {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id,
            drive_id: upload.owner.ours.map(|(_, drive)| drive).unwrap_or_default(),
            name: upload.name,
            size_bytes: upload.length_bytes,
            offset_bytes: upload.offset_bytes,
            modified_at: upload.modified_at,
            created_at: upload.created_at,
            progressed_at: upload.progressed_at,
            expires_at: upload.expires_at,
        }
    }
}
