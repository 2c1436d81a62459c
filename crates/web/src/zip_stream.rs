//! A zip of files, made while it is sent: nothing of it is ever kept.

use crate::processor::{BytesRequest, Processor};
use bytes::Bytes;
use futures_util::{Stream, stream};
use model::ContentHash;
use service::RequestId;
use std::collections::HashSet;
use std::io::{self, Write};
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Sender};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How much is made before it is sent.
const CHUNK_BYTES: usize = 64 << 10;
/// So many chunks wait for a client that is slower.
const CHUNKS: usize = 2;

/// A file that goes into it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name; one that is there already gets a number.
    pub name: String,
    /// Its bytes.
    pub hash: ContentHash,
    /// How many they are.
    pub size_bytes: u64,
    /// The time that is noted beside it.
    pub added_at: OffsetDateTime,
}

/// The zip of these files, in this order. They are stored as they are: most are compressed already. It breaks off with an error,
/// so that nobody takes it for whole, when the bytes of one of them cannot be had. Call inside a tokio runtime.
pub fn zip(
    processor: Processor,
    request_id: RequestId,
    entries: Vec<Entry>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (sender, mut receiver) = mpsc::channel(CHUNKS);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let source = Source { runtime, processor, request: BytesRequest::for_all(request_id) };
        let chunks = Chunks { sender: sender.clone(), made: Vec::with_capacity(CHUNK_BYTES) };
        if let Err(error) = write(&source, entries, chunks) {
            // Nobody is there to be told when it was the client that went away.
            if sender.blocking_send(Err(io::Error::other("the zip breaks off"))).is_ok() {
                tracing::warn!(%error, "a zip breaks off");
            }
        }
    });
    stream::poll_fn(move |context| receiver.poll_recv(context))
}

/// Where the bytes come from.
struct Source {
    runtime: Handle,
    processor: Processor,
    request: BytesRequest,
}

fn write(source: &Source, entries: Vec<Entry>, chunks: Chunks) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(chunks);
    let mut names = HashSet::new();
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(entry.size_bytes >= u64::from(u32::MAX))
            .last_modified_time(dos_time(entry.added_at));
        zip.start_file(unique(&entry.name, &mut names), options)?;
        source.copy(&entry, &mut zip)?;
    }
    zip.finish()?.into_inner().flush()
}

impl Source {
    fn copy(&self, entry: &Entry, zip: &mut ZipWriter<StreamWriter<Chunks>>) -> io::Result<()> {
        let answer = self.processor.cached(&self.request, &entry.hash, "original");
        let mut answer = self.runtime.block_on(answer).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut copied = 0;
        while let Some(chunk) = self.runtime.block_on(answer.chunk()).map_err(io::Error::other)? {
            copied += chunk.len() as u64;
            zip.write_all(&chunk)?;
        }
        if copied == entry.size_bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// What is made, in pieces of a size that is worth sending.
struct Chunks {
    sender: Sender<io::Result<Bytes>>,
    made: Vec<u8>,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.made.extend_from_slice(bytes);
        if self.made.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.made.is_empty() {
            return Ok(());
        }
        let made = std::mem::replace(&mut self.made, Vec::with_capacity(CHUNK_BYTES));
        self.sender.blocking_send(Ok(made.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The name, with a number before its extension where another has it; on many machines `a` and `A` are one name.
fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{stem} ({number}){extension}");
        number += 1;
    }
    candidate
}

/// As the format has it: from 1980 on, to two seconds.
fn dos_time(at: OffsetDateTime) -> DateTime {
    let year = u16::try_from(at.year()).unwrap_or(1980);
    DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_files_have_one_name() {
        let mut taken = HashSet::new();
        let names = ["a.txt", "A.txt", "a (2).txt", "a.txt", ".env", ".ENV", "b"].map(|name| unique(name, &mut taken));
        assert_eq!(names, ["a.txt", "A (2).txt", "a (2) (2).txt", "a (3).txt", ".env", ".ENV (2)", "b"]);
    }
}
