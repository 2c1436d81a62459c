//! What this server accepts, said before anybody sends anything.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::Json;
use crate::state::AppState;
use axum::extract::State;
use model::file_name::MAX_BYTES;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_limits))
}

/// What this server accepts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Bytes of one uploaded file.
    max_upload_bytes: u64,
    /// Bytes that are at least free on the volume of the files, as the file store last said: a power of two, as to be told more closely
    /// would tell what others do. Some of them stay free. Absent while the file store says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    free_bytes: Option<u64>,
    /// Bytes of a file's name.
    max_name_bytes: u64,
    /// Pixels of an image from which presets are made.
    max_image_pixels: u64,
    /// Pages of a PDF from which text is made.
    max_pdf_pages: u32,
    /// Bytes of text kept of one file.
    max_text_bytes: u64,
}

/// Limits
///
/// What this server accepts. Larger files are refused before they are read.
#[utoipa::path(get, path = "/limits", tag = "system", responses((status = 200, body = Limits)))]
async fn get_limits(_: Caller, State(state): State<AppState>) -> Result<Json<Limits>, Error> {
    let engine = model::Limits::default();
    let services = db::service_status::present(&mut *state.database.acquire().await?).await?;
    Ok(Json(Limits {
        max_upload_bytes: state.config.upload_max_bytes,
        // Processors share one store.
        free_bytes: services.into_iter().find_map(|service| service.store).map(|store| rounded(store.free_bytes)),
        max_name_bytes: MAX_BYTES as u64,
        max_image_pixels: engine.image_pixels,
        max_pdf_pages: engine.pdf_pages,
        max_text_bytes: engine.text_bytes,
    }))
}

/// The largest power of two that is not more.
fn rounded(bytes: u64) -> u64 {
    bytes.checked_ilog2().map_or(0, |power| 1 << power)
}
