//! `/api/optimize`: images for models, made when somebody asks.

use crate::AppState;
use crate::error::Error;
use crate::extract::{Json, content_hash};
use crate::multipart::ID_BYTES;
use crate::wait::wait_for;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use db::artifacts::Artifact;
use model::wire::{self, AI_PRESET, OptimizeRequest, Optimized};
use model::{ContentHash, JobKind, Preset};
use queue::{JobId, JobRecord, NewJob, Status};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Instant;

/// What a model gets when [`AI_PRESET`] is more than its company takes.
const SMALLER_AI_PRESET: &str = "preview";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(wire::OPTIMIZE_PATH, post(optimize))
        .route("/api/optimize/batch", post(optimize_batch))
        .route("/api/optimize/prepare-for-ai", post(prepare_for_ai))
}

async fn optimize(State(state): State<AppState>, Json(body): Json<OptimizeRequest>) -> Result<Json<Optimized>, Error> {
    let started = Instant::now();
    let (hash, preset) = (content_hash(&body.content_hash)?, known_preset(&body.preset)?);
    let url = wire::cache_path(&hash, preset.name);
    let job = match find_or_enqueue(&state, &hash, preset, person(body.user_id.as_deref())?).await? {
        Found::Ready(_) => return Ok(Json(Optimized::Ready { url, waited_ms: None })),
        Found::Queued(job) => job,
    };
    if body.wait_for_processing
        && let Some(record) = wait_for(&state, job, state.config.optimize_wait).await?
    {
        artifact_of(&state, &hash, preset, &record).await?;
        return Ok(Json(Optimized::Ready { url, waited_ms: Some(started.elapsed().as_millis() as u64) }));
    }
    Ok(Json(Optimized::Queued { job_id: job.to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    content_hash: String,
    #[serde(default = "default_presets")]
    presets: Vec<String>,
    /// As in an [`OptimizeRequest`].
    user_id: Option<String>,
}

fn default_presets() -> Vec<String> {
    model::DEFAULT_PRESETS.iter().copied().map(String::from).collect()
}

/// Every job of the batch is put in by one transaction: all of them, or none.
async fn optimize_batch(State(state): State<AppState>, Json(body): Json<Batch>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&body.content_hash)?;
    if body.presets.len() > 50 {
        return Err(Error::bad_request("A batch has at most 50 presets."));
    }
    let person = person(body.user_id.as_deref())?;
    let capacity = state.capacity(person).await?;
    let (mut results, mut absent) = (Map::new(), vec![]);
    for name in body.presets {
        match Preset::named(&name) {
            None => {
                let error = Error::UnknownPreset(name.clone()).to_string();
                results.insert(name, json!({"error": error}));
            }
            Some(preset) if find_ready(&state, &hash, preset).await?.is_some() => {
                let found = json!({"cached": true, "url": wire::cache_path(&hash, preset.name), "status": "completed"});
                results.insert(name, found);
            }
            Some(preset) => absent.push(preset),
        }
    }
    let (mut ids, mut added) = (vec![], 0);
    let mut tx = db::begin(&state.context.pool).await?;
    require_content(&mut tx, &hash).await?;
    for preset in absent {
        let job = queue::enqueue(&mut tx, &new_job(&state, &hash, preset, person)).await?;
        added += u64::from(!job.duplicate);
        ids.push(job.id.to_string());
        let queued = json!({"cached": false, "jobId": job.id.to_string(), "status": "queued"});
        results.insert(preset.name.into(), queued);
    }
    if added > 0 {
        capacity.require()?;
    }
    tx.commit().await?;
    state.backpressure.add(added, person);
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
    /// As in an [`OptimizeRequest`].
    user_id: Option<String>,
}

fn openai() -> String {
    "openai".into()
}

/// Answers only with a picture that is there: the first call makes it.
async fn prepare_for_ai(State(state): State<AppState>, Json(body): Json<Prepare>) -> Result<Json<Value>, Error> {
    let hash = content_hash(&body.content_hash)?;
    let limit_bytes = model::provider_limit_bytes(&body.provider);
    let person = person(body.user_id.as_deref())?;
    let (mut preset, mut artifact) = find_or_make(&state, &hash, AI_PRESET, person).await?;
    if artifact.size_bytes > limit_bytes {
        (preset, artifact) = find_or_make(&state, &hash, SMALLER_AI_PRESET, person).await?;
    }
    if artifact.size_bytes > limit_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    let mut answer = if body.return_base64 {
        let blob = state.context.store.open_artifact(&hash, preset.name).await?;
        let end = blob.size_bytes().min(limit_bytes);
        let bytes = blob.read(0..end).await?;
        let (size, data) = (bytes.len(), BASE64_STANDARD.encode(bytes));
        json!({"success": true, "type": "base64", "data": data, "mimeType": artifact.mime, "size": size})
    } else {
        json!({"success": true, "type": "url", "url": wire::cache_path(&hash, preset.name), "size": artifact.size_bytes})
    };
    if let (Some(width), Some(height)) = (artifact.width, artifact.height) {
        answer["tokenEstimates"] = json!(model::image_tokens(width, height));
    }
    Ok(Json(answer))
}

async fn find_or_make(
    state: &AppState,
    hash: &ContentHash,
    name: &str,
    person: Option<&str>,
) -> Result<(&'static Preset, Artifact), Error> {
    let preset = known_preset(name)?;
    let artifact = match find_or_enqueue(state, hash, preset, person).await? {
        Found::Ready(artifact) => artifact,
        Found::Queued(job) => match wait_for(state, job, state.config.optimize_wait).await? {
            None => return Err(Error::NotYet),
            Some(record) => artifact_of(state, hash, preset, &record).await?,
        },
    };
    Ok((preset, artifact))
}

enum Found {
    Ready(Artifact),
    Queued(JobId),
}

/// The artifact if it is there, else the job that will make it; somebody else's if one is under way.
async fn find_or_enqueue(
    state: &AppState,
    hash: &ContentHash,
    preset: &Preset,
    person: Option<&str>,
) -> Result<Found, Error> {
    if let Some(artifact) = find_ready(state, hash, preset).await? {
        return Ok(Found::Ready(artifact));
    }
    let capacity = state.capacity(person).await?;
    let mut tx = db::begin(&state.context.pool).await?;
    require_content(&mut tx, hash).await?;
    let enqueued = queue::enqueue(&mut tx, &new_job(state, hash, preset, person)).await?;
    // Work that is under way already is no more of it.
    if !enqueued.duplicate {
        // Nor is what was done since we looked: a job gives its key back in the transaction that makes its image known.
        if let Some(artifact) = db::artifacts::find(&mut tx, hash, preset.name).await? {
            return Ok(Found::Ready(artifact));
        }
        capacity.require()?;
    }
    tx.commit().await?;
    state.backpressure.add(u64::from(!enqueued.duplicate), person);
    state.context.queue.wake();
    Ok(Found::Queued(enqueued.id))
}

/// The job in its turn: that of whoever asks.
fn new_job(state: &AppState, hash: &ContentHash, preset: &Preset, person: Option<&str>) -> NewJob {
    jobs::kinds::image_optimize::new_job(hash, preset, state.person_limit(JobKind::ImageOptimize, person))
}

/// The artifact if it is there, which is a hit of the cache or a miss.
async fn find_ready(state: &AppState, hash: &ContentHash, preset: &Preset) -> Result<Option<Artifact>, Error> {
    let found = find_stored(state, hash, preset).await?;
    match found {
        Some(_) => state.cache_reads.hit(hash, preset.name),
        None => state.cache_reads.miss(hash, preset.name),
    }
    Ok(found)
}

/// The artifact's row, if its bytes are there too: a folder restored without its cache must not answer "completed".
async fn find_stored(state: &AppState, hash: &ContentHash, preset: &Preset) -> Result<Option<Artifact>, Error> {
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

/// The artifact that a finished job made, or the reason why it made none.
async fn artifact_of(
    state: &AppState,
    hash: &ContentHash,
    preset: &Preset,
    record: &JobRecord,
) -> Result<Artifact, Error> {
    match record.status {
        Status::Completed => find_stored(state, hash, preset).await?.ok_or(Error::ArtifactNotFound),
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

/// Who asks, whose id becomes part of a key.
fn person(user_id: Option<&str>) -> Result<Option<&str>, Error> {
    match user_id.filter(|id| !id.is_empty()) {
        Some(id) if id.len() > ID_BYTES || id.contains('\0') => Err(Error::bad_request("That is no userId.")),
        user_id => Ok(user_id),
    }
}

fn known_preset(name: &str) -> Result<&'static Preset, Error> {
    Preset::named(name).ok_or_else(|| Error::UnknownPreset(name.chars().take(80).collect()))
}
