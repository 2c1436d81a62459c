//! The people who may sign in. Administrators add them.

use crate::auth::caller::{Admin, SignedIn};
use crate::auth::cookie::BROWSER;
use crate::auth::secret;
use crate::error::Error;
use crate::extract::{Json, Query};
use crate::page::{ArrayPage, NamePosition, PageQuery};
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use db::audit::Target;
use db::users::NewUser;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_users, create_user)).routes(routes!(change_password))
}

/// A person who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    id: Uuid,
    /// The address it signs in with.
    email: String,
    /// The name shown to others.
    name: String,
    /// True for administrators.
    is_admin: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Since when it may not sign in.
    #[serde(with = "time::serde::rfc3339::option")]
    disabled_at: Option<OffsetDateTime>,
}

/// A person to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewPerson {
    /// The address it signs in with.
    email: String,
    /// The name shown to others.
    name: String,
    /// At least 10 characters.
    password: String,
    /// Make it an administrator.
    #[serde(default)]
    is_admin: bool,
}

/// A change of one's password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PasswordChange {
    /// The present password.
    current: String,
    /// The next one: at least 10 characters.
    new: String,
}

/// List the people
///
/// For administrators. By name.
#[utoipa::path(
    get, path = "/users", tag = "accounts", params(PageQuery),
    responses((status = 200, body = Vec<User>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_users(
    _: Admin,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<User>, Error> {
    let after: Option<NamePosition> = query.after()?;
    let mut conn = state.database.acquire().await?;
    let after = after.as_ref().map(NamePosition::key);
    let users = db::users::list(&mut conn, after, query.limit() as i64 + 1).await?;
    let page = query.cut(users, |user| NamePosition { name: user.name.clone(), id: user.id });
    Ok(page.map(User::from))
}

/// Add a person
///
/// For administrators. The person gets a drive of its own.
#[utoipa::path(post, path = "/users", tag = "accounts", request_body = NewPerson, responses((status = 201, body = User)))]
async fn create_user(
    Admin(_, actor): Admin,
    State(state): State<AppState>,
    Json(body): Json<NewPerson>,
) -> Result<(StatusCode, Json<User>), Error> {
    let (email, name) = check_person(&body.email, &body.name)?;
    let password_hash = state.passwords.hash(body.password).await?;
    let mut tx = db::begin(&state.database).await?;
    let new = NewUser { email, name, password_hash: &password_hash, is_admin: body.is_admin };
    let user = db::users::insert(&mut tx, &new).await?;
    db::drives::insert(&mut tx, FIRST_DRIVE, user.id).await?;
    actor.did(AuditKind::PersonAdded).to(Target::person(user.id, &user.email)).write(&mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Change one's password
///
/// Every other session of the person ends, and no other browser is known to the account any more. Tokens stay; those that were made
/// before say so and can be revoked together.
#[utoipa::path(put, path = "/password", tag = "accounts", request_body = PasswordChange, responses((status = 204)))]
async fn change_password(
    caller: SignedIn,
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(body): Json<PasswordChange>,
) -> Result<StatusCode, Error> {
    // A session left open on a strange machine must not be a way to guess the password. Counted by the session, which no stranger
    // has, so that nobody else uses these tries up.
    state.account_tries.count(&format!("session {}", hex::encode(caller.session)))?;
    let mut conn = state.database.acquire().await?;
    let known = db::users::credentials(&mut conn, &caller.user.email).await?;
    drop(conn);
    if !state.passwords.verify(body.current, known.map(|known| known.password_hash)).await? {
        return Err(Error::invalid("wrong-password", "that is not your present password"));
    }
    let password_hash = state.passwords.hash(body.new).await?;
    let mut tx = db::begin(&state.database).await?;
    db::users::set_password(&mut tx, caller.user.id, &password_hash).await?;
    db::sessions::delete_others(&mut tx, caller.user.id, &caller.session).await?;
    let here = BROWSER.read(state.config.is_https(), &headers).map(secret::hash);
    db::known_browsers::delete_others(&mut tx, caller.user.id, here.as_ref()).await?;
    caller.actor.did(AuditKind::PasswordChanged).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The name of the drive everybody starts with.
pub(super) const FIRST_DRIVE: &str = "My files";

/// The address and the name without space around them, or what is wrong with them.
pub(super) fn check_person<'a>(email: &'a str, name: &'a str) -> Result<(&'a str, &'a str), Error> {
    let (email, name) = (check_email(email)?, name.trim());
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(Error::invalid("invalid-name", "a name has 1 to 200 bytes and no control characters"));
    }
    Ok((email, name))
}

/// The address without space around it, if it can be one.
pub(super) fn check_email(email: &str) -> Result<&str, Error> {
    let email = email.trim();
    let has_both_sides = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if !has_both_sides || email.len() > 254 || email.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::invalid("invalid-email", "that is not an e-mail address"));
    }
    Ok(email)
}

impl From<db::users::User> for User {
    fn from(user: db::users::User) -> Self {
        let db::users::User { id, email, name, is_admin, created_at, disabled_at } = user;
        Self { id, email, name, is_admin, created_at, disabled_at }
    }
}
