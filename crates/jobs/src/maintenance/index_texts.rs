//! Texts that are not found yet, because an earlier release wrote them or somebody wants all of them indexed anew.

use crate::context::Context;
use crate::search_text::{SearchText, language};
use crate::stored_text::stored_text;
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
    /// The step has ended early, at a text that could not be indexed: the next is to wait.
    pub is_cut_short: bool,
}

/// Indexes the texts of some contents, the newest first, from where the step before has ended. A text whose file is lost is passed over.
pub async fn index_texts(context: &Context, from: Option<i32>) -> anyhow::Result<Indexed> {
    let batch = db::search_pages::unindexed(&mut *context.pool.acquire().await?, from, BATCH).await?;
    let next = batch.last().map(|(search_id, _)| *search_id);
    let mut indexed = Indexed { contents: 0, next, is_cut_short: false };
    for (search_id, hash) in batch {
        match index_text(context, &hash).await {
            Ok(is_indexed) => indexed.contents += u64::from(is_indexed),
            // A damaged text does not keep those behind it from being found, and a store that is away is not asked for one after another.
            Err(error) => {
                let error = format!("{error:#}");
                tracing::warn!(content.hash = %hash, error, "a text could not be indexed");
                return Ok(Indexed { next: Some(search_id), is_cut_short: true, ..indexed });
            }
        }
    }
    Ok(indexed)
}

/// One of them. False when its text is lost, or was settled by somebody else meanwhile.
async fn index_text(context: &Context, hash: &ContentHash) -> anyhow::Result<bool> {
    let Some(content) = db::contents::find(&mut *context.pool.acquire().await?, hash).await? else { return Ok(false) };
    let (text, spans) = match stored_text(context, hash, EXTRACTED_TEXT).await? {
        Some(text) => (Some(text), stored_text(context, hash, PAGES).await?),
        None => (stored_text(context, hash, OCR_TEXT).await?, None),
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
