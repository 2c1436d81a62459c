//! The members of a drive.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::page::{ArrayPage, NamePosition, PageQuery};
use crate::routes::drives::{Role, require};
use crate::routes::invitations::{self, NewMember};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use model::AuditKind;
use serde::Serialize;
use sqlx::PgConnection;
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

/// List a drive's members
///
/// By name.
#[utoipa::path(
    get, path = "/drives/{id}/members", tag = "drives", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Vec<Member>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_members(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<Member>, Error> {
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, id, db::drives::Role::Viewer).await?;
    page_of(&mut conn, id, &query).await
}

/// Change a member's role, or invite somebody
///
/// For the drive's owners. A drive keeps at least one owner. Whoever is no member yet is invited, as by `POST
/// /drives/{id}/invitations`, and becomes one by accepting: the answer is 202 then, and the same whether anybody has that address or not.
#[utoipa::path(
    put, path = "/drives/{id}/members", tag = "drives", params(("id" = Uuid, Path)), request_body = NewMember,
    responses(
        (status = 200, body = Vec<Member>, headers(("link" = String, description = "The next page, if there is one."))),
        (status = 202, description = "Invited.", body = Vec<Member>)
    )
)]
async fn set_member(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<NewMember>,
) -> Result<(StatusCode, ArrayPage<Member>), Error> {
    let mut tx = db::begin(&state.database).await?;
    invitations::lock(&mut tx, caller.user.id, id).await?;
    let member = db::drives::member_of_email(&mut tx, id, body.email.trim()).await?;
    let status = match member {
        Some(user_id) => {
            let role = db::drives::Role::from(body.role);
            db::drives::set_member(&mut tx, id, user_id, role).await?;
            keep_an_owner(&mut tx, id).await?;
            let entry = caller.actor.did(AuditKind::MemberChanged).to(Target::person(user_id, body.email.trim()));
            entry.in_drive(id).detail(role.as_str()).write(&mut tx).await?;
            StatusCode::OK
        }
        None => {
            invitations::invite(&mut tx, &caller, id, &body).await?;
            StatusCode::ACCEPTED
        }
    };
    let members = page_of(&mut tx, id, &PageQuery::default()).await?;
    tx.commit().await?;
    if let Some(user_id) = member {
        db::room_rights::notify_changed(&state.database, user_id).await?;
    }
    Ok((status, members))
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

async fn page_of(conn: &mut PgConnection, id: Uuid, query: &PageQuery) -> Result<ArrayPage<Member>, Error> {
    let after: Option<NamePosition> = query.after()?;
    let after = after.as_ref().map(NamePosition::key);
    let members = db::drives::members(conn, id, after, query.limit() as i64 + 1).await?;
    let page = query.cut(members, |member| NamePosition { name: member.name.clone(), id: member.user_id });
    Ok(page.map(Member::from))
}

async fn keep_an_owner(conn: &mut PgConnection, id: Uuid) -> Result<(), Error> {
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
