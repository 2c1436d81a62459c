//! What every handler has.

use crate::config::Config;
use crate::publish::Publisher;
use service::Shutdown;
use sqlx::PgPool;
use std::sync::Arc;

/// What every handler has.
#[derive(Clone)]
pub struct AppState {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub pool: PgPool,
    /// The two front ends.
    pub publisher: Publisher,
    /// When to stop.
    pub shutdown: Shutdown,
}
