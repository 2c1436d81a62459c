//! Reads the parts of an OpenDocument file in their order.

use super::body::read_body;
use super::headers_footers::{Around, read_around};
use crate::containers::zip::Package;
use crate::markup::xml::{Node, Xml};
use crate::text::{iso_date, one_line};
use crate::{Error, Job, Source, TextSink};
use model::Reason;

/// How the parts of a document are pages.
#[derive(Clone, Copy, PartialEq)]
pub enum Pages {
    None,
    /// Every slide.
    Slides,
    /// Every sheet.
    Sheets,
}

/// Reads `content.xml`, and the document's title and author.
pub fn read_odf(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink, pages: Pages) -> Result<(), Error> {
    let mut package = Package::open(input, job.limits)?;
    let manifest = package.small_part("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(Error::rejected(Reason::Encrypted, "The document is protected with a password."));
    }
    if let Some(meta) = package.part("meta.xml")? {
        read_meta(Xml::new(meta, job.limits)?, job)?;
    }
    let around = match package.part("styles.xml")? {
        Some(styles) if pages != Pages::Sheets => read_around(Xml::new(styles, job.limits)?)?,
        _ => Around::default(),
    };
    for header in &around.headers {
        sink.paragraph(header);
    }
    let content = package.part("content.xml")?.ok_or_else(|| Error::malformed("The document has no text part."))?;
    let count = read_body(Xml::new(content, job.limits)?, pages, around.styles, around.lists, sink)?;
    if pages != Pages::None {
        job.facts.pages = Some(count);
    }
    for footer in &around.footers {
        sink.paragraph(footer);
    }
    Ok(())
}

fn read_meta(mut xml: Xml<'_>, job: &mut Job<'_>) -> Result<(), Error> {
    let (mut title, mut author, mut inside) = (String::new(), String::new(), String::new());
    let (mut created, mut modified) = (String::new(), String::new());
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => inside = tag.name().to_owned(),
        Node::End(_) => inside.clear(),
        Node::Text(text) if inside == "title" => title.push_str(text),
        Node::Text(text) if inside == "initial-creator" || (inside == "creator" && author.is_empty()) => {
            author.push_str(text)
        }
        Node::Text(text) if inside == "creation-date" => created.push_str(text),
        Node::Text(text) if inside == "date" => modified.push_str(text),
        Node::Text(_) => {}
    })? {}
    job.facts.title = one_line(&title);
    job.facts.author = one_line(&author);
    job.facts.created = iso_date(&created);
    job.facts.modified = iso_date(&modified);
    Ok(())
}
