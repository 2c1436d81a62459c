//! `/api/upload`: files in.

use crate::AppState;
use crate::accept::{Accepted, accept, is_small};
use crate::error::Error;
use crate::extract::Json;
use crate::multipart::{self, Fields};
use crate::room::Reservation;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn;
use axum::routing::post;
use model::file_name;
use model::wire::{self, StoredFile, StoredJobs, Uploaded};
use serde::Serialize;
use serde_json::{Value, json};
use service::Form;
use storage::Received;
use tokio::sync::OwnedSemaphorePermit;

/// Files of one request to `/multiple`.
const MAX_FILES: usize = 10;
/// Room for the form around the files.
const FORM_BYTES: u64 = 1 << 20;

pub(crate) fn router() -> Router<AppState> {
    // The form's own limits are counted while it streams in.
    Router::new()
        .route(wire::UPLOAD_PATH, post(upload_single))
        .route("/api/upload/multiple", post(upload_multiple))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(service::linger))
        .layer(from_fn(service::without_body_deadline))
}

async fn upload_single(State(state): State<AppState>, request: Request) -> Result<Json<Uploaded>, Error> {
    let Opened { mut form, mut room, _place } = open_form(&state, request, 1).await?;
    let mut fields = Fields::default();
    let mut file: Option<(Received, String)> = None;
    while let Some(mut field) = form.next_part().await? {
        if field.name() != Some(wire::field::FILE) {
            fields.take(field).await?;
        } else if file.is_some() {
            return Err(Error::bad_request("The form has more than one file; /api/upload/multiple takes several."));
        } else {
            let name = multipart::file_name(&field);
            let received = multipart::receive(&state, &mut field, &mut room, fields.user_id.as_deref()).await?;
            file = Some((received, name));
        }
    }
    let (received, sent_name) = file.ok_or_else(|| Error::bad_request("The form has no file."))?;
    fields.check_size(&received)?;
    let name = fields.name.as_deref().map_or(sent_name, file_name::clean);
    let accepted = accept(&state, received, &fields.upload(&name)?).await?;
    Ok(Json(Uploaded { file: stored(&accepted), success: true }))
}

async fn upload_multiple(State(state): State<AppState>, request: Request) -> Result<Json<Value>, Error> {
    let Opened { mut form, mut room, _place } = open_form(&state, request, MAX_FILES as u64).await?;
    let mut fields = Fields::default();
    let mut files: Vec<(String, Result<Received, Error>)> = vec![];
    while let Some(mut field) = form.next_part().await? {
        if !matches!(field.name(), Some("files" | "file" | "files[]")) {
            fields.take(field).await?;
            continue;
        }
        if files.len() == MAX_FILES {
            return Err(Error::bad_request(format!("A form has at most {MAX_FILES} files.")));
        }
        let name = multipart::file_name(&field);
        let received = match multipart::receive(&state, &mut field, &mut room, fields.user_id.as_deref()).await {
            // One file's fault; the others of the form may be fine.
            Err(error @ Error::TooLarge { .. }) => {
                multipart::skip(&mut field).await?;
                Err(error)
            }
            other => Ok(other?),
        };
        files.push((name, received));
    }
    if files.is_empty() {
        return Err(Error::bad_request("The form has no files."));
    }
    // A page has one file, so a page's id says nothing about several.
    fields.page_id = fields.page_id.filter(|_| files.len() == 1);
    // Nor do the key of one upload and the import that it is.
    fields.idempotency_key = fields.idempotency_key.filter(|_| files.len() == 1);
    fields.import_id = fields.import_id.filter(|_| files.len() == 1);
    let (mut results, mut taken, mut full) = (vec![], 0, None);
    for (name, received) in files {
        let accepted = match received {
            Ok(received) => accept(&state, received, &fields.upload(&name)?).await,
            Err(error) => Err(error),
        };
        results.push(match accepted {
            Ok(accepted) => {
                taken += 1;
                with_name(&stored(&accepted), &name)?
            }
            Err(error) => {
                let body = with_name(&error.refusal(), &name)?;
                full = full.or(Some(error).filter(Error::is_queue_full));
                body
            }
        });
    }
    // A form of which nothing was taken can be sent again as it is.
    match full {
        Some(full) if taken == 0 => Err(full),
        _ => Ok(Json(json!({"success": true, "files": results}))),
    }
}

fn stored(accepted: &Accepted) -> StoredFile {
    StoredFile {
        content_hash: accepted.hash.clone(),
        deduplicated: accepted.deduplicated,
        file_id: accepted.file_id,
        job_ids: accepted.job.iter().map(ToString::to_string).collect(),
        jobs: StoredJobs { ingest: accepted.job.is_some() },
        size: accepted.size_bytes,
    }
}

/// What became of one of several files, which are told apart by their names.
fn with_name(body: &impl Serialize, name: &str) -> Result<Value, Error> {
    let mut body = serde_json::to_value(body).map_err(|_| Error::Internal)?;
    body["originalname"] = json!(name);
    Ok(body)
}

/// A form about to be read, with what it takes meanwhile.
struct Opened {
    form: Form,
    /// Room on the volume for what was announced.
    room: Reservation,
    _place: OwnedSemaphorePermit,
}

/// Refuses what is announced to be too much before a byte of it is read.
async fn open_form(state: &AppState, request: Request, files: u64) -> Result<Opened, Error> {
    let place = state.uploads.clone().try_acquire_owned().map_err(|_| Error::TooManyUploads { retry_after_s: 2 })?;
    let limit_bytes = state.config.upload_max_bytes;
    let max_bytes = limit_bytes.saturating_mul(files).saturating_add(FORM_BYTES);
    let announced = announced_bytes(request.headers());
    if announced > max_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    // A form of one file that is no small one; of several, each may be.
    if !is_small(announced.saturating_sub(FORM_BYTES) / files) {
        state.capacity(None).await?.require()?;
    }
    let room = state.room.reserve(&state.context.store, announced, state.config.reserve_bytes).await?;
    Ok(Opened { form: Form::open(request, max_bytes).await?, room, _place: place })
}

/// What the request says that it has, or, where it is passed on as it comes, what was announced to whoever passes it on.
fn announced_bytes(headers: &HeaderMap) -> u64 {
    let number = |value: &HeaderValue| value.to_str().ok()?.parse().ok();
    let announced = headers.get(header::CONTENT_LENGTH).or_else(|| headers.get(wire::ANNOUNCED_BYTES));
    announced.and_then(number).unwrap_or(0)
}
