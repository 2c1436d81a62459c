//! Near duplicates: the same picture again, smaller, compressed, or slightly changed.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path, Query};
use crate::routes::files::find;
use crate::state::AppState;
use axum::extract::State;
use db::drives::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Bits that may differ unless asked otherwise: fewer miss copies that were cropped a little, more find strangers.
const USUAL_BITS: i32 = 8;
/// Half of all bits differ between pictures that have nothing in common.
const MAX_BITS: i32 = 24;
const MAX_FILES: i64 = 50;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_similar))
}

/// How alike.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SimilarQuery {
    /// How many of the 64 bits of the pictures' hashes may differ: 0 to 24, 8 when absent.
    distance: Option<i32>,
}

/// A file whose picture looks like another's.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SimilarFile {
    /// The file.
    id: Uuid,
    /// How many of the 64 bits differ; 0 is next to certainly the same picture.
    distance: i32,
}

/// Pictures that look like this one
///
/// Of the same drive, the most alike first, at most 50. Empty for what is no picture.
#[utoipa::path(
    get, path = "/files/{id}/similar", tag = "files", params(("id" = Uuid, Path), SimilarQuery),
    responses((status = 200, body = Vec<SimilarFile>))
)]
async fn list_similar(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<SimilarQuery>,
) -> Result<Json<Vec<SimilarFile>>, Error> {
    let distance = query.distance.unwrap_or(USUAL_BITS);
    if !(0..=MAX_BITS).contains(&distance) {
        return Err(Error::invalid("invalid-distance", "a distance is a number from 0 to 24"));
    }
    let _turn = state.heavy_reads.turn(caller.user.id).await?;
    let mut conn = state.database.acquire().await?;
    find(&mut conn, &caller, id, Role::Viewer).await?;
    let similar = db::similar::of(&mut conn, id, distance, MAX_FILES).await?;
    Ok(Json(similar.into_iter().map(|db::similar::Similar { id, distance }| SimilarFile { id, distance }).collect()))
}
