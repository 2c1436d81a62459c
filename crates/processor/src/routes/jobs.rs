//! `/api/job`: one job, looked at, tried again, stopped.

use crate::AppState;
use crate::error::Error;
use crate::extract::Path;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use queue::{Changed, JobId, JobRecord, Status};
use serde_json::{Value, json};
use service::rfc3339;
use sqlx::PgConnection;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/job/{id}", get(get_job))
        .route("/api/job/{id}/retry", post(retry_job))
        .route("/api/job/{id}/cancel", post(cancel_job))
}

async fn get_job(State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<Value>, Error> {
    let job = find(&mut *state.db().await?, job_id(&id)?).await?;
    Ok(Json(described(&job)))
}

async fn retry_job(State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<Value>, Error> {
    let id = job_id(&id)?;
    let mut tx = db::begin(&state.context.pool).await?;
    let db::retries::Retried { changed, id } = db::retries::retry_job(&mut tx, id).await?;
    match changed {
        Changed::Yes | Changed::Requested => {}
        Changed::NotFound => return Err(Error::JobNotFound),
        Changed::NotPossible(status) => return Err(not_possible("tried again", status)),
        Changed::KeyTaken(other) => {
            return Err(Error::Conflict(format!("Job {other} does the same work already.")));
        }
    }
    let job = find(&mut tx, id).await?;
    tx.commit().await?;
    state.context.queue.wake();
    state.context.announcer.announce();
    Ok(Json(json!({"success": true, "jobId": id.to_string(), "status": job.status.name()})))
}

async fn cancel_job(State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<Value>, Error> {
    let id = job_id(&id)?;
    let status = match queue::cancel(&mut *state.db().await?, id).await? {
        Changed::Yes => "cancelled",
        Changed::Requested => "cancelling",
        Changed::NotFound => return Err(Error::JobNotFound),
        Changed::NotPossible(status) => return Err(not_possible("cancelled", status)),
        Changed::KeyTaken(_) => return Err(Error::Internal),
    };
    state.context.announcer.announce();
    Ok(Json(json!({"success": true, "jobId": id.to_string(), "status": status})))
}

async fn find(conn: &mut PgConnection, id: JobId) -> Result<JobRecord, Error> {
    queue::find(conn, id).await?.ok_or(Error::JobNotFound)
}

/// What is not a number is no job's id either.
fn job_id(text: &str) -> Result<JobId, Error> {
    text.parse().map_err(|_| Error::JobNotFound)
}

fn not_possible(what: &str, status: Status) -> Error {
    Error::Conflict(format!("The job is {} and cannot be {what}.", status.name()))
}

/// PageSpace knows four states; a cancelled job is one that failed, and says why.
fn described(job: &JobRecord) -> Value {
    let status = if job.status == Status::Cancelled { Status::Failed } else { job.status };
    let mut body = json!({
        "id": job.id.to_string(),
        "type": job.kind,
        "fileId": job.payload.get("fileId"),
        "contentHash": job.payload.get("contentHash"),
        "status": status.name(),
        "attempts": job.attempts,
        "maxAttempts": job.max_attempts,
        "createdAt": rfc3339(job.created_at),
    });
    let optional = [
        ("result", job.result.clone()),
        ("error", job.error.clone().map(Value::from)),
        ("code", job.code.clone().map(Value::from)),
        ("progress", job.progress.as_ref().map(|now| json!({"percent": now.percent, "stage": now.stage}))),
        ("startedAt", job.started_at.map(rfc3339).map(Value::from)),
        ("completedAt", job.finished_at.map(rfc3339).map(Value::from)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    body
}
