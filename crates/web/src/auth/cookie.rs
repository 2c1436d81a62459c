//! The session cookie.

use crate::config::Config;
use axum::http::{HeaderMap, HeaderValue, header};

/// Its name.
pub const NAME: &str = "pagespace_session";
/// How long a session lasts, in the browser and in the database.
pub const LIFETIME: time::Duration = time::Duration::days(30);

/// The session's secret, if the request has one.
pub fn read(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value)
}

/// Hands the secret to the browser.
pub fn set(config: &Config, secret: &str) -> HeaderValue {
    value(config, secret, LIFETIME.whole_seconds())
}

/// Takes it back.
pub fn clear(config: &Config) -> HeaderValue {
    value(config, "", 0)
}

fn value(config: &Config, secret: &str, max_age_s: i64) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!("{NAME}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    HeaderValue::try_from(text).expect("secrets are base64url, which headers can carry")
}
