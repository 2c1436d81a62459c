//! `/cache/:hash`: originals and what was derived from them.

use crate::AppState;
use crate::error::Error;
use crate::extract::{Path, content_hash};
use crate::lost_image::lost_image;
use crate::lost_text::lost_text;
use crate::page_artifacts::make_page_artifact;
use crate::serve_file::{Representation, WHOLE_BELOW_BYTES};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use db::artifacts::Artifact;
use db::contents::Content;
use model::{ArtifactLife, ContentHash, PageArtifact, artifact_life};
use serde_json::{Value, json};
use service::rfc3339;
use storage::Blob;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/cache/{hash}/metadata", get(get_metadata))
        .route("/cache/{hash}/original", get(get_original))
        .route("/cache/{hash}/{preset}", get(get_artifact))
}

async fn get_original(
    State(state): State<AppState>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    original(&state, &content_hash(&hash)?, &headers).await
}

/// The original of a content, as the request's conditions ask.
pub(crate) async fn original(state: &AppState, hash: &ContentHash, headers: &HeaderMap) -> Result<Response, Error> {
    let content = db::contents::find(&mut *state.db().await?, hash).await?.ok_or(Error::ContentNotFound)?;
    let mime = content_type(&content);
    let representation = Representation { hash, what: "original", mime: &mime, size_bytes: content.size_bytes };
    if representation.is_known_to(headers) {
        return representation.not_modified();
    }
    match state.context.store.open_blob(hash).await {
        Ok(blob) => representation.respond(headers, blob).await,
        Err(storage::Error::NotFound) => {
            tracing::error!(content.hash = %hash, "a content's bytes are missing from the store");
            Err(Error::ContentNotFound)
        }
        Err(error) => Err(error.into()),
    }
}

async fn get_artifact(
    State(state): State<AppState>,
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    artifact(&state, &content_hash(&hash)?, &name, &headers).await
}

/// An artifact of a content, as the request's conditions ask. What pages are seen by is made when it is not there.
pub(crate) async fn artifact(
    state: &AppState,
    hash: &ContentHash,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    if !storage::valid_artifact_name(name) {
        return Err(Error::ArtifactNotFound);
    }
    if let Some(recent) = state.context.store.recent_artifact(hash, name) {
        state.cache_reads.hit(hash, name);
        let size_bytes = recent.bytes.len() as u64;
        let representation = Representation { hash, what: name, mime: &recent.mime, size_bytes };
        return match representation.is_known_to(headers) {
            true => representation.not_modified(),
            false => representation.respond_from_memory(headers, &recent.bytes),
        };
    }
    let found = db::artifacts::find(&mut *state.db().await?, hash, name).await?;
    let artifact = match found {
        Some(artifact) => artifact,
        None => {
            state.cache_reads.miss(hash, name);
            let of_pages = PageArtifact::named(name).ok_or(Error::ArtifactNotFound)?;
            make_page_artifact(state, hash, of_pages).await?;
            let made = db::artifacts::find(&mut *state.db().await?, hash, name).await?;
            made.ok_or(Error::ArtifactNotFound)?
        }
    };
    let representation = Representation { hash, what: name, mime: &artifact.mime, size_bytes: artifact.size_bytes };
    if representation.is_known_to(headers) {
        state.cache_reads.hit(hash, name);
        return representation.not_modified();
    }
    let (artifact, blob) = open_or_make(state, artifact).await?;
    let representation = Representation { hash, what: name, mime: &artifact.mime, size_bytes: artifact.size_bytes };
    if !is_kept_in_memory(&artifact, &blob) {
        return representation.respond(headers, blob).await;
    }
    let bytes = blob.read(0..artifact.size_bytes).await?;
    state.context.store.keep_in_memory(hash, name, &artifact.mime, bytes.clone());
    representation.respond_from_memory(headers, &bytes)
}

/// An artifact and its bytes. Where those are gone, as after the cache was deleted, an image is made again and a text is read again.
async fn open_or_make(state: &AppState, seen: Artifact) -> Result<(Artifact, Blob), Error> {
    let (store, hash, name) = (&state.context.store, &seen.content_hash, seen.name.as_str());
    match store.open_artifact(hash, name).await {
        Ok(blob) => {
            state.cache_reads.hit(hash, name);
            Ok((seen, blob))
        }
        Err(storage::Error::NotFound) => {
            state.cache_reads.miss(hash, name);
            if artifact_life(name) == Some(ArtifactLife::Kept) {
                return Err(lost_text(state, &seen).await);
            }
            let made = lost_image(state, &seen).await?;
            let blob = store.open_artifact(hash, name).await?;
            Ok((made, blob))
        }
        Err(error) => Err(error.into()),
    }
}

/// Small images are. Text is not: recognition may add to it.
fn is_kept_in_memory(artifact: &Artifact, blob: &Blob) -> bool {
    let is_small = artifact.size_bytes < WHOLE_BELOW_BYTES;
    is_small && artifact.size_bytes == blob.size_bytes() && artifact.mime.starts_with("image/")
}

async fn get_metadata(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&hash)?;
    let mut conn = state.db().await?;
    let content = db::contents::find(&mut conn, &hash).await?.ok_or(Error::ContentNotFound)?;
    let artifacts = db::artifacts::list(&mut conn, &hash).await?;
    // What pages are seen by is there or is not, as somebody looked at them.
    let artifacts = artifacts.iter().filter(|artifact| PageArtifact::named(&artifact.name).is_none());
    let artifacts: Vec<Value> = artifacts.map(described).collect();
    Ok(Json(json!({
        "success": true,
        "contentHash": hash,
        "size": content.size_bytes,
        "mimeType": content.mime,
        "format": content.format,
        "status": content.status,
        "outcome": content.outcome,
        "facts": content.facts,
        "warnings": content.warnings,
        "artifacts": artifacts,
    })))
}

/// A text's own encoding belongs to its type. A reader found it, so it is looked at before it goes into a header.
fn content_type(content: &Content) -> String {
    let plain = |label: &&String| label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    match &content.facts.encoding {
        Some(encoding) if content.mime.starts_with("text/") && !content.mime.contains(';') && plain(&encoding) => {
            format!("{}; charset={}", content.mime, encoding.to_ascii_lowercase())
        }
        _ => content.mime.clone(),
    }
}

fn described(artifact: &Artifact) -> Value {
    json!({
        "preset": artifact.name,
        "size": artifact.size_bytes,
        "mimeType": artifact.mime,
        "width": artifact.width,
        "height": artifact.height,
        "createdAt": rfc3339(artifact.created_at),
        "lastAccessed": rfc3339(artifact.last_accessed_at),
    })
}
