//! A large file in pieces (tus 1.0.0): whatever ends a piece, the next begins where the server says that it has come to.

use super::destination::{Destination, Sent};
use super::patience::Patience;
use super::progress::Counted;
use super::source::{Source, changed};
use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use ureq::SendBody;
use ureq::http::{HeaderMap, Method, header, request};

/// The first size of pieces where a proxy takes no large request, and the smallest.
const PIECE_BYTES: u64 = 8 << 20;
const SMALLEST_PIECE_BYTES: u64 = 256 << 10;

/// Sends a file, or the rest of it where it has been begun at `path`.
pub fn send(to: &Destination<'_>, source: &Source, key: &str, path: Option<String>) -> Result<Sent, Error> {
    let mut upload = Upload { to, source, key, path, offset: None, piece_bytes: u64::MAX };
    let (mut counted, mut patience) = (to.progress.file(), Patience::new(&to.ended));
    // How far it has ever come. Only what goes beyond is progress: a server that answers where it goes on and takes nothing is none.
    let mut furthest = None;
    loop {
        match upload.step(&mut counted) {
            Ok(Some(id)) => {
                counted.set(source.size_bytes);
                return Ok(Sent::Now(id));
            }
            Ok(None) if upload.offset > furthest => {
                furthest = upload.offset;
                patience.renew();
            }
            Ok(None) => {}
            Err(error) => {
                // Where it goes on is asked again.
                upload.offset = None;
                if error.is_of_a_proxy() && upload.piece_bytes > SMALLEST_PIECE_BYTES {
                    upload.piece_bytes = smaller(upload.piece_bytes);
                } else if upload.path.is_some() && (error.has_status(404) || error.has_status(410)) {
                    // It has expired, or it was finished so long ago that nobody remembers.
                    if let Some(id) = to.find_same(source)? {
                        return Ok(Sent::Before(id));
                    }
                    (upload.path, furthest) = (None, None);
                } else {
                    to.wait(&mut patience, error)?;
                }
            }
        }
    }
}

fn smaller(piece_bytes: u64) -> u64 {
    if piece_bytes > PIECE_BYTES { PIECE_BYTES } else { (piece_bytes / 2).max(SMALLEST_PIECE_BYTES) }
}

/// An upload in pieces.
struct Upload<'a> {
    to: &'a Destination<'a>,
    source: &'a Source,
    key: &'a str,
    /// Where it is, once it has been begun.
    path: Option<String>,
    /// Where it goes on, if that is known.
    offset: Option<u64>,
    piece_bytes: u64,
}

impl Upload<'_> {
    /// The next request: the file's id when it was the last.
    fn step(&mut self, counted: &mut Counted<'_>) -> Result<Option<String>, Error> {
        let Some(path) = self.path.clone() else {
            self.begin()?;
            return Ok(None);
        };
        let headers = match self.offset {
            None => self.to.client.send(self.request(Method::HEAD, &path), ())?.headers().clone(),
            Some(offset) => self.send_piece(&path, offset, counted)?,
        };
        let before = self.offset;
        let offset = bytes(&headers, "upload-offset")?;
        self.offset = Some(offset);
        counted.set(offset);
        let file_id = headers.get("x-file-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if file_id.is_none() && before == Some(offset) {
            return Err(Error::Unreachable("the server takes no more of the file, and does not say why".into()));
        }
        Ok(file_id)
    }

    fn begin(&mut self) -> Result<(), Error> {
        let request = self.request(Method::POST, &format!("/drives/{}/uploads", self.to.drive_id));
        let name = STANDARD.encode(self.source.name());
        let request = request.header("upload-length", self.source.size_bytes);
        let request = request.header("upload-metadata", format!("filename {name}"));
        let response = self.to.client.send(request, b"".as_slice())?;
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        // Whatever it is called in between: the end of the path is the API's.
        let path = location.and_then(|location| location.find("/drives/").map(|at| location[at..].to_owned()));
        let path = path.ok_or_else(|| Error::Unreachable("the server does not say where the upload is".into()))?;
        self.to.journal.note_upload(self.key, &path)?;
        (self.path, self.offset) = (Some(path), Some(0));
        Ok(())
    }

    fn send_piece(&self, path: &str, offset: u64, counted: &mut Counted<'_>) -> Result<HeaderMap, Error> {
        let mut file = self.source.open()?;
        file.seek(SeekFrom::Start(offset)).map_err(|cause| self.source.error(cause))?;
        let rest_bytes = self.source.size_bytes.saturating_sub(offset);
        let left_bytes = rest_bytes.min(self.piece_bytes);
        let is_last = left_bytes == rest_bytes;
        let mut piece = Piece { source: self.source, file, left_bytes, is_last, counted, failed: None };
        let request = self.request(Method::PATCH, path).header("upload-offset", offset);
        let request = request.header(header::CONTENT_TYPE, "application/offset+octet-stream");
        // What is refused is not sent.
        let request = request.header(header::CONTENT_LENGTH, left_bytes).header(header::EXPECT, "100-continue");
        let sent = self.to.client.send(request, SendBody::from_reader(&mut piece));
        match piece.failed {
            Some(cause) => Err(self.source.error(cause)),
            None => Ok(sent?.headers().clone()),
        }
    }

    fn request(&self, method: Method, path: &str) -> request::Builder {
        self.to.client.request(method, path).header("tus-resumable", "1.0.0")
    }
}

fn bytes(headers: &HeaderMap, name: &str) -> Result<u64, Error> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    number.ok_or_else(|| Error::Unreachable(format!("the server does not say {name}")))
}

/// A piece of a file as it is read. The last byte of a file that has changed meanwhile is kept back, so that no file is made of both.
struct Piece<'a, 'b> {
    source: &'a Source,
    file: File,
    left_bytes: u64,
    is_last: bool,
    counted: &'a mut Counted<'b>,
    /// Why it ended before its end.
    failed: Option<io::Error>,
}

impl Piece<'_, '_> {
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.file.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(changed());
        }
        if self.is_last && read as u64 == self.left_bytes {
            self.source.require_unchanged(&self.file)?;
        }
        self.left_bytes -= read as u64;
        self.counted.add(read as u64);
        Ok(read)
    }
}

impl Read for Piece<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next(buffer).map_err(|cause| {
            let told = io::Error::new(cause.kind(), cause.to_string());
            self.failed = Some(cause);
            told
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::progress::Progress;
    use super::super::source::collect;
    use super::*;

    #[test]
    fn pieces_get_smaller_to_a_point() {
        let sizes: Vec<u64> = std::iter::successors(Some(u64::MAX), |size| Some(smaller(*size))).take(8).collect();
        assert_eq!(
            sizes[1..],
            [8, 4, 2, 1]
                .map(|mib| mib << 20)
                .into_iter()
                .chain([512 << 10, 256 << 10, 256 << 10])
                .collect::<Vec<u64>>()
        );
    }

    #[test]
    fn a_file_that_changes_while_it_is_sent_never_gets_its_last_byte() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        let source = collect(std::slice::from_ref(&path)).sources.remove(0);
        let progress = Progress::new(false);
        let piece = |is_changed: bool, is_last: bool| {
            let mut counted = progress.file();
            let file = source.open().unwrap();
            let (source, counted) = (&source, &mut counted);
            let mut piece = Piece { source, file, left_bytes: 100, is_last, counted, failed: None };
            let mut buffer = [0; 60];
            let first = piece.read(&mut buffer).unwrap();
            if is_changed {
                std::fs::write(&path, [8; 100]).unwrap();
            }
            (first, piece.read(&mut buffer).ok(), piece.failed.is_some())
        };
        assert_eq!(piece(false, true), (60, Some(40), false));
        assert_eq!(piece(true, true), (60, None, true));
    }
}
