//! `/api/cache`: clean-up and statistics, open to whoever reaches the port, so neither shows nor costs much.

use crate::AppState;
use crate::auth::is_trusted;
use crate::error::Error;
use crate::extract::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use model::wire::{CACHE_CLEANUP_PATH, CacheCleaned};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Least time between two clean-ups.
const PAUSE: Duration = Duration::from_secs(10);
const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(CACHE_CLEANUP_PATH, post(clean_up_cache).layer(DefaultBodyLimit::max(4096)))
        .route("/api/cache/stats", get(cache_stats))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CleanUp {
    max_age_days: Option<u32>,
}

/// A body is optional, whatever its Content-Type says. Callers without the token cannot ask for images younger than a day
/// to go: everybody would wait for them to be made again.
async fn clean_up_cache(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<CacheCleaned>, Error> {
    if is_from_a_page(&headers) && !is_trusted(&state, &headers) {
        return Err(Error::Unauthorized);
    }
    let asked: CleanUp = match body.trim_ascii() {
        b"" => CleanUp::default(),
        body => serde_json::from_slice(body).map_err(|error| Error::bad_request(format!("The body: {error}.")))?,
    };
    let days = asked.max_age_days.unwrap_or(state.config.cache_max_age_days);
    if days == 0 && !is_trusted(&state, &headers) {
        return Err(Error::bad_request("maxAgeDays is at least 1."));
    }
    let too_soon = |wait: Duration| Error::TooSoon { retry_after_s: wait.as_secs() + 1 };
    let mut last = state.cleanup.try_lock().map_err(|_| too_soon(PAUSE))?;
    if let Some(wait) = last.and_then(|last| PAUSE.checked_sub(last.elapsed())) {
        return Err(too_soon(wait));
    }
    *last = Some(Instant::now());
    // What was read a moment ago is not to go for want of a note of it.
    state.cache_reads.flush(&state.context.pool).await;
    let cleaned =
        jobs::cleanup_cache(&state.context, DAY * days, state.config.cache_max_bytes).await.map_err(|error| {
            tracing::error!("the cache clean-up failed: {error:#}");
            Error::Internal
        })?;
    tracing::info!(deleted = cleaned.deleted, freed_bytes = cleaned.freed_bytes, "cache cleaned up");
    Ok(Json(CacheCleaned { deleted: cleaned.deleted, freed_bytes: cleaned.freed_bytes, success: true }))
}

/// True when a browser's page is behind the request: each says so with every POST to another site.
fn is_from_a_page(headers: &HeaderMap) -> bool {
    headers.contains_key("origin") || headers.contains_key("sec-fetch-site")
}

async fn cache_stats(State(state): State<AppState>) -> Result<Json<Value>, Error> {
    let sum = async || Ok::<_, Error>(db::artifacts::totals(&mut *state.db().await?).await?);
    let totals = state.totals.get(sum).await?;
    let (hits, misses) = state.cache_reads.counts();
    let rate = if hits + misses == 0 { 0.0 } else { hits as f64 / (hits + misses) as f64 };
    Ok(Json(json!({
        "hits": hits,
        "misses": misses,
        "hitRate": rate,
        "entries": totals.entries,
        "bytes": totals.bytes,
    })))
}
