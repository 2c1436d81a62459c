//! Drives: shared spaces with members and roles.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::page::{ArrayPage, NamePosition, PageQuery};
use crate::person_limit::PersonLimit;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_drives, create_drive)).routes(routes!(
        get_drive,
        rename_drive,
        delete_drive
    ))
}

/// A drive as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drive {
    id: Uuid,
    name: String,
    /// What the caller may do in it.
    role: Role,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Its files, those in the trash left out.
    file_count: u64,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything: also rename and delete the drive, and say who its members are.
    Owner,
    /// Add, change and delete files.
    Editor,
    /// Look and download.
    Viewer,
}

/// A drive's name.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct DriveName {
    name: String,
}

/// List the drives one is a member of
///
/// By name.
#[utoipa::path(
    get, path = "/drives", tag = "drives", params(PageQuery),
    responses((status = 200, body = Vec<Drive>, headers(("link" = String, description = "The next page, if there is one."))))
)]
async fn list_drives(
    caller: Caller,
    State(state): State<AppState>,
    Query(query): Query<PageQuery>,
) -> Result<ArrayPage<Drive>, Error> {
    let after: Option<NamePosition> = query.after()?;
    let after = after.as_ref().map(NamePosition::key);
    let mut conn = state.database.acquire().await?;
    let drives = db::drives::list(&mut conn, caller.user.id, after, query.limit() as i64 + 1).await?;
    let page = query.cut(drives, |drive| NamePosition { name: drive.name.clone(), id: drive.id });
    Ok(page.map(Drive::from))
}

/// Make a drive
///
/// The caller owns it.
#[utoipa::path(post, path = "/drives", tag = "drives", request_body = DriveName, responses((status = 201, body = Drive)))]
async fn create_drive(
    caller: Caller,
    State(state): State<AppState>,
    Json(body): Json<DriveName>,
) -> Result<(StatusCode, Json<Drive>), Error> {
    let name = check_name(&body.name)?;
    let mut tx = db::begin(&state.database).await?;
    // So that two at once count one after the other.
    db::users::take_turn(&mut tx, caller.user.id).await?;
    if db::drives::count_made_by(&mut tx, caller.user.id).await? >= i64::from(state.config.drives_per_person) {
        return Err(Error::PersonLimit(PersonLimit::Drives));
    }
    let id = db::drives::insert(&mut tx, name, caller.user.id).await?;
    let drive = find(&mut tx, caller.user.id, id).await?;
    caller.actor.did(AuditKind::DriveMade).to(Target::drive(id, name)).in_drive(id).write(&mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(drive)))
}

/// One drive
#[utoipa::path(get, path = "/drives/{id}", tag = "drives", params(("id" = Uuid, Path)), responses((status = 200, body = Drive)))]
async fn get_drive(caller: Caller, State(state): State<AppState>, Path(id): Path<Uuid>) -> Result<Json<Drive>, Error> {
    let mut conn = state.database.acquire().await?;
    Ok(Json(find(&mut conn, caller.user.id, id).await?))
}

/// Rename a drive
///
/// For its owners.
#[utoipa::path(
    patch, path = "/drives/{id}", tag = "drives", params(("id" = Uuid, Path)), request_body = DriveName,
    responses((status = 200, body = Drive))
)]
async fn rename_drive(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<DriveName>,
) -> Result<Json<Drive>, Error> {
    let mut tx = db::begin(&state.database).await?;
    require(&mut tx, caller.user.id, id, db::drives::Role::Owner).await?;
    db::drives::rename(&mut tx, id, check_name(&body.name)?).await?;
    let drive = find(&mut tx, caller.user.id, id).await?;
    tx.commit().await?;
    Ok(Json(drive))
}

/// Delete a drive with its files
///
/// For its owners. There is no way back.
#[utoipa::path(delete, path = "/drives/{id}", tag = "drives", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn delete_drive(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    require(&mut tx, caller.user.id, id, db::drives::Role::Owner).await?;
    let members = db::drives::member_ids(&mut tx, id).await?;
    let drive = find(&mut tx, caller.user.id, id).await?;
    let files = format!("{} files", drive.file_count);
    let entry = caller.actor.did(AuditKind::DriveDeleted).to(Target::drive(id, &drive.name)).in_drive(id);
    entry.detail(files).write(&mut tx).await?;
    db::allow_minutes(&mut tx).await?;
    db::drives::delete(&mut tx, id).await?;
    tx.commit().await?;
    for member_id in members {
        db::room_rights::notify_changed(&state.database, member_id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a member with at least that role go on. To a stranger the drive is not there.
pub(super) async fn require(
    conn: &mut PgConnection,
    user_id: Uuid,
    drive_id: Uuid,
    needed: db::drives::Role,
) -> Result<(), Error> {
    let role = db::drives::role(conn, user_id, drive_id).await?.ok_or(Error::NotFound("drive"))?;
    allow(role, needed)
}

/// Lets a role go on that is at least the one needed.
pub(super) fn allow(role: db::drives::Role, needed: db::drives::Role) -> Result<(), Error> {
    if role >= needed {
        return Ok(());
    }
    Err(Error::Forbidden(match needed {
        db::drives::Role::Owner => "only an owner of the drive can do that",
        _ => "your role in this drive only allows looking",
    }))
}

/// The drive as that member sees it.
pub(super) async fn find(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Drive, Error> {
    Ok(db::drives::find(conn, user_id, id).await?.ok_or(Error::NotFound("drive"))?.into())
}

fn check_name(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(Error::invalid("invalid-name", "a drive's name has 1 to 200 bytes and no control characters"));
    }
    Ok(name)
}

impl From<db::drives::Drive> for Drive {
    fn from(drive: db::drives::Drive) -> Self {
        let db::drives::Drive { id, name, created_at, role, file_count } = drive;
        Self { id, name, role: role.into(), created_at, file_count }
    }
}

impl From<db::drives::Role> for Role {
    fn from(role: db::drives::Role) -> Self {
        match role {
            db::drives::Role::Owner => Self::Owner,
            db::drives::Role::Editor => Self::Editor,
            db::drives::Role::Viewer => Self::Viewer,
        }
    }
}

impl From<Role> for db::drives::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Editor => Self::Editor,
            Role::Viewer => Self::Viewer,
        }
    }
}
