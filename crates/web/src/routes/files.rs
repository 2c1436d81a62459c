//! Files: list, look, rename, move, trash, restore, delete.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::file::File;
use crate::page::{self, Page};
use crate::parameters::given;
use crate::routes::drives::{allow, require};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::audit::Target;
use db::drives::Role;
use db::library::{After, Change, Sort};
use model::{AuditKind, ContentStatus, EventKind, file_name};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_files))
        .routes(routes!(get_file, update_file, delete_file))
        .routes(routes!(list_attachments))
}

/// Which files, in which order. An empty value is no restriction.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `nextCursor` of the page before, asked for with the same other parameters.
    cursor: Option<String>,
    /// Items of a page: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// `pending`, `processing`, `completed`, `visual` or `failed`.
    status: Option<String>,
    /// `image`, `text`, `document`, `other`, or a format's short name such as `pdf`.
    r#type: Option<String>,
    /// Text that the name has in it.
    q: Option<String>,
    /// `created`, `name` or `size`, with `-` in front for the other way round. `-created` when absent.
    sort: Option<String>,
    /// The trash instead of the rest.
    trashed: Option<bool>,
}

/// What to change. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FileChange {
    /// Another name.
    name: Option<String>,
    /// Another drive, in which the caller may add files.
    drive_id: Option<Uuid>,
    /// Into the trash, or out of it.
    trashed: Option<bool>,
}

/// Where a list goes on, and of which list it says so.
#[derive(Serialize, Deserialize)]
struct Position {
    sort: String,
    key: String,
    id: Uuid,
}

/// List a drive's files
#[utoipa::path(
    get, path = "/drives/{id}/files", tag = "files", params(("id" = Uuid, Path), ListQuery),
    responses((status = 200, body = Page<File>))
)]
async fn list_files(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<File>>, Error> {
    let word = given(&query.sort).unwrap_or("-created");
    let (sort, descending) = parse_sort(word)?;
    let status = parse_status(&query.status)?;
    let after = given(&query.cursor).map(|cursor| parse_cursor(cursor, word, sort)).transpose()?;
    let filter = db::library::Filter {
        status,
        kind: given(&query.r#type),
        name_contains: given(&query.q),
        trashed: query.trashed.unwrap_or(false),
    };
    let limit = page::limit(query.limit);
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, drive_id, Role::Viewer).await?;
    let files =
        db::library::list(&mut conn, drive_id, &filter, sort, descending, after.as_ref(), limit as i64 + 1).await?;
    let cursor = |file: &db::library::File| {
        page::encode_cursor(&Position { sort: word.into(), key: file.sort_key(sort), id: file.id })
    };
    Ok(Json(Page::cut(files, limit, cursor).map(File::from)))
}

/// One file
#[utoipa::path(get, path = "/files/{id}", tag = "files", params(("id" = Uuid, Path)), responses((status = 200, body = File)))]
async fn get_file(caller: Caller, State(state): State<AppState>, Path(id): Path<Uuid>) -> Result<Json<File>, Error> {
    let mut conn = state.database.acquire().await?;
    Ok(Json(find(&mut conn, &caller, id, Role::Viewer).await?.into()))
}

/// List a mail's attachments
///
/// The files that were attached to a mail, by name: those of formats that are read, once the mail has been.
#[utoipa::path(
    get, path = "/files/{id}/attachments", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<File>))
)]
async fn list_attachments(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<File>>, Error> {
    let mut conn = state.database.acquire().await?;
    find(&mut conn, &caller, id, Role::Viewer).await?;
    let attachments = db::attachments::list_visible(&mut conn, caller.user.id, id).await?;
    Ok(Json(attachments.into_iter().map(File::from).collect()))
}

/// Rename, move, trash or restore a file
#[utoipa::path(
    patch, path = "/files/{id}", tag = "files", params(("id" = Uuid, Path)), request_body = FileChange,
    responses((status = 200, body = File))
)]
async fn update_file(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Json(body): Json<FileChange>,
) -> Result<Json<File>, Error> {
    let name = body.name.as_deref().map(file_name::check).transpose()?;
    let mut tx = db::begin(&state.database).await?;
    let before = find(&mut tx, &caller, id, Role::Editor).await?;
    if let Some(drive_id) = body.drive_id {
        require(&mut tx, caller.user.id, drive_id, Role::Editor).await?;
    }
    let change = Change { name: name.as_deref(), drive_id: body.drive_id, trashed: body.trashed };
    db::library::update(&mut tx, id, &change).await?;
    let after = find(&mut tx, &caller, id, Role::Editor).await?;
    audit_change(&mut tx, &caller, &before, &after).await?;
    let data = json!({"name": after.name, "driveId": after.drive_id, "trashed": after.trashed_at.is_some()});
    db::events::insert(&mut tx, EventKind::FileUpdated, Some(after.drive_id), Some(id), data).await?;
    // To the drive it left it is gone: where to, and what it is called there, is nothing its members may see for that.
    if before.drive_id != after.drive_id {
        db::events::insert(&mut tx, EventKind::FileDeleted, Some(before.drive_id), Some(id), json!({})).await?;
    }
    tx.commit().await?;
    db::events::notify(&state.database).await?;
    Ok(Json(after.into()))
}

/// Delete a file
///
/// There is no way back; to be able to restore it, trash it instead.
#[utoipa::path(delete, path = "/files/{id}", tag = "files", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn delete_file(caller: Caller, State(state): State<AppState>, Path(id): Path<Uuid>) -> Result<StatusCode, Error> {
    let mut tx = db::begin(&state.database).await?;
    let file = find(&mut tx, &caller, id, Role::Editor).await?;
    let entry = caller.actor.did(AuditKind::FileDeleted).to(Target::file(id, &file.name)).in_drive(file.drive_id);
    entry.write(&mut tx).await?;
    db::library::delete(&mut tx, id).await?;
    db::events::insert(&mut tx, EventKind::FileDeleted, Some(file.drive_id), Some(id), json!({})).await?;
    tx.commit().await?;
    db::events::notify(&state.database).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes down what of a change is for the audit log: into the trash, out of it, and to another drive, where others see it.
async fn audit_change(
    conn: &mut PgConnection,
    caller: &Caller,
    before: &db::library::File,
    after: &db::library::File,
) -> Result<(), Error> {
    let did = |kind| caller.actor.did(kind).to(Target::file(after.id, &after.name));
    match (before.trashed_at, after.trashed_at) {
        (None, Some(_)) => did(AuditKind::FileTrashed).in_drive(before.drive_id).write(conn).await?,
        (Some(_), None) => did(AuditKind::FileRestored).in_drive(before.drive_id).write(conn).await?,
        _ => {}
    }
    if before.drive_id != after.drive_id {
        let to = db::drives::find(conn, caller.user.id, after.drive_id).await?.ok_or(Error::NotFound("drive"))?;
        did(AuditKind::FileMoved).in_drive(before.drive_id).detail(format!("to {}", to.name)).write(conn).await?;
    }
    Ok(())
}

/// The file, if the caller has at least that role in its drive. To a stranger it is not there.
pub(super) async fn find(
    conn: &mut PgConnection,
    caller: &Caller,
    id: Uuid,
    needed: Role,
) -> Result<db::library::File, Error> {
    let (file, role) = db::library::find(conn, caller.user.id, id).await?.ok_or(Error::NotFound("file"))?;
    allow(role, needed)?;
    Ok(file)
}

/// The status of that name.
pub(super) fn parse_status(parameter: &Option<String>) -> Result<Option<ContentStatus>, Error> {
    let unknown = || Error::invalid("invalid-status", "there is no such status");
    given(parameter).map(|word| ContentStatus::named(word).ok_or_else(unknown)).transpose()
}

fn parse_cursor(cursor: &str, word: &str, sort: Sort) -> Result<After, Error> {
    let position: Position = page::decode_cursor(cursor)?;
    let after = if position.sort == word { After::new(sort, position.key, position.id) } else { None };
    after.ok_or_else(|| Error::invalid("invalid-cursor", "that cursor is not one of this list"))
}

fn parse_sort(word: &str) -> Result<(Sort, bool), Error> {
    let (name, descending) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
    let sort = match name {
        "created" => Sort::Created,
        "name" => Sort::Name,
        "size" => Sort::Size,
        _ => return Err(Error::invalid("invalid-sort", "files are sorted by created, name or size")),
    };
    Ok((sort, descending))
}
