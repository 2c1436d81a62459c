//! A content or its text as a file of another format, made by a confined child for somebody who waits. No job: nothing is kept of it.

use crate::context::Context;
use crate::engine_run::{EngineOutput, EngineRun, run_engine};
use crate::read_only::read_only;
use model::{ArtifactPart, EXPORT_DOCX, EXPORT_PDF, Facts, Outcome, PAGE_PNG, PageFormat, PageRanges, Task};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::sync::Arc;
use storage::Blob;

/// Why there is no file.
#[derive(Debug)]
pub enum ExportError {
    /// The text does not become one: it is too large, say.
    Refused(Outcome),
    /// Our own fault.
    Failed(anyhow::Error),
}

/// Makes a Word document of Markdown of ours, with the title and the author that are known. Dropping the future stops the
/// child.
pub async fn export_docx(context: &Context, markdown: File, facts: Facts) -> Result<Blob, ExportError> {
    let Facts { title, author, .. } = facts;
    make(context, markdown, Task::ExportDocx { title, author }, EXPORT_DOCX, 0).await
}

/// Makes a searchable PDF of a PDF or a picture: `input` is its bytes, `original_bytes` of them, and behind them what was recognised
/// on its pages, as [`Task::ExportPdf`] has it. Dropping the future stops the child.
pub async fn export_pdf(
    context: &Context,
    input: File,
    original_bytes: u64,
    pages: Option<PageRanges>,
) -> Result<Blob, ExportError> {
    let input = read_only(&input).map_err(|error| ExportError::Failed(error.into()))?;
    // The document as bytes, as objects, and what is decoded of it.
    let memory_bytes = original_bytes.saturating_mul(3);
    make(context, input, Task::ExportPdf { original_bytes, pages }, EXPORT_PDF, memory_bytes).await
}

/// Draws a page of a content, as PNG. Dropping the future stops the child.
pub async fn page_image(context: &Context, content: File, page: u32) -> Result<Blob, ExportError> {
    make(context, content, Task::RenderPage { page, dpi: DPI, format: PageFormat::Png }, PAGE_PNG, 0).await
}

/// Dots per inch of a drawn page: enough for small print, and no more bytes than need be on their way.
const DPI: u32 = 150;

async fn make(context: &Context, input: File, task: Task, name: &str, memory_bytes: u64) -> Result<Blob, ExportError> {
    let run = EngineRun { task, input, extension: None, memory_bytes, on_progress: None, may_take_last: false };
    let (part, file) = make_part(context, run, name).await?;
    let failed = |error: std::io::Error| ExportError::Failed(error.into());
    let mut file = file.try_clone().map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(Blob::from_file(file, part.size_bytes))
}

/// Has a child make one part of that name, which begins the file that is given with it.
pub(crate) async fn make_part(
    context: &Context,
    run: EngineRun,
    name: &str,
) -> Result<(ArtifactPart, Arc<File>), ExportError> {
    let EngineOutput { mut report, file } = run_engine(context, run).await.map_err(ExportError::Failed)?;
    match report.artifacts.pop() {
        Some(part) if report.outcome.is_success() && part.name == name && part.offset == 0 => Ok((part, file)),
        _ if matches!(report.outcome, Outcome::Internal { .. }) || report.outcome.is_success() => {
            Err(ExportError::Failed(anyhow::anyhow!("the child made nothing: {:?}", report.outcome)))
        }
        _ => Err(ExportError::Refused(report.outcome)),
    }
}
