//! The person behind a request.

use super::actor::Unknown;
use super::cookie::SESSION;
use super::secret;
use crate::error::Error;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use db::audit::{Actor, AuditCredential};
use db::room_rights::Credential;
use db::users::User;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

/// What a token is answered that may do less.
pub const OUT_OF_SCOPE: Error = Error::Forbidden("this token's scopes do not allow it");

/// Somebody signed in by the cookie or by an API token whose scopes allow the request's method.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub user: User,
    /// What they signed in with.
    pub credential: Credential,
    /// Whether it is good for reading, too: a token may have the scope to write alone.
    pub may_read: bool,
    /// The same person, as the audit log writes them down.
    pub actor: Actor,
}

/// A caller and the connection they were looked up on, for routes that are asked so often that a second one counts.
pub struct ConnectedCaller {
    /// Who.
    pub caller: Caller,
    /// The connection, to be given back before anything slow.
    pub conn: PoolConnection<Postgres>,
}

/// Somebody signed in by the cookie. What is about the account itself is not done with a token: a token that leaked must
/// not be able to make another.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The session's hash.
    pub session: [u8; 32],
    /// The same person, as the audit log writes them down.
    pub actor: Actor,
}

/// An administrator, and the same person as the audit log writes them down.
#[derive(Debug, Clone)]
pub struct Admin(pub User, pub Actor);

impl Caller {
    /// Refuses everybody but administrators. Unlike [`Admin`] it lets their tokens do it: for what is about no account.
    pub fn require_admin(&self) -> Result<(), Error> {
        if self.user.is_admin { Ok(()) } else { Err(Error::Forbidden("this takes an administrator")) }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        Ok(ConnectedCaller::from_request_parts(parts, state).await?.caller)
    }
}

impl FromRequestParts<AppState> for ConnectedCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Ok(unknown) = Unknown::from_request_parts(parts, state).await;
        let _turn = match unknown.0.address {
            Some(address) => Some(state.turns.take(service::client_network(address)).await),
            None => None,
        };
        let mut conn = state.database.acquire().await?;
        Ok(Self { caller: Caller::look_up(parts, unknown, state.config.is_https(), &mut conn).await?, conn })
    }
}

impl Caller {
    async fn look_up(parts: &Parts, unknown: Unknown, is_https: bool, conn: &mut PgConnection) -> Result<Self, Error> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
            let hash = secret::hash(token);
            let grant = db::tokens::find_grant(conn, &hash, &unknown.0).await?.ok_or(Error::Unauthenticated)?;
            let scope = if matches!(parts.method, Method::GET | Method::HEAD) { "read" } else { "write" };
            if !grant.scopes.iter().any(|granted| granted == scope) {
                return Err(OUT_OF_SCOPE);
            }
            let may_read = grant.scopes.iter().any(|granted| granted == "read");
            let actor = unknown.is(&grant.user, AuditCredential::Token(grant.token_name));
            return Ok(Self { user: grant.user, credential: Credential::Token(hash), may_read, actor });
        }
        let session = secret::hash(SESSION.read(is_https, &parts.headers).ok_or(Error::Unauthenticated)?);
        let user = db::sessions::find_user(conn, &session).await?.ok_or(Error::Unauthenticated)?;
        let actor = unknown.is(&user, AuditCredential::Session);
        Ok(Self { user, credential: Credential::Session(session), may_read: true, actor })
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Credential::Session(session) = caller.credential else {
            return Err(Error::Forbidden("this takes a signed-in person, not a token"));
        };
        Ok(Self { user: caller.user, session, actor: caller.actor })
    }
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let SignedIn { user, actor, .. } = SignedIn::from_request_parts(parts, state).await?;
        if !user.is_admin {
            return Err(Error::Forbidden("this takes an administrator"));
        }
        Ok(Self(user, actor))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
