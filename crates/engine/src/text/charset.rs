//! Which encoding a text is in: by its byte order mark, by its zeros, by its own declaration, by its statistics.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// How the bytes of a text are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// One of the WHATWG encodings.
    Web(&'static Encoding),
    /// UTF-32 with the least significant byte first, which the web has forgotten.
    Utf32Le,
    /// UTF-32 with the most significant byte first.
    Utf32Be,
}

impl Charset {
    /// The label people know it by.
    pub fn label(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Utf32Le => "UTF-32LE",
            Self::Utf32Be => "UTF-32BE",
        }
    }
}

/// The charset of a content that begins with `head`, or nothing when it is not text.
pub fn guess(head: &[u8], is_whole: bool) -> Option<Charset> {
    by_mark(head).or_else(|| by_zeros(head)).or_else(|| {
        let utf8 = is_utf8(head, is_whole);
        let controls = head.iter().filter(|&&byte| is_odd_control(byte)).count();
        // UTF-8 of any length rarely happens by chance, so some rubbish in it is forgiven. Any bytes at all are
        // valid in a legacy encoding, and there a control character says that it is not text.
        let tolerated = if utf8 { head.len() * 3 / 10 } else { head.len() / 200 };
        (controls <= tolerated).then(|| Charset::Web(by_content(head, is_whole)))
    })
}

/// The encoding of bytes that are known to be text in one of the byte-wise encodings.
pub fn by_content(bytes: &[u8], is_whole: bool) -> &'static Encoding {
    if is_iso_2022_jp(bytes) {
        return ISO_2022_JP;
    }
    if is_utf8(bytes, is_whole) {
        return UTF_8;
    }
    declared(bytes).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, is_whole);
        detector.guess(None, Utf8Detection::Deny)
    })
}

/// Valid UTF-8, but for a character cut off by the end of what was read.
pub fn is_utf8(bytes: &[u8], is_whole: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !is_whole && error.error_len().is_none(),
    }
}

fn by_mark(head: &[u8]) -> Option<Charset> {
    if head.starts_with(b"\xff\xfe\0\0") {
        return Some(Charset::Utf32Le);
    }
    if head.starts_with(b"\0\0\xfe\xff") {
        return Some(Charset::Utf32Be);
    }
    Encoding::for_bom(head).map(|(encoding, _)| Charset::Web(encoding))
}

/// Wide encodings without a mark: most text has ASCII spaces and line ends, whose high bytes are zero and stand in
/// the same place of every unit.
fn by_zeros(head: &[u8]) -> Option<Charset> {
    let head = &head[..head.len() / 4 * 4];
    let mut zeros = [0usize; 4];
    for unit in head.chunks_exact(4) {
        for (count, byte) in zeros.iter_mut().zip(unit) {
            *count += usize::from(*byte == 0);
        }
    }
    let units = head.len() / 4;
    let all = |index: usize| zeros[index] == units;
    let many = |index: usize| zeros[index] * 10 > units;
    let few = |index: usize| zeros[index] * 100 <= units;
    let wide = |high: [usize; 2], low: [usize; 2]| high.map(many) == [true; 2] && low.map(few) == [true; 2];
    match () {
        () if units == 0 => None,
        () if all(3) && zeros[2] * 10 > units * 9 && few(0) => Some(Charset::Utf32Le),
        () if all(0) && zeros[1] * 10 > units * 9 && few(3) => Some(Charset::Utf32Be),
        () if wide([1, 3], [0, 2]) && reads_as(UTF_16LE, head) => Some(Charset::Web(UTF_16LE)),
        () if wide([0, 2], [1, 3]) && reads_as(UTF_16BE, head) => Some(Charset::Web(UTF_16BE)),
        () => None,
    }
}

fn reads_as(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let odd = text.chars().filter(|&c| c == '\u{fffd}' || (c.is_control() && !c.is_ascii_whitespace())).count();
    odd * 50 <= text.chars().count()
}

/// A control character that does not belong in text. Escape does: terminals and ISO-2022 use it.
fn is_odd_control(byte: u8) -> bool {
    matches!(byte, 0..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

/// Seven-bit Japanese, known by its escapes.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    bytes.is_ascii() && [b"\x1b$B", b"\x1b$@"].iter().any(|escape| bytes.windows(3).any(|part| part == *escape))
}

/// What the text says of itself: an XML declaration, an HTML meta element, a coding line.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    ["encoding=", "charset=", "coding:"].iter().find_map(|word| {
        let (_, after) = start.split_once(word)?;
        let label = after.trim_start_matches([' ', '"', '\'']);
        let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(label.len());
        let encoding = Encoding::for_label(&label.as_bytes()[..end])?;
        // It is neither UTF-8 nor wide, or we would not be here.
        (encoding.is_ascii_compatible() && encoding != UTF_8).then_some(encoding)
    })
}
