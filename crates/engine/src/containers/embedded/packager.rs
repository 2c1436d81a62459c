//! Files that were put into a document whole: Windows packs them with their names into the native data of
//! [MS-OLEDS] 2.3.6. What is in there is specified nowhere; this is how all that is read by others looks.

use crate::Error;
use crate::containers::compound::{u16_at, u32_at, utf16};
use encoding_rs::WINDOWS_1252;
use std::io::{Read, Seek, SeekFrom};

/// Bytes before and after the file: three paths each.
const MAX_BYTES: u64 = 8192;
/// What begins a package; native data of other kinds begins as it likes.
const PACKAGE: u16 = 2;
/// The file is inside. Others are links to where it was.
const INSIDE: u32 = 0x3_0000;

/// A packed file.
pub struct Packed {
    pub name: String,
    pub size_bytes: u64,
}

/// The name and the size of a packed file; the file itself is jumped over.
pub fn read_packed(stream: &mut (impl Read + Seek)) -> Result<Option<Packed>, Error> {
    let mut head = vec![];
    stream.by_ref().take(MAX_BYTES).read_to_end(&mut head)?;
    let Some((mut names, size, start)) = narrow_names(&head) else { return Ok(None) };
    let mut tail = vec![];
    stream.seek(SeekFrom::Start(start.saturating_add(size.into())))?;
    stream.by_ref().take(MAX_BYTES).read_to_end(&mut tail)?;
    // Newer ones have the same again in letters of every language.
    if let Some(wide) = wide_names(&tail) {
        names = wide;
    }
    Ok(best_name(names).map(|name| Packed { name, size_bytes: size.into() }))
}

/// A label and a path, of which either may be empty.
type Names = (String, String);

/// The names before the file, its size and where it starts.
fn narrow_names(head: &[u8]) -> Option<(Names, u32, u64)> {
    u16_at(head, 4).filter(|kind| *kind == PACKAGE)?;
    let mut rest = head.get(6..)?;
    let (label, path) = (ended_by_zero(&mut rest)?, ended_by_zero(&mut rest)?);
    u32_at(rest, 0).filter(|kind| *kind == INSIDE)?;
    let copied_from = u32_at(rest, 4)? as usize;
    let rest = rest.get(8..)?.get(copied_from..)?;
    let start = head.len() - rest.len() + 4;
    Some(((label, path), u32_at(rest, 0)?, start as u64))
}

fn ended_by_zero(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (text, after) = rest.split_at(end);
    *rest = &after[1..];
    Some(WINDOWS_1252.decode_without_bom_handling(text).0.into_owned())
}

/// The names after the file: where it was copied from, the label, the path. Their lengths count characters.
fn wide_names(mut tail: &[u8]) -> Option<Names> {
    let mut next = || {
        let length = (u32_at(tail, 0)? as usize).checked_mul(2)?;
        let text = tail.get(4..)?.get(..length)?;
        tail = &tail[4 + length..];
        Some(utf16(text))
    };
    next()?;
    Some((next()?, next()?)).filter(|(label, path)| !label.is_empty() || !path.is_empty())
}

/// The file's name. A path from before long names has it cut (`MYREPO~1.DOC`), the label has not.
fn best_name((label, path): Names) -> Option<String> {
    let last = |path: &str| path.rsplit(['\\', '/']).next().unwrap_or_default().trim().to_owned();
    let (label, path) = (last(&label), last(&path));
    let is_cut = path.contains('~') && !label.is_empty();
    [path, label].into_iter().skip(is_cut.into()).find(|name| !name.is_empty())
}
