//! What every handler has.

use crate::config::Config;
use crate::places::Places;
use crate::publish::Publisher;
use crate::signature::SeenSignatures;
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
    /// Places for plain WebSockets.
    pub places: Arc<Places>,
    /// Signatures that have been used.
    pub seen: Arc<SeenSignatures>,
    /// When to stop.
    pub shutdown: Shutdown,
}
