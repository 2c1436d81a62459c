//! Mails as they are sent (RFC 5322 and MIME): the head, the text, a list of what is attached. What is attached is not
//! opened.

use super::Letter;
use crate::formats::{Format, Reader};
use crate::markup::html::read_html_text;
use crate::text::{Inline, list_attachments};
use crate::{Error, Head, ReadContext, Source, TextSink};
use mail_parser::{Addr, Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use model::{Attachment, Reason};
use std::io::Read;

pub const FORMAT: Format = Format {
    name: "eml",
    mime: "message/rfc822",
    extensions: &["eml", "mht", "mhtml"],
    is_text: false,
    archive: None,
    detect,
    reader: Reader::Document(read),
};

/// Letters inside of each other that are read.
const DEEPEST: u32 = 3;

fn detect(head: &Head<'_>) -> bool {
    let fields = fields(&head.bytes);
    let has = |name: &str| fields.iter().any(|field| field == name);
    if head.is_named(FORMAT.extensions) {
        return ["from", "to", "subject", "date", "received", "mime-version", "message-id"].into_iter().any(has);
    }
    // Notes and logs may begin with such lines as well.
    head.extension.is_none() && has("from") && has("date") && (has("message-id") || has("mime-version"))
}

/// Names of the fields above the first empty line.
fn fields(head: &[u8]) -> Vec<String> {
    let lines = head.split(|byte| *byte == b'\n').take(500);
    let lines = lines.take_while(|line| !line.iter().all(u8::is_ascii_whitespace));
    let name = |line: &[u8]| {
        let end = line.iter().position(|byte| *byte == b':')?;
        let is_name = end > 0 && line[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        is_name.then(|| String::from_utf8_lossy(&line[..end]).to_ascii_lowercase())
    };
    lines.filter_map(name).collect()
}

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let max = context.limits.whole_file_bytes;
    let mut bytes = vec![];
    input.take(max + 1).read_to_end(&mut bytes).map_err(Error::Io)?;
    if bytes.len() as u64 > max {
        return Err(Error::rejected(Reason::TooLarge, format!("The mail is larger than {} MB.", max >> 20)));
    }
    context.progress("text", 0, 1);
    let message = MessageParser::default().parse(&bytes);
    let message = message.ok_or_else(|| Error::malformed("The mail is damaged: it has no fields."))?;
    let letter = letter(&message);
    letter.write_head(context, sink);
    write_text(&message, 1, context, sink)?;
    list_attachments(letter.attachments, context, sink);
    Ok(())
}

fn letter(message: &Message<'_>) -> Letter {
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
fn write_text(
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
