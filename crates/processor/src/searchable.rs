//! A content as a searchable PDF: its bytes and what was recognised on its pages go to a confined child in one file.

use crate::AppState;
use crate::error::Error;
use crate::exports::{in_time, open_original};
use crate::serve_file::Representation;
use db::contents::Content;
use model::{ContentHash, PDF_MIME, PageRanges};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use storage::Blob;

/// Pages whose words are fetched at once.
const BATCH: u32 = 32;

/// A content that becomes a PDF.
pub(crate) struct Searchable {
    content: Content,
    pages: Option<PageRanges>,
    /// The export's name, which changes when another reading of a page does.
    what: String,
}

impl Searchable {
    /// Refuses what has no pages to be seen.
    pub(crate) async fn find(state: &AppState, hash: &ContentHash, pages: Option<PageRanges>) -> Result<Self, Error> {
        let mut conn = state.db().await?;
        let content = db::contents::find(&mut conn, hash).await?.ok_or(Error::ContentNotFound)?;
        if content.mime != PDF_MIME && !content.mime.starts_with("image/") {
            let message = "Only PDFs and pictures are exported as PDF.".into();
            return Err(Error::Unprocessable { code: "unsupported".into(), message });
        }
        let reading = db::ocr::last_reading(&mut conn, hash).await?;
        let chosen = pages.as_ref().map(|pages| format!("-{pages}")).unwrap_or_default();
        Ok(Self { content, pages, what: format!("export{chosen}-{reading}.pdf") })
    }

    /// What the export is known by.
    pub(crate) fn representation(&self) -> Representation<'_> {
        let (hash, size_bytes) = (&self.content.hash, self.content.size_bytes);
        Representation { hash, what: &self.what, mime: PDF_MIME, size_bytes }
    }

    /// The PDF.
    pub(crate) async fn pdf(&self, state: &AppState) -> Result<Blob, Error> {
        let input = self.input(state).await?;
        let export = jobs::export_pdf(&state.context, input, self.content.size_bytes, self.pages.clone());
        in_time(state, &self.content.hash, export).await
    }

    /// The bytes, and behind them a line for each page whose words are known.
    async fn input(&self, state: &AppState) -> Result<File, Error> {
        let hash = &self.content.hash;
        let original = open_original(state, hash).await?;
        let (store, reserve_bytes) = (&state.context.store, state.config.reserve_bytes);
        let _room = state.room.reserve(store, self.content.size_bytes, reserve_bytes).await?;
        let input = store.temp_output().await?;
        let mut input = blocking(move || {
            io::copy(&mut &original, &mut &input)?;
            Ok(input)
        })
        .await?;
        let recognised = self.content.facts.ocr.as_ref();
        let (mut next, last) = self.pages.as_ref().map_or(1..=u32::MAX, PageRanges::span).into_inner();
        loop {
            let mut conn = state.db().await?;
            let batch = db::ocr::words(&mut conn, hash, recognised, next..=last, BATCH).await?;
            drop(conn);
            let Some((done, _)) = batch.last() else { break };
            next = done + 1;
            let wanted = self.pages.clone();
            input = blocking(move || {
                let mut to = BufWriter::new(&input);
                for (page, words) in &batch {
                    if wanted.as_ref().is_none_or(|wanted| wanted.contains(*page)) {
                        to.write_all(words.as_bytes())?;
                        to.write_all(b"\n")?;
                    }
                }
                to.flush()?;
                drop(to);
                Ok(input)
            })
            .await?;
        }
        Ok(input)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Error> {
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(io::Error::other).and_then(|done| done).map_err(|error| {
        tracing::error!(%error, "what is exported could not be put together");
        Error::Internal
    })
}
