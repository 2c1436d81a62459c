//! One text while it grows: cleaned, normalised to NFC and cut at its limit. What is settled may be taken out at its front;
//! offsets are counted from where the text began.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfc_quick};

/// A sequence of combining marks this long is normalised in pieces: it is an attack, not a script.
const LONGEST_SEQUENCE: usize = 64 << 10;

/// A text that grows up to a limit.
pub struct Buffer {
    text: String,
    /// Bytes that were taken out.
    taken: usize,
    limit: usize,
    cut: bool,
    /// Where the last sequence begins: a character that later marks could still change, and its marks so far.
    sequence: usize,
    /// The last sequence has marks, and may not be in NFC.
    has_marks: bool,
    after_return: bool,
}

impl Buffer {
    pub fn new(limit: usize) -> Self {
        Self { text: String::new(), taken: 0, limit, cut: false, sequence: 0, has_marks: false, after_return: false }
    }

    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.taken + self.text.len()
    }

    /// Bytes that are held.
    pub fn held(&self) -> usize {
        self.text.len()
    }

    /// What is held from that offset on; settled, but for its last sequence.
    pub fn since(&self, offset: usize) -> &str {
        &self.text[offset - self.taken..]
    }

    /// What is held from that offset on, without the last sequence.
    pub fn settled_since(&self, offset: usize) -> &str {
        &self.text[offset - self.taken..self.sequence]
    }

    /// Takes out what is before that offset.
    pub fn take(&mut self, offset: usize) {
        let bytes = offset - self.taken;
        self.text.drain(..bytes);
        self.sequence -= bytes;
        self.taken = offset;
    }

    /// Bytes that may still be added.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.len())
    }

    /// Takes back `bytes` of what was allowed: what is elsewhere counts too.
    pub fn shrink_limit(&mut self, bytes: usize) {
        self.limit = self.limit.saturating_sub(bytes);
    }

    /// Adds text in pieces of any size.
    pub fn push(&mut self, mut text: &str) {
        while !text.is_empty() && !self.cut {
            // Line ends become `\n`, and two characters may be one.
            if std::mem::take(&mut self.after_return) && text.starts_with('\n') {
                text = &text[1..];
                continue;
            }
            let run = simple_run(text.as_bytes());
            if run > 0 {
                self.normalise_sequence();
                self.append(&text[..run]);
                // A mark may still come, which combines with the last character: it is ASCII, if it is not cut off.
                self.sequence = self.text.len() - usize::from(!self.cut);
                text = &text[run..];
                continue;
            }
            let c = text.chars().next().expect("the text is not empty");
            self.push_char(c);
            text = &text[c.len_utf8()..];
        }
    }

    /// Adds text that is clean already and may hold what `push` would remove.
    pub fn push_raw(&mut self, text: &str) {
        self.end_sequence();
        self.append(text);
        self.sequence = self.text.len();
    }

    /// Ends a sequence: what comes next does not combine with what was.
    pub fn end_sequence(&mut self) {
        self.normalise_sequence();
        self.after_return = false;
    }

    /// What is held.
    pub fn finish(mut self) -> String {
        self.end_sequence();
        self.text
    }

    /// Line ends become `\n`; other control characters (NUL, which Postgres refuses; escapes, which terminals obey;
    /// form feeds, which separate our pages) and byte order marks go.
    fn push_char(&mut self, c: char) {
        self.after_return = c == '\r';
        let c = match c {
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' => '\n',
            '\u{feff}' => return,
            c if c.is_control() => return,
            c => c,
        };
        if begins_sequence(c) {
            self.normalise_sequence();
        } else {
            self.has_marks = true;
        }
        self.append(c.encode_utf8(&mut [0; 4]));
        if self.text.len() - self.sequence > LONGEST_SEQUENCE {
            self.normalise_sequence();
        }
    }

    /// Normalises the last sequence, and begins another.
    fn normalise_sequence(&mut self) {
        if std::mem::take(&mut self.has_marks) && is_nfc_quick(self.text[self.sequence..].chars()) != IsNormalized::Yes
        {
            let sequence = self.text.split_off(self.sequence);
            self.text.extend(sequence.nfc());
            if self.len() > self.limit {
                self.text.truncate(self.text.floor_char_boundary(self.limit.saturating_sub(self.taken)));
                self.cut = true;
            }
        }
        self.sequence = self.text.len();
    }

    fn append(&mut self, text: &str) {
        let fits = text.floor_char_boundary(self.room().min(text.len()));
        self.text.push_str(&text[..fits]);
        self.cut |= fits < text.len();
    }
}

/// Bytes at the start that are simple. Whole pieces are looked at together, which the compiler makes into few instructions.
fn simple_run(bytes: &[u8]) -> usize {
    const PIECE: usize = 32;
    let is_piece_simple = |piece: &&[u8]| piece.iter().fold(true, |all, byte| all & is_simple(*byte));
    let pieces = bytes.chunks_exact(PIECE).take_while(is_piece_simple).count() * PIECE;
    pieces + bytes[pieces..].iter().take_while(|byte| is_simple(**byte)).count()
}

/// Most text is ASCII, which is clean and normalised as it is, and which no mark before it changes.
fn is_simple(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

/// True for a character that combines with no predecessor, and that is what it is normalised to.
fn begins_sequence(c: char) -> bool {
    // Below are no marks; the tables need not be asked.
    c < '\u{300}' || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}
