//! The start of a content, and what it says of itself: what formats are detected by.

use crate::containers::compound::{Compound, is_compound};
use crate::containers::zip::Archive;
use crate::text::{self, Charset};
use crate::{Error, ReadContext, Rejection, Source};
use model::{Limits, Reason};
use std::io::{Read, SeekFrom};

/// Bytes looked at.
const HEAD_BYTES: u64 = 64 << 10;

/// The start of a content and what was seen in it.
pub struct Head<'a> {
    /// The first 64 KiB, or all of it.
    pub bytes: Vec<u8>,
    /// The extension the client named.
    pub extension: Option<&'a str>,
    /// The encoding, when it reads as text.
    pub text: Option<Charset>,
    /// What is packed in it, when it is an archive or a compound file that can be opened.
    parts: Parts,
}

/// What an archive or a compound file says of itself.
#[derive(Default)]
struct Parts {
    names: Vec<String>,
    /// Names at the top of a compound file.
    streams: Vec<String>,
    /// `[Content_Types].xml` of Office Open XML, or `mimetype` of OpenDocument and EPUB.
    types: String,
    /// Why it was refused before it was opened: it unpacks to too much, or has too many parts.
    refusal: Option<Rejection>,
}

impl<'a> Head<'a> {
    pub fn read(input: &mut dyn Source, context: &mut ReadContext<'a>) -> Result<Self, Error> {
        let size_bytes = input.seek(SeekFrom::End(0)).map_err(Error::Io)?;
        if size_bytes == 0 {
            return Err(Error::rejected(Reason::Empty, "The file is empty."));
        }
        input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
        let mut bytes = vec![];
        input.take(HEAD_BYTES).read_to_end(&mut bytes).map_err(Error::Io)?;
        let text = text::guess(&bytes, size_bytes <= HEAD_BYTES);
        let parts = match () {
            () if is_zip(&bytes) => Parts::of_archive(input, context.limits),
            () if is_compound(&bytes) => Parts::of_compound(input, context.limits),
            () => Parts::default(),
        };
        Ok(Self { bytes, extension: context.extension, text, parts })
    }

    /// True when the content begins with these bytes.
    pub fn starts_with(&self, magic: &[u8]) -> bool {
        self.bytes.starts_with(magic)
    }

    /// True when it is an archive with a part of that name.
    pub fn has_part(&self, name: &str) -> bool {
        self.parts.names.iter().any(|part| part == name)
    }

    /// True when it is a compound file with a stream or a storage of that name at its top. Case does not matter.
    pub fn has_stream(&self, name: &str) -> bool {
        self.parts.streams.iter().any(|stream| stream.eq_ignore_ascii_case(name))
    }

    /// True when it is an archive that says it is of a type with this in its name.
    pub fn has_type(&self, part_of_type: &str) -> bool {
        self.parts.types.contains(part_of_type)
    }

    /// Why an archive or a compound file was refused before it was opened.
    pub fn refusal(&self) -> Option<&Rejection> {
        self.parts.refusal.as_ref()
    }

    /// True when the client's extension is one of these.
    pub fn is_named(&self, extensions: &[&str]) -> bool {
        self.extension.is_some_and(|extension| extensions.contains(&extension))
    }
}

impl Parts {
    /// An archive that cannot be opened has no parts; its reader, if its name leads to one, will say what is wrong.
    fn of_archive(input: &mut dyn Source, limits: &Limits) -> Self {
        let mut archive = match Archive::open(input, limits) {
            Ok(archive) => archive,
            Err(Error::Rejected(refusal)) if refusal.reason != Reason::Malformed => {
                return Self { refusal: Some(refusal), ..Self::default() };
            }
            Err(_) => return Self::default(),
        };
        let names = archive.names();
        let mut type_of = |name| archive.small_part(name).ok().flatten().unwrap_or_default();
        let types = [type_of("[Content_Types].xml"), type_of("mimetype")].concat();
        Self { names, types: String::from_utf8_lossy(&types).into_owned(), ..Self::default() }
    }

    fn of_compound(input: &mut dyn Source, limits: &Limits) -> Self {
        match Compound::open(input, limits) {
            Ok(file) => {
                let top = file.children(0);
                let streams = top.iter().filter_map(|index| Some(file.entry(*index)?.name.clone())).collect();
                Self { streams, ..Self::default() }
            }
            Err(Error::Rejected(refusal)) if refusal.reason != Reason::Malformed => {
                Self { refusal: Some(refusal), ..Self::default() }
            }
            Err(_) => Self::default(),
        }
    }
}

pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}
