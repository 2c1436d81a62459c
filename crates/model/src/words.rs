//! What a word is.

/// Words as people count them: runs between spaces, and every ideograph or kana by itself.
pub fn count_words(text: &str) -> u64 {
    let mut counter = WordCounter::default();
    counter.add(text);
    counter.words()
}

/// Counts the words of a text that comes in pieces.
#[derive(Debug, Clone)]
pub struct WordCounter {
    words: u64,
    /// The run so far is a word.
    is_inside: bool,
    /// A run begins.
    is_after_space: bool,
}

impl Default for WordCounter {
    fn default() -> Self {
        Self { words: 0, is_inside: false, is_after_space: true }
    }
}

/// Bytes that are looked at together.
const PIECE: usize = 64;

impl WordCounter {
    /// Adds a piece. It may end inside of a word.
    pub fn add(&mut self, mut text: &str) {
        while let Some(piece) = text.as_bytes().first_chunk::<PIECE>() {
            match self.begun_in(piece) {
                Some(begun) => {
                    self.words += u64::from(begun);
                    self.is_after_space = is_ascii_space(piece[PIECE - 1]);
                    self.is_inside = !self.is_after_space;
                    text = &text[PIECE..];
                }
                None => {
                    let end = text.ceil_char_boundary(PIECE);
                    self.add_slowly(&text[..end]);
                    text = &text[end..];
                }
            }
        }
        self.add_slowly(text);
    }

    /// The words so far.
    pub fn words(&self) -> u64 {
        self.words
    }

    fn add_slowly(&mut self, text: &str) {
        for c in text.chars() {
            let (is_alone, is_space, is_letter) = (is_ideograph(c), c.is_whitespace(), c.is_alphanumeric());
            self.words += u64::from(is_alone || (!self.is_inside && is_letter));
            self.is_inside = !is_alone && !is_space && (self.is_inside || is_letter);
            self.is_after_space = is_alone || is_space;
        }
    }

    /// How many words begin in a piece that is easily counted: it is ASCII, and all its runs begin with a letter. All of it is
    /// looked at whatever it holds, which the compiler makes into few instructions.
    fn begun_in(&self, piece: &[u8; PIECE]) -> Option<u8> {
        let is_space = piece.map(is_ascii_space);
        let is_letter = piece.map(|byte| byte.is_ascii_alphanumeric());
        let mut begun = u8::from(self.is_after_space & is_letter[0]);
        // A run that began before and has no letter yet is odd too.
        let mut is_odd = !self.is_inside & !(self.is_after_space & (is_space[0] | is_letter[0]));
        for at in 1..PIECE {
            begun += u8::from(is_space[at - 1] & is_letter[at]);
            is_odd |= is_space[at - 1] & !is_space[at] & !is_letter[at];
        }
        (!is_odd & piece.is_ascii()).then_some(begun)
    }
}

/// What `char::is_whitespace` says of ASCII.
fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// A character of a script that has no spaces between words: an ideograph, kana, or a sign that belongs to them.
pub fn is_spaceless(c: char) -> bool {
    is_ideograph(c) || matches!(c as u32, 0x3000..=0x303f | 0x31f0..=0x31ff | 0xff00..=0xff65)
}

/// An ideograph or kana.
fn is_ideograph(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One character after another, without any shortcut.
    fn slowly(text: &str) -> u64 {
        let mut counter = WordCounter::default();
        counter.add_slowly(text);
        counter.words()
    }

    #[test]
    fn words_are_runs_that_hold_a_letter() {
        assert_eq!(count_words(""), 0);
        assert_eq!(count_words("one two\n\nthree"), 3);
        assert_eq!(count_words("- one (two) don't --- 3"), 4);
        assert_eq!(count_words("\u{6771}\u{4eac} tower"), 3);
    }

    proptest! {
        #[test]
        fn pieces_of_any_kind_count_alike(parts in prop::collection::vec("[a-z0-9]{1,9}|[ \t\n]{1,3}|[-(\"\u{e9}\u{6771}\u{a0}]", 0..200), cut in 0usize..400) {
            let text = parts.concat();
            let cut = text.floor_char_boundary(cut.min(text.len()));
            let mut counter = WordCounter::default();
            counter.add(&text[..cut]);
            counter.add(&text[cut..]);
            prop_assert_eq!(counter.words(), slowly(&text));
        }
    }
}
