//! What this server accepts, said before anybody sends anything.

use crate::auth::caller::Caller;
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
async fn get_limits(_: Caller, State(state): State<AppState>) -> Json<Limits> {
    let engine = model::Limits::default();
    Json(Limits {
        max_upload_bytes: state.config.upload_max_bytes,
        max_name_bytes: MAX_BYTES as u64,
        max_image_pixels: engine.image_pixels,
        max_pdf_pages: engine.pdf_pages,
        max_text_bytes: engine.text_bytes,
    })
}
