//! The cookies: the session's, and what a browser that signed in once is known by afterwards.

use crate::config::Config;
use axum::http::{HeaderMap, HeaderValue};
use model::{CookieName, SESSION_COOKIE};

/// A cookie of ours.
#[derive(Debug, Clone, Copy)]
pub struct Cookie {
    /// Its name.
    pub name: CookieName,
    /// How long the browser keeps it.
    pub lifetime: time::Duration,
}

/// The session's, which lasts as long in the database.
pub const SESSION: Cookie = Cookie { name: SESSION_COOKIE, lifetime: time::Duration::days(30) };

/// What the browser is known by. It opens nothing: it only gives tries to sign in of one's own.
pub const BROWSER: Cookie = Cookie {
    name: CookieName { plain: "pagespace_browser", host: "__Host-pagespace_browser" },
    lifetime: time::Duration::days(db::known_browsers::LIFETIME_DAYS as i64),
};

impl Cookie {
    /// Its secret, if the request has one.
    pub fn read<'a>(&self, is_https: bool, headers: &'a HeaderMap) -> Option<&'a str> {
        service::cookie(headers, self.name.of(is_https))
    }

    /// Hands the secret to the browser.
    pub fn set(&self, config: &Config, secret: &str) -> HeaderValue {
        self.value(config, secret, self.lifetime.whole_seconds())
    }

    /// Takes it back.
    pub fn clear(&self, config: &Config) -> HeaderValue {
        self.value(config, "", 0)
    }

    fn value(&self, config: &Config, secret: &str, max_age_s: i64) -> HeaderValue {
        let secure = if config.is_https() { "; Secure" } else { "" };
        let name = self.name.of(config.is_https());
        let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
        HeaderValue::try_from(text).expect("secrets are base64url, which headers can carry")
    }
}
