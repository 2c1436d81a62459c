//! The first administrator, made with the one-time link from the server's terminal.

use crate::auth::actor::Unknown;
use crate::auth::client::{ClientAddress, limit_key};
use crate::auth::secret;
use crate::error::Error;
use crate::extract::Json;
use crate::routes::session::{SetCookie, begin};
use crate::routes::users::{FIRST_DRIVE, User, check_person};
use crate::setup_link;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use db::audit::{AuditCredential, Target};
use db::users::NewUser;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_setup, create_first_user))
}

/// Whether the server waits for its first administrator.
#[derive(Debug, Serialize, ToSchema)]
struct SetupState {
    needed: bool,
}

/// The first administrator.
#[derive(Debug, Deserialize, ToSchema)]
struct FirstUser {
    /// From the link on the server's terminal.
    token: String,
    /// The address to sign in with.
    email: String,
    /// The name shown to others.
    name: String,
    /// At least 10 characters.
    password: String,
}

/// Is set-up needed
#[utoipa::path(get, path = "/setup", tag = "accounts", security(()), responses((status = 200, body = SetupState)))]
async fn get_setup(State(state): State<AppState>) -> Result<Json<SetupState>, Error> {
    // Anybody may ask, so that all who do take one connection.
    let look = async || Ok::<_, Error>(!db::users::any(&mut *state.database.acquire().await?).await?);
    Ok(Json(SetupState { needed: state.setup_needed.get(look).await? }))
}

/// Make the first administrator
///
/// Works once, with the link the server prints at start while it has no users. Answers with the session cookie.
#[utoipa::path(post, path = "/setup", tag = "accounts", security(()), request_body = FirstUser, responses((status = 201, body = User)))]
async fn create_first_user(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    unknown: Unknown,
    headers: HeaderMap,
    Json(body): Json<FirstUser>,
) -> Result<(StatusCode, SetCookie, Json<User>), Error> {
    state.address_tries.count(&limit_key(address))?;
    // Looked at first, so that a stranger cannot make the server compute hashes; and again under the lock.
    let mut conn = state.database.acquire().await?;
    if db::users::any(&mut conn).await? {
        return Err(already_set_up());
    }
    let link = secret::hash(&body.token);
    if !db::setup::is_open(&mut conn, &link).await? {
        return Err(INVALID_LINK);
    }
    drop(conn);
    let (email, name) = check_person(&body.email, &body.name)?;
    let password_hash = state.passwords.hash(body.password).await?;
    let mut tx = db::begin(&state.database).await?;
    db::setup::lock(&mut tx).await?;
    if db::users::any(&mut tx).await? {
        return Err(already_set_up());
    }
    if !db::setup::take(&mut tx, &link).await? {
        return Err(INVALID_LINK);
    }
    let new = NewUser { email, name, password_hash: &password_hash, is_admin: true };
    let user = db::users::insert(&mut tx, &new).await?;
    db::drives::insert(&mut tx, FIRST_DRIVE, user.id).await?;
    let entry = unknown.is(&user, AuditCredential::Session).did(AuditKind::SetUp);
    entry.to(Target::person(user.id, &user.email)).write(&mut tx).await?;
    tx.commit().await?;
    state.setup_needed.forget().await;
    setup_link::forget(&state.config);
    tracing::info!(user.id = %user.id, "the first administrator is there");
    let cookie = begin(&state, user.id, &headers).await?;
    Ok((StatusCode::CREATED, cookie, Json(user.into())))
}

const INVALID_LINK: Error =
    Error::Forbidden("this set-up link is not, or no longer, valid; the server's log has the newest");

fn already_set_up() -> Error {
    Error::Conflict { code: "already-set-up", detail: "this server is already set up".into() }
}
