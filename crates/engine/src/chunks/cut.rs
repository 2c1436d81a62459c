//! Where chunks begin and end.

use super::atoms::{Atom, Atoms, Break};
use super::outline;
use super::outline::Heading;
use super::tokens::WHOLE;
use model::{Chunk, Chunking, PageSpan};
use std::collections::VecDeque;

/// For each kind of place from the best to the worst, how full a chunk must be, in sixteenths of its size, to end there. A
/// paragraph's end at half of the size is better than a sentence's at nine tenths.
const FULL_ENOUGH: [(Break, u32); 7] = [
    (Break::Heading, 6),
    (Break::Page, 8),
    (Break::Paragraph, 8),
    (Break::Sentence, 10),
    (Break::Line, 12),
    (Break::Word, 12),
    (Break::Inside, 0),
];

/// The chunks of a text, one after another. Keeps no more of them than the next one.
pub struct Chunks<'a> {
    text: &'a str,
    atoms: Atoms<'a>,
    /// Atoms from the next chunk's first on, as far as they have been looked at.
    window: VecDeque<Atom>,
    /// How many atoms at the window's start stand in the chunk before.
    repeated: usize,
    headings: &'a [Heading],
    /// Headings the next chunk is under, outermost first.
    path: Vec<&'a Heading>,
    pages: &'a [PageSpan],
    size: u32,
    overlap: u32,
    index: u32,
}

/// A text with what is known of its shape.
pub struct Shape {
    headings: Vec<Heading>,
    heading_offsets: Vec<usize>,
    pages: Vec<PageSpan>,
}

impl Shape {
    /// The shape that a text's page index and its Markdown show. Both may be empty.
    pub fn new(text: &str, pages: Vec<PageSpan>, markdown: &str) -> Self {
        let headings = outline::headings(text, &pages, markdown);
        let heading_offsets = headings.iter().map(|heading| heading.byte).collect();
        Self { headings, heading_offsets, pages }
    }

    /// The chunks of the text this is the shape of.
    pub fn chunks<'a>(&'a self, text: &'a str, chunking: Chunking) -> Chunks<'a> {
        let (size, overlap) = (chunking.size() * WHOLE, chunking.overlap() * WHOLE);
        Chunks {
            text,
            atoms: Atoms::new(text, &self.heading_offsets, size),
            window: VecDeque::new(),
            repeated: 0,
            headings: &self.headings,
            path: vec![],
            pages: &self.pages,
            size,
            overlap,
            index: 0,
        }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let fitting = self.fill();
        let count = if fitting < self.window.len() { self.choose_end(fitting) } else { fitting };
        let chunk = self.chunk(count)?;
        self.step(count);
        Some(chunk)
    }
}

impl Chunks<'_> {
    /// Looks ahead until there is more than a chunk can hold, or no more text. Gives how many atoms fit.
    fn fill(&mut self) -> usize {
        loop {
            let mut sum = 0;
            let mut at = 0;
            loop {
                if at == self.window.len() {
                    match self.atoms.next() {
                        Some(atom) => self.window.push_back(atom),
                        None => break,
                    }
                }
                let atom = self.window[at];
                sum += atom.cost + if at == 0 { 0 } else { atom.gap };
                if sum > self.size {
                    break;
                }
                at += 1;
            }
            // What is repeated leaves no room for anything new: then nothing is repeated.
            if at > self.repeated || self.repeated == 0 || at == self.window.len() {
                return at;
            }
            self.window.drain(..self.repeated);
            self.repeated = 0;
        }
    }

    /// How many of the fitting atoms the chunk takes: up to the best place that leaves it full enough, the last of its kind.
    fn choose_end(&self, fitting: usize) -> usize {
        let mut last = [None; FULL_ENOUGH.len()];
        let mut sum = 0;
        for at in 1..=fitting {
            let (taken, next) = (self.window[at - 1], self.window[at]);
            sum += taken.cost + if at == 1 { 0 } else { taken.gap };
            let kind_index = FULL_ENOUGH.iter().position(|(kind, _)| *kind == next.before);
            if let Some(kind_index) = kind_index.filter(|_| at > self.repeated)
                && u64::from(sum) * 16 >= u64::from(self.size) * u64::from(FULL_ENOUGH[kind_index].1)
            {
                last[kind_index] = Some(at);
            }
        }
        last.into_iter().flatten().next().unwrap_or(fitting).max(1)
    }

    fn chunk(&mut self, count: usize) -> Option<Chunk> {
        let (first, last) = (*self.window.front()?, *self.window.get(count.checked_sub(1)?)?);
        let gaps: u32 = self.window.iter().take(count).skip(1).map(|atom| atom.gap).sum();
        let cost: u32 = self.window.iter().take(count).map(|atom| atom.cost).sum();
        while let Some((heading, rest)) = self.headings.split_first().filter(|(next, _)| next.byte <= first.bytes.0) {
            self.path.retain(|outer| outer.level < heading.level);
            self.path.push(heading);
            self.headings = rest;
        }
        let chunk = Chunk {
            index: self.index,
            text: self.text[first.bytes.0..last.bytes.1].to_owned(),
            start: first.characters.0,
            end: last.characters.1,
            first_page: self.page(first.characters.0),
            last_page: self.page(last.characters.1 - 1),
            headings: self.path.iter().map(|heading| heading.title.clone()).collect(),
            tokens: (cost + gaps).div_ceil(WHOLE),
        };
        self.index += 1;
        Some(chunk)
    }

    /// Moves on to the next chunk's first atom: some way back, to where a sentence begins if one does, but never back over a
    /// heading and never past this chunk's second atom.
    fn step(&mut self, count: usize) {
        let mut start = count;
        let at_end = count == self.window.len();
        if !at_end && self.window[count].before != Break::Heading {
            let mut sum = 0;
            let mut best = Break::Inside;
            for at in (1..count).rev() {
                let atom = self.window[at];
                sum += atom.cost + self.window[at + 1].gap;
                if sum > self.overlap {
                    break;
                }
                // The farthest place back of the best kind; a sentence's end is as good as anything better.
                let kind = atom.before.min(Break::Sentence);
                if kind >= best {
                    (start, best) = (at, kind);
                }
                if atom.before == Break::Heading {
                    break;
                }
            }
        }
        self.repeated = count - start;
        self.window.drain(..start);
    }

    /// The page a character is on; the first of a text without pages.
    fn page(&self, character: u64) -> u32 {
        let after = self.pages.partition_point(|span| span.start <= character);
        after.checked_sub(1).and_then(|index| self.pages.get(index)).map_or(1, |span| span.page)
    }
}
