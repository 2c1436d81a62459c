//! The public API, one file per noun.

pub mod accounts;
pub mod audit;
pub mod bulk;
pub mod contents;
pub mod drives;
pub mod exports;
pub mod failures;
pub mod files;
pub mod imports;
pub mod invitations;
pub mod jobs;
pub mod known;
pub mod limits;
pub mod members;
pub mod pages;
pub mod presets;
pub mod queue;
pub mod readings;
pub mod realtime;
pub mod resumable;
pub mod search;
pub mod session;
pub mod sessions;
pub mod setup;
pub mod similar;
pub mod system;
pub mod tokens;
pub mod uploads;
pub mod users;
pub mod zip;

use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;

/// Every route under `/api/v1`.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(audit::router())
        .merge(bulk::router())
        .merge(contents::router())
        .merge(drives::router())
        .merge(exports::router())
        .merge(failures::router())
        .merge(files::router())
        .merge(imports::router())
        .merge(invitations::router())
        .merge(jobs::router())
        .merge(known::router())
        .merge(limits::router())
        .merge(members::router())
        .merge(pages::router())
        .merge(presets::router())
        .merge(queue::router())
        .merge(readings::router())
        .merge(realtime::router())
        .merge(resumable::router())
        .merge(search::router())
        .merge(session::router())
        .merge(sessions::router())
        .merge(setup::router())
        .merge(similar::router())
        .merge(system::router())
        .merge(tokens::router())
        .merge(uploads::router())
        .merge(users::router())
        .merge(zip::router())
}
