//! Texts that are not found yet, because an earlier release wrote them or somebody wants all of them indexed anew.

use crate::context::Context;
use crate::search_text::{SearchText, language};
use anyhow::Context as _;
use model::{ContentHash, EXTRACTED_TEXT, OCR_TEXT, PAGES};

/// Contents that one step looks at.
const BATCH: i64 = 20;

/// How far indexing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    /// Contents whose texts were indexed.
    pub contents: u64,
    /// Where to go on; nothing when all have been looked at.
    pub next: Option<i32>,
}

/// Indexes the texts of some contents, the newest first, from where the step before has ended. A text whose file is lost is passed over.
pub async fn index_texts(context: &Context, from: Option<i32>) -> anyhow::Result<Indexed> {
    let batch = db::search_pages::unindexed(&mut *context.pool.acquire().await?, from, BATCH).await?;
    let mut indexed = Indexed { contents: 0, next: batch.last().map(|(search_id, _)| *search_id) };
    for (_, hash) in batch {
        indexed.contents += u64::from(index_text(context, &hash).await?);
    }
    Ok(indexed)
}

/// One of them. False when its text is lost, or was settled by somebody else meanwhile.
async fn index_text(context: &Context, hash: &ContentHash) -> anyhow::Result<bool> {
    let Some(content) = db::contents::find(&mut *context.pool.acquire().await?, hash).await? else { return Ok(false) };
    let (text, spans) = match artifact(context, hash, EXTRACTED_TEXT).await? {
        Some(text) => (Some(text), artifact(context, hash, PAGES).await?),
        None => (artifact(context, hash, OCR_TEXT).await?, None),
    };
    let Some(text) = text else { return Ok(false) };
    let cut = move || SearchText::cut(&text, spans.as_deref(), language(&content.facts));
    let pages = tokio::task::spawn_blocking(cut).await??;
    let mut tx = db::begin(&context.pool).await?;
    let is_unindexed = db::search_pages::lock_unindexed(&mut tx, hash).await?;
    if is_unindexed {
        pages.write(&mut tx, hash).await?;
        tx.commit().await?;
    }
    Ok(is_unindexed)
}

/// The text of an artifact, or nothing when it is not there.
async fn artifact(context: &Context, hash: &ContentHash, name: &str) -> anyhow::Result<Option<String>> {
    match context.store.open_artifact(hash, name).await {
        Ok(blob) => Ok(Some(tokio::task::spawn_blocking(move || blob.read_to_string()).await??)),
        Err(storage::Error::NotFound) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {name}")),
    }
}
