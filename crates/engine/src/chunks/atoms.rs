//! The smallest pieces a chunk is made of: words and signs, each with what it costs and how well a text may be cut before it.

use super::tokens;
use std::iter::Peekable;
use unicode_segmentation::{UWordBoundIndices, UnicodeSegmentation};

/// How well a text may be cut at a place. Ordered: the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// Between a word and the sign that belongs to it, or between two ideographs.
    Inside,
    /// Between two words.
    Word,
    /// At the end of a line.
    Line,
    /// At the end of a sentence.
    Sentence,
    /// At an empty line.
    Paragraph,
    /// Between two pages.
    Page,
    /// Before a heading.
    Heading,
}

/// Bytes above which a run of letters is no word of any language, and may be cut like the words of a sentence.
const LONGEST_WORD: usize = 512;

/// One piece of text without white space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    /// First byte and one past the last.
    pub bytes: (usize, usize),
    /// First character and one past the last.
    pub characters: (u64, u64),
    /// What it costs.
    pub cost: u32,
    /// What the white space before it costs, unless a chunk begins here.
    pub gap: u32,
    /// How well the text may be cut before it.
    pub before: Break,
}

/// Every atom of a text, in order.
pub(super) struct Atoms<'a> {
    text: &'a str,
    words: Peekable<UWordBoundIndices<'a>>,
    /// Where headings begin, in bytes.
    headings: &'a [usize],
    /// No atom costs more, so that each fits into some chunk.
    max_cost: u32,
    /// What is left of a word that is being cut.
    rest: (usize, &'a str),
    character: u64,
    /// The last sign that can end a sentence, closing brackets and quotes after it left out.
    ends_sentence: bool,
}

impl<'a> Atoms<'a> {
    pub fn new(text: &'a str, headings: &'a [usize], max_cost: u32) -> Self {
        let words = text.split_word_bound_indices().peekable();
        Self { text, words, headings, max_cost, rest: (0, ""), character: 0, ends_sentence: false }
    }

    /// White space up to the next atom: what it costs, its line ends, and whether a page ends in it.
    fn skip_space(&mut self) -> (u32, usize, bool, bool) {
        let (mut cost, mut lines, mut page, mut any) = (0, 0, false, false);
        while let Some((_, piece)) = self.words.next_if(|(_, piece)| piece.trim().is_empty()) {
            any = true;
            cost += tokens::cost(piece);
            lines += piece.matches('\n').count();
            page |= piece.contains('\u{c}');
            self.character += piece.chars().count() as u64;
        }
        (cost, lines, page, any)
    }

    /// The part of a word that is short and cheap enough, at a character's end. The rest comes next.
    fn cut(&mut self, start: usize, word: &'a str) -> &'a str {
        let mut part = &word[..word.floor_char_boundary(LONGEST_WORD)];
        while tokens::cost(part) > self.max_cost {
            part = &part[..part.floor_char_boundary(part.len() / 2)];
        }
        self.rest = (start + part.len(), &word[part.len()..]);
        part
    }
}

impl Iterator for Atoms<'_> {
    type Item = Atom;

    fn next(&mut self) -> Option<Atom> {
        let (gap, before, start, word) = if self.rest.1.is_empty() {
            let (gap, lines, page, any) = self.skip_space();
            let (start, word) = self.words.next()?;
            while self.headings.first().is_some_and(|&heading| heading < start) {
                self.headings = &self.headings[1..];
            }
            let before = match lines {
                _ if self.headings.first() == Some(&start) => Break::Heading,
                _ if page => Break::Page,
                2.. => Break::Paragraph,
                _ if self.ends_sentence && (any || ends_without_space(self.text, start)) => Break::Sentence,
                1 => Break::Line,
                0 if any => Break::Word,
                _ => Break::Inside,
            };
            (gap, before, start, word)
        } else {
            let (start, word) = std::mem::take(&mut self.rest);
            (0, Break::Inside, start, word)
        };
        let word = self.cut(start, word);
        let characters = word.chars().count() as u64;
        let atom = Atom {
            bytes: (start, start + word.len()),
            characters: (self.character, self.character + characters),
            cost: tokens::cost(word),
            gap,
            before,
        };
        self.character += characters;
        self.ends_sentence = match word.chars().next_back() {
            Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '؟' | '۔' | '।' | '॥' | '։' | '។' | '။' | '።') => {
                true
            }
            Some(')' | ']' | '"' | '\'' | '»' | '”' | '’' | '」' | '』' | '）') => self.ends_sentence,
            _ => false,
        };
        Some(atom)
    }
}

/// Scripts that write no space after a sentence end it with a sign of full width.
fn ends_without_space(text: &str, offset: usize) -> bool {
    let before = text[..offset].chars().next_back();
    let after = text[offset..].chars().next();
    matches!(before, Some('。' | '！' | '？' | '．' | '」' | '』' | '）'))
        && !matches!(after, Some('」' | '』' | '）' | '。' | '！' | '？'))
}
