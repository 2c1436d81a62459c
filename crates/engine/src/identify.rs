//! What a content is, by its bytes. The client's word never decides: it chooses among text formats, and it is
//! held against bytes of another kind.

use crate::containers::compound::{Compound, is_compound};
use crate::containers::zip::Package;
use crate::text;
use crate::text::Charset;
use crate::{Error, FORMATS, Format, Job, Reader, Rejection, Source};
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
    pub(crate) fn read(input: &mut dyn Source, job: &mut Job<'a>) -> Result<Self, Error> {
        let size_bytes = input.seek(SeekFrom::End(0)).map_err(Error::Io)?;
        if size_bytes == 0 {
            return Err(Error::rejected(Reason::Empty, "The file is empty."));
        }
        input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
        let mut bytes = vec![];
        input.take(HEAD_BYTES).read_to_end(&mut bytes).map_err(Error::Io)?;
        let text = text::guess(&bytes, size_bytes <= HEAD_BYTES);
        let parts = match () {
            () if is_zip(&bytes) => Parts::of_archive(input, job.limits),
            () if is_compound(&bytes) => Parts::of_compound(input, job.limits),
            () => Parts::default(),
        };
        Ok(Self { bytes, extension: job.extension, text, parts })
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

    /// True when the client's extension is one of these.
    pub fn is_named(&self, extensions: &[&str]) -> bool {
        self.extension.is_some_and(|extension| extensions.contains(&extension))
    }
}

impl Parts {
    /// An archive that cannot be opened has no parts; its reader, if its name leads to one, will say what is wrong.
    fn of_archive(input: &mut dyn Source, limits: &Limits) -> Self {
        let mut package = match Package::open(input, limits) {
            Ok(package) => package,
            Err(Error::Rejected(refusal)) if refusal.reason != Reason::Malformed => {
                return Self { refusal: Some(refusal), ..Self::default() };
            }
            Err(_) => return Self::default(),
        };
        let names = package.names();
        let mut type_of = |name| package.small_part(name).ok().flatten().unwrap_or_default();
        let types = [type_of("[Content_Types].xml"), type_of("mimetype")].concat();
        Self { names, types: String::from_utf8_lossy(&types).into_owned(), ..Self::default() }
    }

    fn of_compound(input: &mut dyn Source, limits: &Limits) -> Self {
        match Compound::open(input, limits) {
            Ok(file) => {
                let top = file.children(0);
                let streams = top.iter().filter_map(|at| Some(file.entry(*at)?.name.clone())).collect();
                Self { streams, ..Self::default() }
            }
            Err(Error::Rejected(refusal)) if refusal.reason != Reason::Malformed => {
                Self { refusal: Some(refusal), ..Self::default() }
            }
            Err(_) => Self::default(),
        }
    }
}

pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The format of that content, or why it has none. Text that is named like another document is noted.
pub fn identify(head: &Head<'_>, job: &mut Job<'_>) -> Result<&'static Format, Error> {
    let found = FORMATS
        .iter()
        .filter(|format| (format.detect)(head))
        // What magic bytes tell goes before names, a name before what text looks like, and plain text is the rest.
        .min_by_key(|format| (is_text(format), !head.is_named(format.extensions), format.name == "txt"));
    let named = FORMATS.iter().find(|format| head.is_named(format.extensions));
    if let (None, Some(refusal)) = (found, &head.parts.refusal) {
        return Err(Error::Rejected(refusal.clone()));
    }
    match (found, named) {
        (Some(found), Some(named)) if is_text(found) && !is_text(named) => {
            // Text that calls itself a picture or a PDF is what a browser would be tricked with. Under the name of another
            // document it is what many a program exports: pages called .xls, letters called .doc.
            if is_shown(named) {
                return Err(mismatch(named));
            }
            job.warn("named-otherwise", format!("The file is named .{} and is text.", named.extensions[0]));
            Ok(found)
        }
        (Some(found), _) => Ok(found),
        (None, Some(named)) if is_foreign(head) && !(is_zip(&head.bytes) && is_zipped(named)) => Err(mismatch(named)),
        (None, Some(named)) => {
            Err(Error::malformed(format!("The file is named .{} but is damaged or is not one.", named.extensions[0])))
        }
        (None, None) => Err(Error::rejected(Reason::Unsupported, "Nothing here reads this type of file.")),
    }
}

fn mismatch(named: &Format) -> Error {
    let detail = format!("The file is named .{} but holds something else.", named.extensions[0]);
    Error::rejected(Reason::TypeMismatch, detail)
}

/// Text formats are the ones whose media type says so, and those that are text under another name. An SVG is a
/// picture and still text that a browser runs.
fn is_text(format: &Format) -> bool {
    let text_like = [
        "application/json",
        "application/jsonl",
        "application/xml",
        "application/toml",
        "application/yaml",
        "image/svg+xml",
    ];
    format.mime.starts_with("text/") || text_like.contains(&format.mime)
}

/// Formats that browsers show by themselves.
fn is_shown(format: &Format) -> bool {
    matches!(format.reader, Reader::Image(_) | Reader::Pages { .. })
}

/// Formats that are zip archives inside.
fn is_zipped(format: &Format) -> bool {
    ["openxmlformats", "opendocument", "epub"].iter().any(|family| format.mime.contains(family))
}

/// Magic of things nobody names like a document by accident: programs and archives.
fn is_foreign(head: &Head<'_>) -> bool {
    let magics: [&[u8]; 7] =
        [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"];
    magics.iter().any(|magic| head.starts_with(magic))
}
