//! Who is there: by session cookie from our own pages, by API token, or by a ticket used up on the way in.

use axum::http::{HeaderMap, header};
use db::audit::Actor;
use db::room_rights::Credential;
use model::SESSION_COOKIE;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

/// Somebody, and by what right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user_id: Uuid,
    /// What shows it, to be looked at again later.
    pub credential: Credential,
}

/// Who the request's headers say is there. A cookie counts only from our own pages: browsers send it with what other
/// sites open, too.
pub async fn by_headers(pool: &PgPool, headers: &HeaderMap, public_url: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(token) = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")) {
        return by_api_token(pool, token).await;
    }
    match service::cookie(headers, SESSION_COOKIE.of(public_url.starts_with("https://"))) {
        Some(secret) if !is_foreign(headers, public_url) => by_session(pool, secret).await,
        _ => Ok(None),
    }
}

/// Who a ticket or an API token stands for.
pub async fn by_token(pool: &PgPool, token: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    if let Some((user_id, credential)) = db::tickets::take(&mut conn, &hash(token)).await? {
        let is_good = db::room_rights::is_good(&mut conn, &credential).await?;
        return Ok(is_good.then_some(SignedIn { user_id, credential }));
    }
    drop(conn);
    by_api_token(pool, token).await
}

async fn by_api_token(pool: &PgPool, token: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    let hash = hash(token);
    // Where from is not known here: the token opens a socket, and everything it does besides goes through web.
    let grant = db::tokens::find_grant(&mut conn, &hash, &Actor::default()).await?;
    let reads = grant.filter(|grant| grant.scopes.iter().any(|scope| scope == "read"));
    Ok(reads.map(|grant| SignedIn { user_id: grant.user.id, credential: Credential::Token(hash) }))
}

async fn by_session(pool: &PgPool, secret: &str) -> Result<Option<SignedIn>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    let hash = hash(secret);
    let user = db::sessions::find_user(&mut conn, &hash).await?;
    Ok(user.map(|user| SignedIn { user_id: user.id, credential: Credential::Session(hash) }))
}

/// True when the browser says that another site's page is behind the request. Every browser says so for a WebSocket.
fn is_foreign(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = text("origin") {
        let host = origin.split_once("://").map(|(_, host)| host);
        let hosts = [text("host"), text("x-forwarded-host")];
        return origin != public_url && !(host.is_some() && hosts.contains(&host));
    }
    text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_foreign(&headers, "https://files.example.org")
    }

    #[test]
    fn another_sites_page_is_foreign() {
        assert!(foreign(&[("origin", "https://evil.example"), ("host", "files.example.org")]));
        assert!(foreign(&[("origin", "null"), ("host", "files.example.org")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn our_own_pages_and_programs_are_not() {
        assert!(!foreign(&[("origin", "https://files.example.org")]));
        assert!(!foreign(&[("origin", "http://10.0.0.5:3000"), ("host", "10.0.0.5:3000")]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[]));
    }
}
