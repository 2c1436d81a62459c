//! The presets: which images can be had of an image.

use crate::auth::caller::Caller;
use crate::extract::Json;
use crate::state::AppState;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_presets))
}

/// An image that can be had of an image: fitted into a box, never enlarged, upright, without metadata.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// Its name, also its artifact's.
    name: &'static str,
    /// Largest width in pixels.
    max_width: u32,
    /// Largest height in pixels.
    max_height: u32,
    /// Media type it is written in.
    format: &'static str,
    /// 1 to 100.
    quality: u8,
    /// Every uploaded image gets it without asking.
    automatic: bool,
    /// It moves: there is none of an image that does not (`facts.animated`).
    animated: bool,
}

/// Presets
///
/// The images that can be had of an image.
#[utoipa::path(get, path = "/presets", tag = "system", responses((status = 200, body = Vec<Preset>)))]
async fn list_presets(_: Caller) -> Json<Vec<Preset>> {
    Json(model::Preset::all().map(Preset::from).collect())
}

impl From<&model::Preset> for Preset {
    fn from(preset: &model::Preset) -> Self {
        Self {
            name: preset.name,
            max_width: preset.max_width,
            max_height: preset.max_height,
            format: preset.format.mime(),
            quality: preset.quality,
            automatic: model::DEFAULT_PRESETS.contains(&preset.name),
            animated: preset.motion == model::Motion::Moving,
        }
    }
}
