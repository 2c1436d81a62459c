//! `/api/queue`: what SQL counts, and a kind's pause.

use crate::AppState;
use crate::error::Error;
use crate::extract::Path;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use model::{JobKind, KINDS};
use queue::KindCounts;
use serde_json::{Map, Value, json};

/// The counts, for anybody.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/queue/status", get(queue_status))
}

/// What changes the queue, for services.
pub(crate) fn controls() -> Router<AppState> {
    Router::new()
        .route("/api/queue/{kind}/pause", post(pause_kind))
        .route("/api/queue/{kind}/resume", post(resume_kind))
}

/// Nothing of the kind begins any more, in any processor, until somebody resumes it; what runs goes on.
async fn pause_kind(State(state): State<AppState>, Path(kind): Path<String>) -> Result<Json<Value>, Error> {
    let kind = known(&kind)?;
    queue::pause(&mut *state.db().await?, kind, None).await?;
    tracing::warn!(kind, "paused");
    Ok(Json(json!({"success": true, "kind": kind, "paused": true})))
}

/// Resuming what is not paused is no mistake.
async fn resume_kind(State(state): State<AppState>, Path(kind): Path<String>) -> Result<Json<Value>, Error> {
    let kind = known(&kind)?;
    if queue::resume(&mut *state.db().await?, kind).await? {
        tracing::warn!(kind, "resumed");
    }
    Ok(Json(json!({"success": true, "kind": kind, "paused": false})))
}

fn known(kind: &str) -> Result<&'static str, Error> {
    JobKind::named(kind).map(JobKind::name).ok_or(Error::KindNotFound)
}

async fn queue_status(State(state): State<AppState>) -> Result<Json<Map<String, Value>>, Error> {
    let counts = count(&state).await?;
    Ok(Json(counts.into_iter().map(|kind| (kind.kind.clone(), described(&kind))).collect()))
}

/// The counts of every kind. One count at a time: the route is open, and counting reads many rows.
pub(crate) async fn count(state: &AppState) -> Result<Vec<KindCounts>, Error> {
    let count = async || {
        let known: Vec<&str> = KINDS.iter().map(|row| row.name).collect();
        Ok(queue::counts_of(&mut *state.db().await?, &known).await?)
    };
    state.counting.get(count).await
}

fn described(kind: &KindCounts) -> Value {
    json!({
        "active": kind.active,
        "pending": kind.pending,
        "completed": kind.completed,
        "failed": kind.failed,
        "cancelled": kind.cancelled,
        "paused": kind.paused,
        "oldestPendingSeconds": kind.oldest_pending_s,
        "meanMs": kind.mean_ms,
        "p99Ms": kind.p99_ms,
        "failedShare": kind.failed_share,
        "waitMeanMs": kind.wait_mean_ms,
        "waitP99Ms": kind.wait_p99_ms,
    })
}
