//! Looking for files in all drives of a person: by what stands in them, by name, by title.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Query};
use crate::file::File;
use crate::page;
use crate::parameters::{given, id, time};
use crate::search_hits::{self, Hit, PageHit, Position, Where};
use crate::search_suggestion::suggest;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use db::search::Scope;
use model::wire;
use search::{Matcher, SnippetPart, mark};
use serde::{Deserialize, Serialize};
use service::RequestId;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search_files)).routes(routes!(get_search_index, renew_search_index))
}

/// Files of a page that asks for no number.
const DEFAULT_FILES: u32 = 20;
/// Most files of a page.
const MOST_FILES: u32 = 50;

/// What to look for, and where. An empty value is no restriction.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words that a page has all of, or else a file, in any of their forms and with or without accents. `"net total"` are words as they stand, in
    /// their order; `a OR b` is either; `-draft` is not there; `invoi*` begins so (three letters at least). At most 500 characters
    /// and 24 words.
    q: String,
    /// Only this drive.
    #[param(value_type = Option<Uuid>)]
    drive: Option<String>,
    /// `image`, `text`, `document`, `other`, or a format's short name such as `pdf`.
    r#type: Option<String>,
    /// Added not before this time (RFC 3339).
    from: Option<String>,
    /// Added before this time (RFC 3339).
    to: Option<String>,
    /// Added by this person.
    #[param(value_type = Option<Uuid>)]
    owner: Option<String>,
    /// Whose text is in this language (BCP 47: `en`).
    language: Option<String>,
    /// Where to look: `text`, `name`, `meta` (title and author), with commas between. Everywhere when absent.
    r#in: Option<String>,
    /// `nextCursor` of the page before, asked for with the same other parameters.
    cursor: Option<String>,
    /// Files of a page: 1 to 50, 20 when absent.
    limit: Option<u32>,
}

/// Files that were found, the best first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SearchResults {
    items: Vec<FoundFile>,
    total: Total,
    /// Other words, where nothing was found: those of the search with a letter more, less or different.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
    /// There are texts of before this server could search that are not found yet; they will be, by and by.
    is_incomplete: bool,
    /// Send it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How many files were found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Total {
    /// At most 1,000.
    count: usize,
    /// False when there are more, or may be: of words that stand on very many pages not all are looked at.
    is_exact: bool,
}

/// A file that was found, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FoundFile {
    file: File,
    /// The higher, the better it answers. Only for comparison with others of the same search.
    rank: f32,
    /// Where it was found: `text`, `name`, `meta`.
    found_in: Vec<FoundIn>,
    /// Its name, with what was looked for.
    name: Vec<TextPart>,
    /// Its best pages, at most three, the best first.
    pages: Vec<FoundPage>,
    /// How many of its pages have the words.
    page_count: u64,
}

/// Where a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum FoundIn {
    /// On its pages.
    Text,
    /// In its name.
    Name,
    /// In the title or author that it says it has.
    Meta,
}

/// A page that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FoundPage {
    /// Counted from 1. A text without pages is one.
    page: u32,
    /// Some lines of it. Empty while its text is being made again.
    snippet: Vec<TextPart>,
}

/// A piece of a text. The pieces follow each other; they are plain text and never markup.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TextPart {
    text: String,
    /// It was looked for.
    is_marked: bool,
}

/// How much of what there is can be found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SearchIndex {
    /// Contents with text that are found.
    indexed: u64,
    /// Those that are not, yet.
    waiting: u64,
}

/// Search
///
/// Looks through all drives of the caller, or one: through the words of pages, names, titles and authors. What is in the trash is not
/// found, and what the caller may no longer see neither, from the next answer on.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchQuery), responses((status = 200, body = SearchResults)))]
async fn search_files(
    caller: Caller,
    State(state): State<AppState>,
    request_id: RequestId,
    Query(parameters): Query<SearchQuery>,
) -> Result<Json<SearchResults>, Error> {
    let query = search::Query::parse(&parameters.q).map_err(invalid_query)?;
    let places = places(given(&parameters.r#in))?;
    let position: Option<Position> = given(&parameters.cursor).map(page::decode_cursor).transpose()?;
    let limit = parameters.limit.unwrap_or(DEFAULT_FILES).clamp(1, MOST_FILES) as usize;
    let scope = Scope {
        user_id: caller.user.id,
        drive_id: id(&parameters.drive)?,
        kind: given(&parameters.r#type),
        from: time(&parameters.from)?,
        to: time(&parameters.to)?,
        owner_id: id(&parameters.owner)?,
        language: given(&parameters.language),
    };
    let turn = state.heavy_reads.turn(caller.user.id).await?;
    let found = search_hits::find(&state, &query, &scope, places).await?;
    let did_you_mean = match found.total {
        0 if places.text => suggest(&state, &query, &scope).await?,
        _ => None,
    };
    drop(turn);
    let rest = found.after(position);
    let shown = &rest[..rest.len().min(limit)];
    let next_cursor = shown.last().filter(|_| rest.len() > limit).map(|last| page::encode_cursor(&last.position()));
    let (files, is_incomplete) = {
        let mut conn = state.database.acquire().await?;
        let ids: Vec<Uuid> = shown.iter().map(|hit| hit.id).collect();
        let files = db::library::list_visible(&mut conn, caller.user.id, &ids).await?;
        (files, db::search_pages::is_incomplete(&mut conn).await?)
    };
    let mut by_id: HashMap<Uuid, db::library::File> = files.into_iter().map(|file| (file.id, file)).collect();
    let shown: Vec<(&Hit, db::library::File)> =
        shown.iter().filter_map(|hit| Some((hit, by_id.remove(&hit.id)?))).collect();
    let mut snippets = snippets(&state, &request_id, &parameters.q, &shown).await?.into_iter();
    let matcher = Matcher::new(&query, None);
    let items = shown.into_iter().map(|(hit, file)| found_file(&matcher, hit, file, &mut snippets)).collect();
    let total = Total { count: found.total, is_exact: found.is_exact };
    Ok(Json(SearchResults { items, total, did_you_mean, is_incomplete, next_cursor }))
}

/// How far indexing is
///
/// Texts are found from the moment they are there. Those of a release that could not search are indexed in the background. For
/// administrators.
#[utoipa::path(get, path = "/search/index", tag = "search", responses((status = 200, body = SearchIndex)))]
async fn get_search_index(caller: Caller, State(state): State<AppState>) -> Result<Json<SearchIndex>, Error> {
    caller.require_admin()?;
    let _turn = state.heavy_reads.turn(caller.user.id).await?;
    let progress = db::search_pages::progress(&mut *state.database.acquire().await?).await?;
    Ok(Json(progress.into()))
}

/// Index all texts again
///
/// In the background, the newest first. Until its turn has come each text is found as it was. For administrators.
#[utoipa::path(post, path = "/search/index", tag = "search", responses((status = 202, body = SearchIndex)))]
async fn renew_search_index(
    caller: Caller,
    State(state): State<AppState>,
) -> Result<(StatusCode, Json<SearchIndex>), Error> {
    caller.require_admin()?;
    let _turn = state.heavy_reads.turn(caller.user.id).await?;
    let mut tx = db::begin(&state.database).await?;
    db::allow_minutes(&mut tx).await?;
    db::search_pages::forget(&mut tx).await?;
    let progress = db::search_pages::progress(&mut tx).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(progress.into())))
}

/// The lines of the pages, in the order of the files and their pages. The file store has the texts.
async fn snippets(
    state: &AppState,
    request_id: &RequestId,
    query: &str,
    shown: &[(&Hit, db::library::File)],
) -> Result<Vec<Vec<TextPart>>, Error> {
    let place = |page: &PageHit| wire::SnippetPlace {
        content_hash: page.hash.clone(),
        language: page.language.clone(),
        size_bytes: page.size_bytes,
        start_byte: page.start_byte,
    };
    let places: Vec<_> = shown.iter().flat_map(|(hit, _)| hit.pages.iter().map(place)).collect();
    if places.is_empty() {
        return Ok(vec![]);
    }
    let request = wire::SnippetsRequest { places, query: query.to_owned() };
    let snippets = state.processor.snippets(request_id, &request).await?.snippets;
    let part = |part: wire::SnippetPart| TextPart { text: part.text, is_marked: part.is_marked };
    Ok(snippets.into_iter().map(|parts| parts.into_iter().map(part).collect()).collect())
}

fn found_file(
    matcher: &Matcher,
    hit: &Hit,
    file: db::library::File,
    snippets: &mut impl Iterator<Item = Vec<TextPart>>,
) -> FoundFile {
    let part = |SnippetPart { text, is_marked }| TextPart { text, is_marked };
    let name = mark(matcher, &file.name).into_iter().map(part).collect();
    let found = [(FoundIn::Text, !hit.pages.is_empty()), (FoundIn::Name, hit.is_named), (FoundIn::Meta, hit.is_titled)];
    let snippet = |page: &PageHit| FoundPage { page: page.page, snippet: snippets.next().unwrap_or_default() };
    FoundFile {
        rank: hit.rank,
        found_in: found.into_iter().filter(|(_, is_found)| *is_found).map(|(place, _)| place).collect(),
        name,
        pages: hit.pages.iter().map(snippet).collect(),
        page_count: hit.page_count,
        file: file.into(),
    }
}

impl From<db::search_pages::Progress> for SearchIndex {
    fn from(progress: db::search_pages::Progress) -> Self {
        let number = |count: i64| count.unsigned_abs();
        Self { indexed: number(progress.indexed), waiting: number(progress.waiting) }
    }
}

fn invalid_query(bad: search::BadQuery) -> Error {
    let code = match bad {
        search::BadQuery::NoWords => "no-words",
        search::BadQuery::OnlyExcluded => "only-excluded-words",
        search::BadQuery::TooLong => "search-too-long",
        search::BadQuery::TooManyWords => "too-many-words",
    };
    Error::invalid(code, bad.to_string())
}

fn places(words: Option<&str>) -> Result<Where, Error> {
    let Some(words) = words else { return Ok(Where { text: true, name: true, meta: true }) };
    let mut places = Where { text: false, name: false, meta: false };
    for word in words.split(',') {
        match word.trim() {
            "text" => places.text = true,
            "name" => places.name = true,
            "meta" => places.meta = true,
            _ => return Err(Error::invalid("invalid-place", "files are looked for in text, name and meta")),
        }
    }
    Ok(places)
}
