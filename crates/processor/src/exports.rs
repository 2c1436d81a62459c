//! Exports of a content or its text: chunks, JSON, a Word document, the picture of a page. Each is written into a file without a
//! name and sent from there, so that what a slow reader keeps is room on the disk and no memory.

use crate::AppState;
use crate::error::Error;
use crate::lost_text::lost_text;
use crate::room::Reservation;
use crate::serve_file::Representation;
use db::artifacts::Artifact;
use engine::chunks::Shape;
use jobs::ExportError;
use model::{Chunking, ContentHash, EXTRACTED_TEXT, MARKDOWN, OCR_TEXT, PAGES, PageSpan};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use storage::Blob;

/// Most bytes of one export: several times the longest text that is kept of a file.
const EXPORT_BYTES: u64 = 128 << 20;

/// The text of a content.
pub(crate) struct Text {
    hash: ContentHash,
    /// The artifact that is its plain text.
    name: &'static str,
    size_bytes: u64,
    /// All artifacts that there are of the content.
    known: Vec<Artifact>,
}

impl Text {
    /// The text's own words, or those that were recognised in it.
    pub(crate) async fn find(state: &AppState, hash: &ContentHash) -> Result<Self, Error> {
        let artifacts = db::artifacts::list(&mut *state.db().await?, hash).await?;
        for name in [EXTRACTED_TEXT, OCR_TEXT] {
            if let Some(artifact) = artifacts.iter().find(|artifact| artifact.name == name) {
                let size_bytes = artifact.size_bytes;
                return Ok(Self { hash: hash.clone(), name, size_bytes, known: artifacts });
            }
        }
        Err(Error::ArtifactNotFound)
    }

    /// What an export of it is known by. It changes when the text does, as far as its size shows.
    pub(crate) fn representation<'a>(&'a self, what: &'a str, mime: &'a str) -> Representation<'a> {
        Representation { hash: &self.hash, what, mime, size_bytes: self.size_bytes }
    }

    /// Its chunks, one JSON object a line.
    pub(crate) async fn chunks(&self, state: &AppState, chunking: Chunking) -> Result<Blob, Error> {
        let plain = self.open(state, self.name).await?.ok_or(Error::ArtifactNotFound)?;
        // Pages and headings are those of the text that was extracted.
        let (pages, markdown) = match self.name {
            EXTRACTED_TEXT => (self.open(state, PAGES).await?, self.open(state, MARKDOWN).await?),
            _ => (None, None),
        };
        write(state, move |to| {
            let plain = string(Some(plain))?;
            let shape = Shape::new(&plain, spans(pages)?, &string(markdown)?);
            for chunk in shape.chunks(&plain, chunking) {
                serde_json::to_writer(&mut *to, &chunk)?;
                to.write_all(b"\n")?;
            }
            Ok(())
        })
        .await
    }

    /// The text with its pages and everything that is known of it.
    pub(crate) async fn json(&self, state: &AppState) -> Result<Blob, Error> {
        let content = db::contents::find(&mut *state.db().await?, &self.hash).await?.ok_or(Error::ContentNotFound)?;
        let plain = self.open(state, self.name).await?.ok_or(Error::ArtifactNotFound)?;
        let pages = self.open(state, PAGES).await?;
        write(state, move |to| {
            let export = json!({
                "contentHash": content.hash,
                "sizeBytes": content.size_bytes,
                "mime": content.mime,
                "format": content.format,
                "outcome": content.outcome.map(|outcome| outcome.code()),
                "facts": content.facts,
                "warnings": content.warnings,
                "pages": spans(pages)?,
                "text": string(Some(plain))?,
            });
            Ok(serde_json::to_writer(to, &export)?)
        })
        .await
    }

    /// The text as a Word document, written by a confined child.
    pub(crate) async fn docx(&self, state: &AppState) -> Result<Blob, Error> {
        let markdown = match self.open(state, MARKDOWN).await? {
            Some(markdown) => markdown,
            None => self.open(state, self.name).await?.ok_or(Error::ArtifactNotFound)?,
        };
        let content = db::contents::find(&mut *state.db().await?, &self.hash).await?.ok_or(Error::ContentNotFound)?;
        let markdown = markdown.into_file().await?;
        in_time(state, &self.hash, jobs::export_docx(&state.context, markdown, content.facts)).await
    }

    /// Nothing when the text has no such part. A part that is lost is not left out: the export would be taken for the whole.
    async fn open(&self, state: &AppState, name: &str) -> Result<Option<Blob>, Error> {
        let Some(known) = self.known.iter().find(|known| known.name == name) else { return Ok(None) };
        match state.context.store.open_artifact(&self.hash, name).await {
            Ok(blob) => Ok(Some(blob)),
            Err(storage::Error::NotFound) => Err(lost_text(state, known).await),
            Err(error) => Err(error.into()),
        }
    }
}

/// The words that were recognised on a content's page and where they are seen, as JSON, and when a page of it was last read; nothing
/// when none were.
pub(crate) async fn page_words(
    state: &AppState,
    hash: &ContentHash,
    page: u32,
) -> Result<Option<(String, i64)>, Error> {
    let mut conn = state.db().await?;
    let content = db::contents::find(&mut conn, hash).await?.ok_or(Error::ContentNotFound)?;
    let reading = db::ocr::last_reading(&mut conn, hash).await?;
    let mut found = db::ocr::words(&mut conn, hash, content.facts.ocr.as_ref(), page..=page, 1).await?;
    Ok(found.pop().map(|(_, words)| (words, reading)))
}

/// A content's bytes, for a child that makes something of them.
pub(crate) async fn open_original(state: &AppState, hash: &ContentHash) -> Result<File, Error> {
    match state.context.store.open_blob(hash).await {
        Ok(blob) => Ok(blob.into_file().await?),
        Err(storage::Error::NotFound) => Err(Error::ContentNotFound),
        Err(error) => Err(error.into()),
    }
}

/// A page of a content, drawn by a confined child.
pub(crate) async fn page_image(state: &AppState, hash: &ContentHash, page: u32) -> Result<Blob, Error> {
    let content = open_original(state, hash).await?;
    in_time(state, hash, jobs::page_image(&state.context, content, page)).await
}

/// What a child makes for somebody who waits. The children may have other work for a while.
pub(crate) async fn in_time(
    state: &AppState,
    hash: &ContentHash,
    export: impl Future<Output = Result<Blob, ExportError>>,
) -> Result<Blob, Error> {
    let _room = reserve(state).await?;
    let exported = tokio::time::timeout(state.config.optimize_wait, export).await.map_err(|_| Error::NotYet)?;
    exported.map_err(|error| match error {
        ExportError::Refused(outcome) => {
            Error::Unprocessable { code: outcome.code().into(), message: outcome.sentence() }
        }
        ExportError::Failed(error) => {
            tracing::error!(content.hash = %hash, error = format!("{error:#}"), "an export could not be made");
            Error::Internal
        }
    })
}

/// Writes an export into a file. Few at a time: a text is in memory meanwhile.
async fn write(
    state: &AppState,
    export: impl FnOnce(&mut BufWriter<Bounded<'_>>) -> anyhow::Result<()> + Send + 'static,
) -> Result<Blob, Error> {
    let permit = state.exports.acquire().await;
    // Its size is not known before; what is written of it the volume has no longer free.
    let room = reserve(state).await?;
    let output = state.context.store.temp_output().await?;
    let written = permit.run(move || {
        let _room = room;
        let mut to = BufWriter::with_capacity(256 * 1024, Bounded { file: &output, left_bytes: EXPORT_BYTES });
        export(&mut to)?;
        to.flush()?;
        drop(to);
        let size_bytes = (&output).seek(SeekFrom::End(0))?;
        (&output).rewind()?;
        anyhow::Ok(Blob::from_file(output, size_bytes))
    });
    match written.await.and_then(|written| written) {
        Ok(blob) => Ok(blob),
        Err(error) if error.chain().any(is_too_long) => Err(Error::Unprocessable {
            code: "export_too_long".into(),
            message: format!("The export would have more than {} MiB; ask for larger chunks.", EXPORT_BYTES >> 20),
        }),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "an export of a text could not be written");
            Err(Error::Internal)
        }
    }
}

/// Room for an export, while it is written.
async fn reserve(state: &AppState) -> Result<Reservation, Error> {
    Ok(state.room.reserve(&state.context.store, EXPORT_BYTES, state.config.reserve_bytes).await?)
}

/// A file that takes so many bytes and no more: small chunks of a text with long headings are many times the text.
struct Bounded<'a> {
    file: &'a File,
    left_bytes: u64,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left_bytes.checked_sub(bytes.len() as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        let written = self.file.write(bytes)?;
        self.left_bytes = left + (bytes.len() - written) as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// `serde_json` hides the cause in an error of its own, of the same kind.
fn is_too_long(cause: &(dyn std::error::Error + 'static)) -> bool {
    let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
    let kind = kind.or_else(|| cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind));
    kind == Some(io::ErrorKind::FileTooLarge)
}

fn string(blob: Option<Blob>) -> anyhow::Result<String> {
    Ok(blob.map(Blob::read_to_string).transpose()?.unwrap_or_default())
}

fn spans(pages: Option<Blob>) -> anyhow::Result<Vec<PageSpan>> {
    let pages = string(pages)?;
    Ok(if pages.is_empty() { vec![] } else { serde_json::from_str(&pages)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H5: small chunks of a text under long headings were hundreds of megabytes, for as long as somebody read them slowly.
    #[test]
    fn h5_an_export_is_bounded_and_its_end_is_told_from_a_broken_disk() {
        let file = tempfile::tempfile().unwrap();
        let write = |text: &str, left_bytes: u64| -> anyhow::Result<()> {
            let mut to = Bounded { file: &file, left_bytes };
            Ok(serde_json::to_writer(&mut to, text)?)
        };
        write("12345678", 10).unwrap();
        let error = write("123456789", 10).unwrap_err();
        assert!(error.chain().any(is_too_long), "{error:#}");
        let mut buffered = BufWriter::with_capacity(4, Bounded { file: &file, left_bytes: 7 });
        let error: anyhow::Error = buffered.write_all(b"12345678").unwrap_err().into();
        assert!(error.chain().any(is_too_long), "{error:#}");
        assert!(!anyhow::Error::from(io::Error::from(io::ErrorKind::StorageFull)).chain().any(is_too_long));
    }
}
