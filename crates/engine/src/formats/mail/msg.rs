//! Messages that Outlook saved ([MS-OXMSG]): the head, the text, a list of what is attached.

use super::eml::write_plain;
use super::{Letter, SMALL_PICTURE_BYTES, unpack_rich_text};
use crate::containers::compound::{Compound, seconds_of_filetime, u16_at, u32_at, utf16};
use crate::formats::rtf::read_rtf;
use crate::formats::{Format, Reader, TakeAttachment};
use crate::markup::html::read_html;
use crate::text::{Decoder, code_page, date_of_seconds, list_attachments};
use crate::{Error, ReadContext, Source, TextSink};
use encoding_rs::{Encoding, WINDOWS_1252};
use model::{Attachment, file_name};
use std::io::{Cursor, Read};

pub const FORMAT: Format = Format {
    name: "msg",
    mime: "application/vnd.ms-outlook",
    extensions: &["msg", "oft"],
    is_text: false,
    archive: None,
    detect: |head| head.has_stream(PROPERTIES),
    reader: Reader::Mail { text: read, attachments },
};

const PROPERTIES: &str = "__properties_version1.0";
/// Bytes before the properties of a message and of an attachment.
const MESSAGE_HEAD: usize = 32;
/// Bytes of a field.
const MAX_FIELD: u64 = 1 << 20;

mod id {
    pub const SUBJECT: u16 = 0x0037;
    pub const SENT: u16 = 0x0039;
    pub const SENDER_NAME: u16 = 0x0c1a;
    pub const SENDER_ADDRESS: u16 = 0x0c1f;
    pub const SENDER_SMTP: u16 = 0x5d01;
    pub const CC: u16 = 0x0e03;
    pub const TO: u16 = 0x0e04;
    pub const DELIVERED: u16 = 0x0e06;
    pub const BODY: u16 = 0x1000;
    pub const RICH_TEXT: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const NAME: u16 = 0x3001;
    pub const DATA: u16 = 0x3701;
    pub const SHORT_FILE: u16 = 0x3704;
    pub const LONG_FILE: u16 = 0x3707;
    pub const MIME: u16 = 0x370e;
    pub const CONTENT_ID: u16 = 0x3712;
    pub const INTERNET_CODE_PAGE: u16 = 0x3fde;
    pub const CODE_PAGE: u16 = 0x3ffd;
}

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let max = context.limits.archive_part_bytes;
    let mut file = Compound::open(input, context.limits)?;
    let mut message = Message::open(&mut file)?;
    let letter = message.letter()?;
    let count = message.files(0, 1, context)?.len() as u32;
    context.facts.unpackable = Some(count).filter(|count| *count > 0);
    letter.write_head(context, sink);
    context.progress("text", 0, 1);
    let text = message.string(id::BODY, max)?.unwrap_or_default();
    if !text.trim().is_empty() {
        write_plain(&text, sink);
    } else if let Some(html) = message.html(max)? {
        read_html(&mut Decoder::open(Cursor::new(html))?, context, sink)?;
    } else if let Some(packed) = message.bytes(id::RICH_TEXT, 0x102, max)? {
        let unpacked = unpack_rich_text(&packed, max as usize);
        read_rtf(&mut Cursor::new(unpacked.unwrap_or_default()), context, sink)?;
    }
    list_attachments(letter.attachments, context, sink);
    Ok(())
}

fn attachments(input: &mut dyn Source, context: &ReadContext<'_>, take: &mut TakeAttachment<'_>) -> Result<(), Error> {
    let max = context.limits.whole_file_bytes;
    let mut file = Compound::open(input, context.limits)?;
    let mut message = Message::open(&mut file)?;
    context.progress("text", 0, 1);
    for (name, data) in message.files(0, 1, context)? {
        let mut bytes = vec![];
        message.file.stream(data).take(max).read_to_end(&mut bytes)?;
        take(&name, &bytes)?;
    }
    Ok(())
}

/// Messages inside of each other whose attachments are taken.
const DEEPEST: u32 = 3;

struct Message<'f, 'a> {
    file: &'f mut Compound<'a>,
    /// The storage that is read: the message, or one of its attachments.
    storage: usize,
    properties: Vec<u8>,
    encoding: &'static Encoding,
}

impl<'f, 'a> Message<'f, 'a> {
    fn open(file: &'f mut Compound<'a>) -> Result<Self, Error> {
        let properties = file.read_stream(0, PROPERTIES, MAX_FIELD)?.unwrap_or_default();
        let mut message = Self { file, storage: 0, properties, encoding: WINDOWS_1252 };
        let page = message.number(id::CODE_PAGE).or_else(|| message.number(id::INTERNET_CODE_PAGE));
        message.encoding = page.map_or(WINDOWS_1252, |page| code_page(page.into()));
        Ok(message)
    }

    fn letter(&mut self) -> Result<Letter, Error> {
        let mut field = |id| Ok::<_, Error>(self.string(id, MAX_FIELD)?.unwrap_or_default());
        let (subject, to, cc) = (field(id::SUBJECT)?, field(id::TO)?, field(id::CC)?);
        let (name, smtp, address) = (field(id::SENDER_NAME)?, field(id::SENDER_SMTP)?, field(id::SENDER_ADDRESS)?);
        // The other address may be one of a directory: /O=COMPANY/OU=….
        let address = [smtp, address].into_iter().find(|address| address.contains('@')).unwrap_or_default();
        let from = match (name.as_str(), address.as_str()) {
            (name, "") => name.to_owned(),
            (name, address) if name.is_empty() || name == address => address.to_owned(),
            (name, address) => format!("{name} <{address}>"),
        };
        let seconds = self.time(id::SENT).or_else(|| self.time(id::DELIVERED));
        let date = seconds.and_then(date_of_seconds);
        Ok(Letter { subject, from, to, cc, date, attachments: self.attachments()? })
    }

    fn attachments(&mut self) -> Result<Vec<Attachment>, Error> {
        let mut attachments = vec![];
        for storage in self.attached(0) {
            self.storage = storage;
            let name = self.name()?;
            let data = self.file.find(storage, &stream_name(id::DATA, 0x102)).and_then(|index| self.file.entry(index));
            let size_bytes = data.map(|data| data.size_bytes);
            // A message inside is a storage, not bytes.
            let is_message = self.file.find(storage, &stream_name(id::DATA, 0x00d)).is_some();
            let mime = if is_message { Some(FORMAT.mime.into()) } else { self.string(id::MIME, MAX_FIELD)? };
            attachments.push(Attachment { name, mime, size_bytes });
        }
        self.storage = 0;
        Ok(attachments)
    }

    /// The files that are attached to the message in that storage and to those inside of it: their names, and the streams of their
    /// bytes. Not the small pictures that its text shows.
    fn files(&mut self, message: usize, depth: u32, context: &ReadContext<'_>) -> Result<Vec<(String, usize)>, Error> {
        let mut found = vec![];
        for storage in self.attached(message) {
            self.storage = storage;
            if let Some(inner) = self.file.find(storage, &stream_name(id::DATA, 0x00d)) {
                if depth < DEEPEST {
                    found.extend(self.files(inner, depth + 1, context)?);
                }
                continue;
            }
            let Some(data) = self.file.find(storage, &stream_name(id::DATA, 0x102)) else { continue };
            let name = self.name()?;
            let size_bytes = self.file.entry(data).map_or(0, |entry| entry.size_bytes);
            let has_place = self.string(id::CONTENT_ID, MAX_FIELD)?.is_some_and(|id| !id.trim().is_empty());
            let mime = file_name::extension(&name).and_then(|extension| (context.mime_of)(&extension));
            if !(has_place && size_bytes <= SMALL_PICTURE_BYTES && mime.is_some_and(|mime| mime.starts_with("image/")))
            {
                found.push((name, data));
            }
        }
        self.storage = 0;
        Ok(found)
    }

    /// The storages of what is attached to the message in that storage.
    fn attached(&self, message: usize) -> Vec<usize> {
        let is_one = |name: &str| name.to_ascii_lowercase().starts_with("__attach_version1.0_#");
        let children = self.file.children(message);
        children.into_iter().filter(|index| self.file.entry(*index).is_some_and(|entry| is_one(&entry.name))).collect()
    }

    /// The name of what is in the storage.
    fn name(&mut self) -> Result<String, Error> {
        let mut name = None;
        for id in [id::LONG_FILE, id::SHORT_FILE, id::NAME] {
            name = name.or(self.string(id, MAX_FIELD)?.filter(|name| !name.trim().is_empty()));
        }
        Ok(name.unwrap_or_default())
    }

    fn string(&mut self, id: u16, max: u64) -> Result<Option<String>, Error> {
        if let Some(bytes) = self.bytes(id, 0x1f, max)? {
            return Ok(Some(utf16(&bytes)));
        }
        let bytes = self.bytes(id, 0x1e, max)?;
        Ok(bytes.map(|bytes| {
            // Some programs say that all is UTF-8 and write the letters of Windows nevertheless.
            let (text, is_damaged) = self.encoding.decode_without_bom_handling(&bytes);
            let text = if is_damaged { WINDOWS_1252.decode_without_bom_handling(&bytes).0 } else { text };
            text.trim_end_matches('\0').to_owned()
        }))
    }

    fn html(&mut self, max: u64) -> Result<Option<Vec<u8>>, Error> {
        match self.bytes(id::HTML, 0x102, max)? {
            Some(bytes) => Ok(Some(bytes)),
            None => Ok(self.string(id::HTML, max)?.map(String::into_bytes)),
        }
    }

    fn bytes(&mut self, id: u16, kind: u16, max: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(index) = self.file.find(self.storage, &stream_name(id, kind)) else { return Ok(None) };
        let mut bytes = vec![];
        self.file.stream(index).take(max).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Short values stand among the properties themselves.
    fn value(&self, id: u16) -> Option<&[u8]> {
        let mut all = self.properties.get(MESSAGE_HEAD..)?.chunks_exact(16);
        all.find(|property| u16_at(property, 2) == Some(id)).map(|property| &property[8..])
    }

    fn number(&self, id: u16) -> Option<u32> {
        u32_at(self.value(id)?, 0).filter(|number| *number > 0)
    }

    fn time(&self, id: u16) -> Option<i64> {
        seconds_of_filetime(self.value(id)?, 0)
    }
}

fn stream_name(id: u16, kind: u16) -> String {
    format!("__substg1.0_{id:04X}{kind:04X}")
}
