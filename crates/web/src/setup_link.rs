//! The one-time link that makes the first administrator: printed, and written for `make up` to show.

use crate::auth::secret;
use crate::config::Config;
use crate::state::AppState;
use anyhow::Context;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// Makes and shows a new link if there is nobody yet; earlier links end.
pub async fn offer(state: &AppState) -> anyhow::Result<()> {
    let secret = secret::generate("");
    let mut tx = state.database.begin().await?;
    db::setup::lock(&mut tx).await?;
    if db::users::any(&mut tx).await? {
        forget(&state.config);
        return Ok(());
    }
    db::setup::replace(&mut tx, &secret::hash(&secret)).await?;
    tx.commit().await?;
    let link = format!("{}/setup?token={secret}", state.config.public_url);
    write(&state.config, &link)?;
    // Plain and on its own line, for people, whatever the log's format and level.
    let line = format!("Open {link} to create the first administrator.\n");
    std::io::stderr().write_all(line.as_bytes()).context("printing the set-up link")
}

/// Removes the written link: it is of no more use.
pub fn forget(config: &Config) {
    let Some(path) = path(config) else { return };
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, path = %path.display(), "the used set-up link could not be removed"),
    }
}

fn write(config: &Config, link: &str) -> anyhow::Result<()> {
    let Some(path) = path(config) else { return Ok(()) };
    // Removed first, so that the mode is ours even if somebody made the file with another.
    forget(config);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("writing {}", path.display()))?;
    writeln!(file, "{link}").with_context(|| format!("writing {}", path.display()))
}

fn path(config: &Config) -> Option<PathBuf> {
    config.secrets_dir.as_ref().map(|dir| dir.join("setup-link"))
}
