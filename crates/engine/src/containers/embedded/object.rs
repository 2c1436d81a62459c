//! The storage of an embedded object: the streams that say what it is.

use super::classes::{document, is_part_of_page};
use super::packager::{Packed, read_packed};
use crate::containers::compound::{Compound, u16_at, u32_at};
use crate::{Error, ReadContext};
use encoding_rs::WINDOWS_1252;
use model::{Attachment, Limits};
use std::io::Read;

const COMPONENT: &str = "\u{1}CompObj";
const NATIVE: &str = "\u{1}Ole10Native";
/// What Word notes of an object: [MS-DOC] 2.9.165.
const WORD_NOTE: &str = "\u{3}ObjInfo";
/// Streams that are a file as it is.
const WHOLE_FILES: [&str; 2] = ["Contents", "Package"];
/// Bytes of a stream that only says what the object is.
const MAX_BYTES: u64 = 4096;

/// Bits of Word's note, [MS-DOC] 2.9.166: what is only linked, what is an icon on the page, what is a control.
const LINK: u16 = 1 << 4;
const ICON: u16 = 1 << 6;
const CONTROL: u16 = 1 << 12;

/// What is known of an object.
#[derive(Debug, Default)]
pub struct Embedded {
    /// The name of the file, when it was one.
    pub file_name: Option<String>,
    /// What its program calls such objects to people.
    pub kind: String,
    /// What its program calls them to programs: `Excel.Sheet.8`.
    pub program: String,
    pub class: u128,
    pub size_bytes: Option<u64>,
    /// The page has an icon in its place, and not what is in it.
    pub is_icon: bool,
    /// It is elsewhere, or a button or the like.
    pub is_no_file: bool,
}

impl Embedded {
    /// It as a file inside of the document, unless it is part of the page or has no name of any kind.
    pub fn attachment(self, context: &ReadContext<'_>) -> Option<Attachment> {
        if self.is_no_file || (!self.is_icon && is_part_of_page(self.class, &self.program)) {
            return None;
        }
        let size_bytes = self.size_bytes;
        if let Some(name) = self.file_name {
            let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
            let mime = extension.and_then(|extension| (context.mime_of)(&extension)).map(str::to_owned);
            return Some(Attachment { name, size_bytes, mime });
        }
        let class = document(self.class, &self.program);
        // The name is in the code page of a machine we do not know.
        let said = Some(self.kind).filter(|kind| !kind.trim().is_empty());
        let name = said.clone().filter(|kind| kind.is_ascii()).or(class.map(|class| class.name.into())).or(said)?;
        Some(Attachment { name, size_bytes, mime: class.map(|class| class.mime.into()) })
    }

    fn take_stream(&mut self, file: &mut Compound<'_>, index: usize) -> Result<(), Error> {
        let Some(entry) = file.entry(index) else { return Ok(()) };
        let size = entry.size_bytes;
        match entry.name.as_str() {
            COMPONENT => self.take_component(&start(file, index)?),
            NATIVE => {
                if let Some(Packed { name, size_bytes }) = read_packed(&mut file.stream(index))? {
                    (self.file_name, self.size_bytes) = (Some(name), Some(size_bytes));
                }
            }
            WORD_NOTE => {
                let note = u16_at(&start(file, index)?, 0).unwrap_or(0);
                self.is_icon = note & ICON != 0;
                self.is_no_file = note & (LINK | CONTROL) != 0;
            }
            name if WHOLE_FILES.iter().any(|whole| whole.eq_ignore_ascii_case(name)) => self.size_bytes = Some(size),
            _ => {}
        }
        Ok(())
    }

    /// Takes the names of [MS-OLEDS] 2.3.8: for people, of the format of the clipboard, for programs.
    fn take_component(&mut self, stream: &[u8]) {
        let mut rest = stream.get(28..).unwrap_or_default();
        self.kind = narrow(&mut rest).unwrap_or_default();
        // The format may be a number instead of a name.
        if matches!(u32_at(rest, 0), Some(0xffff_fffe | 0xffff_ffff)) {
            rest = rest.get(8..).unwrap_or_default();
        } else {
            narrow(&mut rest);
        }
        self.program = narrow(&mut rest).unwrap_or_default();
    }
}

/// What is left of all that the objects of a document may have. No entry and no byte of a file is in two of them, so who
/// takes more than there may be has counted some twice.
pub struct Budget {
    entries: usize,
    bytes: u64,
}

impl Budget {
    pub fn new(limits: &Limits) -> Self {
        Self { entries: limits.compound_entries as usize, bytes: limits.whole_file_bytes }
    }

    fn take(&mut self, entries: usize, bytes: u64) -> Option<()> {
        (self.entries, self.bytes) = (self.entries.checked_sub(entries)?, self.bytes.checked_sub(bytes)?);
        Some(())
    }
}

/// What the streams of a storage say of the object in it; nothing, where there is no room.
pub fn read_object(file: &mut Compound<'_>, storage: usize, budget: &mut Budget) -> Result<Option<Embedded>, Error> {
    let parts = file.children(storage);
    let bytes = parts.iter().filter_map(|index| file.entry(*index)).map(|entry| entry.size_bytes).sum();
    if budget.take(parts.len(), bytes).is_none() {
        return Ok(None);
    }
    let class = file.entry(storage).map_or(0, |entry| entry.class);
    let mut object = Embedded { class, ..Embedded::default() };
    for index in parts {
        object.take_stream(file, index)?;
    }
    Ok(Some(object))
}

fn start(file: &mut Compound<'_>, index: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    file.stream(index).take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A string after its length, which counts the zero at its end.
fn narrow(rest: &mut &[u8]) -> Option<String> {
    let length = u32_at(rest, 0)? as usize;
    let text = rest.get(4..)?.get(..length)?;
    *rest = &rest[4 + length..];
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(length);
    Some(WINDOWS_1252.decode_without_bom_handling(&text[..end]).0.into_owned())
}
