//! The connection pool, patient at start: a service outlives its database's restarts.

use crate::settings::{SettingError, Settings};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};
use std::time::Duration;

/// A connection is asked whether it is alive when it is given back to the pool. For so long the answer is believed: to ask again
/// each time it is taken would be a third of the round trips of a small request.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// The pool every service holds.
pub type Database = PgPool;

/// Where the database is and how much of it to take.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`, a `postgres://` URL.
    pub url: String,
    /// `DATABASE_CONNECTIONS`: most connections this process opens. All services together stay below Postgres's 40.
    pub connections: u32,
}

impl DatabaseSettings {
    /// Reads them; `connections` is the service's own default.
    pub fn read(settings: &Settings, connections: u32) -> Result<Self, SettingError> {
        Ok(Self {
            url: settings.secret("DATABASE_URL")?,
            connections: settings.parse("DATABASE_CONNECTIONS", connections)?,
        })
    }
}

/// Connects, trying again until the database answers. `application_name` is what `pg_stat_activity` shows.
pub async fn connect(settings: &DatabaseSettings, application_name: &str) -> anyhow::Result<Database> {
    let options: PgConnectOptions = settings.url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.connections)
        .min_connections(0)
        .idle_timeout(Duration::from_secs(60))
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for >= SURELY_ALIVE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.application_name(application_name));
    let mut pause = Duration::from_millis(100);
    loop {
        match pool.acquire().await {
            Ok(_) => return Ok(pool),
            Err(error) => {
                tracing::warn!(%error, retry_ms = pause.as_millis() as u64, "the database does not answer yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}
