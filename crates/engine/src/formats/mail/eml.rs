//! Mails as they are sent (RFC 5322 and MIME): the head, the text, a list of what is attached, and what is attached.

use super::{Letter, SMALL_PICTURE_BYTES};
use crate::formats::{Format, Reader, TakeAttachment};
use crate::input::read_whole;
use crate::markup::html::read_html_text;
use crate::text::{Inline, list_attachments};
use crate::{Error, Head, ReadContext, Source, TextSink};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Addr, Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use model::Attachment;
use std::borrow::Cow;

pub const FORMAT: Format = Format {
    name: "eml",
    mime: "message/rfc822",
    extensions: &["eml", "mht", "mhtml"],
    is_text: false,
    archive: None,
    detect,
    reader: Reader::Mail { text: read, attachments },
};

/// Letters inside of each other that are read.
const DEEPEST: u32 = 3;

fn detect(head: &Head<'_>) -> bool {
    let fields = fields(&head.bytes);
    let has = |name: &str| fields.iter().any(|field| field == name);
    if head.is_named(FORMAT.extensions) {
        return ["from", "to", "subject", "date", "received", "mime-version", "message-id"].into_iter().any(has);
    }
    // A document that was saved as one web page is a mail under another name.
    if head.is_named(&OFFICE) {
        return has("mime-version") && has("content-type");
    }
    // Notes and logs may begin with such lines as well.
    head.extension.is_none() && has("from") && has("date") && (has("message-id") || has("mime-version"))
}

/// Extensions of office programs that save web pages.
const OFFICE: [&str; 6] = ["doc", "dot", "docx", "xls", "xlsx", "ppt"];

/// Names of the fields above the first empty line.
fn fields(head: &[u8]) -> Vec<String> {
    let lines = head.split(|byte| *byte == b'\n').take(500);
    let lines = lines.take_while(|line| !line.iter().all(u8::is_ascii_whitespace));
    lines.filter_map(field_name).collect()
}

/// The name of the field that a line begins, in small letters; nothing of other lines.
pub fn field_name(line: &[u8]) -> Option<String> {
    let end = line.iter().position(|byte| *byte == b':')?;
    let is_name = end > 0 && line[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_name.then(|| String::from_utf8_lossy(&line[..end]).to_ascii_lowercase())
}

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let bytes = read_bytes(input, context)?;
    context.progress("text", 0, 1);
    let message = parse(&bytes)?;
    let count = files(&message, 1).len() as u32;
    context.facts.unpackable = Some(count).filter(|count| *count > 0);
    let letter = letter(&message);
    letter.write_head(context, sink);
    write_text(&message, 1, context, sink)?;
    list_attachments(letter.attachments, context, sink);
    Ok(())
}

fn attachments(input: &mut dyn Source, context: &ReadContext<'_>, take: &mut TakeAttachment<'_>) -> Result<(), Error> {
    let bytes = read_bytes(input, context)?;
    context.progress("text", 0, 1);
    let message = parse(&bytes)?;
    files(&message, 1).iter().try_for_each(|file| take(file.name(), &file.bytes()))
}

fn read_bytes(input: &mut dyn Source, context: &ReadContext<'_>) -> Result<Vec<u8>, Error> {
    let max = context.limits.whole_file_bytes;
    read_whole(input, max, &format!("The mail is larger than {} MB.", max >> 20))
}

/// Reads a letter's structure.
pub fn parse(bytes: &[u8]) -> Result<Message<'_>, Error> {
    MessageParser::default().parse(bytes).ok_or_else(|| Error::malformed("The mail is damaged: it has no fields."))
}

/// A file that is attached. Its bytes are decoded only when they are asked for.
pub struct File<'m> {
    message: &'m Message<'m>,
    part: &'m MessagePart<'m>,
}

impl File<'_> {
    pub fn name(&self) -> &str {
        self.part.attachment_name().unwrap_or_default()
    }

    /// Its bytes, as they were sent: those of texts the library gives in another encoding.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        let part = self.part;
        if !matches!(part.body, PartType::Text(_) | PartType::Html(_)) {
            return Cow::Borrowed(part.contents());
        }
        let raw = &self.message.raw_message;
        let raw = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
        let decoded = match part.encoding {
            Encoding::None => return Cow::Borrowed(raw),
            Encoding::Base64 => base64_decode(raw),
            Encoding::QuotedPrintable => quoted_printable_decode(raw),
        };
        decoded.map_or(Cow::Borrowed(part.contents()), Cow::Owned)
    }
}

/// The files that are attached to a letter and to those inside of it, as they were sent. Not those that are a part of the text: pictures
/// that it shows, if they are small, and signatures of programs.
pub fn files<'m>(message: &'m Message<'_>, depth: u32) -> Vec<File<'m>> {
    let pages: Vec<&str> = message
        .html_bodies()
        .filter_map(|part| match &part.body {
            PartType::Html(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect();
    let is_in_page = |id: &str| !id.is_empty() && pages.iter().any(|page| page.contains(&format!("cid:{id}")));
    let mut found = vec![];
    for part in message.attachments() {
        let kind = part.content_type();
        let (kind, name) = (kind.map_or("", |kind| kind.ctype()), kind.and_then(|kind| kind.subtype()).unwrap_or(""));
        let is_small = part.contents().len() as u64 <= SMALL_PICTURE_BYTES;
        let is_picture = kind.eq_ignore_ascii_case("image") && is_small && part.content_id().is_some_and(is_in_page);
        if is_picture || SIGNATURES.iter().any(|signature| name.eq_ignore_ascii_case(signature)) {
            continue;
        }
        match &part.body {
            PartType::Message(inner) if depth < DEEPEST => found.extend(files(inner, depth + 1)),
            PartType::Message(_) | PartType::Multipart(_) => {}
            PartType::Text(_) | PartType::Html(_) | PartType::Binary(_) | PartType::InlineBinary(_) => {
                found.push(File { message, part });
            }
        }
    }
    found
}

/// Types of parts that say that a letter is who it says it is from.
const SIGNATURES: [&str; 3] = ["pgp-signature", "pkcs7-signature", "x-pkcs7-signature"];

/// The lines above a letter, and what is attached to it.
pub fn letter(message: &Message<'_>) -> Letter {
    Letter {
        subject: message.subject().unwrap_or_default().into(),
        from: addresses(message.from().or_else(|| message.sender())),
        to: addresses(message.to()),
        cc: addresses(message.cc()),
        date: message.date().filter(|date| date.is_valid()).map(mail_parser::DateTime::to_rfc3339),
        attachments: message.attachments().filter(|part| !is_letter(part)).map(attachment).collect(),
    }
}

fn addresses(address: Option<&Address<'_>>) -> String {
    let one = |addr: &Addr<'_>| match (addr.name.as_deref(), addr.address.as_deref()) {
        (Some(name), Some(address)) if name != address => Some(format!("{name} <{address}>")),
        (name, address) => address.or(name).map(str::to_owned),
    };
    // A field may have thousands of them.
    address.map(|address| address.iter().take(200).filter_map(one).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let kind = part.content_type();
    let mime = kind.map(|kind| [kind.ctype(), kind.subtype().unwrap_or("*")].join("/"));
    Attachment {
        name: part.attachment_name().unwrap_or_default().into(),
        mime: mime.map(|mime| mime.to_lowercase()),
        size_bytes: Some(part.contents().len() as u64),
    }
}

fn is_letter(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Message(_))
}

/// The text, preferably the plain one: it is what the writer typed. Then the letters inside.
pub fn write_text(
    message: &Message<'_>,
    depth: u32,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
) -> Result<(), Error> {
    let bodies = || message.text_bodies().filter(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_)));
    let has_plain = bodies().any(|part| matches!(&part.body, PartType::Text(text) if !text.trim().is_empty()));
    let bodies: Vec<_> = if has_plain { bodies().collect() } else { message.html_bodies().collect() };
    for part in bodies {
        match &part.body {
            PartType::Text(text) => write_plain(text, sink),
            PartType::Html(text) => read_html_text(text, sink)?,
            _ => {}
        }
    }
    for part in message.attachments() {
        let PartType::Message(inner) = &part.body else { continue };
        if depth >= DEEPEST {
            context.warn("mails-nested", "Mails inside of mails were left out below the third.");
            continue;
        }
        let letter = letter(inner);
        letter.write_subject_and_lines(sink);
        write_text(inner, depth + 1, context, sink)?;
        list_attachments(letter.attachments, context, sink);
    }
    Ok(())
}

/// Paragraphs as they were typed: their lines stay lines.
pub fn write_plain(text: &str, sink: &mut TextSink) {
    let text = text.replace("\r\n", "\n");
    for paragraph in text.split("\n\n") {
        let mut inline = Inline::default();
        inline.push(paragraph.trim_matches('\n'));
        sink.paragraph(&inline);
        if sink.is_full() {
            return;
        }
    }
}
