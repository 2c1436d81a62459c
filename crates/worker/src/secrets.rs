//! The secrets the services share, made on first start so that nobody has to invent any.

use anyhow::Context;
use rand::RngExt;
use service::Settings;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes what is absent in `SECRETS_DIR`; what is there stays. Without `SECRETS_DIR` the secrets come from the
/// environment and nothing is made.
///
/// With `POSTGRES_HOST` set, as compose does, the database's password and URL are made too. The password is readable by
/// other users because Postgres runs as one; only the services mount the folder.
pub fn make(settings: &Settings) -> anyhow::Result<()> {
    let Some(dir) = settings.optional("SECRETS_DIR") else { return Ok(()) };
    let dir = Path::new(&dir);
    let host = settings.optional("POSTGRES_HOST");
    let mode = if host.is_some() { 0o755 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(dir).with_context(|| format!("making {}", dir.display()))?;
    for name in ["broadcast-secret", "processor-token"] {
        make_one(&dir.join(name), &random(), 0o600)?;
    }
    if let Some(host) = host {
        let path = dir.join("postgres-password");
        make_one(&path, &random(), 0o644)?;
        let password = std::fs::read_to_string(&path).context("reading the database's password")?;
        make_one(&dir.join("database-url"), &format!("postgres://pagespace:{password}@{host}/pagespace"), 0o600)?;
    }
    Ok(())
}

/// Written aside and linked into place, so that a crash leaves no half secret and two runs at once agree on one.
fn make_one(path: &Path, secret: &str, mode: u32) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&aside)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&aside, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    };
    let written = write();
    // The aside file is only a step; that it cannot be removed harms nothing.
    let _ = std::fs::remove_file(&aside);
    written.with_context(|| format!("writing {}", path.display()))
}

fn random() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secrets_are_made_once_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::from_env().with("SECRETS_DIR", dir.path().to_str().unwrap());
        make(&settings).unwrap();
        let first = std::fs::read_to_string(dir.path().join("processor-token")).unwrap();
        assert_eq!(first.len(), 64);
        make(&settings).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("processor-token")).unwrap(), first);
        let mode = std::fs::metadata(dir.path().join("processor-token")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "no aside file is left");
    }

    #[test]
    fn compose_gets_a_database_url_with_the_password_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::from_env().with("SECRETS_DIR", dir.path().to_str().unwrap());
        make(&settings.with("POSTGRES_HOST", "postgres:5432")).unwrap();
        let password = std::fs::read_to_string(dir.path().join("postgres-password")).unwrap();
        let url = std::fs::read_to_string(dir.path().join("database-url")).unwrap();
        assert_eq!(url, format!("postgres://pagespace:{password}@postgres:5432/pagespace"));
    }
}
