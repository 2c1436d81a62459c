//! Pictures of people.

use crate::AppState;
use crate::error::Error;
use crate::extract::Path;
use crate::{multipart, sniff};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use service::Form;
use uuid::Uuid;

const MAX_BYTES: usize = 5 << 20;
/// Room for the form around the picture.
const FORM_BYTES: usize = 1 << 20;

/// What an avatar may be, by content, and the extension it gets.
static TYPES: &[(&str, &str)] =
    &[("image/gif", "gif"), ("image/jpeg", "jpg"), ("image/png", "png"), ("image/webp", "webp")];

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(
            "/api/avatar/upload",
            post(upload_avatar).layer(DefaultBodyLimit::disable()).layer(from_fn(service::without_body_deadline)),
        )
        .route("/api/avatar/{user_id}", delete(delete_avatar))
}

/// Open, as PageSpace asks for a picture without a token. Whoever gets one knows its name, which nobody can guess, and it is the
/// picture that its person shows to everybody anyway.
pub(crate) fn pictures() -> Router<AppState> {
    Router::new().route("/avatars/{user_id}/{filename}", get(get_avatar))
}

async fn upload_avatar(State(state): State<AppState>, request: Request) -> Result<Json<Value>, Error> {
    let mut form = Form::open(request, (MAX_BYTES + FORM_BYTES) as u64).await?;
    let (mut bytes, mut user) = (None, None);
    while let Some(mut field) = form.next_part().await? {
        match field.name() {
            Some("file") => bytes = Some(multipart::bytes(field, MAX_BYTES).await?),
            Some("userId") => user = Some(multipart::text(field).await?),
            _ => multipart::skip(&mut field).await?,
        }
    }
    let bytes = bytes.ok_or_else(|| Error::bad_request("The form has no file."))?;
    let user = user
        .filter(|user| storage::valid_user(user))
        .ok_or_else(|| Error::bad_request("The form has no usable userId."))?;
    let mime = sniff::sniff(&bytes[..bytes.len().min(storage::HEAD_BYTES)]);
    let (_, extension) = TYPES.iter().find(|(known, _)| *known == mime).ok_or(Error::NotAPicture)?;
    state.context.store.require_space(bytes.len() as u64, state.config.reserve_bytes).await?;
    // A new name each time, so that nobody's browser shows the old picture; random, as whoever knows it may see the picture.
    let filename = format!("{}.{extension}", Uuid::new_v4());
    state.context.store.keep_avatar(&user, &filename, bytes).await?;
    Ok(Json(json!({"success": true, "path": format!("/avatars/{user}/{filename}"), "filename": filename})))
}

async fn delete_avatar(State(state): State<AppState>, Path(user): Path<String>) -> Result<Json<Value>, Error> {
    let message =
        if state.context.store.remove_avatar(&user).await? { "Avatar deleted." } else { "There was no avatar." };
    Ok(Json(json!({"success": true, "message": message})))
}

async fn get_avatar(
    State(state): State<AppState>,
    Path((user, filename)): Path<(String, String)>,
) -> Result<Response, Error> {
    let mime = TYPES.iter().find(|(_, extension)| filename.ends_with(&format!(".{extension}"))).map(|(mime, _)| *mime);
    let mime = mime.ok_or(Error::AvatarNotFound)?;
    let blob = state.context.store.open_avatar(&user, &filename).await.map_err(|error| match error {
        storage::Error::NotFound | storage::Error::BadName(_) => Error::AvatarNotFound,
        other => other.into(),
    })?;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    let size_bytes = blob.size_bytes();
    let body = Body::from_stream(blob.stream(0..size_bytes).await?);
    Ok((headers, [(header::CONTENT_LENGTH, size_bytes.to_string())], body).into_response())
}
