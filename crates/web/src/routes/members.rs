//! The members of a drive.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::routes::drives::{Role, require};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_members, set_member)).routes(routes!(remove_member))
}

/// A member of a drive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    user_id: Uuid,
    email: String,
    name: String,
    role: Role,
}

/// Who is to be a member, and as what.
#[derive(Debug, Deserialize, ToSchema)]
struct NewMember {
    /// The address the person signs in with.
    email: String,
    role: Role,
}

/// List a drive's members
#[utoipa::path(
    get, path = "/drives/{id}/members", tag = "drives", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<Member>))
)]
async fn list_members(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<Member>>, Error> {
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, id, db::drives::Role::Viewer).await?;
    let members = db::drives::members(&mut conn, id).await?;
    Ok(Json(members.into_iter().map(Member::from).collect()))
}

/// Add a member, or change a member's role
///
/// For the drive's owners. A drive keeps at least one owner.
#[utoipa::path(
    put, path = "/drives/{id}/members", tag = "drives", params(("id" = Uuid, Path)), request_body = NewMember,
    responses((status = 200, body = Vec<Member>))
)]
async fn set_member(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<NewMember>,
) -> Result<Json<Vec<Member>>, Error> {
    let mut tx = db::begin(&state.database).await?;
    db::drives::lock(&mut tx, id).await?;
    require(&mut tx, caller.user.id, id, db::drives::Role::Owner).await?;
    let user = db::users::find_by_email(&mut tx, body.email.trim()).await?;
    let user =
        user.ok_or_else(|| Error::invalid("no-such-user", "nobody with that e-mail address has an account here"))?;
    let role = db::drives::Role::from(body.role);
    let before = db::drives::role(&mut tx, user.id, id).await?;
    db::drives::set_member(&mut tx, id, user.id, role).await?;
    keep_an_owner(&mut tx, id).await?;
    let kind = if before.is_none() { AuditKind::MemberAdded } else { AuditKind::MemberChanged };
    let entry = caller.actor.did(kind).to(Target::person(user.id, &user.email)).in_drive(id);
    entry.detail(role.as_str()).write(&mut tx).await?;
    let members = db::drives::members(&mut tx, id).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, user.id).await?;
    Ok(Json(members.into_iter().map(Member::from).collect()))
}

/// End a membership
///
/// For the drive's owners, and for everybody their own. A drive keeps at least one owner.
#[utoipa::path(
    delete, path = "/drives/{id}/members/{userId}", tag = "drives", params(("id" = Uuid, Path), ("userId" = Uuid, Path)),
    responses((status = 204))
)]
async fn remove_member(
    caller: Caller,
    State(state): State<AppState>,
    Path((id, user_id)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Error> {
    let needed = if user_id == caller.user.id { db::drives::Role::Viewer } else { db::drives::Role::Owner };
    let mut tx = db::begin(&state.database).await?;
    db::drives::lock(&mut tx, id).await?;
    require(&mut tx, caller.user.id, id, needed).await?;
    let email = db::drives::remove_member(&mut tx, id, user_id).await?.ok_or(Error::NotFound("member"))?;
    keep_an_owner(&mut tx, id).await?;
    let kind = if user_id == caller.user.id { AuditKind::MemberLeft } else { AuditKind::MemberRemoved };
    caller.actor.did(kind).to(Target::person(user_id, &email)).in_drive(id).write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(&state.database, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keep_an_owner(conn: &mut sqlx::PgConnection, id: Uuid) -> Result<(), Error> {
    if db::drives::has_owner(conn, id).await? {
        return Ok(());
    }
    Err(Error::Conflict { code: "last-owner", detail: "a drive keeps at least one owner".into() })
}

impl From<db::drives::Member> for Member {
    fn from(member: db::drives::Member) -> Self {
        let db::drives::Member { user_id, email, name, role } = member;
        Self { user_id, email, name, role: role.into() }
    }
}
