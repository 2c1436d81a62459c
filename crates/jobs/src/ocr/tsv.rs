//! Tesseract's table of what it saw: a line for every word, with its place and how sure it is.

use super::paragraphs::{Line, Paragraph, Word, angle_of, text_of};
use unicode_normalization::UnicodeNormalization;

/// What has no letter and no digit in it, and is less sure than this, are specks and shadows. Words are kept however unsure:
/// on a bad scan most of those are right.
const SURE_OF_SIGN: f32 = 30.0;
/// A page it is less sure of than this, all in all, shows no text: photos are full of strokes that look like letters.
const SURE_OF_PAGE: f32 = 60.0;

/// What was read on a page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Read {
    pub(super) text: String,
    /// Mean over the letters, 0 to 100; nothing when there is no text.
    pub(super) confidence: Option<f32>,
    /// The words of the text, in its order.
    pub(super) words: Vec<PlacedWord>,
}

/// A word on the picture that was read.
#[derive(Debug, PartialEq)]
pub(super) struct PlacedWord {
    pub(super) word: Word,
    /// The line it stands in, counted from 0 over the page.
    pub(super) line: u32,
    /// How far that is turned clockwise, in degrees.
    pub(super) angle: u16,
    /// It goes on with the next word, without its hyphen.
    pub(super) is_divided: bool,
}

/// The page's text and how sure it is.
pub(super) fn read(table: &str) -> Read {
    let rows: Vec<Row> = table.lines().filter_map(Row::parse).collect();
    let letters = |row: &Row| row.word.text.chars().count() as f32;
    let all: f32 = rows.iter().map(letters).sum();
    let confidence = rows.iter().map(|row| row.word.confidence * letters(row)).sum::<f32>() / all.max(1.0);
    if confidence < SURE_OF_PAGE {
        return Read::default();
    }
    let mut paragraphs: Vec<([u32; 2], Paragraph)> = vec![];
    let mut last_line = None;
    for row in rows {
        if paragraphs.last().is_none_or(|(place, _)| *place != row.paragraph) {
            paragraphs.push((row.paragraph, Paragraph::default()));
            last_line = None;
        }
        if let Some((_, paragraph)) = paragraphs.last_mut() {
            if last_line != Some(row.line) {
                paragraph.lines.push(Line::default());
                last_line = Some(row.line);
            }
            if let Some(line) = paragraph.lines.last_mut() {
                line.words.push(row.word);
            }
        }
    }
    let texts: Vec<String> = paragraphs.iter_mut().map(|(_, paragraph)| text_of(paragraph)).collect();
    let words = placed(paragraphs.into_iter().map(|(_, paragraph)| paragraph));
    Read { text: texts.join("\n\n"), confidence: Some(confidence), words }
}

fn placed(paragraphs: impl Iterator<Item = Paragraph>) -> Vec<PlacedWord> {
    let mut placed = vec![];
    let mut number = 0;
    for paragraph in paragraphs {
        let angle = angle_of(&paragraph);
        for line in paragraph.lines {
            let last = line.words.len().saturating_sub(1);
            let word = |(at, word)| PlacedWord { word, line: number, angle, is_divided: line.is_divided && at == last };
            placed.extend(line.words.into_iter().enumerate().map(word));
            number += 1;
        }
    }
    placed
}

struct Row {
    /// Block and paragraph.
    paragraph: [u32; 2],
    line: u32,
    word: Word,
}

impl Row {
    /// A word, or a sign it is somewhat sure of; nothing for other rows, and the heading.
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.splitn(12, '\t').collect();
        let [_, _, block, paragraph, line, _, left, top, width, height, confidence, text] = cells[..] else {
            return None;
        };
        let number = |cell: &str| cell.parse::<u32>().ok();
        let side = |cell: &str| cell.parse::<i64>().ok();
        let confidence: f32 = confidence.parse().ok()?;
        let text: String = text.trim().chars().filter(|c| !c.is_control()).nfc().collect();
        let is_word = text.contains(char::is_alphanumeric);
        if text.is_empty() || (!is_word && confidence < SURE_OF_SIGN) {
            return None;
        }
        Some(Self {
            paragraph: [number(block)?, number(paragraph)?],
            line: number(line)?,
            word: Word {
                text,
                confidence,
                left: side(left)?,
                top: side(top)?,
                width: side(width)?,
                height: side(height)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str =
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext";

    fn word(paragraph: u32, line: u32, place: [i64; 4], confidence: f32, text: &str) -> String {
        let [left, top, width, height] = place;
        format!("5\t1\t1\t{paragraph}\t{line}\t1\t{left}\t{top}\t{width}\t{height}\t{confidence}\t{text}")
    }

    fn table(words: &[String]) -> String {
        format!("{HEADING}\n4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n{}\n", words.join("\n"))
    }

    #[test]
    fn words_become_lines_and_paragraphs() {
        let words = [
            word(1, 1, [0, 0, 50, 10], 90.0, "Dear"),
            word(1, 1, [60, 0, 40, 10], 90.0, "Ada,"),
            word(2, 1, [0, 40, 100, 10], 96.0, "all"),
            word(2, 2, [0, 60, 50, 10], 96.0, "is"),
            word(2, 2, [60, 60, 20, 10], 12.0, "~|"),
            word(2, 2, [60, 60, 40, 10], 96.0, "well."),
        ];
        let read = read(&table(&words));
        assert_eq!(read.text, "Dear Ada,\n\nall is well.");
        assert!(read.confidence.is_some_and(|percent| (90.0..96.0).contains(&percent)), "{read:?}");
        let words: Vec<(&str, u32)> = read.words.iter().map(|word| (word.word.text.as_str(), word.line)).collect();
        assert_eq!(
            words,
            [("Dear", 0), ("Ada,", 0), ("all", 1), ("is", 2), ("well.", 2)],
            "the signs are left out of both"
        );
    }

    #[test]
    fn a_divided_word_says_so_and_only_it() {
        let words = [
            word(1, 1, [0, 0, 50, 10], 90.0, "one"),
            word(1, 1, [60, 0, 40, 10], 90.0, "exam-"),
            word(1, 2, [0, 20, 30, 10], 90.0, "ple"),
            word(1, 2, [60, 20, 38, 10], 90.0, "Bo-"),
            word(1, 3, [0, 40, 40, 10], 90.0, "Peep"),
        ];
        let read = read(&table(&words));
        assert_eq!(read.text, "one example Bo- Peep");
        assert_eq!(
            read.words.iter().map(|word| word.is_divided).collect::<Vec<_>>(),
            [false, true, false, false, false]
        );
    }

    #[test]
    fn strokes_in_a_photo_are_no_text() {
        let words = [word(1, 1, [0, 0, 50, 10], 35.0, "~=:"), word(1, 1, [0, 0, 50, 10], 41.0, "Wy")];
        assert_eq!(read(&table(&words)), Read::default());
        assert_eq!(read(HEADING), Read::default());
        assert_eq!(read(""), Read::default());
    }
}
