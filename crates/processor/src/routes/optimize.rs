//! `/api/optimize`: images for models, made when somebody asks.

use crate::AppState;
use crate::error::Error;
use crate::extract::{Json as Body, content_hash};
use crate::wait::wait_for;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use db::artifacts::Artifact;
use model::{ContentHash, Preset};
use queue::{JobId, JobRecord, Status};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Instant;
use tokio::io::AsyncReadExt;

/// The presets a model gets: the second when the first is more than its company takes.
const AI_PRESET: &str = "ai-chat";
const SMALLER_AI_PRESET: &str = "preview";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/optimize", post(optimize))
        .route("/api/optimize/batch", post(optimize_batch))
        .route("/api/optimize/prepare-for-ai", post(prepare_for_ai))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Optimize {
    content_hash: String,
    #[serde(default = "ai_preset")]
    preset: String,
    #[serde(default)]
    wait_for_processing: bool,
}

fn ai_preset() -> String {
    AI_PRESET.into()
}

async fn optimize(State(state): State<AppState>, Body(body): Body<Optimize>) -> Result<Json<Value>, Error> {
    let started = Instant::now();
    let (hash, preset) = (content_hash(&body.content_hash)?, known_preset(&body.preset)?);
    match find_or_enqueue(&state, &hash, preset).await? {
        Found::Ready(_) => {
            let url = url(&hash, preset.name);
            Ok(Json(json!({"success": true, "cached": true, "url": url, "status": "completed"})))
        }
        Found::Queued(job) if body.wait_for_processing => {
            match wait_for(&state, job, state.config.optimize_wait).await? {
                None => Ok(Json(queued(job))),
                Some(record) => {
                    made(&state, &hash, preset, &record).await?;
                    let (url, took) = (url(&hash, preset.name), started.elapsed().as_millis() as u64);
                    let body = json!({"success": true, "cached": false, "url": url, "status": "completed", "processingTime": took});
                    Ok(Json(body))
                }
            }
        }
        Found::Queued(job) => Ok(Json(queued(job))),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    content_hash: String,
    #[serde(default = "default_presets")]
    presets: Vec<String>,
}

fn default_presets() -> Vec<String> {
    model::DEFAULT_PRESETS.iter().copied().map(String::from).collect()
}

/// Every job of the batch is put in by one transaction: all of them, or none.
async fn optimize_batch(State(state): State<AppState>, Body(body): Body<Batch>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&body.content_hash)?;
    if body.presets.len() > 50 {
        return Err(Error::bad_request("A batch has at most 50 presets."));
    }
    let room = state.require_room().await;
    let (mut results, mut absent) = (Map::new(), vec![]);
    for name in body.presets {
        match Preset::named(&name) {
            None => {
                let error = Error::UnknownPreset(name.clone()).to_string();
                results.insert(name, json!({"error": error}));
            }
            Some(preset) if find_ready(&state, &hash, preset).await?.is_some() => {
                let found = json!({"cached": true, "url": url(&hash, preset.name), "status": "completed"});
                results.insert(name, found);
            }
            Some(preset) => absent.push(preset),
        }
    }
    let (mut ids, mut added) = (vec![], 0);
    let mut tx = db::begin(&state.context.pool).await?;
    require_content(&mut tx, &hash).await?;
    for preset in absent {
        let job = queue::enqueue(&mut tx, &jobs::kinds::image_optimize::new_job(&hash, preset)).await?;
        added += u64::from(!job.duplicate);
        ids.push(job.id.to_string());
        let queued = json!({"cached": false, "jobId": job.id.to_string(), "status": "queued"});
        results.insert(preset.name.into(), queued);
    }
    if added > 0 {
        room?;
    }
    tx.commit().await?;
    state.room.add(added);
    if !ids.is_empty() {
        state.context.queue.wake();
    }
    Ok(Json(json!({"success": true, "results": results, "jobIds": ids})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prepare {
    content_hash: String,
    /// Whose model it is for, which says how many bytes a picture may have.
    #[serde(default = "openai")]
    provider: String,
    #[serde(default)]
    return_base64: bool,
}

fn openai() -> String {
    "openai".into()
}

/// Answers only with a picture that is there: the first call makes it.
async fn prepare_for_ai(State(state): State<AppState>, Body(body): Body<Prepare>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&body.content_hash)?;
    let limit_bytes = model::provider_limit_bytes(&body.provider);
    let (mut preset, mut artifact) = find_or_make(&state, &hash, AI_PRESET).await?;
    if artifact.size_bytes > limit_bytes {
        (preset, artifact) = find_or_make(&state, &hash, SMALLER_AI_PRESET).await?;
    }
    if artifact.size_bytes > limit_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    let mut answer = if body.return_base64 {
        let blob = state.context.store.open_artifact(&hash, preset.name).await?;
        let mut bytes = vec![];
        let mut file = tokio::fs::File::from_std(blob.file).take(limit_bytes);
        file.read_to_end(&mut bytes).await.map_err(storage::Error::from)?;
        let (size, data) = (bytes.len(), BASE64_STANDARD.encode(bytes));
        json!({"success": true, "type": "base64", "data": data, "mimeType": artifact.mime, "size": size})
    } else {
        json!({"success": true, "type": "url", "url": url(&hash, preset.name), "size": artifact.size_bytes})
    };
    if let (Some(width), Some(height)) = (artifact.width, artifact.height) {
        answer["tokenEstimates"] = json!(model::image_tokens(width, height));
    }
    Ok(Json(answer))
}

async fn find_or_make(state: &AppState, hash: &ContentHash, name: &str) -> Result<(&'static Preset, Artifact), Error> {
    let preset = known_preset(name)?;
    let artifact = match find_or_enqueue(state, hash, preset).await? {
        Found::Ready(artifact) => artifact,
        Found::Queued(job) => match wait_for(state, job, state.config.optimize_wait).await? {
            None => return Err(Error::NotYet),
            Some(record) => made(state, hash, preset, &record).await?,
        },
    };
    Ok((preset, artifact))
}

enum Found {
    Ready(Artifact),
    Queued(JobId),
}

/// The artifact if it is there, else the job that will make it; somebody else's if one is under way.
async fn find_or_enqueue(state: &AppState, hash: &ContentHash, preset: &Preset) -> Result<Found, Error> {
    if let Some(artifact) = find_ready(state, hash, preset).await? {
        return Ok(Found::Ready(artifact));
    }
    let room = state.require_room().await;
    let mut tx = db::begin(&state.context.pool).await?;
    require_content(&mut tx, hash).await?;
    let enqueued = queue::enqueue(&mut tx, &jobs::kinds::image_optimize::new_job(hash, preset)).await?;
    // Work that is under way already is no more of it.
    if !enqueued.duplicate {
        // Nor is what was done since we looked: a job gives its key back in the transaction that makes its image known.
        if let Some(artifact) = db::artifacts::find(&mut tx, hash, preset.name).await? {
            return Ok(Found::Ready(artifact));
        }
        room?;
    }
    tx.commit().await?;
    state.room.add(u64::from(!enqueued.duplicate));
    state.context.queue.wake();
    Ok(Found::Queued(enqueued.id))
}

/// The artifact if it is there, which is a hit of the cache or a miss.
async fn find_ready(state: &AppState, hash: &ContentHash, preset: &Preset) -> Result<Option<Artifact>, Error> {
    let found = present(state, hash, preset).await?;
    match found {
        Some(_) => state.access.hit(hash, preset.name),
        None => state.access.miss(hash, preset.name),
    }
    Ok(found)
}

/// The artifact's row, if its bytes are there too: a folder restored without its cache must not answer "completed".
async fn present(state: &AppState, hash: &ContentHash, preset: &Preset) -> Result<Option<Artifact>, Error> {
    let Some(artifact) = db::artifacts::find(&mut *state.db().await?, hash, preset.name).await? else {
        return Ok(None);
    };
    match state.context.store.open_artifact(hash, preset.name).await {
        Ok(_) => Ok(Some(artifact)),
        Err(storage::Error::NotFound) => {
            db::artifacts::delete(&mut *state.db().await?, hash, preset.name).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a job that is over made, or the reason why it made nothing.
async fn made(state: &AppState, hash: &ContentHash, preset: &Preset, record: &JobRecord) -> Result<Artifact, Error> {
    match record.status {
        Status::Completed => present(state, hash, preset).await?.ok_or(Error::ArtifactNotFound),
        _ => {
            let code = record.code.clone().unwrap_or_else(|| "failed".into());
            let message = record.error.clone().unwrap_or_else(|| "The image could not be made.".into());
            Err(Error::Unprocessable { code, message })
        }
    }
}

async fn require_content(conn: &mut sqlx::PgConnection, hash: &ContentHash) -> Result<(), Error> {
    db::contents::find(conn, hash).await?.map(drop).ok_or(Error::ContentNotFound)
}

fn known_preset(name: &str) -> Result<&'static Preset, Error> {
    Preset::named(name).ok_or_else(|| Error::UnknownPreset(name.chars().take(80).collect()))
}

fn queued(job: JobId) -> Value {
    let check = format!("/api/job/{job}");
    json!({"success": true, "cached": false, "jobId": job.to_string(), "status": "queued", "checkUrl": check})
}

fn url(hash: &ContentHash, name: &str) -> String {
    format!("/cache/{hash}/{name}")
}
