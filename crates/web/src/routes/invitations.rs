//! Invitations to drives: nobody becomes a member without having said so.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::page::{ArrayPage, PageQuery, TimePosition};
use crate::routes::drives::{self, Drive, Role, require};
use crate::routes::users::check_email;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use db::invitations::NewInvitation;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_drive_invitations, create_invitation))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(list_invitations))
        .routes(routes!(accept_invitation))
        .routes(routes!(decline_invitation))
}

/// How long an invitation waits.
const LIFETIME: Duration = Duration::days(14);
/// How many may wait of one drive.
const PENDING_OF_DRIVE: i64 = 100;
/// How many may wait that one person made.
const PENDING_BY_INVITER: i64 = 200;
/// How many of these for the same address.
const PENDING_FOR_ADDRESS: i64 = 10;

/// Who is to be a member, and as what.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewMember {
    /// The address the person signs in with.
    pub(super) email: String,
    pub(super) role: Role,
}

/// An invitation to a drive, as its owners see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriveInvitation {
    id: Uuid,
    /// For whom.
    email: String,
    role: Role,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// An invitation that waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    id: Uuid,
    drive_name: String,
    /// What the caller would be in the drive.
    role: Role,
    /// The name of whoever made it.
    inviter_name: String,
    /// And the address.
    inviter_email: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// List a drive's invitations
///
/// For its owners: those that wait, the newest first. A declined one is not told from one that waits.
#[utoipa::path(
    get, path = "/drives/{id}/invitations", tag = "drives", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<DriveInvitation>))
)]
async fn list_drive_invitations(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<DriveInvitation>>, Error> {
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, id, db::drives::Role::Owner).await?;
    let invitations = db::invitations::of_drive(&mut conn, id, PENDING_OF_DRIVE).await?;
    Ok(Json(invitations.into_iter().map(DriveInvitation::from).collect()))
}

/// Invite somebody to a drive
///
/// For its owners. The answer is the same whether anybody has an account with that address or not. Who accepts within 14 days becomes a
/// member. At most 100 invitations to a drive wait, and 200 that one person made, 10 of these for the same address.
#[utoipa::path(
    post, path = "/drives/{id}/invitations", tag = "drives", params(("id" = Uuid, Path)), request_body = NewMember,
    responses((status = 201, body = DriveInvitation))
)]
async fn create_invitation(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<NewMember>,
) -> Result<(StatusCode, Json<DriveInvitation>), Error> {
    let mut tx = db::begin(&state.database).await?;
    lock(&mut tx, caller.user.id, id).await?;
    if db::drives::member_of_email(&mut tx, id, body.email.trim()).await?.is_some() {
        return Err(Error::Conflict { code: "already-member", detail: "that person is a member already".into() });
    }
    let invitation = invite(&mut tx, &caller, id, &body).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(invitation.into())))
}

/// Withdraw an invitation
///
/// For the drive's owners.
#[utoipa::path(
    delete, path = "/drives/{id}/invitations/{invitationId}", tag = "drives",
    params(("id" = Uuid, Path), ("invitationId" = Uuid, Path)), responses((status = 204))
)]
async fn withdraw_invitation(
    caller: Caller,
    State(state): State<AppState>,
    Path((id, invitation_id)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    require(&mut tx, caller.user.id, id, db::drives::Role::Owner).await?;
    let email = db::invitations::delete(&mut tx, id, invitation_id).await?.ok_or(NO_INVITATION)?;
    let entry = caller.actor.did(AuditKind::InvitationWithdrawn).to(Target::invitation(invitation_id, &email));
    entry.in_drive(id).write(&mut tx).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the invitations that wait for one
///
/// The newest first.
#[utoipa::path(
    get, path = "/invitations", tag = "drives", params(PageQuery),
    responses((status = 200, body = Vec<Invitation>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_invitations(
    caller: Caller,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<Invitation>, Error> {
    let after: Option<TimePosition> = query.after()?;
    let after = after.as_ref().map(TimePosition::key);
    let mut conn = state.database.acquire().await?;
    let invitations = db::invitations::of_person(&mut conn, caller.user.id, after, query.limit() as i64 + 1).await?;
    let page = query.cut(invitations, |invitation| TimePosition { at: invitation.created_at, id: invitation.id });
    Ok(page.map(Invitation::from))
}

/// Accept an invitation
///
/// Answers with the drive that one is a member of now.
#[utoipa::path(
    post, path = "/invitations/{id}/accept", tag = "drives", params(("id" = Uuid, Path)),
    responses((status = 200, body = Drive))
)]
async fn accept_invitation(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Drive>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let drive_id = db::invitations::accept(&mut tx, caller.user.id, id).await?.ok_or(NO_INVITATION)?;
    let drive = drives::find(&mut tx, caller.user.id, drive_id).await?;
    let target = Target::invitation(id, &caller.user.email);
    caller.actor.did(AuditKind::InvitationAccepted).to(target).in_drive(drive_id).write(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(drive))
}

/// Decline an invitation
///
/// Whoever made it is not told.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "drives", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn decline_invitation(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let drive_id = db::invitations::decline(&mut tx, caller.user.id, id).await?.ok_or(NO_INVITATION)?;
    let target = Target::invitation(id, &caller.user.email);
    caller.actor.did(AuditKind::InvitationDeclined).to(target).in_drive(drive_id).write(&mut tx).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

const NO_INVITATION: Error = Error::NotFound("invitation");

/// Takes whoever invites and the drive, in this order, for the rest of the transaction, and lets only its owners go on.
pub(super) async fn lock(conn: &mut PgConnection, user_id: Uuid, drive_id: Uuid) -> Result<(), Error> {
    db::users::take_turn(conn, user_id).await?;
    db::drives::lock(conn, drive_id).await?;
    require(conn, user_id, drive_id, db::drives::Role::Owner).await
}

/// Makes an invitation within the bounds, after [`lock`].
pub(super) async fn invite(
    conn: &mut PgConnection,
    caller: &Caller,
    drive_id: Uuid,
    member: &NewMember,
) -> Result<db::invitations::Invitation, Error> {
    let email = check_email(&member.email)?;
    let new =
        NewInvitation { drive_id, email, role: member.role.into(), invited_by: caller.user.id, lifetime: LIFETIME };
    let pending = db::invitations::pending(conn, &new).await?;
    if pending.of_drive >= PENDING_OF_DRIVE
        || pending.by_inviter >= PENDING_BY_INVITER
        || pending.by_inviter_for_address >= PENDING_FOR_ADDRESS
    {
        let detail = "too many invitations wait already; withdraw one, or wait until one is accepted or expires".into();
        return Err(Error::Conflict { code: "too-many-invitations", detail });
    }
    let invitation = db::invitations::insert(conn, &new).await?;
    let entry = caller.actor.did(AuditKind::InvitationMade).to(Target::invitation(invitation.id, email));
    entry.in_drive(drive_id).detail(invitation.role.as_str()).write(conn).await?;
    Ok(invitation)
}

impl From<db::invitations::Invitation> for DriveInvitation {
    fn from(invitation: db::invitations::Invitation) -> Self {
        let db::invitations::Invitation { id, email, role, created_at, expires_at, .. } = invitation;
        Self { id, email, role: role.into(), created_at, expires_at }
    }
}

impl From<db::invitations::Invitation> for Invitation {
    fn from(invitation: db::invitations::Invitation) -> Self {
        let db::invitations::Invitation {
            id,
            drive_name,
            role,
            inviter_name,
            inviter_email,
            created_at,
            expires_at,
            ..
        } = invitation;
        Self { id, drive_name, role: role.into(), inviter_name, inviter_email, created_at, expires_at }
    }
}
