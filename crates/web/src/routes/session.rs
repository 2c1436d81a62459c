//! Signing in and out.

use crate::auth::actor::Unknown;
use crate::auth::caller::SignedIn;
use crate::auth::client::ClientAddress;
use crate::auth::cookie::{BROWSER, SESSION};
use crate::auth::secret;
use crate::auth::tries::Try;
use crate::error::Error;
use crate::extract::Json;
use crate::routes::users::User;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use db::audit::AuditCredential;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_session, create_session, delete_session))
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    user: User,
}

/// An address and a password.
#[derive(Debug, Deserialize, ToSchema)]
struct SignIn {
    email: String,
    password: String,
}

/// Who am I
#[utoipa::path(get, path = "/session", tag = "accounts", responses((status = 200, body = Session)))]
async fn get_session(caller: crate::auth::caller::Caller) -> Json<Session> {
    Json(Session { user: caller.user.into() })
}

/// Sign in
///
/// Answers with the session cookie. After ten tries for one account it takes one every half minute from that network address; a browser
/// that has signed in to the account before has ten of its own.
#[utoipa::path(post, path = "/session", tag = "accounts", security(()), request_body = SignIn, responses((status = 201, body = Session)))]
async fn create_session(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    unknown: Unknown,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Result<(StatusCode, SetCookie, Json<Session>), Error> {
    let account = body.email.trim().to_lowercase();
    let tried = Try::count(&state, &account, address, unknown, &headers).await?;
    let mut conn = state.database.acquire().await?;
    let known = db::users::credentials(&mut conn, &account).await?;
    // The connection goes back while the hash is computed: a burst of sign-ins must not hold them all.
    drop(conn);
    let (user, hash) = known.map(|known| (known.user, known.password_hash)).unzip();
    let matches = state.passwords.verify(body.password.clone(), hash.clone()).await?;
    let (Some(user), Some(hash), true) = (user, hash, matches) else {
        tried.failed(&state).await?;
        return Err(Error::WrongCredentials);
    };
    if user.disabled_at.is_some() {
        tried.disabled(&state).await?;
        return Err(Error::AccountDisabled);
    }
    tried.succeeded(&state);
    if let Some(renewed) = state.passwords.renew(body.password, &hash).await? {
        let mut conn = state.database.acquire().await?;
        db::users::replace_hash(&mut conn, user.id, &hash, &renewed).await?;
    }
    // First, so that there is no session that nobody wrote down.
    let entry = tried.unknown().is(&user, AuditCredential::Session).did(AuditKind::SignIn);
    entry.write(&mut *state.database.acquire().await?).await?;
    let cookie = begin(&state, user.id, &headers).await?;
    Ok((StatusCode::CREATED, cookie, Json(Session { user: user.into() })))
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "accounts", responses((status = 204)))]
async fn delete_session(caller: SignedIn, State(state): State<AppState>) -> Result<(StatusCode, SignedOut), Error> {
    let mut tx = db::begin(&state.database).await?;
    db::sessions::delete(&mut tx, &caller.session).await?;
    caller.actor.did(AuditKind::SignOut).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok((StatusCode::NO_CONTENT, signed_out(&state)))
}

/// The headers that hand the session to the browser, and what it is known by afterwards.
pub(super) type SetCookie = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;
/// The headers that take it back.
pub(super) type SignedOut = AppendHeaders<[(HeaderName, HeaderValue); 2]>;

/// Begins a session, ends the one that the browser had, and makes the browser known to the account.
pub(super) async fn begin(state: &AppState, user_id: Uuid, headers: &HeaderMap) -> Result<SetCookie, Error> {
    let secret = secret::generate("");
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent: String = agent.chars().take(300).collect();
    let mut conn = state.database.acquire().await?;
    let is_https = state.config.is_https();
    if let Some(earlier) = SESSION.read(is_https, headers).map(secret::hash) {
        let owner = db::sessions::find_user(&mut conn, &earlier).await?;
        db::sessions::delete(&mut conn, &earlier).await?;
        if let Some(owner) = owner {
            db::room_rights::notify_changed(&mut *conn, owner.id).await?;
        }
    }
    db::sessions::insert(&mut conn, &secret::hash(&secret), user_id, &agent, SESSION.lifetime).await?;
    // Always a new one: what a browser is known by is worth nothing to whoever saw the one before.
    if let Some(earlier) = BROWSER.read(is_https, headers).map(secret::hash) {
        db::known_browsers::delete(&mut conn, user_id, &earlier).await?;
    }
    let browser = secret::generate("");
    db::known_browsers::insert(&mut conn, &secret::hash(&browser), user_id).await?;
    let cookies = [SESSION.set(&state.config, &secret), BROWSER.set(&state.config, &browser)];
    Ok(AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)).into()))
}

/// The cookie goes, and with it what the browser has cached of the person's files.
pub(super) fn signed_out(state: &AppState) -> SignedOut {
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    AppendHeaders([(header::SET_COOKIE, SESSION.clear(&state.config)), clear])
}
