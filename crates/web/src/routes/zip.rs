//! Files of a drive as one zip.

use crate::auth::caller::Caller;
use crate::delivery::{Caching, Delivery, deliver_stream};
use crate::error::Error;
use crate::extract::{Path, Query};
use crate::parameters::given;
use crate::person_limit::{EXPORTS, PersonLimit};
use crate::routes::files::parse_status;
use crate::state::AppState;
use crate::zip_stream::{self, Entry};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use db::library::Filter;
use db::originals::{self, Original};
use model::AuditKind;
use serde::Deserialize;
use service::RequestId;
use std::collections::BTreeSet;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_zip))
}

/// As many ids as an address takes.
const MOST_FILES: usize = 200;

/// Which files: those of `ids`, or all that a list with the other parameters has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ZipQuery {
    /// Ids of files of the drive with commas between them, at most 200.
    ids: Option<String>,
    /// As in the list of files.
    status: Option<String>,
    /// As in the list of files.
    r#type: Option<String>,
    /// Text that the name has in it.
    q: Option<String>,
    /// The trash instead of the rest.
    trashed: Option<bool>,
}

/// Download files as a zip
///
/// The originals of some files of a drive, or of all that a list has. It is made while it is sent, so that its size is not known
/// before. Files of the same name get a number.
#[utoipa::path(
    get, path = "/drives/{id}/zip", tag = "contents", params(("id" = Uuid, Path), ZipQuery),
    responses((status = 200, content_type = "application/zip"))
)]
async fn get_zip(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    Query(query): Query<ZipQuery>,
    request_id: RequestId,
) -> Result<Response, Error> {
    let place = state.places.take(caller.user.id, PersonLimit::Exports, EXPORTS)?;
    let filter = Filter {
        status: parse_status(&query.status)?,
        kind: given(&query.r#type),
        name_contains: given(&query.q),
        trashed: query.trashed.unwrap_or(false),
    };
    let ids = given(&query.ids).map(parse_ids).transpose()?;
    let mut tx = db::begin(&state.database).await?;
    let drive = db::drives::find(&mut tx, caller.user.id, drive_id).await?.ok_or(Error::NotFound("drive"))?;
    let files = match &ids {
        Some(ids) => originals::list_of(&mut tx, drive_id, ids).await?,
        None => originals::list(&mut tx, drive_id, &filter).await?,
    };
    if ids.is_some_and(|ids| ids.len() != files.len()) {
        return Err(Error::NotFound("file"));
    }
    if files.is_empty() {
        return Err(Error::invalid("no-files", "there is no such file in the drive"));
    }
    let entry = caller.actor.did(AuditKind::FileDownloaded).detail("in a zip");
    let downloaded: Vec<Uuid> = files.iter().map(|file| file.id).collect();
    db::audit::insert_for_files(&mut tx, &entry, &downloaded).await?;
    tx.commit().await?;

    let entry = |Original { name, content_hash: hash, size_bytes, created_at: added_at, .. }: Original| Entry {
        name,
        hash,
        size_bytes,
        added_at,
    };
    let bytes = zip_stream::zip(state.processor.clone(), request_id, files.into_iter().map(entry).collect());
    let name = format!("{}.zip", drive.name);
    let delivery = Delivery::new(&name, "application/zip", None, true, Caching::Revalidate);
    Ok(place.until_sent(deliver_stream(Body::from_stream(bytes), &delivery)))
}

fn parse_ids(ids: &str) -> Result<Vec<Uuid>, Error> {
    let ids: BTreeSet<Uuid> = ids
        .split(',')
        .map(|id| id.parse().map_err(|_| Error::invalid("invalid-ids", "ids are UUIDs with commas between them")))
        .collect::<Result<_, _>>()?;
    if ids.len() > MOST_FILES {
        return Err(Error::invalid("too-many-files", format!("at most {MOST_FILES} files are named at once")));
    }
    Ok(ids.into_iter().collect())
}
