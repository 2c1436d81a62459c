//! What is in a file: the original and what was derived from it. Every read is through a file the caller can see; the
//! bytes themselves come from the processor and pass through.

use crate::auth::caller::{Brought, Caller, OUT_OF_SCOPE};
use crate::delivery::{Caching, Delivery, deliver, deliver_image};
use crate::error::{Error, ReadingAgain};
use crate::extract::{Json, Path, Query};
use crate::file::{self, artifact_url, version};
use crate::image_cache::ImageKey;
use crate::person_limit::{DOWNLOADS, PersonLimit};
use crate::processor::{BytesRequest, unavailable};
use crate::routes::files;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::artifact_lookups::Wanted;
use db::drives::Role;
use db::library::{Artifact, File};
use model::wire::Optimized;
use model::{AuditKind, ContentHash, EXTRACTED_TEXT, MARKDOWN, OCR_TEXT, Preset};
use serde::{Deserialize, Serialize};
use service::RequestId;
use std::net::{IpAddr, Ipv4Addr};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_original))
        .routes(routes!(list_artifacts, create_artifact))
        .routes(routes!(get_artifact))
        .routes(routes!(get_text))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OriginalQuery {
    /// Have the browser save it, whatever it is.
    #[serde(default)]
    download: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ArtifactQuery {
    /// As in the artifact's `url`: the answer may then be kept for ever.
    v: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TextQuery {
    #[serde(default)]
    #[param(inline)]
    format: TextFormat,
}

/// How text is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TextFormat {
    /// Plain, pages separated by a form feed.
    #[default]
    Plain,
    /// Markdown, pages beginning with `<!-- page: N -->`.
    Markdown,
}

/// A preset to make.
#[derive(Debug, Deserialize, ToSchema)]
struct NewArtifact {
    /// Its name, as in `/presets`.
    preset: String,
}

/// A preset that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct QueuedArtifact {
    /// The job that makes it.
    job_id: String,
    /// Where it will be.
    url: String,
}

/// Download the original
///
/// Takes `Range` and `If-None-Match`. Only types that browsers show safely are shown; the rest is saved.
#[utoipa::path(
    get, path = "/files/{id}/original", tag = "contents", params(("id" = Uuid, Path), OriginalQuery),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304))
)]
async fn get_original(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<OriginalQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let place = state.places.take(caller.user.id, PersonLimit::Downloads, DOWNLOADS)?;
    let file = find(&state, &caller, id).await?;
    let response = state.processor.cached(&request, &file.content_hash, "original").await?;
    state.downloads.note(&caller.actor, AuditKind::FileDownloaded, &file, "", request.reads(response.status()));
    let encoding = file.facts.encoding.as_deref();
    let delivery = Delivery::new(&file.name, &file.mime, encoding, query.download, Caching::Revalidate);
    Ok(place.until_sent(deliver(response, &delivery).await?))
}

/// List what was derived from a file
#[utoipa::path(
    get, path = "/files/{id}/artifacts", tag = "contents", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<file::Artifact>))
)]
async fn list_artifacts(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<file::Artifact>>, Error> {
    let file = find(&state, &caller, id).await?;
    Ok(Json(file.artifacts.iter().map(|artifact| file::Artifact::new(&file, artifact)).collect()))
}

/// Make a preset
///
/// Of a picture, of the first page of a PDF, or of the cover that a document carries. Answers with the artifact if it is there, else
/// with the job that makes it.
#[utoipa::path(
    post, path = "/files/{id}/artifacts", tag = "contents", params(("id" = Uuid, Path)), request_body = NewArtifact,
    responses((status = 200, body = file::Artifact), (status = 202, body = QueuedArtifact))
)]
async fn create_artifact(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    request_id: RequestId,
    Json(body): Json<NewArtifact>,
) -> Result<Response, Error> {
    let preset = Preset::named(&body.preset).ok_or_else(|| {
        let names: Vec<&str> = Preset::all().map(|preset| preset.name).collect();
        Error::invalid("unknown-preset", format!("the presets are {}", names.join(", ")))
    })?;
    let file = find(&state, &caller, id).await?;
    match state.processor.optimize(&request_id, caller.user.id, &file.content_hash, preset.name).await? {
        Optimized::Ready { .. } => {
            let file = find(&state, &caller, id).await?;
            let artifact = file.artifacts.iter().find(|artifact| artifact.name == preset.name);
            let artifact = artifact.ok_or(Error::NotFound("artifact"))?;
            Ok(Json(file::Artifact::new(&file, artifact)).into_response())
        }
        Optimized::Queued { job_id } => {
            let queued = QueuedArtifact { job_id, url: artifact_url(&file, preset.name) };
            Ok((StatusCode::ACCEPTED, Json(queued)).into_response())
        }
    }
}

/// Get something derived from a file
#[utoipa::path(
    get, path = "/files/{id}/artifacts/{name}", tag = "contents",
    params(("id" = Uuid, Path), ("name" = String, Path), ArtifactQuery),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), ReadingAgain)
)]
async fn get_artifact(
    brought: Brought,
    State(state): State<AppState>,
    Path((id, name)): Path<(Uuid, String)>,
    Query(query): Query<ArtifactQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    // No artifact is called so, and Postgres takes no such text.
    if name.contains('\0') {
        return Err(Error::NotFound("artifact"));
    }
    let (hash, artifact) = find_artifact(&state, &brought, id, name).await?;
    let artifact = artifact.ok_or(Error::NotFound("artifact"))?;
    // Text is not for ever: recognition may add to it.
    let is_pinned =
        query.v.is_some_and(|v| v == version(&hash, artifact.size_bytes)) && Preset::named(&artifact.name).is_some();
    let caching = if is_pinned { Caching::Immutable } else { Caching::Revalidate };
    pass_artifact(&state, &hash, &artifact, caching, &request).await
}

/// Get a file's text
///
/// Plain text or Markdown, UTF-8. Files without text of their own answer with what was recognised in them.
#[utoipa::path(
    get, path = "/files/{id}/text", tag = "contents", params(("id" = Uuid, Path), TextQuery),
    responses((status = 200, body = String, content_type = "text/plain"), ReadingAgain)
)]
async fn get_text(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<TextQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let file = find(&state, &caller, id).await?;
    let candidates: &[&str] = match query.format {
        TextFormat::Plain => &[EXTRACTED_TEXT, OCR_TEXT],
        TextFormat::Markdown => &[MARKDOWN],
    };
    let named = |name: &&str| file.artifacts.iter().find(|artifact| artifact.name == *name);
    let artifact = candidates.iter().find_map(named).ok_or(Error::NotFound("text"))?;
    pass_artifact(&state, &file.content_hash, artifact, Caching::Revalidate, &request).await
}

/// The file, if the caller may see it.
pub(super) async fn find(state: &AppState, caller: &Caller, id: Uuid) -> Result<File, Error> {
    let mut conn = state.database.acquire().await?;
    files::find(&mut conn, caller, id, Role::Viewer).await
}

/// The content of a file that whoever asks may see, and the artifact of that name if there is one. The name has no U+0000.
pub(super) async fn find_artifact(
    state: &AppState,
    brought: &Brought,
    file_id: Uuid,
    name: String,
) -> Result<(ContentHash, Option<Artifact>), Error> {
    let address = brought.from.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let wanted = Wanted { credential: brought.credential.clone(), file_id, name };
    let found = state.artifact_lookups.find(address, wanted).await?.ok_or(Error::Unauthenticated)?;
    if found.is_stale {
        brought.note_use(state).await?;
    }
    if !found.may_read {
        return Err(OUT_OF_SCOPE);
    }
    found.file.ok_or(Error::NotFound("file"))
}

/// Only artifacts the database knows go further, so that no stranger chooses a path.
pub(super) async fn pass_artifact(
    state: &AppState,
    hash: &ContentHash,
    artifact: &Artifact,
    caching: Caching,
    request: &BytesRequest,
) -> Result<Response, Error> {
    let delivery = Delivery::new(&artifact.name, &artifact.mime, Some("utf-8"), false, caching);
    let key = ImageKey::of(hash, artifact).filter(|_| request.wants_all());
    if let Some(image) = key.as_ref().and_then(|key| state.images.get(key)) {
        return Ok(deliver_image(image, &delivery));
    }
    let response = state.processor.cached(request, hash, &artifact.name).await?;
    let Some(key) = key else { return deliver(response, &delivery).await };
    let headers = response.headers().clone();
    let image = state.images.insert(key, response.bytes().await.map_err(unavailable)?, headers);
    Ok(deliver_image(image, &delivery))
}
