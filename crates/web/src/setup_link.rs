//! The one-time link that makes the first administrator: printed, or written to a file for `make up` to show.

use crate::auth::secret;
use crate::config::Config;
use crate::state::AppState;
use anyhow::Context;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Makes and shows a new link if there is nobody yet; earlier links end.
pub async fn offer(state: &AppState) -> anyhow::Result<()> {
    let secret = secret::generate("");
    let mut tx = db::begin(&state.database).await?;
    db::setup::lock(&mut tx).await?;
    if db::users::any(&mut tx).await? {
        forget(&state.config);
        return Ok(());
    }
    db::setup::replace(&mut tx, &secret::hash(&secret)).await?;
    tx.commit().await?;
    let link = format!("{}/setup?token={secret}", state.config.public_url);
    if let Some(path) = &state.config.setup_link_file {
        write(&state.config, path, &link)?;
        tracing::info!(path = %path.display(), "the link that creates the first administrator is in that file");
        return Ok(());
    }
    // Plain and on its own line, for people, whatever the log's format and level.
    let line = format!("Open {link} to create the first administrator.\n");
    std::io::stderr().write_all(line.as_bytes()).context("printing the set-up link")
}

/// Removes the written link: it is of no more use.
pub fn forget(config: &Config) {
    let Some(path) = &config.setup_link_file else { return };
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, path = %path.display(), "the used set-up link could not be removed"),
    }
}

fn write(config: &Config, path: &Path, link: &str) -> anyhow::Result<()> {
    // Removed first, so that the mode is ours even if somebody made the file with another.
    forget(config);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("writing {}", path.display()))?;
    writeln!(file, "{link}").with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::Settings;
    use sqlx::PgPool;
    use std::os::unix::fs::PermissionsExt;

    #[sqlx::test(migrations = "../../migrations")]
    async fn each_start_voids_the_link_of_the_one_before(pool: PgPool) {
        let dir = std::env::temp_dir().join(format!("setup-link-{}", secret::generate("")));
        std::fs::create_dir(&dir).unwrap();
        let settings = Settings::from_env()
            .with("DATABASE_URL", "postgres://unused")
            .with("PROCESSOR_TOKEN", "unused")
            .with("PUBLIC_URL", "https://files.example.org/")
            .with("SETUP_LINK_FILE", dir.join("setup-link").to_str().unwrap());
        let state = AppState::new(Config::read(&settings).unwrap(), pool.clone()).unwrap();
        let file = dir.join("setup-link");
        let mut secrets = vec![];
        for _ in 0..2 {
            offer(&state).await.unwrap();
            let link = std::fs::read_to_string(&file).unwrap();
            secrets.push(link.trim().strip_prefix("https://files.example.org/setup?token=").unwrap().to_owned());
        }
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let mut conn = pool.acquire().await.unwrap();
        assert!(!db::setup::take(&mut conn, &secret::hash(&secrets[0])).await.unwrap());
        assert!(db::setup::take(&mut conn, &secret::hash(&secrets[1])).await.unwrap());

        let new = db::users::NewUser { email: "a@b.c", name: "Ann", password_hash: "", is_admin: true };
        db::users::insert(&mut conn, &new).await.unwrap();
        offer(&state).await.unwrap();
        assert!(!file.exists(), "with somebody there no link is offered");
        std::fs::remove_dir(&dir).unwrap();
    }
}
