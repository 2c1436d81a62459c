//! `/cache/:hash/chunks`, `/cache/:hash/export`, and of a page `/cache/:hash/pages/:page/image` and `words`: exports of a content
//! and its text, made when they are asked for.

use crate::AppState;
use crate::error::Error;
use crate::exports::{Text, page_image, page_words};
use crate::extract::{Path, Query, content_hash};
use crate::routes::cache::artifact;
use crate::searchable::Searchable;
use crate::serve_file::Representation;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use model::wire::{ChunksQuery, ExportFormat, ExportQuery};
use model::{Chunking, PageArtifact};
use storage::Blob;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/cache/{hash}/chunks", get(get_chunks))
        .route("/cache/{hash}/export", get(get_export))
        .route("/cache/{hash}/pages/{page}/image", get(get_page_image))
        .route("/cache/{hash}/pages/{page}/words", get(get_page_words))
}

/// The text cut into chunks, one JSON object a line.
async fn get_chunks(
    State(state): State<AppState>,
    Path(hash): Path<String>,
    Query(query): Query<ChunksQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let chunking =
        Chunking::new(query.size, query.overlap).map_err(|bad| Error::bad_request(format!("Wrong: {bad}.")))?;
    let text = Text::find(&state, &content_hash(&hash)?).await?;
    let what = format!("chunks-{}-{}", chunking.size(), chunking.overlap());
    let representation = text.representation(&what, "application/jsonl");
    respond(&representation, &headers, text.chunks(&state, chunking)).await
}

/// The text as a Word document, or as JSON with everything that is known of it; or the content as a PDF that can be searched.
async fn get_export(
    State(state): State<AppState>,
    Path(hash): Path<String>,
    Query(query): Query<ExportQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let hash = content_hash(&hash)?;
    match query.format {
        ExportFormat::Pdf => {
            let searchable = Searchable::find(&state, &hash, query.pages).await?;
            respond(&searchable.representation(), &headers, searchable.pdf(&state)).await
        }
        ExportFormat::Json => {
            let text = Text::find(&state, &hash).await?;
            respond(&text.representation("export.json", "application/json"), &headers, text.json(&state)).await
        }
        ExportFormat::Docx => {
            let text = Text::find(&state, &hash).await?;
            let representation = text.representation(model::EXPORT_DOCX, model::DOCX_MIME);
            respond(&representation, &headers, text.docx(&state)).await
        }
    }
}

/// Whoever has it already costs nothing.
async fn respond(
    representation: &Representation<'_>,
    headers: &HeaderMap,
    export: impl Future<Output = Result<Blob, Error>>,
) -> Result<Response, Error> {
    if representation.is_known_to(headers) {
        return representation.not_modified();
    }
    representation.respond(headers, export.await?).await
}

/// A page as PNG, for whoever recognises text elsewhere. Drawn each time and kept nowhere.
async fn get_page_image(
    State(state): State<AppState>,
    Path((hash, page)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let hash = content_hash(&hash)?;
    let content = db::contents::find(&mut *state.db().await?, &hash).await?.ok_or(Error::ContentNotFound)?;
    let what = format!("page-{page}");
    let representation = Representation { hash: &hash, what: &what, mime: "image/png", size_bytes: content.size_bytes };
    respond(&representation, &headers, page_image(&state, &hash, page)).await
}

/// The words on a page and where they are seen: those that were recognised, else those of the document. JSON of
/// [`model::PageWords`].
async fn get_page_words(
    State(state): State<AppState>,
    Path((hash, page)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let hash = content_hash(&hash)?;
    let Some((words, reading)) = page_words(&state, &hash, page).await? else {
        return artifact(&state, &hash, &PageArtifact::Words { page }.name(), &headers).await;
    };
    // Read anew they may be others and as many bytes.
    let what = format!("page-{page}-words-{reading}");
    let size_bytes = words.len() as u64;
    let representation = Representation { hash: &hash, what: &what, mime: "application/json", size_bytes };
    match representation.is_known_to(&headers) {
        true => representation.not_modified(),
        false => representation.respond_from_memory(&headers, &words.into()),
    }
}
