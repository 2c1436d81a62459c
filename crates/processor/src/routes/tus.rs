//! `/api/upload/tus`: files in pieces, as tus 1.0.0 has them (<https://tus.io/protocols/resumable-upload>). Besides what that says, GET
//! answers with the file that an upload has become.

use crate::AppState;
use crate::error::Error;
use crate::extract::Path;
use crate::resumable::headers::{self, Concat};
use crate::resumable::{self, Metadata, NewResumable, Piece};
use crate::routes::cache;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use db::uploads::Upload;
use model::wire::{self, TUS_PATH, TUS_VERSION, tus, tus_path};
use storage::CHECKSUM_ALGORITHMS;
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";

pub(crate) fn router() -> Router<AppState> {
    let all = || post(create_upload).options(describe);
    let one = || -> MethodRouter<AppState> {
        get(get_file)
            .head(head_upload)
            .patch(patch_upload)
            .delete(delete_upload)
            .post(override_method)
            .options(describe)
    };
    Router::new()
        .route(TUS_PATH, all())
        .route(&format!("{TUS_PATH}/"), all())
        .route(&format!("{TUS_PATH}/{{id}}"), one())
        .route(&format!("{TUS_PATH}/{{id}}/"), one())
        .layer(from_fn(speak))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(service::linger))
        .layer(from_fn(service::without_body_deadline))
}

/// Refuses what is of another version, and says in every answer which one this is. Who asks for that, or for a file, need not know.
async fn speak(request: Request, next: Next) -> Response {
    let is_free = matches!(*request.method(), Method::OPTIONS | Method::GET);
    let is_spoken = request.headers().get(tus::RESUMABLE).is_some_and(|version| version == TUS_VERSION);
    let mut response = match is_free || is_spoken {
        true => next.run(request).await,
        false => Error::UnknownVersion.into_response(),
    };
    let version = HeaderValue::from_static(TUS_VERSION);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(tus::VERSION, version.clone());
    }
    response.headers_mut().insert(tus::RESUMABLE, version);
    response
}

async fn describe(State(state): State<AppState>) -> impl IntoResponse {
    let answer = [
        (tus::VERSION, TUS_VERSION.to_owned()),
        (tus::EXTENSION, EXTENSIONS.to_owned()),
        (tus::MAX_SIZE, state.config.upload_max_bytes.to_string()),
        (tus::CHECKSUM_ALGORITHM, CHECKSUM_ALGORITHMS.join(",")),
    ];
    (StatusCode::NO_CONTENT, answer)
}

async fn create_upload(State(state): State<AppState>, request: Request) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    let (owner, metadata) = (headers::owner(headers)?, Metadata::read(headers)?);
    let concat = headers::concat(headers)?;
    if let Some(Concat::Of { text, ids }) = concat {
        if headers.contains_key(tus::LENGTH) || headers.contains_key(tus::DEFER_LENGTH) {
            return Err(Error::bad_request("A file that is made of parts has their length."));
        }
        return created(&resumable::concatenate(&state, owner, &metadata, &text, ids).await?);
    }
    let length_bytes = headers::length(headers)?;
    let is_part = concat.is_some();
    // Before the upload is there: what cannot be checked is not begun.
    let checksum = headers::checksum(headers)?;
    let new = NewResumable { owner, metadata: &metadata, is_part, parts: None, length_bytes };
    let mut upload = resumable::begin(&state, &new).await?;
    if headers::is_piece(headers) || length_bytes == Some(0) {
        let announced_bytes = announced_bytes(headers)?;
        let body = if headers::is_piece(headers) { body } else { Body::empty() };
        let id = upload.id;
        let piece = Piece { owner, id, offset_bytes: 0, length_bytes: None, announced_bytes, checksum, body };
        upload = match resumable::receive(&state, piece).await {
            Ok(upload) => upload,
            // Nobody knows its address, so that nobody could go on with it.
            Err(error) => {
                resumable::end(&state, id, owner).await?;
                return Err(error);
            }
        };
    }
    created(&upload)
}

async fn head_upload(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let upload = resumable::look(&state, upload_id(&id)?, headers::owner(&headers)?).await?;
    let mut answer = progress(&upload)?;
    if upload.parts.is_some() && upload.file_id.is_none() {
        answer.remove(tus::OFFSET);
    }
    let text = |text: &str| HeaderValue::try_from(text).map_err(|_| Error::Internal);
    match upload.length_bytes {
        Some(bytes) => answer.insert(tus::LENGTH, HeaderValue::from(bytes)),
        None => answer.insert(tus::DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    if !upload.metadata.is_empty() {
        answer.insert(tus::METADATA, text(&upload.metadata)?);
    }
    match (&upload.parts, upload.is_part) {
        (Some(parts), _) => answer.insert(tus::CONCAT, text(parts)?),
        (None, true) => answer.insert(tus::CONCAT, HeaderValue::from_static("partial")),
        (None, false) => None,
    };
    Ok((StatusCode::OK, answer).into_response())
}

async fn patch_upload(
    State(state): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    if !headers::is_piece(headers) {
        return Err(Error::NotAPiece);
    }
    let offset_bytes = headers::bytes(headers, tus::OFFSET)?;
    let piece = Piece {
        owner: headers::owner(headers)?,
        id: upload_id(&id)?,
        offset_bytes: offset_bytes.ok_or_else(|| Error::bad_request("A piece begins at its Upload-Offset."))?,
        length_bytes: headers::bytes(headers, tus::LENGTH)?,
        announced_bytes: announced_bytes(headers)?,
        checksum: headers::checksum(headers)?,
        body,
    };
    let upload = resumable::receive(&state, piece).await?;
    Ok((StatusCode::NO_CONTENT, progress(&upload)?).into_response())
}

async fn delete_upload(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    resumable::end(&state, upload_id(&id)?, headers::owner(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file that the upload has become.
async fn get_file(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let upload = resumable::find(&state, upload_id(&id)?, headers::owner(&headers)?).await?;
    let file_id = upload.file_id.ok_or(Error::UploadNotFound)?;
    let hash = db::files::content_of(&mut *state.db().await?, file_id).await?.ok_or(Error::UploadNotFound)?;
    cache::original(&state, &hash, &headers).await
}

/// For clients whose surroundings know no methods but GET and POST.
async fn override_method(
    State(state): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    let method = headers::text(request.headers(), tus::METHOD_OVERRIDE)?.unwrap_or_default().to_ascii_uppercase();
    let headers = request.headers().clone();
    match method.as_str() {
        "PATCH" => patch_upload(State(state), Path(id), request).await,
        "DELETE" => Ok(delete_upload(State(state), Path(id), headers).await?.into_response()),
        "HEAD" => head_upload(State(state), Path(id), headers).await,
        _ => Err(Error::WrongMethod),
    }
}

/// What is no id names no upload.
fn upload_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::UploadNotFound)
}

/// What the request says that its body has, or what was said to whoever passes it on.
fn announced_bytes(headers: &HeaderMap) -> Result<Option<u64>, Error> {
    let own = headers::bytes(headers, header::CONTENT_LENGTH.as_str())?;
    Ok(own.or(headers::bytes(headers, wire::ANNOUNCED_BYTES)?))
}

/// Where an upload is that was begun, and how far it has come.
fn created(upload: &Upload) -> Result<Response, Error> {
    Ok((StatusCode::CREATED, [(header::LOCATION, tus_path(upload.id))], progress(upload)?).into_response())
}

/// How far an upload has come, and what it has become. Never to be kept by anybody.
fn progress(upload: &Upload) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static(tus::OFFSET), HeaderValue::from(upload.offset_bytes));
    let value = |text: String| HeaderValue::try_from(text).map_err(|_| Error::Internal);
    match upload.file_id {
        Some(id) => headers.insert(tus::FILE_ID, value(id.to_string())?),
        None => headers.insert(tus::EXPIRES, value(http_date(upload.expires_at)?)?),
    };
    Ok(headers)
}

/// As RFC 9110, 5.6.7, has it.
fn http_date(at: OffsetDateTime) -> Result<String, Error> {
    let form =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    at.to_offset(time::UtcOffset::UTC).format(form).map_err(|_| Error::Internal)
}
