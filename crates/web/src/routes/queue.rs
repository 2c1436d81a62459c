//! The queue in numbers, and its pauses.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::state::AppState;
use axum::extract::State;
use model::{JobKind, KINDS};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_queue)).routes(routes!(pause_kind)).routes(routes!(resume_kind))
}

/// The jobs of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueCounts {
    kind: String,
    /// What people are shown instead of the kind's name.
    label: String,
    /// Running.
    active: i64,
    /// Not begun, or between two attempts.
    pending: i64,
    completed: i64,
    failed: i64,
    cancelled: i64,
    /// Nothing of this kind begins until an administrator resumes it.
    paused: bool,
    /// How long the oldest has waited; 0 when none waits.
    oldest_pending_seconds: f64,
    /// Mean duration over the last hour.
    mean_ms: f64,
    /// 99 of 100 jobs of the last hour took no longer.
    p99_ms: f64,
    /// The part of the last hour's jobs that failed, 0 to 1.
    failed_share: f64,
    /// Mean time that the last hour's jobs waited from being put in until they were begun.
    wait_mean_ms: f64,
    /// 99 of 100 jobs of the last hour waited no longer.
    wait_p99_ms: f64,
}

/// The queue in numbers
///
/// One row per kind of job, all from the same moment, at most a second ago.
#[utoipa::path(get, path = "/queue", tag = "jobs", responses((status = 200, body = Vec<QueueCounts>)))]
async fn get_queue(_: Caller, State(state): State<AppState>) -> Result<Json<Vec<QueueCounts>>, Error> {
    let count = async || {
        let names: Vec<&str> = KINDS.iter().map(|row| row.name).collect();
        Ok::<_, Error>(queue::counts_of(&mut *state.database.acquire().await?, &names).await?)
    };
    let counts = state.queue_counts.get(count).await?;
    Ok(Json(counts.into_iter().map(QueueCounts::from).collect()))
}

/// Pause a kind of job
///
/// What runs goes on, nothing new begins, uploads are still taken. For administrators.
#[utoipa::path(
    post, path = "/queue/{kind}/pause", tag = "jobs", params(("kind" = String, Path)),
    responses((status = 200, body = QueueCounts))
)]
async fn pause_kind(
    caller: Caller,
    State(state): State<AppState>,
    Path(kind): Path<String>,
) -> Result<Json<QueueCounts>, Error> {
    let kind = controlled(&caller, &kind)?;
    let mut conn = state.database.acquire().await?;
    queue::pause(&mut conn, kind, Some(&format!("by {}", caller.user.id))).await?;
    state.queue_counts.forget().await;
    tracing::warn!(kind, user.id = %caller.user.id, "paused");
    counts_of(&mut conn, kind).await
}

/// Resume a kind of job
///
/// Resuming what is not paused is no mistake. For administrators.
#[utoipa::path(
    post, path = "/queue/{kind}/resume", tag = "jobs", params(("kind" = String, Path)),
    responses((status = 200, body = QueueCounts))
)]
async fn resume_kind(
    caller: Caller,
    State(state): State<AppState>,
    Path(kind): Path<String>,
) -> Result<Json<QueueCounts>, Error> {
    let kind = controlled(&caller, &kind)?;
    let mut conn = state.database.acquire().await?;
    if queue::resume(&mut conn, kind).await? {
        state.queue_counts.forget().await;
        tracing::warn!(kind, user.id = %caller.user.id, "resumed");
    }
    counts_of(&mut conn, kind).await
}

fn controlled(caller: &Caller, kind: &str) -> Result<&'static str, Error> {
    caller.require_admin()?;
    JobKind::named(kind).map(JobKind::name).ok_or(Error::NotFound("kind of job"))
}

async fn counts_of(conn: &mut PgConnection, kind: &str) -> Result<Json<QueueCounts>, Error> {
    let counts = queue::counts_of(conn, &[kind]).await?;
    let counts = counts.into_iter().find(|counts| counts.kind == kind).ok_or(Error::NotFound("kind of job"))?;
    Ok(Json(counts.into()))
}

impl From<queue::KindCounts> for QueueCounts {
    fn from(counts: queue::KindCounts) -> Self {
        Self {
            label: JobKind::label_of(&counts.kind).to_owned(),
            kind: counts.kind,
            active: counts.active,
            pending: counts.pending,
            completed: counts.completed,
            failed: counts.failed,
            cancelled: counts.cancelled,
            paused: counts.paused,
            oldest_pending_seconds: counts.oldest_pending_s,
            mean_ms: counts.mean_ms,
            p99_ms: counts.p99_ms,
            failed_share: counts.failed_share,
            wait_mean_ms: counts.wait_mean_ms,
            wait_p99_ms: counts.wait_p99_ms,
        }
    }
}
