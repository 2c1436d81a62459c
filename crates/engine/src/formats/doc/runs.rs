//! How runs of the stream are formatted: which paragraphs are headings, items and cells, which characters are hidden, bold or
//! italic.

use super::fib::Table;
use super::sprm::{self, id};
use crate::Error;
use crate::containers::compound::{u16_at, u32_at};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

const PAGE_BYTES: u64 = 512;
/// Runs that are kept; a document of a thousand pages has some ten thousand.
const MAX_RUNS: usize = 1 << 20;

/// What is known of the stream's runs, sorted by where they begin.
#[derive(Default)]
pub struct Formatting {
    paragraphs: Vec<(u32, u32, Paragraph)>,
    /// Those that say anything of their characters.
    runs: Vec<(u32, u32, Run)>,
}

/// The properties of characters that matter here.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// They are deleted, or not shown.
    pub is_hidden: bool,
    /// The style of these words, or 0.
    pub style: u16,
    pub bold: Option<bool>,
    pub italic: Option<bool>,
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

    /// The run that the character there belongs to, and where it begins and ends.
    pub fn run(&self, at: u32) -> (Run, Range<u32>) {
        let after = self.runs.partition_point(|(start, ..)| *start <= at);
        let next = self.runs.get(after).map_or(u32::MAX, |(start, ..)| *start);
        match self.runs[..after].last() {
            Some(&(start, end, run)) if at < end => (run, start..end.min(next)),
            Some(&(_, end, _)) => (Run::default(), end..next),
            None => (Run::default(), 0..next),
        }
    }
}

/// Reads the pages that hold the formatting. `table` has the lists of them.
pub fn read_formatting<'t>(
    stream: &mut (impl Read + Seek),
    table: impl Fn(Table) -> &'t [u8],
) -> Result<Formatting, Error> {
    let mut formatting = Formatting::default();
    each_run(stream, table(Table::ParagraphRuns), 13, |page, start, end, offset| {
        let paragraph = paragraph(page, offset).unwrap_or_default();
        formatting.paragraphs.push((start, end, paragraph));
        formatting.paragraphs.len() < MAX_RUNS
    })?;
    each_run(stream, table(Table::CharacterRuns), 1, |page, start, end, offset| {
        let run = run(page, offset).unwrap_or_default();
        if run != Run::default() {
            formatting.runs.push((start, end, run));
        }
        formatting.runs.len() < MAX_RUNS
    })?;
    formatting.paragraphs.sort_by_key(|(start, ..)| *start);
    formatting.runs.sort_by_key(|(start, ..)| *start);
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
    for number in (0..count).filter_map(|index| u32_at(pages, (count + 1 + index) * 4)) {
        page.clear();
        stream.seek(SeekFrom::Start(u64::from(number & 0x3f_ffff) * PAGE_BYTES))?;
        stream.by_ref().take(PAGE_BYTES).read_to_end(&mut page)?;
        let Some(&runs) = page.get(PAGE_BYTES as usize - 1) else { continue };
        let runs = usize::from(runs);
        for run in 0..runs {
            let properties = page.get((runs + 1) * 4 + run * entry_bytes).map(|word| usize::from(*word) * 2);
            let (Some(start), Some(end), Some(properties)) =
                (u32_at(&page, run * 4), u32_at(&page, run * 4 + 4), properties)
            else {
                break;
            };
            if start < end && !take(&page, start, end, properties) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn paragraph(page: &[u8], offset: usize) -> Option<Paragraph> {
    if offset == 0 {
        return None;
    }
    let (start, length) = match *page.get(offset)? {
        0 => (offset + 2, usize::from(*page.get(offset + 1)?) * 2),
        words => (offset + 1, usize::from(words) * 2 - 1),
    };
    let properties = page.get(start..(start + length).min(page.len()))?;
    let mut paragraph = Paragraph { style: u16_at(properties, 0)?, ..Paragraph::default() };
    sprm::each(&properties[2..], |code, operand| {
        let is_on = operand.first() == Some(&1);
        match code {
            id::IN_TABLE => paragraph.in_table = is_on,
            id::ROW_END => paragraph.ends_row = is_on,
            id::INNER_CELL | id::INNER_ROW_END => paragraph.ends_inner = is_on,
            id::OUTLINE_LEVEL => paragraph.outline = operand.first().copied(),
            id::LIST_LEVEL => paragraph.level = operand.first().copied().unwrap_or(0),
            id::LIST => paragraph.list = u16_at(operand, 0),
            id::PARAGRAPH_STYLE => paragraph.style = u16_at(operand, 0).unwrap_or(paragraph.style),
            _ => {}
        }
    });
    Some(paragraph)
}

fn run(page: &[u8], offset: usize) -> Option<Run> {
    if offset == 0 {
        return None;
    }
    let length = usize::from(*page.get(offset)?);
    let properties = page.get(offset + 1..(offset + 1 + length).min(page.len()))?;
    let mut run = Run::default();
    sprm::each(properties, |code, operand| match code {
        id::DELETED | id::HIDDEN => run.is_hidden = operand.first() == Some(&1),
        id::BOLD => run.bold = toggle(operand),
        id::ITALIC => run.italic = toggle(operand),
        id::CHARACTER_STYLE => run.style = u16_at(operand, 0).unwrap_or(0),
        _ => {}
    });
    Some(run)
}

/// What a property says that may also be as the paragraph's style has it (0x80) or the other way (0x81): [MS-DOC], section
/// 2.9.327. Styles of paragraphs that are bold are headings, so the other way is on.
pub fn toggle(operand: &[u8]) -> Option<bool> {
    match operand.first()? {
        0x80 => None,
        value => Some(*value != 0),
    }
}
