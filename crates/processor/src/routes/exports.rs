//! `/cache/:hash/chunks`, `/cache/:hash/export` and `/cache/:hash/pages/:page/image`: exports of a content and its
//! text, made when they are asked for.

use crate::AppState;
use crate::error::Error;
use crate::exports::{Text, page_image};
use crate::extract::{Path, Query, content_hash};
use crate::serve_file::Representation;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use model::Chunking;
use model::wire::{ChunksQuery, ExportFormat, ExportQuery};
use storage::Blob;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/cache/{hash}/chunks", get(get_chunks))
        .route("/cache/{hash}/export", get(get_export))
        .route("/cache/{hash}/pages/{page}/image", get(get_page_image))
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

/// The text as a Word document, or as JSON with everything that is known of it.
async fn get_export(
    State(state): State<AppState>,
    Path(hash): Path<String>,
    Query(query): Query<ExportQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let text = Text::find(&state, &content_hash(&hash)?).await?;
    match query.format {
        ExportFormat::Json => {
            respond(&text.representation("export.json", "application/json"), &headers, text.json(&state)).await
        }
        ExportFormat::Docx => {
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
