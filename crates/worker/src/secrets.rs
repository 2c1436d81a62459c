//! The secrets of the suite, made on first start so that nobody has to invent any: all of them in one folder for its owner, and for
//! each service a folder in it with what that service needs, which is all that the service is shown.

use anyhow::Context;
use db::roles::SERVICE_ROLES;
use rand::RngExt;
use service::Settings;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Made at random.
const MADE: &[&str] = &["broadcast-secret", "metrics-token", "processor-token"];

/// A folder for somebody, and which secrets go there. What is not there is left out: `ocr-api-key` is put there by people alone.
const SHARES: &[(&str, &[&str])] = &[
    ("monitoring", &["metrics-token"]),
    ("processor", &["processor-token"]),
    ("realtime", &["broadcast-secret"]),
    ("web", &["metrics-token", "processor-token"]),
    ("worker", &["ocr-api-key", "processor-token"]),
];

/// The one folder that is read by a program which is not ours, and not run as our user.
const MONITORING: &str = "monitoring";

const DATABASE_URL: &str = "database-url";

/// Makes what is absent in `SECRETS_DIR`; what is there stays, and each service's folder follows it. Without `SECRETS_DIR` the secrets
/// come from the environment and nothing is made.
///
/// With `POSTGRES_HOST` set, as compose does, the database's password and URL are made too. The password is readable by
/// other users because Postgres runs as one; only Postgres, `migrate` and backups mount the folder. Where that URL is known each
/// service has one of its own, with its own role and password.
pub fn make(settings: &Settings) -> anyhow::Result<()> {
    let Some(dir) = folder(settings) else { return Ok(()) };
    let host = settings.optional("POSTGRES_HOST");
    make_folder(&dir, if host.is_some() { 0o755 } else { 0o700 })?;
    for name in MADE {
        make_one(&dir.join(name), &random(), 0o600)?;
    }
    if let Some(host) = host {
        let path = dir.join("postgres-password");
        make_one(&path, &random(), 0o644)?;
        let password = read(&path)?.context("the database's password is gone")?;
        make_one(&dir.join(DATABASE_URL), &format!("postgres://pagespace:{password}@{host}/pagespace"), 0o600)?;
    }
    share(&dir)?;
    // Earlier releases wrote the set-up link here, which was good until their next start.
    match std::fs::remove_file(dir.join("setup-link")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context("removing the old set-up link"),
        _ => Ok(()),
    }
}

/// The passwords of the services' roles, in the order of [`SERVICE_ROLES`]. None without `SECRETS_DIR`.
pub fn role_passwords(settings: &Settings) -> anyhow::Result<Option<[String; SERVICE_ROLES.len()]>> {
    let Some(dir) = folder(settings) else { return Ok(None) };
    let mut passwords: [String; SERVICE_ROLES.len()] = Default::default();
    for (role, password) in SERVICE_ROLES.iter().zip(&mut passwords) {
        let path = dir.join(role.service).join(DATABASE_URL);
        let url = read(&path)?.with_context(|| format!("{} is not there", path.display()))?;
        *password = password_in(&url, role.name).with_context(|| format!("{} is not of this suite", path.display()))?;
    }
    Ok(Some(passwords))
}

fn folder(settings: &Settings) -> Option<PathBuf> {
    settings.optional("SECRETS_DIR").map(PathBuf::from)
}

/// Brings every service's folder up to date.
fn share(dir: &Path) -> anyhow::Result<()> {
    for (who, names) in SHARES {
        let (folder, mode) =
            if *who == MONITORING { (dir.join(who), (0o755, 0o644)) } else { (dir.join(who), (0o700, 0o600)) };
        make_folder(&folder, mode.0)?;
        for name in *names {
            if let Some(secret) = read(&dir.join(name))? {
                write_changed(&folder.join(name), &secret, mode.1)?;
            }
        }
    }
    let Some(owners) = read(&dir.join(DATABASE_URL))? else { return Ok(()) };
    for role in &SERVICE_ROLES {
        let path = dir.join(role.service).join(DATABASE_URL);
        let password = read(&path)?.and_then(|url| password_in(&url, role.name)).unwrap_or_else(random);
        write_changed(&path, &url_of(&owners, role.name, &password), 0o600)?;
    }
    Ok(())
}

/// The owner's URL with another role and password.
fn url_of(owners: &str, role: &str, password: &str) -> String {
    let (scheme, rest) = owners.split_once("://").unwrap_or(("postgres", owners));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{scheme}://{role}:{password}@{rest}")
}

/// The password in a URL that [`url_of`] made for this role.
fn password_in(url: &str, role: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (password, _) = rest.strip_prefix(role)?.strip_prefix(':')?.split_once('@')?;
    Some(password.to_owned())
}

/// The secret in a file; none when there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn make_folder(path: &Path, mode: u32) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(path).with_context(|| format!("making {}", path.display()))
}

/// Written aside and linked into place, so that a crash leaves no half secret and two runs at once agree on one.
fn make_one(path: &Path, secret: &str, mode: u32) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    put(path, secret, mode, |aside| match std::fs::hard_link(aside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    })
}

/// Puts a secret in the place of another one; one that is the same stays untouched.
fn write_changed(path: &Path, secret: &str, mode: u32) -> anyhow::Result<()> {
    if read(path)?.as_deref() == Some(secret) {
        return Ok(());
    }
    put(path, secret, mode, |aside| std::fs::rename(aside, path))
}

fn put(path: &Path, secret: &str, mode: u32, place: impl Fn(&Path) -> std::io::Result<()>) -> anyhow::Result<()> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&aside)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()?;
        place(&aside)
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

    fn settings(dir: &Path) -> Settings {
        Settings::from_env().with("SECRETS_DIR", dir.to_str().unwrap())
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        let mut names: Vec<String> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn secrets_are_made_once_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        make(&settings(dir.path())).unwrap();
        let first = std::fs::read_to_string(dir.path().join("processor-token")).unwrap();
        assert_eq!(first.len(), 64);
        make(&settings(dir.path())).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("processor-token")).unwrap(), first);
        let mode = std::fs::metadata(dir.path().join("processor-token")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names(dir.path()), MADE, "no aside file is left");
    }

    #[test]
    fn compose_gets_a_database_url_with_the_password_in_it() {
        let dir = tempfile::tempdir().unwrap();
        make(&settings(dir.path()).with("POSTGRES_HOST", "postgres:5432")).unwrap();
        let password = std::fs::read_to_string(dir.path().join("postgres-password")).unwrap();
        let url = std::fs::read_to_string(dir.path().join("database-url")).unwrap();
        assert_eq!(url, format!("postgres://pagespace:{password}@postgres:5432/pagespace"));
    }

    /// All services had one folder, with the superuser's password in it.
    #[test]
    fn l16_a_service_is_shown_its_own_secrets_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        // As the last release left it, with a key somebody put there.
        for (name, secret) in [("processor-token", "a-token"), ("ocr-api-key", "sk-1"), ("setup-link", "http://old")] {
            std::fs::write(dir.path().join(name), secret).unwrap();
        }
        let settings = settings(dir.path()).with("POSTGRES_HOST", "postgres:5432");
        make(&settings).unwrap();
        for (who, expected) in [
            ("monitoring", &["metrics-token"][..]),
            ("processor", &["database-url", "processor-token"]),
            ("realtime", &["broadcast-secret", "database-url"]),
            ("web", &["database-url", "metrics-token", "processor-token"]),
            ("worker", &["database-url", "ocr-api-key", "processor-token"]),
        ] {
            assert_eq!(names(&dir.path().join(who)), expected, "{who}");
        }
        assert_eq!(std::fs::read_to_string(dir.path().join("web/processor-token")).unwrap(), "a-token");
        assert!(!dir.path().join("setup-link").exists());

        let owners = std::fs::read_to_string(dir.path().join("postgres-password")).unwrap();
        let passwords = role_passwords(&settings).unwrap().unwrap();
        for (role, password) in SERVICE_ROLES.iter().zip(&passwords) {
            let url = std::fs::read_to_string(dir.path().join(role.service).join("database-url")).unwrap();
            assert_eq!(url, format!("postgres://{}:{password}@postgres:5432/pagespace", role.name));
            assert_ne!(*password, owners);
        }
        // Another port, another token: the folders follow, and the passwords stay.
        std::fs::write(dir.path().join("database-url"), "postgres://pagespace:x@127.0.0.1:5439/pagespace?a=b\n")
            .unwrap();
        std::fs::write(dir.path().join("processor-token"), "another").unwrap();
        make(&settings).unwrap();
        assert_eq!(role_passwords(&settings).unwrap().unwrap(), passwords);
        let url = std::fs::read_to_string(dir.path().join("web/database-url")).unwrap();
        assert_eq!(url, format!("postgres://pagespace_web:{}@127.0.0.1:5439/pagespace?a=b", passwords[2]));
        assert_eq!(std::fs::read_to_string(dir.path().join("worker/processor-token")).unwrap(), "another");
    }
}
