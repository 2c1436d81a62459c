//! The one-shot that runs before the services: makes the secrets, brings the database's schema up to date, and gives each service a
//! role of its own in it.
//! `migrate secrets` makes the secrets only, for a database that needs its password before it starts.

use anyhow::Context;
use service::{Database, DatabaseSettings, Settings, Shutdown};
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
            give_roles(&settings, &database, &pool).await?;
            pool.close().await;
        }
        () = shutdown.begun() => {}
    }
    Ok(())
}

/// In this suite's own database every service has a role with what it needs. One that somebody else keeps is used as its URL says.
async fn give_roles(settings: &Settings, database: &DatabaseSettings, pool: &Database) -> anyhow::Result<()> {
    let passwords = if database.is_own { worker::secrets::role_passwords(settings)? } else { None };
    let Some(passwords) = passwords else {
        let is_superuser = db::roles::is_superuser(pool).await?;
        tracing::warn!(
            setting = "DATABASE_URL",
            is_superuser,
            "DATABASE_URL names one role, which all services connect as: roles with fewer rights are made in this suite's own database \
             alone"
        );
        return Ok(());
    };
    db::roles::establish(pool, &passwords).await.context("giving the services their roles")
}
