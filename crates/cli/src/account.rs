//! Which server, and the token for it: in a file of one's own, and over it what the environment says.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::env;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use ureq::http::Uri;

/// Where a suite of one's own listens.
const DEFAULT_URL: &str = "http://localhost:3000";

/// A server and what one is known by there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The server's origin, without a slash at its end.
    pub url: String,
    /// An API token of its settings page.
    pub token: String,
}

impl Account {
    /// The account of this call.
    pub fn current() -> Result<Self, Error> {
        choose(saved()?, variable("PAGESPACE_URL"), variable("PAGESPACE_TOKEN"))
    }

    /// Whether the way there is encrypted.
    pub fn is_https(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// Keeps it for later calls, where nobody else may read it.
    pub fn save(&self) -> Result<PathBuf, Error> {
        let path = path()?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        make_private_folder(folder)?;
        let text = toml::to_string(self).map_err(|error| Error::Usage(error.to_string()))?;
        // Renamed when it is whole, so that there is never half a token.
        let next = path.with_extension("toml.new");
        let written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next);
        let written = written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        written.and_then(|()| fs::rename(&next, &path)).map_err(|cause| Error::local("writing", &path, cause))?;
        Ok(path)
    }

    /// Forgets what was kept. False when there was nothing.
    pub fn forget() -> Result<bool, Error> {
        let path = path()?;
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(Error::local("removing", &path, cause)),
        }
    }
}

/// The server to sign in to: the one that was named, that of the environment, the one before, or one on this machine.
pub fn url_to_sign_in_to(named: Option<String>) -> Result<String, Error> {
    let url = match named.or_else(|| variable("PAGESPACE_URL")) {
        Some(url) => url,
        None => saved()?.map_or_else(|| DEFAULT_URL.to_owned(), |account| account.url),
    };
    check_url(&url)
}

/// A folder of the person's: that of the variable, or the usual one under the home.
pub fn folder(variable: &str, usual: &str) -> Result<PathBuf, Error> {
    // The specification of these folders has relative ones ignored.
    let set = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = set.or_else(|| env::home_dir().map(|home| home.join(usual)));
    let folder =
        folder.ok_or_else(|| Error::Usage(format!("neither {variable} nor HOME says where to keep things")))?;
    Ok(folder.join("pagespace"))
}

/// Makes a folder that only its owner may look into.
pub fn make_private_folder(folder: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| Error::local("making", folder, cause))
}

fn choose(saved: Option<Account>, url: Option<String>, token: Option<String>) -> Result<Account, Error> {
    let url = url.as_deref().map(check_url).transpose()?;
    match (token, saved) {
        (Some(token), saved) => {
            let saved_url = || saved.map_or_else(|| DEFAULT_URL.to_owned(), |account| account.url);
            Ok(Account { url: url.unwrap_or_else(saved_url), token })
        }
        // A token is for the server that gave it: another one must not learn it.
        (None, Some(saved)) if url.as_ref().is_none_or(|url| *url == saved.url) => Ok(saved),
        (None, Some(saved)) => Err(Error::NotSignedIn(format!(
            "the token that is kept is for {}, not for PAGESPACE_URL; sign in there with `pagespace login`",
            saved.url
        ))),
        (None, None) => {
            Err(Error::NotSignedIn("not signed in; `pagespace login` asks for a token, or set PAGESPACE_TOKEN".into()))
        }
    }
}

/// The origin of a server as it was typed.
fn check_url(url: &str) -> Result<String, Error> {
    let origin = url.trim().trim_end_matches('/');
    let parsed: Option<Uri> = origin.parse().ok();
    let is_origin = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some()
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none()
    });
    if is_origin {
        Ok(origin.to_owned())
    } else {
        Err(Error::Usage(format!("{url} is not like https://files.example.org")))
    }
}

fn saved() -> Result<Option<Account>, Error> {
    let path = path()?;
    match fs::read_to_string(&path) {
        Ok(text) => {
            let bad = |error: toml::de::Error| Error::Usage(format!("{}: {}", path.display(), error.message()));
            toml::from_str(&text).map(Some).map_err(bad)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Error::local("reading", &path, cause)),
    }
}

fn path() -> Result<PathBuf, Error> {
    Ok(folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(url: &str, token: &str) -> Account {
        Account { url: url.into(), token: token.into() }
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let kept = || Some(account("https://a.example", "kept"));
        assert_eq!(choose(kept(), None, None).unwrap(), account("https://a.example", "kept"));
        assert_eq!(choose(kept(), None, text("given")).unwrap(), account("https://a.example", "given"));
        assert_eq!(choose(None, None, text("given")).unwrap(), account(DEFAULT_URL, "given"));
        let both = choose(kept(), text("https://b.example/"), text("given")).unwrap();
        assert_eq!(both, account("https://b.example", "given"));
        assert_eq!(choose(None, None, None).unwrap_err().exit_code(), 3);
    }

    #[test]
    fn a_token_goes_to_no_other_server_than_its_own() {
        let kept = || Some(account("https://a.example", "kept"));
        assert!(choose(kept(), text("https://a.example/"), None).is_ok());
        assert_eq!(choose(kept(), text("https://b.example"), None).unwrap_err().exit_code(), 3);
    }

    #[test]
    fn a_server_is_named_by_its_origin() {
        assert_eq!(check_url(" https://a.example:8443/ ").unwrap(), "https://a.example:8443");
        for url in ["a.example", "ftp://a.example", "https://", "https://a.example/files", "https://a.example?a", ""] {
            assert_eq!(check_url(url).unwrap_err().exit_code(), 2, "{url}");
        }
    }
}
