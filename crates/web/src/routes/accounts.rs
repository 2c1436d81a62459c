//! What administrators do with the accounts of others: disable, enable, sign out, a new password, remove.

use crate::auth::caller::Admin;
use crate::auth::secret;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::routes::users::User;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(update_user, remove_user))
        .routes(routes!(end_credentials))
        .routes(routes!(reset_password))
}

/// A change of somebody's account.
#[derive(Debug, Deserialize, ToSchema)]
struct AccountChange {
    /// Whether the person is kept from signing in.
    disabled: bool,
}

/// A password that was made for somebody, shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct NewPassword {
    password: String,
}

/// Disable or enable a person
///
/// For administrators, and not for their own account. Of a disabled person the sessions end at once, and no token, ticket or socket
/// counts. Its drives stay; its tokens count again once it is enabled.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "accounts", params(("id" = Uuid, Path)), request_body = AccountChange,
    responses((status = 200, body = User))
)]
async fn update_user(
    Admin(admin, actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<AccountChange>,
) -> Result<Json<User>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let person = lock_other(&mut tx, admin.id, id).await?;
    db::users::set_disabled(&mut tx, id, body.disabled).await?;
    if body.disabled {
        db::sessions::delete_all(&mut tx, id).await?;
    }
    let user = db::users::lock(&mut tx, id).await?.ok_or(NOBODY)?;
    let kind = if body.disabled { AuditKind::PersonDisabled } else { AuditKind::PersonEnabled };
    actor.did(kind).to(person).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, id).await?;
    Ok(Json(user.into()))
}

/// Remove a person
///
/// For administrators, and not for their own account. Its sessions and tokens end at once. Its drives stay with their other owners; those
/// that nobody else owns belong to the administrator who removes it. There is no way back.
#[utoipa::path(delete, path = "/users/{id}", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn remove_user(
    Admin(admin, actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let person = lock_other(&mut tx, admin.id, id).await?;
    db::drives::hand_over(&mut tx, id, admin.id).await?;
    db::users::delete(&mut tx, id).await?;
    actor.did(AuditKind::PersonRemoved).to(person).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a person's sessions and tokens
///
/// For administrators, and not for their own account. The person can sign in again and make tokens anew.
#[utoipa::path(
    delete, path = "/users/{id}/credentials", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 204))
)]
async fn end_credentials(
    Admin(admin, actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let person = lock_other(&mut tx, admin.id, id).await?;
    db::sessions::delete_all(&mut tx, id).await?;
    db::tokens::delete_all(&mut tx, id).await?;
    db::known_browsers::delete_others(&mut tx, id, None).await?;
    actor.did(AuditKind::SessionEnded).to(person).detail("all sessions and tokens").write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a person a new password
///
/// For administrators, and not for their own account. The answer has the password; nobody can show it again. The person's sessions end,
/// its tokens stay.
#[utoipa::path(
    post, path = "/users/{id}/password", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 201, body = NewPassword))
)]
async fn reset_password(
    Admin(admin, actor): Admin,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, Json<NewPassword>), Error> {
    let password = secret::generate("");
    let password_hash = state.passwords.hash(password.clone()).await?;
    let mut tx = db::begin(&state.database).await?;
    let person = lock_other(&mut tx, admin.id, id).await?;
    db::users::set_password(&mut tx, id, &password_hash).await?;
    db::sessions::delete_all(&mut tx, id).await?;
    db::known_browsers::delete_others(&mut tx, id, None).await?;
    actor.did(AuditKind::PasswordReset).to(person).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, id).await?;
    Ok((StatusCode::CREATED, Json(NewPassword { password })))
}

const NOBODY: Error = Error::NotFound("person");

/// Takes the person for the rest of the transaction. Nobody does these things to their own account, and whoever does them is an
/// administrator to the end of the transaction, so that there is always one left.
async fn lock_other(conn: &mut PgConnection, admin_id: Uuid, id: Uuid) -> Result<Target, Error> {
    let admins = db::users::lock_admins(conn).await?;
    if !admins.contains(&admin_id) {
        return Err(Error::Forbidden("this takes an administrator"));
    }
    if id == admin_id && admins.len() == 1 {
        return Err(Error::Conflict { code: "last-administrator", detail: "one administrator has to stay".into() });
    }
    if id == admin_id {
        let detail = "another administrator has to do that to your account".into();
        return Err(Error::Conflict { code: "own-account", detail });
    }
    let person = db::users::lock(conn, id).await?.ok_or(NOBODY)?;
    Ok(Target::person(id, &person.email))
}
