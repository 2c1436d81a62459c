//! A content as a searchable PDF: its bytes and what was recognised on its pages go to a confined child in one file.

use crate::AppState;
use crate::error::Error;
use crate::exports::in_time;
use crate::serve_file::Representation;
use db::contents::Content;
use model::{ContentHash, PDF_MIME, PageRanges};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsRawFd;
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
        let blob = state.context.store.open_blob(hash).await.map_err(|error| match error {
            storage::Error::NotFound => Error::ContentNotFound,
            error => error.into(),
        })?;
        let original = blob.into_file().await?;
        let (store, reserve_bytes) = (&state.context.store, state.config.reserve_bytes);
        let _room = state.room.reserve(store, self.content.size_bytes, reserve_bytes).await?;
        let input = store.temp_output().await?;
        let mut input = blocking(move || {
            io::copy(&mut &original, &mut &input)?;
            Ok(input)
        })
        .await?;
        let mut next = 1;
        loop {
            let mut conn = state.db().await?;
            let batch = db::ocr::words_from(&mut conn, hash, self.content.facts.ocr.as_ref(), next, BATCH).await?;
            drop(conn);
            let Some((last, _)) = batch.last() else { break };
            next = last + 1;
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
        // Whoever reads it cannot change it, and begins at its beginning.
        File::open(format!("/proc/self/fd/{}", input.as_raw_fd())).map_err(failed)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Error> {
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(io::Error::other).and_then(|done| done).map_err(failed)
}

fn failed(error: io::Error) -> Error {
    tracing::error!(%error, "what is exported could not be put together");
    Error::Internal
}
