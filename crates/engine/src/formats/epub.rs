//! Electronic books: the text of the chapters in the order of the spine, a page each.

use crate::containers::opc::resolve;
use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::markup::html::read_html;
use crate::markup::xml::{Node, Xml};
use crate::text::{Decoder, iso_date, one_line};
use crate::{Error, ReadContext, Source, TextSink};
use std::collections::{HashMap, HashSet};

pub const FORMAT: Format = Format {
    name: "epub",
    mime: "application/epub+zip",
    extensions: &["epub"],
    is_text: false,
    archive: Some(ArchiveFormat { marker: Some(b"mimetypeapplication/epub+zip"), find_cover }),
    detect: |head| head.has_type("application/epub+zip") || head.has_part("META-INF/container.xml"),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    let book = book_part(&mut archive, context)?;
    let chapters = chapters(&mut archive, &book, context)?;
    let all = chapters.len() as u32;
    for (index, chapter) in chapters.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        let Some(part) = archive.part(&part_at(&book, chapter))? else { continue };
        sink.begin_page();
        read_html(&mut Decoder::open(part)?, context, sink)?;
        context.progress("page", index as u32, all);
    }
    context.facts.pages = Some(all);
    Ok(())
}

/// The name of the part that a path in the list of contents leads to.
fn part_at(book: &str, path: &str) -> String {
    let folder = book.rsplit_once('/').map_or("", |(folder, _)| folder);
    resolve(folder, &path.split('#').next().unwrap_or_default().replace("%20", " "))
}

/// The part that lists all others.
fn book_part(archive: &mut Archive<'_>, context: &ReadContext<'_>) -> Result<String, Error> {
    let damaged = || Error::malformed("The book has no list of contents.");
    let part = archive.part("META-INF/container.xml")?.ok_or_else(damaged)?;
    let mut xml = Xml::new(part, context.limits)?;
    let mut found = None;
    while let Some(()) = xml.next(|node| {
        if let Node::Start(tag) = node
            && tag.name() == "rootfile"
            && found.is_none()
        {
            found = tag.attribute("full-path");
        }
    })? {}
    found.ok_or_else(damaged)
}

/// Paths of the chapters, each once, in reading order.
fn chapters(archive: &mut Archive<'_>, book: &str, context: &mut ReadContext<'_>) -> Result<Vec<String>, Error> {
    let part = archive.part(book)?.ok_or_else(|| Error::malformed("The book has no list of contents."))?;
    let mut xml = Xml::new(part, context.limits)?;
    let (mut items, mut spine, mut seen) = (HashMap::new(), vec![], HashSet::new());
    let (mut title, mut author, mut date, mut inside) = (String::new(), String::new(), String::new(), String::new());
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => {
            inside = tag.name().to_owned();
            match tag.name() {
                "item" => items.extend(tag.attribute("id").zip(tag.attribute("href"))),
                "itemref" => spine.extend(tag.attribute("idref").filter(|id| seen.insert(id.clone()))),
                _ => {}
            }
        }
        Node::Text(text) if inside == "title" && title.len() < 1000 => title.push_str(text),
        Node::Text(text) if inside == "creator" && author.len() < 1000 => author.push_str(text),
        Node::Text(text) if inside == "date" && date.is_empty() => date.push_str(text),
        Node::End(_) => inside.clear(),
        Node::Text(_) => {}
    })? {}
    context.facts.title = one_line(&title);
    context.facts.author = one_line(&author);
    context.facts.created = iso_date(&date);
    Ok(spine.iter().filter_map(|id| items.get(id).cloned()).collect())
}

/// The item that is a book's cover: by its property (EPUB 3.3, section D.4.1.1), or, as EPUB 2 has it in
/// practice, by a `meta` with its id.
fn find_cover(archive: &mut Archive<'_>, context: &ReadContext<'_>) -> Result<Option<String>, Error> {
    let book = book_part(archive, context)?;
    let Some(part) = archive.part(&book)? else { return Ok(None) };
    let mut xml = Xml::new(part, context.limits)?;
    let (mut items, mut named, mut by_property) = (vec![], None, None);
    while let Some(()) = xml.next(|node| {
        let Node::Start(tag) = node else { return };
        match tag.name() {
            "meta" if tag.attribute("name").is_some_and(|name| name == "cover") => named = tag.attribute("content"),
            "item" => {
                let is_cover =
                    |properties: String| properties.split_whitespace().any(|property| property == "cover-image");
                if tag.attribute("properties").is_some_and(is_cover) {
                    by_property = tag.attribute("href");
                }
                items.extend(tag.attribute("id").zip(tag.attribute("href")));
            }
            _ => {}
        }
    })? {}
    let by_id = || named.and_then(|id| items.into_iter().find(|(other, _)| *other == id)).map(|(_, path)| path);
    Ok(by_property.or_else(by_id).map(|path| part_at(&book, &path)))
}
