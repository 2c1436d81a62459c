//! Files that a drive has already, found by the hash of what somebody is about to send.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::routes::drives::require;
use crate::state::AppState;
use axum::extract::State;
use db::drives::Role;
use model::ContentHash;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Most hashes of one question.
const MAX_HASHES: usize = 1000;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(find_known))
}

/// What somebody is about to send.
#[derive(Debug, Deserialize, ToSchema)]
struct KnownQuery {
    /// The SHA-256 of each file, as 64 lower-case hexadecimal digits; at most 1,000.
    hashes: Vec<String>,
}

/// A file that has the same bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct KnownFile {
    /// The hash it was found by.
    content_hash: String,
    id: Uuid,
    name: String,
}

/// Find files that are there already
///
/// Of this drive, which the caller is a member of, and of no other; those in the trash are left out. The newest file of each hash.
#[utoipa::path(
    post, path = "/drives/{id}/known", tag = "files", params(("id" = Uuid, Path)), request_body = KnownQuery,
    responses((status = 200, body = Vec<KnownFile>))
)]
async fn find_known(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    Json(query): Json<KnownQuery>,
) -> Result<Json<Vec<KnownFile>>, Error> {
    if query.hashes.len() > MAX_HASHES {
        return Err(Error::invalid("too-many-hashes", format!("at most {MAX_HASHES} hashes are asked for at once")));
    }
    let is_hash = |hash: &String| hash.parse::<ContentHash>().is_ok();
    if !query.hashes.iter().all(is_hash) {
        return Err(Error::invalid("invalid-hash", "a hash is 64 lower-case hexadecimal digits"));
    }
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, drive_id, Role::Viewer).await?;
    let known = db::files::known(&mut conn, drive_id, &query.hashes).await?;
    let file = |db::files::Known { content_hash, id, name }| KnownFile { content_hash, id, name };
    Ok(Json(known.into_iter().map(file).collect()))
}
