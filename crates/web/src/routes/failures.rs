//! Jobs that were given up, together: which failed alike, and all of those run again. For administrators.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::Json;
use crate::state::AppState;
use axum::extract::State;
use model::JobKind;
use queue::{DeadGroup, DeadLetters};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_failures)).routes(routes!(retry_jobs))
}

/// Failed jobs of one kind that failed for the same reason.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FailureGroup {
    kind: String,
    /// What people are shown instead of the kind's name.
    label: String,
    /// The reason, a stable word.
    code: String,
    /// One of the errors.
    example: Option<String>,
    /// How many.
    jobs: i64,
    /// When the newest failed.
    #[serde(with = "time::serde::rfc3339")]
    newest: OffsetDateTime,
}

/// Which failed jobs; what is absent is no restriction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RetryJobs {
    /// Of this kind.
    kind: Option<String>,
    /// That failed for this reason, as `/jobs/failures` says it.
    code: Option<String>,
    /// Whose newest error contains this.
    error: Option<String>,
    /// That failed since then.
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
struct RetriedJobs {
    /// How many run again. Those whose work another job does already stay where they are.
    retried: u64,
}

/// List why jobs failed
///
/// The failed jobs by kind and reason, the most frequent first. For administrators.
#[utoipa::path(get, path = "/jobs/failures", tag = "jobs", responses((status = 200, body = Vec<FailureGroup>)))]
async fn list_failures(caller: Caller, State(state): State<AppState>) -> Result<Json<Vec<FailureGroup>>, Error> {
    caller.require_admin()?;
    let _turn = state.heavy_reads.turn(caller.user.id).await?;
    let groups = queue::dead_letters(&mut *state.database.acquire().await?).await?;
    Ok(Json(groups.into_iter().map(FailureGroup::from).collect()))
}

/// Run all failed jobs again that failed alike
///
/// With all their attempts. For administrators.
#[utoipa::path(
    post, path = "/jobs/retry", tag = "jobs", request_body = RetryJobs, responses((status = 200, body = RetriedJobs))
)]
async fn retry_jobs(
    caller: Caller,
    State(state): State<AppState>,
    Json(which): Json<RetryJobs>,
) -> Result<Json<RetriedJobs>, Error> {
    caller.require_admin()?;
    let which = DeadLetters { kind: which.kind, code: which.code, error: which.error, since: which.since };
    let mut tx = db::begin(&state.database).await?;
    db::allow_minutes(&mut tx).await?;
    let retried = db::retries::retry_failed(&mut tx, &which).await?;
    tx.commit().await?;
    state.queue.wake();
    db::events::notify(&state.database).await?;
    tracing::info!(jobs = retried, "failed jobs run again");
    Ok(Json(RetriedJobs { retried }))
}

impl From<DeadGroup> for FailureGroup {
    fn from(group: DeadGroup) -> Self {
        let DeadGroup { kind, code, example, jobs, newest } = group;
        Self { label: JobKind::label_of(&kind).to_owned(), kind, code, example, jobs, newest }
    }
}
