//! The routes, one file per noun.

mod avatars;
pub(crate) mod cache;
mod exports;
mod files;
mod ingest;
mod jobs;
mod maintenance;
mod optimize;
pub(crate) mod queue;
mod search;
mod storage;
mod tus;
mod uploads;

use crate::AppState;
use axum::Router;

/// Routes that want the service token.
pub(crate) fn guarded() -> Router<AppState> {
    Router::new()
        .merge(avatars::router())
        .merge(cache::router())
        .merge(exports::router())
        .merge(files::router())
        .merge(ingest::router())
        .merge(jobs::router())
        .merge(optimize::router())
        .merge(queue::controls())
        .merge(search::router())
        .merge(storage::router())
        .merge(tus::router())
        .merge(uploads::router())
}

/// Routes for anybody who reaches the port.
pub(crate) fn open() -> Router<AppState> {
    Router::new().merge(avatars::pictures()).merge(maintenance::router()).merge(queue::router())
}
