//! Objects that were put on slides ([MS-PPT] 2.10): the document lists them with their names, and points to where
//! they are kept.

use super::deck::Deck;
use super::records::{Atom, atoms, containers, length};
use crate::ReadContext;
use crate::containers::compound::{Compound, u16_at, u32_at, utf16};
use crate::containers::embedded::{Budget, Embedded, read_object};
use crate::text::MAX_ATTACHMENTS;
use flate2::read::ZlibDecoder;
use model::Attachment;
use std::io::{Cursor, Read};

/// One that is inside, 2.10.27; there are others for links and for controls.
const EMBEDDED: u16 = 0x0fcc;
/// How it is shown and where it is kept, 2.10.12.
const OBJECT: u16 = 0x0fc3;
const STRING: u16 = 0x0fba;
/// Strings by their instances: the name in menus, the program, the name on the clipboard.
const MENU: u16 = 1;
const PROGRAM: u16 = 2;
const CLIPBOARD: u16 = 3;
/// The object itself, 2.10.34: a compound file. With this instance it is compressed and comes after its length, 2.10.36.
const STORAGE: u16 = 0x1011;
const COMPRESSED: u16 = 1;
/// Whole files, of which only what is inside tells the name.
const PACKAGE: &str = "Package";

/// The files on the slides of a presentation.
pub fn read_embedded(deck: &Deck<'_>, context: &ReadContext<'_>) -> Vec<Attachment> {
    let (from, to) = deck.document();
    let mut kept =
        Kept { deck, context, bytes: context.limits.archive_part_bytes, budget: Budget::new(context.limits) };
    let objects = containers(deck.data, from, to, EMBEDDED).into_iter().take(MAX_ATTACHMENTS);
    objects.filter_map(|(_, from, to)| embedded(&atoms(deck.data, from, to), &mut kept)).collect()
}

fn embedded(atoms: &[Atom<'_>], kept: &mut Kept<'_>) -> Option<Attachment> {
    let string = |instance| {
        let text = atoms.iter().find(|atom| atom.kind == STRING && atom.instance == instance);
        text.map(|atom| utf16(&atom.data[..atom.data.len().min(1024)])).filter(|text| !text.is_empty())
    };
    let program = string(PROGRAM).unwrap_or_default();
    let about = atoms.iter().find(|atom| atom.kind == OBJECT)?.data;
    let mut object = Embedded::default();
    if program == PACKAGE {
        object = u32_at(about, 16).and_then(|number| kept.object(number)).unwrap_or_default();
    }
    // The view that is drawn: `DVASPECT_ICON`.
    object.is_icon = u32_at(about, 0) == Some(4);
    object.kind = string(MENU).or_else(|| string(CLIPBOARD)).unwrap_or_else(|| program.clone());
    object.program = program;
    object.attachment(kept.context)
}

/// The compound files that objects are kept in: all of them together are bounded.
struct Kept<'d> {
    deck: &'d Deck<'d>,
    context: &'d ReadContext<'d>,
    /// Bytes that may still be unpacked.
    bytes: u64,
    budget: Budget,
}

impl Kept<'_> {
    fn object(&mut self, number: u32) -> Option<Embedded> {
        let mut input = Cursor::new(self.storage(number)?);
        let mut file = Compound::open(&mut input, self.context.limits).ok()?;
        read_object(&mut file, 0, &mut self.budget).ok()?
    }

    fn storage(&mut self, number: u32) -> Option<Vec<u8>> {
        let (data, at) = (self.deck.data, self.deck.offset(number)?);
        u16_at(data, at.checked_add(2)?).filter(|kind| *kind == STORAGE)?;
        let start = at.checked_add(8)?;
        let kept = data.get(start..start.checked_add(length(data, at)?)?.min(data.len()))?;
        let mut bytes = vec![];
        // Many of these streams have no end, and what comes before it is whole.
        let _ = match u16_at(data, at)? >> 4 {
            COMPRESSED => ZlibDecoder::new(kept.get(4..)?).take(self.bytes).read_to_end(&mut bytes),
            _ => kept.take(self.bytes).read_to_end(&mut bytes),
        };
        self.bytes -= bytes.len() as u64;
        Some(bytes)
    }
}
