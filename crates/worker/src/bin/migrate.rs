//! The one-shot that runs before the services: makes the shared secrets and brings the database's schema up to date.
//! `migrate secrets` makes the secrets only, for a database that needs its password before it starts.

use service::{DatabaseSettings, Settings, Shutdown};
use std::process::ExitCode;

fn main() -> ExitCode {
    service::main("migrate", 0, migrate)
}

async fn migrate(settings: Settings, shutdown: Shutdown) -> anyhow::Result<()> {
    worker::secrets::make(&settings)?;
    if std::env::args().nth(1).as_deref() == Some("secrets") {
        return Ok(());
    }
    let database = DatabaseSettings::read(&settings, 2)?;
    if database.is_role_passed_over {
        // Said here alone, as the services after it do the same.
        tracing::warn!(
            setting = "DATABASE_URL",
            "DATABASE_URL names this suite's own database: its role and password are those in SECRETS_DIR, not the URL's"
        );
    }
    tokio::select! {
        pool = service::connect(&database, "migrate") => {
            let pool = pool?;
            db::migrations::run(&pool).await?;
            tracing::info!("the schema is up to date");
            pool.close().await;
        }
        () = shutdown.begun() => {}
    }
    Ok(())
}
