//! Reads control words and text. Groups are a stack, so their depth costs some bytes each.

use super::words::{HIDDEN, character, charset};
use super::writer::Writer;
use crate::text::{Emphasis, code_page, one_line};
use crate::{Error, ReadContext, TextSink};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::io::{BufReader, Read};

/// Groups inside of each other; more are closed as they come.
const DEEPEST: usize = 1 << 20;
/// Characters of a name, a field's code, a list's number.
const LONGEST_ASIDE: usize = 4096;
/// A paragraph longer than this ends.
const LONGEST_PARAGRAPH: usize = 1 << 20;

/// Reads rich text into blocks, and its title, author and dates.
pub fn read_rtf(input: &mut dyn Read, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut bytes = BufReader::with_capacity(64 << 10, input).bytes().peekable();
    let mut rtf = Rtf {
        group: Group::default(),
        groups: vec![],
        writer: Writer::new(sink),
        pending: vec![],
        aside: String::new(),
        fonts: vec![],
        code_page: WINDOWS_1252,
        title: String::new(),
        author: String::new(),
        times: [[0; 5]; 2],
        high: None,
        at_start: false,
    };
    while let Some(byte) = bytes.next() {
        let byte = byte?;
        let at_start = std::mem::replace(&mut rtf.at_start, byte == b'{');
        match byte {
            b'{' => {
                rtf.decode_pending();
                if rtf.groups.len() < DEEPEST {
                    rtf.groups.push(rtf.group);
                }
            }
            b'}' => rtf.end_group(),
            b'\\' => rtf.control(&mut bytes, at_start)?,
            b'\r' | b'\n' => {}
            byte => rtf.byte(byte),
        }
        if rtf.pending.len() > LONGEST_PARAGRAPH {
            rtf.decode_pending();
        }
        if rtf.writer.is_full(LONGEST_PARAGRAPH) {
            break;
        }
    }
    rtf.decode_pending();
    rtf.writer.finish();
    context.facts.title = one_line(&rtf.title).or(context.facts.title.take());
    context.facts.author = one_line(&rtf.author).or(context.facts.author.take());
    let date = |time: [i64; 5]| {
        let [year, month, day, hour, minute] = time;
        let is_date = (1900..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_date.then(|| format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", hour.clamp(0, 23), minute.clamp(0, 59)))
    };
    context.facts.created = date(rtf.times[0]).or(context.facts.created.take());
    context.facts.modified = date(rtf.times[1]).or(context.facts.modified.take());
    Ok(())
}

/// What the text of a group is.
#[derive(Clone, Copy, Default, PartialEq)]
enum Role {
    #[default]
    Text,
    /// Not shown.
    Hidden,
    /// The code of a field, before what it shows.
    Code,
    /// The number or bullet of a paragraph.
    Marker,
    Styles,
    Title,
    Author,
    Created,
    Modified,
}

/// What ends when a group ends.
#[derive(Clone, Copy, Default, PartialEq)]
enum Ends {
    #[default]
    Nothing,
    Link,
    Note,
    Block,
}

/// What a group inherits and may change.
#[derive(Clone, Copy, Default)]
struct Group {
    role: Role,
    ends: Ends,
    /// The group defines fonts rather than using them.
    in_fonts: bool,
    font: i32,
    emphasis: Emphasis,
    /// Bytes that stand for a Unicode character and follow it, less one because most files have one.
    fallback: i32,
}

struct Rtf<'s, 'o> {
    group: Group,
    groups: Vec<Group>,
    writer: Writer<'s, 'o>,
    /// Bytes in the group's code page that are not decoded yet: double-byte characters come a byte at a time.
    pending: Vec<u8>,
    /// Text that is not the document's: the one of the group's role.
    aside: String,
    fonts: Vec<(i32, &'static Encoding)>,
    code_page: &'static Encoding,
    title: String,
    author: String,
    /// Year, month, day, hour and minute of the first writing and of the last.
    times: [[i64; 5]; 2],
    /// The first half of a character outside of the basic plane.
    high: Option<u16>,
    /// Nothing came in this group yet.
    at_start: bool,
}

type Bytes<R> = std::iter::Peekable<std::io::Bytes<R>>;

impl Rtf<'_, '_> {
    fn byte(&mut self, byte: u8) {
        if self.group.role != Role::Hidden {
            self.pending.push(byte);
        }
    }

    fn push(&mut self, text: &str) {
        self.decode_pending();
        self.put(text);
    }

    fn put(&mut self, text: &str) {
        match self.group.role {
            Role::Hidden => {}
            Role::Text => self.writer.push(text, self.group.emphasis),
            Role::Styles => {
                for c in text.chars() {
                    match c {
                        ';' => self.writer.name_style(&std::mem::take(&mut self.aside)),
                        c if self.aside.len() < LONGEST_ASIDE => self.aside.push(c),
                        _ => {}
                    }
                }
            }
            _ if self.aside.len() < LONGEST_ASIDE => self.aside.push_str(text),
            _ => {}
        }
    }

    /// Decodes what is pending.
    fn decode_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let font = self.fonts.iter().rev().find(|(font, _)| *font == self.group.font);
        let encoding = font.map_or(self.code_page, |(_, encoding)| encoding);
        let bytes = std::mem::take(&mut self.pending);
        self.put(&encoding.decode_without_bom_handling(&bytes).0);
    }

    fn end_group(&mut self) {
        self.decode_pending();
        let ended = self.group;
        self.group = self.groups.pop().unwrap_or_default();
        if ended.role != self.group.role {
            let aside = std::mem::take(&mut self.aside);
            match ended.role {
                Role::Code => self.writer.code = aside,
                Role::Marker => self.writer.marker = Some(aside),
                Role::Title => self.title = aside,
                Role::Author => self.author = aside,
                _ => {}
            }
        }
        if ended.ends != self.group.ends {
            match ended.ends {
                Ends::Link => self.writer.end_link(),
                Ends::Note => self.put(")"),
                Ends::Block => self.writer.end_paragraph(),
                Ends::Nothing => {}
            }
        }
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
                b'*' if at_start => self.become_role(Role::Hidden),
                b'~' => self.push("\u{a0}"),
                b'_' => self.push("-"),
                b'\n' | b'\r' => {
                    self.decode_pending();
                    self.writer.end_paragraph();
                }
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
        if let Some(text) = character(word) {
            self.push(text);
            return Ok(());
        }
        let is_text = self.group.role == Role::Text;
        match word {
            "par" | "page" | "sect" | "cell" | "row" | "nestrow" | "pard" | "intbl" | "outlinelevel" | "ilvl" | "s"
                if is_text || (word == "s" && self.group.role == Role::Styles) =>
            {
                self.decode_pending();
                self.writer.word(word, number);
            }
            "u" => self.unicode(number.unwrap_or(0), bytes)?,
            "uc" => self.group.fallback = number.unwrap_or(1).clamp(0, 16) as i32 - 1,
            "ansicpg" => self.code_page = code_page(number.unwrap_or(1252)),
            "f" => {
                self.decode_pending();
                self.group.font = number.unwrap_or(0) as i32;
            }
            "b" | "i" | "plain" => self.emphasise(word, number != Some(0)),
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
            "fonttbl" => {
                self.become_role(Role::Hidden);
                self.group.in_fonts = true;
            }
            "stylesheet" => self.become_role(Role::Styles),
            "fldinst" if !self.is_hidden_around() => self.become_role(Role::Code),
            "listtext" | "pntext" if !self.is_hidden_around() => self.become_role(Role::Marker),
            "title" if self.group.role == Role::Hidden => self.become_role(Role::Title),
            "author" if self.group.role == Role::Hidden => self.become_role(Role::Author),
            "creatim" => self.become_role(Role::Created),
            "revtim" => self.become_role(Role::Modified),
            "yr" | "mo" | "dy" | "hr" | "min" => self.time(word, number.unwrap_or(0)),
            "shptxt" | "fldrslt" | "footnote" | "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl"
            | "footerr" | "footerf" => self.part(word),
            "deleted" if number != Some(0) => self.become_role(Role::Hidden),
            "v" if number == Some(0) && !self.is_hidden_around() => self.become_role(Role::Text),
            "v" => self.become_role(Role::Hidden),
            word if HIDDEN.contains(&word) => self.become_role(Role::Hidden),
            _ => {}
        }
        Ok(())
    }

    /// The emphasis of the text that comes next.
    fn emphasise(&mut self, word: &str, is_on: bool) {
        self.decode_pending();
        match word {
            "b" => self.group.emphasis.bold = is_on,
            "i" => self.group.emphasis.italic = is_on,
            _ => self.group.emphasis = Emphasis::default(),
        }
    }

    fn become_role(&mut self, role: Role) {
        self.decode_pending();
        self.group.role = role;
    }

    /// Parts that are marked as optional, or stand in the middle of the text, and are text all the same.
    fn part(&mut self, word: &str) {
        self.decode_pending();
        self.group.role = if self.is_hidden_around() { Role::Hidden } else { Role::Text };
        if self.group.role == Role::Hidden {
            return;
        }
        self.group.ends = match word {
            "fldrslt" => {
                self.writer.begin_link();
                Ends::Link
            }
            "footnote" => {
                self.put(" (");
                Ends::Note
            }
            "shptxt" => Ends::Nothing,
            _ => Ends::Block,
        };
    }

    /// A group inside of a hidden one stays hidden.
    fn is_hidden_around(&self) -> bool {
        self.groups.last().is_some_and(|group| group.role == Role::Hidden)
    }

    fn time(&mut self, word: &str, number: i64) {
        let time = match self.group.role {
            Role::Created => &mut self.times[0],
            Role::Modified => &mut self.times[1],
            _ => return,
        };
        let index = ["yr", "mo", "dy", "hr", "min"].iter().position(|other| *other == word);
        if let Some(index) = index {
            time[index] = number;
        }
    }

    /// A character by its number, and then bytes for those who do not know it.
    fn unicode<R: Read>(&mut self, number: i64, bytes: &mut Bytes<R>) -> Result<(), Error> {
        let unit = number.rem_euclid(0x1_0000) as u16;
        // Characters outside of the basic plane come as two halves, each a word of its own.
        let c = match (self.high.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.high = Some(unit);
                None
            }
            (Some(high), 0xdc00..=0xdfff) => char::decode_utf16([high, unit]).next().and_then(Result::ok),
            (_, unit) => char::from_u32(unit.into()),
        };
        if let Some(c) = c {
            self.push(c.encode_utf8(&mut [0; 4]));
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
