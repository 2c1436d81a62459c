//! The slides in their order, with the text of their shapes and their notes.

use super::records::{Atom, atoms, containers, length};
use crate::Error;
use crate::containers::compound::{u16_at, u32_at, utf16};
use model::Reason;
use std::collections::{HashMap, HashSet};

const USER_EDIT: u16 = 0x0ff5;
const PERSIST_DIRECTORY: u16 = 0x1772;
const SLIDE_LIST: u16 = 0x0ff0;
const SLIDE_PERSIST: u16 = 0x03f3;
const SLIDE_ATOM: u16 = 0x03ef;
const OUTLINE_REFERENCE: u16 = 0x0f9e;
const TEXT_KIND: u16 = 0x0f9f;
const WIDE_TEXT: u16 = 0x0fa0;
const NARROW_TEXT: u16 = 0x0fa8;
/// What stands at the foot of slides, [MS-PPT] 2.4.15: the container, what is shown, and the texts.
const HEADERS_FOOTERS: u16 = 0x0fd9;
const SHOWN: u16 = 0x0fda;
const STRING: u16 = 0x0fba;
/// Of several of its kind in the document, the one for slides; and of the texts the footer's, with its flag.
const FOR_SLIDES: u16 = 3;
const FOOTER: u16 = 2;
const HAS_FOOTER: u16 = 1 << 5;
/// What the stream of the current user begins with when the presentation is encrypted.
const ENCRYPTED: u32 = 0xf3d1_c4df;
/// Edits that are followed back; each save may add one.
const MAX_EDITS: usize = 1000;

/// What a text is on its slide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Title,
    Body,
    Notes,
    Other,
}

/// The text of one shape. Paragraphs end with a carriage return.
#[derive(Debug, Clone)]
pub struct Text {
    pub kind: Kind,
    pub text: String,
}

/// A presentation's stream and what was found in it.
pub struct Deck<'d> {
    pub(super) data: &'d [u8],
    /// Where objects are, by their numbers.
    offsets: HashMap<u32, usize>,
    /// The number of the document among them.
    document: u32,
    slides: Vec<Listed>,
    notes: HashMap<u32, u32>,
    /// What stands at the foot of slides that say nothing else.
    footer: Option<String>,
}

/// A slide as the document lists it: its number and the texts of its outline.
struct Listed {
    object: u32,
    outline: Vec<Text>,
}

impl<'d> Deck<'d> {
    /// Finds the slides. `user` is the stream that says where the last edit is.
    pub fn read(data: &'d [u8], user: &[u8]) -> Result<Self, Error> {
        if u32_at(user, 12) == Some(ENCRYPTED) {
            return Err(Error::rejected(Reason::Encrypted, "The presentation is protected with a password."));
        }
        let last_edit = u32_at(user, 16).unwrap_or(0) as usize;
        let (offsets, document) = read_offsets(data, last_edit)?;
        let mut deck = Self { data, offsets, document, slides: vec![], notes: HashMap::new(), footer: None };
        let (from, to) = deck.document();
        for (instance, from, to) in containers(data, from, to, SLIDE_LIST) {
            match instance {
                0 => deck.slides.extend(listed(&atoms(data, from, to))),
                2 => {
                    let listed = atoms(data, from, to);
                    let notes = listed.iter().filter(|atom| atom.kind == SLIDE_PERSIST);
                    deck.notes.extend(notes.filter_map(|atom| Some((u32_at(atom.data, 12)?, u32_at(atom.data, 0)?))));
                }
                _ => {}
            }
        }
        let for_slides = containers(data, from, to, HEADERS_FOOTERS).into_iter().find(|found| found.0 == FOR_SLIDES);
        deck.footer = for_slides.and_then(|(_, from, to)| footer(&atoms(data, from, to))).flatten();
        let mut seen = HashSet::new();
        deck.slides.retain(|slide| seen.insert(slide.object));
        Ok(deck)
    }

    /// The number of slides.
    pub fn len(&self) -> usize {
        self.slides.len()
    }

    /// The texts of a slide: those of its shapes, those of its outline that no shape shows, those of its notes.
    pub fn texts(&self, slide: usize) -> Vec<Text> {
        let Some(listed) = self.slides.get(slide) else { return vec![] };
        let Some((from, to)) = self.bounds(listed.object) else { return listed.outline.clone() };
        let slide = atoms(self.data, from, to);
        let (shown, mut found) = texts(&slide, &listed.outline);
        let hidden = listed.outline.iter().enumerate().filter(|(index, _)| !shown.contains(index));
        found.splice(0..0, hidden.map(|(_, text)| text.clone()));
        // What is on the slide as its title is read first, wherever it was drawn.
        found.sort_by_key(|text| text.kind != Kind::Title);
        let footer = footer(&slide).unwrap_or_else(|| self.footer.clone());
        found.extend(footer.map(|text| Text { kind: Kind::Other, text }));
        let notes = slide.iter().find(|atom| atom.kind == SLIDE_ATOM).and_then(|atom| u32_at(atom.data, 16));
        if let Some((from, to)) = notes.and_then(|id| self.notes.get(&id)).and_then(|object| self.bounds(*object)) {
            let (_, notes) = texts(&atoms(self.data, from, to), &[]);
            found.extend(notes.into_iter().map(|text| Text { kind: Kind::Notes, ..text }));
        }
        // A star is the place of a slide's number, of the date or of a footer.
        found.retain(|text| !text.text.trim().is_empty() && text.text.trim() != "*");
        found
    }

    /// Where the document begins and ends: all of the stream, when that cannot be known.
    pub(super) fn document(&self) -> (usize, usize) {
        self.bounds(self.document).unwrap_or((0, self.data.len()))
    }

    /// Where the record of an object begins.
    pub(super) fn offset(&self, object: u32) -> Option<usize> {
        self.offsets.get(&object).copied()
    }

    fn bounds(&self, object: u32) -> Option<(usize, usize)> {
        let at = self.offset(object)?;
        u16_at(self.data, at).filter(|head| head & 0xf == 0xf)?;
        Some((at + 8, at.checked_add(8)?.checked_add(length(self.data, at)?)?))
    }
}

/// Where every object is after the last edit, and which of them is the document.
fn read_offsets(data: &[u8], last_edit: usize) -> Result<(HashMap<u32, usize>, u32), Error> {
    let (mut offsets, mut document) = (HashMap::new(), None);
    let (mut edit, mut seen) = (last_edit, HashSet::new());
    while seen.len() < MAX_EDITS && seen.insert(edit) {
        if u16_at(data, edit.saturating_add(2)) != Some(USER_EDIT) {
            break;
        }
        let number = |offset: usize| u32_at(data, edit + 8 + offset).unwrap_or(0);
        document = document.or(Some(number(16)));
        let table = number(12) as usize;
        if u16_at(data, table + 2) == Some(PERSIST_DIRECTORY) {
            let end = (table + 8).saturating_add(length(data, table).unwrap_or(0)).min(data.len());
            read_directory(data.get(table + 8..end).unwrap_or_default(), &mut offsets);
        }
        edit = number(8) as usize;
        if edit == 0 {
            break;
        }
    }
    document.map(|document| (offsets, document)).ok_or_else(|| Error::malformed("The presentation has no slides."))
}

/// A newer edit was read before, so what is there already stays.
fn read_directory(table: &[u8], offsets: &mut HashMap<u32, usize>) {
    let mut at = 0;
    while let Some(word) = u32_at(table, at) {
        let (first, count) = (word & 0xf_ffff, word >> 20);
        at += 4;
        for object in first..first + count {
            let Some(offset) = u32_at(table, at) else { return };
            offsets.entry(object).or_insert(offset as usize);
            at += 4;
        }
    }
}

fn listed(atoms: &[Atom<'_>]) -> Vec<Listed> {
    let mut slides: Vec<Listed> = vec![];
    let mut kind = Kind::Other;
    for atom in atoms {
        match atom.kind {
            SLIDE_PERSIST => {
                slides.extend(u32_at(atom.data, 0).map(|object| Listed { object, outline: vec![] }));
            }
            TEXT_KIND => kind = kind_of(u32_at(atom.data, 0)),
            WIDE_TEXT | NARROW_TEXT => {
                if let Some(slide) = slides.last_mut() {
                    slide.outline.push(Text { kind, text: text(atom) });
                }
            }
            _ => {}
        }
    }
    slides
}

/// The texts of a slide's shapes in their order, and which texts of the outline they show.
fn texts(slide: &[Atom<'_>], outline: &[Text]) -> (HashSet<usize>, Vec<Text>) {
    let (mut shown, mut found, mut kind) = (HashSet::new(), vec![], Kind::Other);
    for atom in slide {
        match atom.kind {
            TEXT_KIND => kind = kind_of(u32_at(atom.data, 0)),
            WIDE_TEXT | NARROW_TEXT => found.push(Text { kind, text: text(atom) }),
            OUTLINE_REFERENCE => {
                let index = u32_at(atom.data, 0).unwrap_or(u32::MAX) as usize;
                if let Some(text) = outline.get(index).filter(|_| shown.insert(index)) {
                    found.push(text.clone());
                }
            }
            _ => {}
        }
    }
    (shown, found)
}

/// The footer that these records have, if they say anything of one.
fn footer(atoms: &[Atom<'_>]) -> Option<Option<String>> {
    let at = atoms.iter().position(|atom| atom.kind == SHOWN)?;
    let has_footer = u16_at(atoms[at].data, 2).is_some_and(|flags| flags & HAS_FOOTER != 0);
    let text = atoms[at..].iter().find(|atom| atom.kind == STRING && atom.instance == FOOTER);
    Some(text.filter(|_| has_footer).map(|text| utf16(text.data)))
}

fn kind_of(number: Option<u32>) -> Kind {
    match number {
        Some(0 | 6) => Kind::Title,
        Some(1 | 5 | 7 | 8) => Kind::Body,
        Some(2) => Kind::Notes,
        _ => Kind::Other,
    }
}

fn text(atom: &Atom<'_>) -> String {
    if atom.kind == NARROW_TEXT {
        return atom.data.iter().map(|byte| char::from(*byte)).collect();
    }
    let units = atom.data.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
