//! Exports of a file's text: cut into chunks, or as a file to keep. The processor makes them, and they pass through.

use crate::auth::caller::Caller;
use crate::delivery::{Caching, Delivery, deliver};
use crate::error::{Error, ReadingAgain};
use crate::extract::{Path, Query};
use crate::person_limit::{EXPORTS, PersonLimit};
use crate::processor::BytesRequest;
use crate::routes::contents::find;
use crate::state::AppState;
use axum::extract::State;
use axum::response::Response;
use db::library::File;
use model::file_name::with_extension;
use model::{AuditKind, Chunking, DOCX_MIME, EXTRACTED_TEXT, MARKDOWN, OCR_TEXT, PDF_MIME, PageRanges, wire};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_chunks)).routes(routes!(export_file))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChunksQuery {
    /// Most tokens of a chunk: 32 to 8192, 512 when absent.
    #[param(minimum = 32, maximum = 8192)]
    size: Option<u32>,
    /// Most tokens that a chunk repeats of the one before: up to half of the size, an eighth of it when absent.
    overlap: Option<u32>,
}

/// One piece of a file's text.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes lines that pass through unread")]
struct Chunk {
    /// Counted from 0.
    index: u32,
    /// Exactly the plain text from `start` to `end`.
    text: String,
    /// First character in the plain text, counted in Unicode scalar values.
    start: u64,
    /// One past the last character.
    end: u64,
    /// The page it begins on, counted from 1.
    first_page: u32,
    /// The page it ends on.
    last_page: u32,
    /// The headings it begins under, outermost first.
    headings: Vec<String>,
    /// About how many tokens a model counts in it: estimated by script and length of its words, without a vocabulary.
    tokens: u32,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    #[param(inline)]
    format: ExportFormat,
    /// Of a PDF as `pdf` only these pages: `3-5,9`, counted from 1.
    pages: Option<String>,
}

/// What a file or its text is exported as.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ExportFormat {
    /// A Word document with headings, lists, tables, links and pages.
    Docx,
    /// The text with its pages, its facts and its warnings.
    Json,
    /// Markdown, pages beginning with `<!-- page: N -->`.
    Md,
    /// The PDF or picture itself as a PDF whose recognised pages can be searched: they look as they did.
    Pdf,
    /// Plain text, pages separated by a form feed.
    Txt,
}

/// Cut a file's text into chunks
///
/// For retrieval: one JSON object a line (`application/jsonl`), always the same for the same text, size and overlap. Chunks end
/// with pages, paragraphs, sentences or lines where they can, never in a word, and what they repeat begins with a sentence where
/// it can. Together they cover the text.
#[utoipa::path(
    get, path = "/files/{id}/chunks", tag = "contents", params(("id" = Uuid, Path), ChunksQuery),
    responses((status = 200, body = Chunk, content_type = "application/jsonl"), (status = 304), ReadingAgain)
)]
async fn get_chunks(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<ChunksQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let chunking = Chunking::new(query.size, query.overlap).map_err(|bad| Error::BadRequest(bad.to_string()))?;
    let file = find(&state, &caller, id).await?;
    plain(&file)?;
    let place = state.places.take(caller.user.id, PersonLimit::Exports, EXPORTS)?;
    let name = wire::chunks_name(chunking);
    let response = state.processor.cached(&request, &file.content_hash, &name).await?;
    state.downloads.note(&caller.actor, AuditKind::FileExported, &file, "chunks", request.reads(response.status()));
    let name = with_extension(&file.name, "chunks.jsonl");
    let delivery = Delivery::new(&name, "application/jsonl", None, true, Caching::Revalidate);
    Ok(place.until_sent(deliver(response, &delivery).await?))
}

/// Export a file or its text
///
/// As a file of its own, named after this one.
#[utoipa::path(
    get, path = "/files/{id}/export", tag = "contents", params(("id" = Uuid, Path), ExportQuery),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), ReadingAgain)
)]
async fn export_file(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    Query(query): Query<ExportQuery>,
    request: BytesRequest,
) -> Result<Response, Error> {
    let file = find(&state, &caller, id).await?;
    let pages = query.pages.as_deref().map(str::parse::<PageRanges>).transpose();
    let pages = pages.map_err(|bad| Error::BadRequest(bad.to_string()))?;
    let pdf;
    let (extension, name, mime) = match query.format {
        ExportFormat::Docx => ("docx", plain(&file).map(|_| wire::ExportFormat::Docx.name())?, DOCX_MIME),
        ExportFormat::Json => ("json", plain(&file).map(|_| wire::ExportFormat::Json.name())?, "application/json"),
        ExportFormat::Md if has(&file, MARKDOWN) => ("md", MARKDOWN, "text/markdown"),
        ExportFormat::Md => ("md", plain(&file)?, "text/markdown"),
        ExportFormat::Pdf => {
            pdf = wire::pdf_name(pages.as_ref());
            ("pdf", pdf.as_str(), PDF_MIME)
        }
        ExportFormat::Txt => ("txt", plain(&file)?, "text/plain"),
    };
    let place = state.places.take(caller.user.id, PersonLimit::Exports, EXPORTS)?;
    let response = state.processor.cached(&request, &file.content_hash, name).await?;
    state.downloads.note(&caller.actor, AuditKind::FileExported, &file, extension, request.reads(response.status()));
    let delivery =
        Delivery::new(&with_extension(&file.name, extension), mime, Some("utf-8"), true, Caching::Revalidate);
    Ok(place.until_sent(deliver(response, &delivery).await?))
}

/// The artifact that is the file's plain text.
fn plain(file: &File) -> Result<&'static str, Error> {
    [EXTRACTED_TEXT, OCR_TEXT].into_iter().find(|name| has(file, name)).ok_or(Error::NotFound("text"))
}

fn has(file: &File, name: &str) -> bool {
    file.artifacts.iter().any(|artifact| artifact.name == name)
}
