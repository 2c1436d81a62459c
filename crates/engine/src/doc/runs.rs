//! How runs of the stream are formatted: which paragraphs are headings, items and cells, which characters are hidden.

use super::fib::Place;
use super::sprm;
use crate::Error;
use crate::compound::{u16_at, u32_at};
use std::io::{Read, Seek, SeekFrom};

const PAGE_BYTES: u64 = 512;
/// Runs that are kept; a document of a thousand pages has some ten thousand.
const MOST_RUNS: usize = 1 << 20;

/// What is known of the stream's runs, sorted by their place.
#[derive(Default)]
pub struct Formatting {
    paragraphs: Vec<(u32, u32, Paragraph)>,
    hidden: Vec<(u32, u32)>,
}

/// The properties of a paragraph that matter here.
#[derive(Debug, Default, Clone, Copy)]
pub struct Paragraph {
    pub style: u16,
    pub in_table: bool,
    /// It is the mark at the end of a row.
    pub ends_row: bool,
    /// It ends a cell of a table in a table.
    pub ends_inner: bool,
    pub outline: Option<u8>,
    /// The number of its list, from 1; 0 when it takes itself out of the one of its style.
    pub list: Option<u16>,
    pub level: u8,
}

impl Formatting {
    /// The paragraph that the character there belongs to.
    pub fn paragraph(&self, at: u32) -> Option<&Paragraph> {
        let after = self.paragraphs.partition_point(|(start, ..)| *start <= at);
        self.paragraphs[..after].last().filter(|(_, end, _)| at < *end).map(|(.., paragraph)| paragraph)
    }

    /// True for characters that are deleted or not shown.
    pub fn is_hidden(&self, at: u32) -> bool {
        !self.hidden.is_empty() && {
            let after = self.hidden.partition_point(|(start, _)| *start <= at);
            self.hidden[..after].last().is_some_and(|(_, end)| at < *end)
        }
    }
}

/// Reads the pages that hold the formatting. `table` has the lists of them.
pub fn read_formatting<'t>(
    stream: &mut (impl Read + Seek),
    table: impl Fn(Place) -> &'t [u8],
) -> Result<Formatting, Error> {
    let mut formatting = Formatting::default();
    each_run(stream, table(Place::ParagraphRuns), 13, |page, start, end, at| {
        let paragraph = paragraph(page, at).unwrap_or_default();
        formatting.paragraphs.push((start, end, paragraph));
        formatting.paragraphs.len() < MOST_RUNS
    })?;
    each_run(stream, table(Place::CharacterRuns), 1, |page, start, end, at| {
        if is_hidden(page, at).unwrap_or(false) {
            formatting.hidden.push((start, end));
        }
        formatting.hidden.len() < MOST_RUNS
    })?;
    formatting.paragraphs.sort_by_key(|(start, ..)| *start);
    formatting.hidden.sort_unstable();
    Ok(formatting)
}

/// Gives every run of every page: its bounds, and where in the page its properties are.
fn each_run(
    stream: &mut (impl Read + Seek),
    pages: &[u8],
    entry_bytes: usize,
    mut take: impl FnMut(&[u8], u32, u32, usize) -> bool,
) -> Result<(), Error> {
    let count = pages.len().saturating_sub(4) / 8;
    let mut page = vec![];
    for number in (0..count).filter_map(|at| u32_at(pages, (count + 1 + at) * 4)) {
        page.clear();
        stream.seek(SeekFrom::Start(u64::from(number & 0x3f_ffff) * PAGE_BYTES))?;
        stream.by_ref().take(PAGE_BYTES).read_to_end(&mut page)?;
        let Some(&runs) = page.get(PAGE_BYTES as usize - 1) else { continue };
        let runs = usize::from(runs);
        for run in 0..runs {
            let place = page.get((runs + 1) * 4 + run * entry_bytes).map(|word| usize::from(*word) * 2);
            let (Some(start), Some(end), Some(place)) = (u32_at(&page, run * 4), u32_at(&page, run * 4 + 4), place)
            else {
                break;
            };
            if start < end && !take(&page, start, end, place) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn paragraph(page: &[u8], at: usize) -> Option<Paragraph> {
    if at == 0 {
        return None;
    }
    let (start, length) = match *page.get(at)? {
        0 => (at + 2, usize::from(*page.get(at + 1)?) * 2),
        words => (at + 1, usize::from(words) * 2 - 1),
    };
    let properties = page.get(start..(start + length).min(page.len()))?;
    let mut paragraph = Paragraph { style: u16_at(properties, 0)?, ..Paragraph::default() };
    sprm::each(&properties[2..], |code, operand| {
        let is_on = operand.first() == Some(&1);
        match code {
            0x2416 => paragraph.in_table = is_on,
            0x2417 => paragraph.ends_row = is_on,
            0x244b | 0x244c => paragraph.ends_inner = is_on,
            0x2640 => paragraph.outline = operand.first().copied(),
            0x260a => paragraph.level = operand.first().copied().unwrap_or(0),
            0x460b => paragraph.list = u16_at(operand, 0),
            0x4600 => paragraph.style = u16_at(operand, 0).unwrap_or(paragraph.style),
            _ => {}
        }
    });
    Some(paragraph)
}

fn is_hidden(page: &[u8], at: usize) -> Option<bool> {
    if at == 0 {
        return None;
    }
    let length = usize::from(*page.get(at)?);
    let properties = page.get(at + 1..(at + 1 + length).min(page.len()))?;
    let mut is_hidden = false;
    sprm::each(properties, |code, operand| {
        if matches!(code, 0x0800 | 0x083c) {
            is_hidden = operand.first() == Some(&1);
        }
    });
    Some(is_hidden)
}
