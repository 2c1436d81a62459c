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
use sqlx::PgConnection;

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

/// What a request brings to be known by, good or not: for routes that find out who asks together with what they ask for.
#[derive(Debug, Clone)]
pub struct Brought {
    /// A session or a token.
    pub credential: Credential,
    /// Where it comes from.
    pub from: Actor,
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
        Brought::from_request_parts(parts, state).await?.caller(state, &parts.method).await
    }
}

impl FromRequestParts<AppState> for Brought {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Ok(Unknown(from)) = Unknown::from_request_parts(parts, state).await;
        let credential = match parts.headers.get(header::AUTHORIZATION) {
            Some(value) => {
                let token = value.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
                Credential::Token(secret::hash(token))
            }
            None => {
                let session = SESSION.read(state.config.is_https(), &parts.headers).ok_or(Error::Unauthenticated)?;
                Credential::Session(secret::hash(session))
            }
        };
        Ok(Self { credential, from })
    }
}

impl Brought {
    /// Who it is the request of, which has that method.
    pub async fn caller(self, state: &AppState, method: &Method) -> Result<Caller, Error> {
        let _turn = match self.from.address {
            Some(address) => Some(state.turns.take(service::client_network(address)).await),
            None => None,
        };
        let mut conn = state.database.acquire().await?;
        Caller::look_up(method, self.credential, Unknown(self.from), &mut conn).await
    }

    /// Notes that it was used.
    pub async fn note_use(&self, state: &AppState) -> Result<(), Error> {
        let mut conn = state.database.acquire().await?;
        match &self.credential {
            Credential::Token(hash) => db::tokens::note_use(&mut conn, hash, &self.from).await?,
            Credential::Session(hash) => db::sessions::note_use(&mut conn, hash).await?,
        }
        Ok(())
    }
}

impl Caller {
    async fn look_up(
        method: &Method,
        credential: Credential,
        unknown: Unknown,
        conn: &mut PgConnection,
    ) -> Result<Self, Error> {
        match &credential {
            Credential::Token(hash) => {
                let grant = db::tokens::find_grant(conn, hash, &unknown.0).await?.ok_or(Error::Unauthenticated)?;
                let scope = if matches!(*method, Method::GET | Method::HEAD) { "read" } else { "write" };
                if !grant.scopes.iter().any(|granted| granted == scope) {
                    return Err(OUT_OF_SCOPE);
                }
                let may_read = grant.scopes.iter().any(|granted| granted == "read");
                let actor = unknown.is(&grant.user, AuditCredential::Token(grant.token_name));
                Ok(Self { user: grant.user, credential, may_read, actor })
            }
            Credential::Session(hash) => {
                let user = db::sessions::find_user(conn, hash).await?.ok_or(Error::Unauthenticated)?;
                let actor = unknown.is(&user, AuditCredential::Session);
                Ok(Self { user, credential, may_read: true, actor })
            }
        }
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
