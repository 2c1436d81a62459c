//! Tesseract's table of what it saw: a line for every word, with its place and how sure it is.

use super::paragraphs::{Line, Paragraph, Word, text_of};

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
}

/// The page's text and how sure it is.
pub(super) fn read(table: &str) -> Read {
    let rows: Vec<Row> = table.lines().filter_map(Row::parse).collect();
    let letters = |row: &Row| row.word.text.chars().count() as f32;
    let all: f32 = rows.iter().map(letters).sum();
    let confidence = rows.iter().map(|row| row.confidence * letters(row)).sum::<f32>() / all.max(1.0);
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
    let texts: Vec<String> = paragraphs.iter().map(|(_, paragraph)| text_of(paragraph)).collect();
    Read { text: texts.join("\n\n"), confidence: Some(confidence) }
}

struct Row {
    /// Block and paragraph.
    paragraph: [u32; 2],
    line: u32,
    confidence: f32,
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
        let text = text.trim();
        let is_word = text.contains(char::is_alphanumeric);
        if text.is_empty() || (!is_word && confidence < SURE_OF_SIGN) {
            return None;
        }
        Some(Self {
            paragraph: [number(block)?, number(paragraph)?],
            line: number(line)?,
            confidence,
            word: Word {
                text: text.into(),
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
    }

    #[test]
    fn strokes_in_a_photo_are_no_text() {
        let words = [word(1, 1, [0, 0, 50, 10], 35.0, "~=:"), word(1, 1, [0, 0, 50, 10], 41.0, "Wy")];
        assert_eq!(read(&table(&words)), Read::default());
        assert_eq!(read(HEADING), Read::default());
        assert_eq!(read(""), Read::default());
    }
}
