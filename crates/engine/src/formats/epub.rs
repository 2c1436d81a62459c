//! Electronic books: the text of the chapters in the order of the spine, a page each.

use crate::html::read_html;
use crate::package::{Package, resolve};
use crate::text::{Decoder, iso_date, one_line};
use crate::xml::{Node, Xml};
use crate::{Error, Format, Job, Reader, Source, TextSink};
use std::collections::{HashMap, HashSet};

pub const FORMAT: Format = Format {
    name: "epub",
    mime: "application/epub+zip",
    extensions: &["epub"],
    detect: |head| head.has_type("application/epub+zip") || head.has_part("META-INF/container.xml"),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut package = Package::open(input, job.limits)?;
    let book = book_part(&mut package, job)?;
    let chapters = chapters(&mut package, &book, job)?;
    let folder = book.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = chapters.len() as u32;
    for (at, chapter) in chapters.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        let path = chapter.split('#').next().unwrap_or_default().replace("%20", " ");
        let name = resolve(folder, &path);
        let Some(part) = package.part(&name)? else { continue };
        sink.begin_page();
        read_html(&mut Decoder::open(part)?, job, sink)?;
        job.progress("page", at as u32, all);
    }
    job.facts.pages = Some(all);
    Ok(())
}

/// The part that lists all others.
pub fn book_part(package: &mut Package<'_>, job: &Job<'_>) -> Result<String, Error> {
    let damaged = || Error::malformed("The book has no list of contents.");
    let part = package.part("META-INF/container.xml")?.ok_or_else(damaged)?;
    let mut xml = Xml::new(part, job.limits)?;
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
fn chapters(package: &mut Package<'_>, book: &str, job: &mut Job<'_>) -> Result<Vec<String>, Error> {
    let part = package.part(book)?.ok_or_else(|| Error::malformed("The book has no list of contents."))?;
    let mut xml = Xml::new(part, job.limits)?;
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
    job.facts.title = one_line(&title);
    job.facts.author = one_line(&author);
    job.facts.created = iso_date(&date);
    Ok(spine.iter().filter_map(|id| items.get(id).cloned()).collect())
}
