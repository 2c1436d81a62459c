//! A page's words as a table, in the form Tesseract has for it (TSV): whoever reads the one reads the other.

use crate::page::Paragraph;
use std::fmt::Write;

const HEADING: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";
/// The level of words.
const WORD: u32 = 5;

/// The table: a row for every word.
pub fn table(paragraphs: &[Paragraph]) -> String {
    let mut table = HEADING.to_owned();
    for (paragraph, lines) in (1..).zip(paragraphs) {
        for (line, words) in (1..).zip(lines) {
            for (number, word) in (1..).zip(words) {
                let (left, top, width, height) = (word.left, word.top, word.width, word.height);
                let sure = word.sure * 100.0;
                // Writing into a string cannot fail.
                let _ = writeln!(
                    table,
                    "{WORD}\t1\t1\t{paragraph}\t{line}\t{number}\t{left}\t{top}\t{width}\t{height}\t{sure:.2}\t{}",
                    word.text
                );
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Word;

    #[test]
    fn every_word_has_a_row() {
        let word = |text: &str, left| Word { text: text.into(), left, top: 2, width: 30, height: 10, sure: 0.987 };
        let made = table(&[vec![vec![word("Dear", 1), word("Ada", 40)]], vec![vec![word("all", 1)]]]);
        let rows: Vec<&str> = made.lines().collect();
        assert_eq!(rows[0].split('\t').count(), 12);
        assert_eq!(rows[2], "5\t1\t1\t1\t1\t2\t40\t2\t30\t10\t98.70\tAda");
        assert_eq!(rows[3], "5\t1\t1\t2\t1\t1\t1\t2\t30\t10\t98.70\tall");
    }
}
