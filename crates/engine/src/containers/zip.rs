//! A zip archive read within bounds. What counts is what comes out, not what the headers claim.

use crate::{Error, Source};
use model::{Limits, Reason};
use std::io::{self, Read, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

/// Bytes that come out before their ratio to the packed bytes counts.
const RATIO_FREE_BYTES: u64 = 1 << 20;
/// The end record and the longest comment after it.
const END_BYTES: u64 = 22 + 0xffff;

/// An open archive.
pub struct Archive<'a> {
    zip: ZipArchive<&'a mut dyn Source>,
    limits: Limits,
    unpacked: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory of the archive.
    pub fn open(input: &'a mut dyn Source, limits: &Limits) -> Result<Self, Error> {
        let size_bytes = check_entries(input, limits)?;
        let zip = ZipArchive::new(input).map_err(from_zip)?;
        if zip.len() as u64 > u64::from(limits.archive_entries) {
            return Err(too_many_entries(limits));
        }
        // Overlapping entries each look modest; together they claim far more than the file could hold.
        let claimed = zip.decompressed_size().unwrap_or(0);
        let possible = u128::from(size_bytes) * u128::from(limits.archive_ratio);
        if claimed > u128::from(limits.archive_bytes) && claimed > possible {
            return Err(too_large_unpacked());
        }
        Ok(Self { zip, limits: limits.clone(), unpacked: 0 })
    }

    /// Names of the parts, in the order of the directory.
    pub fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| name.ok().map(|name| name.into_owned())).collect()
    }

    /// Opens one part; nothing when there is none of that name.
    pub fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, Error> {
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(from_zip(error)),
        };
        let packed = file.compressed_size();
        let ratio_bytes = RATIO_FREE_BYTES.saturating_add(packed.saturating_mul(self.limits.archive_ratio));
        let max = self.limits.archive_part_bytes.min(ratio_bytes);
        Ok(Some(Part { file: Box::new(file), left: max, all: &mut self.unpacked, max: self.limits.archive_bytes }))
    }

    /// Reads a small part whole; nothing when there is none, or when it is not small.
    pub fn small_part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        const SMALL: u64 = 1 << 20;
        let Some(part) = self.part(name)? else { return Ok(None) };
        let mut bytes = vec![];
        part.take(SMALL + 1).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= SMALL).then_some(bytes))
    }
}

/// One part while it is read. Reading past a limit fails with the rejection.
pub struct Part<'p> {
    file: Box<dyn Read + 'p>,
    left: u64,
    all: &'p mut u64,
    max: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(to)?;
        *self.all += count as u64;
        if count as u64 > self.left || *self.all > self.max {
            return Err(too_large_unpacked().into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Looks at the number of entries before the directory is read, for each of them takes memory. Gives the file's size.
fn check_entries(input: &mut dyn Source, limits: &Limits) -> Result<u64, Error> {
    let size = input.seek(SeekFrom::End(0)).map_err(Error::Io)?;
    input.seek(SeekFrom::Start(size.saturating_sub(END_BYTES))).map_err(Error::Io)?;
    let mut tail = vec![];
    input.take(END_BYTES).read_to_end(&mut tail).map_err(Error::Io)?;
    input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    let ends = tail.windows(12).filter(|bytes| bytes.starts_with(b"PK\x05\x06"));
    // 0xffff says that the number stands elsewhere and is larger still.
    let max = ends.map(|end| u32::from(u16::from_le_bytes([end[10], end[11]]))).max().unwrap_or(0);
    if max > limits.archive_entries { Err(too_many_entries(limits)) } else { Ok(size) }
}

fn too_large_unpacked() -> Error {
    Error::rejected(Reason::TooLargeDecompressed, "The file unpacks to far more than it should.")
}

fn too_many_entries(limits: &Limits) -> Error {
    let detail = format!("The file holds more than {} parts.", limits.archive_entries);
    Error::rejected(Reason::TooLargeDecompressed, detail)
}

fn from_zip(error: ZipError) -> Error {
    let said = error.to_string();
    let refusal = match error {
        ZipError::Io(cause) => return cause.into(),
        ZipError::InvalidPassword => Error::rejected(Reason::Encrypted, "The file is protected with a password."),
        ZipError::UnsupportedArchive(detail) if detail == ZipError::PASSWORD_REQUIRED => {
            Error::rejected(Reason::Encrypted, "The file is protected with a password.")
        }
        _ => Error::malformed("The file is damaged or cut off."),
    };
    refusal.because(said)
}
