//! One form of a text while it grows: cleaned, normalised to NFC and cut at its limit.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfc_quick};

/// A sequence of combining marks this long is normalised in pieces: it is an attack, not a script.
const LONGEST_SEQUENCE: usize = 64 << 10;

/// A text that grows up to a limit.
pub struct Buffer {
    text: String,
    limit: usize,
    cut: bool,
    /// Cleaned text that later marks could still change.
    held: String,
    after_return: bool,
}

/// A finished text.
pub struct Finished {
    pub text: String,
    /// It was longer than its limit.
    pub cut: bool,
}

impl Buffer {
    pub fn new(limit: usize) -> Self {
        Self { text: String::new(), limit, cut: false, held: String::new(), after_return: false }
    }

    pub fn is_cut(&self) -> bool {
        self.cut
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.held.is_empty()
    }

    /// What is settled so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds text in pieces of any size.
    pub fn push(&mut self, text: &str) {
        if self.cut {
            return;
        }
        self.clean(text);
        let stable = stable_length(&self.held);
        let stable = if stable == 0 && self.held.len() > LONGEST_SEQUENCE { self.held.len() } else { stable };
        self.take(stable);
    }

    /// Adds text that is clean already and may hold what `push` would remove.
    pub fn push_raw(&mut self, text: &str) {
        self.settle();
        self.append(text);
    }

    /// Ends a sequence: what comes next does not combine with what was.
    pub fn settle(&mut self) {
        self.take(self.held.len());
        self.after_return = false;
    }

    pub fn finish(mut self) -> Finished {
        self.settle();
        Finished { text: self.text, cut: self.cut }
    }

    /// Line ends become `\n`; other control characters (NUL, which Postgres refuses; escapes, which terminals obey;
    /// form feeds, which separate our pages) and byte order marks go.
    fn clean(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.after_return => {}
                '\r' | '\u{b}' | '\u{c}' | '\u{85}' => self.held.push('\n'),
                '\n' | '\t' => self.held.push(c),
                '\u{feff}' => {}
                c if c.is_control() => {}
                c => self.held.push(c),
            }
            self.after_return = c == '\r';
        }
    }

    fn take(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        let rest = self.held.split_off(length);
        let piece = std::mem::replace(&mut self.held, rest);
        match is_nfc_quick(piece.chars()) {
            IsNormalized::Yes => self.append(&piece),
            _ => self.append(&piece.nfc().collect::<String>()),
        }
    }

    fn append(&mut self, text: &str) {
        let room = self.limit.saturating_sub(self.text.len());
        let fits = text.floor_char_boundary(room.min(text.len()));
        self.text.push_str(&text[..fits]);
        self.cut |= fits < text.len();
    }
}

/// Length of the part that nothing after it can change: up to the last character that combines with no predecessor.
fn stable_length(text: &str) -> usize {
    let starts = |c: char| canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    text.char_indices().rev().find(|&(_, c)| starts(c)).map_or(0, |(at, _)| at)
}
