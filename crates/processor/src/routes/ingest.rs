//! `/api/ingest`: read a page's file again.

use crate::AppState;
use crate::error::Error;
use crate::extract::Path;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use model::JobKind;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/ingest/by-page/{page_id}", post(ingest_page))
}

async fn ingest_page(State(state): State<AppState>, Path(page_id): Path<String>) -> Result<Json<Value>, Error> {
    // Postgres has no text with a zero byte, so no page has such an id.
    let file = match page_id.contains('\0') {
        true => None,
        false => db::files::find_by_page(&mut *state.db().await?, &page_id).await?,
    };
    let file = file.ok_or(Error::PageNotFound)?;
    let (hash, person) = (&file.content_hash, file.owner.as_deref());
    let capacity = state.capacity(person).await?;
    let limit = state.person_limit(JobKind::IngestFile, person);
    let mut tx = db::begin(&state.context.pool).await?;
    let enqueued = db::retries::enqueue_again(&mut tx, &jobs::kinds::ingest_file::new_job(hash, limit)).await?;
    if !enqueued.duplicate {
        capacity.require()?;
    }
    tx.commit().await?;
    state.backpressure.add(u64::from(!enqueued.duplicate), person);
    state.context.queue.wake();
    state.context.announcer.announce();
    Ok(Json(json!({"success": true, "jobId": enqueued.id.to_string()})))
}
