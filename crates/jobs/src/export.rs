//! A content or its text as a file of another format, made by a confined child for somebody who waits. No job: nothing is kept of it.

use crate::check::check;
use crate::context::Context;
use anyhow::Context as _;
use model::{EXPORT_DOCX, Facts, Outcome, PAGE_PNG, PageFormat, Report, Request, Task};
use sandbox::{Call, Ended};
use std::fs::File;
use std::io::{Seek, SeekFrom};
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
    make(context, markdown, Task::ExportDocx { title, author }, EXPORT_DOCX).await
}

/// Draws a page of a content, as PNG. Dropping the future stops the child.
pub async fn page_image(context: &Context, content: File, page: u32) -> Result<Blob, ExportError> {
    make(context, content, Task::RenderPage { page, dpi: DPI, format: PageFormat::Png }, PAGE_PNG).await
}

/// Dots per inch of a drawn page: enough for small print, and no more bytes than need be on their way.
const DPI: u32 = 150;

async fn make(context: &Context, input: File, task: Task, name: &str) -> Result<Blob, ExportError> {
    let (report, mut file) = run(context, input, task).await.map_err(ExportError::Failed)?;
    match report.artifacts.first() {
        Some(part) if report.outcome.is_success() && part.name == name && part.offset == 0 => {
            let size_bytes = part.size_bytes;
            file.seek(SeekFrom::Start(0)).map_err(|error| ExportError::Failed(error.into()))?;
            Ok(Blob::from_file(file, size_bytes))
        }
        _ if matches!(report.outcome, Outcome::Internal { .. }) || report.outcome.is_success() => {
            Err(ExportError::Failed(anyhow::anyhow!("the child made nothing: {:?}", report.outcome)))
        }
        _ => Err(ExportError::Refused(report.outcome)),
    }
}

async fn run(context: &Context, input: File, task: Task) -> anyhow::Result<(Report, File)> {
    let request = Request { task, extension: None, limits: context.limits.clone() };
    let output = context.store.temp_output().await.context("making a temporary file")?;
    let call = Call {
        request: serde_json::to_vec(&request)?,
        input,
        output: output.try_clone()?,
        reuse_child: false,
        memory_hint_bytes: 0,
        on_progress: None,
    };
    let report = match context.sandbox.run(call).await {
        Ended::Answer(answer) => {
            let report: Report = serde_json::from_slice(&answer).context("the child's answer is not a report")?;
            check(&report, &output)?;
            report
        }
        Ended::Timeout => Report::of(Outcome::Timeout),
        Ended::Memory => Report::of(Outcome::Memory),
        Ended::Crashed { signal } => Report::of(Outcome::Crashed { signal }),
        Ended::Internal { detail } => Report::of(Outcome::Internal { detail }),
    };
    Ok((report, output))
}
