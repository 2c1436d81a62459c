//! The text that a document has of its own, which the recognised pages go into.

use super::merge::Document;
use crate::context::Context;
use crate::engine_run::{EngineOutput, run_or_fail};
use crate::failure::Failure;
use crate::part_bytes::read_text;
use crate::stored_text::stored_text;
use anyhow::Context as _;
use db::contents::Content;
use model::{ContentHash, EXTRACTED_TEXT, MARKDOWN, PAGES, Task};
use queue::Job;

/// What the text consists of.
const PARTS: [&str; 3] = [EXTRACTED_TEXT, MARKDOWN, PAGES];

/// The text as it is stored, and where its files are lost as the bytes give it. With recognised pages in the place of all
/// others nothing of it would be kept, so that it need not be read, and a picture has none. `wanted` are the pages that are recognised.
pub(super) async fn own_text(
    context: &Context,
    job: &Job,
    content: &Content,
    wanted: &[u32],
) -> Result<Document, Failure> {
    if let Some(stored) = stored(context, &content.hash).await.map_err(Failure::of)? {
        return Ok(stored);
    }
    if wanted.len() >= content.facts.pages.unwrap_or(1) as usize || content.mime.starts_with("image/") {
        return Ok(Document::default());
    }
    let output = run_or_fail(context, job, content, Task::ExtractText).await?;
    let texts = tokio::task::spawn_blocking(move || texts(&output)).await.map_err(anyhow::Error::from);
    texts.and_then(|texts| document(texts?)).map_err(Failure::of)
}

/// Nothing when a part of it is lost, and an empty document when there is no text.
async fn stored(context: &Context, hash: &ContentHash) -> anyhow::Result<Option<Document>> {
    let known = db::artifacts::list(&mut *context.pool.acquire().await?, hash).await?;
    let mut texts = <[String; 3]>::default();
    for (text, name) in texts.iter_mut().zip(PARTS) {
        match stored_text(context, hash, name).await? {
            Some(stored) => *text = stored,
            None if known.iter().any(|artifact| artifact.name == name) => return Ok(None),
            None => {}
        }
    }
    document(texts).map(Some)
}

/// The parts as they lie in the output of a run.
fn texts(output: &EngineOutput) -> anyhow::Result<[String; 3]> {
    let mut texts = <[String; 3]>::default();
    for (text, name) in texts.iter_mut().zip(PARTS) {
        let Some(part) = output.report.artifacts.iter().find(|part| part.name == name) else { continue };
        *text = read_text(part, &output.file)?;
    }
    Ok(texts)
}

fn document([plain, markdown, pages]: [String; 3]) -> anyhow::Result<Document> {
    let pages = match pages.as_str() {
        "" => vec![],
        pages => serde_json::from_str(pages).context("reading the index of pages")?,
    };
    Ok(Document { plain, markdown, pages })
}
