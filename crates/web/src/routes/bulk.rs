//! The same done to many files at once: into the trash, out of it, to another drive, deleted.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::Json;
use crate::parameters::given;
use crate::routes::drives::{allow, require};
use crate::routes::files::parse_status;
use crate::state::AppState;
use axum::extract::State;
use db::bulk::{self, Chosen};
use db::drives::Role;
use model::AuditKind;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(change_files))
}

/// Files that one request may name. A filter says more.
const MOST_FILES: usize = 1_000;

/// What is done to each of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BulkAction {
    /// Deletes it. There is no way back.
    Delete,
    /// Moves it to `driveId`, a drive in which the caller may add files.
    Move,
    /// Takes it out of the trash.
    Restore,
    /// Puts it into the trash.
    Trash,
}

/// All files of a drive that a list with the same parameters has, on whatever page.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BulkFilter {
    drive_id: Uuid,
    /// As in the list of files.
    status: Option<String>,
    /// As in the list of files.
    r#type: Option<String>,
    /// Text that the name has in it.
    q: Option<String>,
    /// Those in the trash instead of the rest.
    #[serde(default)]
    trashed: bool,
}

/// Which files, by `ids` or by `filter`, and what is done to them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BulkChange {
    /// These files, at most 1,000.
    #[schema(max_items = 1000)]
    ids: Option<Vec<Uuid>>,
    filter: Option<BulkFilter>,
    action: BulkAction,
    /// Where to, of `move`.
    drive_id: Option<Uuid>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct BulkChanged {
    /// How many files were changed. One that was so already is not counted.
    changed: u64,
}

/// Change many files
///
/// All of them or none: one that is not there, or that the caller may not change, stops it. Those who watch get one event for each
/// drive, whose `data.files` is how many files it is about, and `data.fileIds` which, up to 100.
#[utoipa::path(
    post, path = "/files/bulk", tag = "files", request_body = BulkChange, responses((status = 200, body = BulkChanged))
)]
async fn change_files(
    caller: Caller,
    State(state): State<AppState>,
    Json(body): Json<BulkChange>,
) -> Result<Json<BulkChanged>, Error> {
    let mut tx = db::begin(&state.database).await?;
    let destination = match (body.action, body.drive_id) {
        (BulkAction::Move, Some(drive_id)) => {
            let drive = db::drives::find(&mut tx, caller.user.id, drive_id).await?.ok_or(Error::NotFound("drive"))?;
            allow(drive.role, Role::Editor)?;
            Some(drive)
        }
        (BulkAction::Move, None) => return Err(Error::invalid("no-drive", "say by driveId where to")),
        (_, Some(_)) => return Err(Error::invalid("invalid-bulk", "driveId is for the action move alone")),
        (_, None) => None,
    };
    let files = choose(&mut tx, &caller, &body).await?;
    let did = |kind| caller.actor.did(kind);
    let changed = match (body.action, destination) {
        (BulkAction::Delete, _) => bulk::delete(&mut tx, &files, &did(AuditKind::FileDeleted)).await?,
        (BulkAction::Trash, _) => bulk::set_trashed(&mut tx, &files, true, &did(AuditKind::FileTrashed)).await?,
        (BulkAction::Restore, _) => bulk::set_trashed(&mut tx, &files, false, &did(AuditKind::FileRestored)).await?,
        (BulkAction::Move, Some(drive)) => {
            let entry = did(AuditKind::FileMoved).detail(format!("to {}", drive.name));
            bulk::move_to(&mut tx, &files, drive.id, &entry).await?
        }
        (BulkAction::Move, None) => 0,
    };
    tx.commit().await?;
    db::events::notify(&state.database).await?;
    Ok(Json(BulkChanged { changed }))
}

/// The files, locked, if the caller may change each.
async fn choose(conn: &mut PgConnection, caller: &Caller, body: &BulkChange) -> Result<Vec<Chosen>, Error> {
    match (&body.ids, &body.filter) {
        (Some(ids), None) => {
            if ids.len() > MOST_FILES {
                let sentence = format!("at most {MOST_FILES} files are named at once; a filter takes more");
                return Err(Error::invalid("too-many-files", sentence));
            }
            let ids: Vec<Uuid> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            let chosen = bulk::choose(conn, caller.user.id, &ids).await?;
            if chosen.len() != ids.len() {
                return Err(Error::NotFound("file"));
            }
            for (_, role) in &chosen {
                allow(*role, Role::Editor)?;
            }
            Ok(chosen.into_iter().map(|(file, _)| file).collect())
        }
        (None, Some(filter)) => {
            require(conn, caller.user.id, filter.drive_id, Role::Editor).await?;
            let wanted = db::library::Filter {
                status: parse_status(&filter.status)?,
                kind: given(&filter.r#type),
                name_contains: given(&filter.q),
                trashed: filter.trashed,
            };
            Ok(bulk::choose_all(conn, filter.drive_id, &wanted).await?)
        }
        _ => Err(Error::invalid("invalid-bulk", "say by either ids or filter which files")),
    }
}
