//! The pages of a file: where they lie in its text, how large they are, as pictures, and where their words are.

use crate::auth::caller::{Brought, Caller};
use crate::delivery::{Caching, Delivery, deliver};
use crate::error::{Error, ReadingAgain};
use crate::extract::{Path, Query};
use crate::person_limit::{PAGES_AT_ONCE, PersonLimit};
use crate::places::Place;
use crate::processor::BytesRequest;
use crate::routes::contents::{find, find_artifact, pass_artifact};
use crate::state::AppState;
use axum::extract::State;
use axum::response::Response;
use model::{ContentHash, PAGES, PageArtifact, page_width, wire};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_pages))
        .routes(routes!(get_page_sizes))
        .routes(routes!(get_page_image))
        .routes(routes!(get_page_words))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageImageQuery {
    /// Pixels from left to right, rounded up to 320, 800, 1200, 1600 or 2400, which is the most: 1200 when absent. A picture is never
    /// made larger.
    width: Option<u32>,
}

/// The width of a page's picture when none is said.
const USUAL_WIDTH: u32 = 1200;

/// One page's place in the plain text, counted in characters.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an artifact that passes through unread")]
struct PageSpan {
    /// Counted from 1.
    page: u32,
    /// First character.
    start: u64,
    /// One past the last character.
    end: u64,
    /// How sure text recognition was of the page, 0 to 100. Absent when it read nothing there or cannot say.
    confidence: Option<u8>,
}

/// A page as it is seen, and the words on it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes an answer that passes through unread")]
struct PageWords {
    /// Counted from 1.
    page: u32,
    /// Width in points, 72 to an inch. A picture has 200 pixels to an inch.
    width_points: f32,
    /// Height in points.
    height_points: f32,
    /// Width in pixels, in which the places of words are counted.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Who read: `tesseract` or `accurate`, or `reader` where the words are the document's own.
    engine: String,
    /// How sure it was, 0 to 100: the mean over the letters.
    confidence: f32,
    /// The words.
    words: Vec<PageWord>,
}

/// A word, and the smallest upright rectangle around it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes an answer that passes through unread")]
struct PageWord {
    /// What it says. In scripts without spaces a character may be a word.
    text: String,
    /// Left edge, from the page's left.
    left: u32,
    /// Upper edge, from the page's top.
    top: u32,
    /// Width.
    width: u32,
    /// Height.
    height: u32,
    /// How sure the engine was of it, 0 to 100.
    confidence: u8,
    /// The line it stands in, counted from 0 over the page.
    line: u32,
    /// How far its line is turned clockwise: 90, 180 or 270 degrees, and absent when it runs to the right.
    angle: Option<u16>,
    /// True of a word that its line's end divides: without the hyphen it goes on with the next word.
    is_divided: Option<bool>,
}

/// How large a page is as it is seen, turned as it says.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes an artifact that passes through unread")]
struct PageSize {
    /// Counted from 1.
    page: u32,
    /// Width in points, 72 to an inch. A picture has 200 pixels to an inch.
    width_points: f32,
    /// Height in points.
    height_points: f32,
}

/// Get a file's page index
///
/// Where each page lies in the plain text.
#[utoipa::path(
    get, path = "/files/{id}/pages", tag = "contents", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<PageSpan>), ReadingAgain)
)]
async fn get_pages(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let file = find(&state, &caller, id).await?;
    let pages = file.artifacts.iter().find(|artifact| artifact.name == PAGES).ok_or(Error::NotFound("artifact"))?;
    pass_artifact(&state, &file.content_hash, pages, Caching::Revalidate, &request).await
}

/// Get how large the pages of a file are
///
/// Of a PDF or a picture, which has one page or, as a scan, more: each page in order, so that there is a place for its picture before
/// that comes.
#[utoipa::path(
    get, path = "/files/{id}/pages/sizes", tag = "contents", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<PageSize>), (status = 304))
)]
async fn get_page_sizes(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let file = find(&state, &caller, id).await?;
    let _place = place(&state, caller.user.id)?;
    pass_new(&state, &file.content_hash, PageArtifact::Sizes, &request).await
}

/// Get a page as a picture
///
/// JPEG, of a PDF or a picture, as it is seen. It is made when somebody asks and kept for a while. A file that is not read yet is
/// answered `busy`, one that has no pages or that cannot be drawn with its reason, such as `unsupported`, `encrypted`, `malformed` or
/// `timeout`.
#[utoipa::path(
    get, path = "/files/{id}/pages/{page}/image", tag = "contents",
    params(("id" = Uuid, Path), ("page" = u32, Path, description = "Counted from 1; a picture is page 1."), PageImageQuery),
    responses((status = 200, content_type = "image/jpeg"), (status = 206), (status = 304))
)]
async fn get_page_image(
    brought: Brought,
    State(state): State<AppState>,
    Path((id, page)): Path<(Uuid, u32)>,
    Query(query): Query<PageImageQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let image = PageArtifact::Image { page, width: page_width(query.width.unwrap_or(USUAL_WIDTH)) };
    let (hash, made) = find_artifact(&state, &brought, id, image.name()).await?;
    if let Some(artifact) = made {
        return pass_artifact(&state, &hash, &artifact, Caching::Revalidate, &request).await;
    }
    let caller = brought.caller(&state, request.method()).await?;
    let _place = place(&state, caller.user.id)?;
    pass_new(&state, &hash, image, &request).await
}

/// Get where the words of a page stand
///
/// Each word with the rectangle it is seen in, so that it can be marked on a picture of the page: those that were recognised here, else
/// those of a PDF, in the order in which it draws them.
#[utoipa::path(
    get, path = "/files/{id}/pages/{page}/words", tag = "contents",
    params(("id" = Uuid, Path), ("page" = u32, Path, description = "Counted from 1; a picture is page 1.")),
    responses((status = 200, body = PageWords), (status = 304))
)]
async fn get_page_words(
    caller: Caller,
    State(state): State<AppState>,
    Path((id, page)): Path<(Uuid, u32)>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let file = find(&state, &caller, id).await?;
    let _place = place(&state, caller.user.id)?;
    let response = state.processor.cached(&request, &file.content_hash, &wire::page_words_name(page)).await?;
    let delivery = Delivery::new("words.json", "application/json", Some("utf-8"), false, Caching::Revalidate);
    deliver(response, &delivery).await
}

/// Something that may have to be made, which keeps a reader busy.
fn place(state: &AppState, person: Uuid) -> Result<Place, Error> {
    state.places.take(person, PersonLimit::Pages, PAGES_AT_ONCE)
}

/// What the processor makes if it is not there.
async fn pass_new(
    state: &AppState,
    hash: &ContentHash,
    artifact: PageArtifact,
    request: &BytesRequest,
) -> Result<Response, Error> {
    let name = artifact.name();
    let delivery = Delivery::new(&name, artifact.mime(), Some("utf-8"), false, Caching::Revalidate);
    deliver(state.processor.cached(request, hash, &name).await?, &delivery).await
}
