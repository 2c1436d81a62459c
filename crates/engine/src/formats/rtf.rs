//! Rich Text Format: the text between its control words. Groups are a stack, so their depth costs a byte each.

use crate::{Error, Format, Job, Reader, Source, TextSink};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::io::{BufReader, Read};

pub const FORMAT: Format = Format {
    name: "rtf",
    mime: "application/rtf",
    extensions: &["rtf"],
    detect: |head| head.starts_with(b"{\\rtf"),
    reader: Reader::Document(read),
};

/// Destinations whose content is not the document's text.
const HIDDEN: &[&str] = &[
    "author",
    "category",
    "colortbl",
    "comment",
    "company",
    "creatim",
    "datafield",
    "doccomm",
    "fonttbl",
    "filetbl",
    "generator",
    "info",
    "keywords",
    "listoverridetable",
    "listtable",
    "objdata",
    "operator",
    "pict",
    "revtbl",
    "rsidtbl",
    "stylesheet",
    "subject",
    "themedata",
    "title",
    "xmlnstbl",
    "fldinst",
    "nonshppict",
    "bkmkstart",
    "bkmkend",
    "latentstyles",
    "datastore",
    "colorschememapping",
    "pgdsctbl",
    "mmathPr",
    "blipuid",
    "listname",
    "leveltext",
    "levelnumbers",
    "upr",
];
/// Groups inside of each other; more are closed as they come.
const DEEPEST: usize = 1 << 20;
/// Text is handed on in pieces of about this size.
const PIECE: usize = 16 << 10;

fn read(input: &mut dyn Source, _: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut bytes = BufReader::with_capacity(64 << 10, input).bytes().peekable();
    let mut rtf = Rtf {
        group: Group::default(),
        groups: vec![],
        text: String::new(),
        pending: vec![],
        fonts: vec![],
        code_page: WINDOWS_1252,
        at_start: false,
    };
    while let Some(byte) = bytes.next() {
        let byte = byte?;
        let at_start = std::mem::replace(&mut rtf.at_start, byte == b'{');
        match byte {
            b'{' => {
                rtf.settle();
                if rtf.groups.len() < DEEPEST {
                    rtf.groups.push(rtf.group);
                }
            }
            b'}' => {
                rtf.settle();
                rtf.group = rtf.groups.pop().unwrap_or_default();
            }
            b'\\' => rtf.control(&mut bytes, at_start)?,
            b'\r' | b'\n' => {}
            byte => rtf.byte(byte),
        }
        if rtf.text.len() > PIECE {
            sink.stream(&std::mem::take(&mut rtf.text));
            if sink.is_full() {
                break;
            }
        }
    }
    rtf.settle();
    sink.stream(&rtf.text);
    Ok(())
}

/// What a group inherits and may change.
#[derive(Clone, Copy, Default)]
struct Group {
    is_hidden: bool,
    /// The group defines fonts rather than using them.
    in_fonts: bool,
    font: i32,
    /// Bytes that stand for a Unicode character and follow it, less one because most files have one.
    fallback: i32,
}

struct Rtf {
    group: Group,
    groups: Vec<Group>,
    text: String,
    /// Bytes in the group's code page that are not decoded yet: double-byte characters come a byte at a time.
    pending: Vec<u8>,
    fonts: Vec<(i32, &'static Encoding)>,
    code_page: &'static Encoding,
    /// Nothing came in this group yet.
    at_start: bool,
}

type Bytes<R> = std::iter::Peekable<std::io::Bytes<R>>;

impl Rtf {
    fn byte(&mut self, byte: u8) {
        if !self.group.is_hidden {
            self.pending.push(byte);
        }
    }

    fn push(&mut self, text: &str) {
        self.settle();
        if !self.group.is_hidden {
            self.text.push_str(text);
        }
    }

    /// Decodes what is pending.
    fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let font = self.fonts.iter().rev().find(|(font, _)| *font == self.group.font);
        let encoding = font.map_or(self.code_page, |(_, encoding)| encoding);
        self.text.push_str(&encoding.decode_without_bom_handling(&self.pending).0);
        self.pending.clear();
    }

    fn control<R: Read>(&mut self, bytes: &mut Bytes<R>, at_start: bool) -> Result<(), Error> {
        let Some(first) = bytes.next().transpose()? else { return Ok(()) };
        if !first.is_ascii_alphabetic() {
            match first {
                b'\'' => {
                    let digits = [bytes.next().transpose()?, bytes.next().transpose()?];
                    if let [Some(high), Some(low)] = digits.map(|digit| char::from(digit.unwrap_or(0)).to_digit(16)) {
                        self.byte((high * 16 + low) as u8);
                    }
                }
                // A destination that readers may not know. In the middle of a group it is only a slip.
                b'*' if at_start => {
                    self.settle();
                    self.group.is_hidden = true;
                }
                b'~' => self.push("\u{a0}"),
                b'_' => self.push("-"),
                b'\n' | b'\r' => self.push("\n\n"),
                b'\\' | b'{' | b'}' => self.byte(first),
                _ => {}
            }
            return Ok(());
        }
        let mut word = String::from(char::from(first));
        let mut number = String::new();
        while let Some(Ok(next)) = bytes.peek() {
            let next = char::from(*next);
            match next {
                'a'..='z' | 'A'..='Z' if number.is_empty() && word.len() < 32 => word.push(next),
                '-' if number.is_empty() => number.push(next),
                '0'..='9' if number.len() < 11 => number.push(next),
                ' ' => {
                    bytes.next();
                    break;
                }
                _ => break,
            }
            bytes.next();
        }
        self.word(&word, number.parse().ok(), bytes)
    }

    fn word<R: Read>(&mut self, word: &str, number: Option<i64>, bytes: &mut Bytes<R>) -> Result<(), Error> {
        match word {
            "par" | "page" | "sect" => self.push("\n\n"),
            "line" | "row" | "softline" => self.push("\n"),
            "tab" | "cell" | "nestcell" => self.push("\t"),
            "emdash" => self.push("—"),
            "endash" => self.push("–"),
            "bullet" => self.push("•"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            "emspace" | "enspace" => self.push(" "),
            "u" => self.unicode(number.unwrap_or(0), bytes)?,
            "uc" => self.group.fallback = number.unwrap_or(1).clamp(0, 16) as i32 - 1,
            "ansicpg" => self.code_page = code_page(number.unwrap_or(1252)),
            "f" => {
                self.settle();
                self.group.font = number.unwrap_or(0) as i32;
            }
            "fcharset" if self.group.in_fonts => {
                if let Some(encoding) = charset(number.unwrap_or(0))
                    && self.fonts.len() < 10_000
                {
                    self.fonts.push((self.group.font, encoding));
                }
            }
            "bin" => {
                // Raw bytes; a length that goes past the end ends there.
                for _ in 0..number.unwrap_or(0).max(0) {
                    if bytes.next().transpose()?.is_none() {
                        break;
                    }
                }
            }
            "fonttbl" => (self.group.is_hidden, self.group.in_fonts) = (true, true),
            "shptxt" | "shppict" | "fldrslt" | "footnote" | "header" | "footer" | "listtext" => {
                // Marked as optional and yet text.
                self.group.is_hidden = word == "listtext" || word == "shppict" || self.is_hidden_around();
            }
            "deleted" if number != Some(0) => self.group.is_hidden = true,
            "v" => self.group.is_hidden = number != Some(0) || self.is_hidden_around(),
            word if HIDDEN.contains(&word) => {
                self.settle();
                self.group.is_hidden = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// A group inside of a hidden one stays hidden.
    fn is_hidden_around(&self) -> bool {
        self.groups.last().is_some_and(|group| group.is_hidden)
    }

    /// A character by its number, and then bytes for those who do not know it.
    fn unicode<R: Read>(&mut self, number: i64, bytes: &mut Bytes<R>) -> Result<(), Error> {
        let unit = number.rem_euclid(0x1_0000) as u16;
        self.settle();
        if !self.group.is_hidden {
            // Characters outside of the basic plane come as two surrogates, each a word of its own; the first is
            // kept in the private area until the second comes.
            let high = self.text.chars().next_back().map(u32::from).filter(|c| (0xf_0000..0xf_0400).contains(c));
            match (high, unit) {
                (Some(high), 0xdc00..=0xdfff) => {
                    self.text.pop();
                    let code = 0x1_0000 + ((high - 0xf_0000) << 10) + (u32::from(unit) - 0xdc00);
                    self.text.extend(char::from_u32(code));
                }
                (_, 0xd800..=0xdbff) => self.text.extend(char::from_u32(0xf_0000 + u32::from(unit) - 0xd800)),
                (_, unit) => self.text.extend(char::from_u32(u32::from(unit))),
            }
        }
        for _ in 0..=self.group.fallback {
            match bytes.peek() {
                Some(Ok(b'\\')) => {
                    bytes.next();
                    if let Some(Ok(b'\'')) = bytes.peek() {
                        bytes.nth(2);
                    }
                }
                Some(Ok(b'{' | b'}')) | None => break,
                _ => drop(bytes.next()),
            }
        }
        Ok(())
    }
}

fn code_page(number: i64) -> &'static Encoding {
    let label = match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10000 => "macintosh".to_owned(),
        65001 => "utf-8".to_owned(),
        number => format!("windows-{number}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

fn charset(number: i64) -> Option<&'static Encoding> {
    Some(code_page(match number {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    }))
}
