//! Word documents: the text of body, headers, footers, notes and comments.

use super::{Lists, PartContext, Styles, read_part};
use crate::containers::opc::{self, links_in, read_properties, related};
use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::markup::drawing::read_drawing;
use crate::markup::xml::Xml;
use crate::{Error, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "docx",
    mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    extensions: &["docx", "docm", "dotx", "dotm"],
    is_text: false,
    archive: Some(ArchiveFormat { marker: Some(b"word/"), find_cover: opc::find_thumbnail }),
    detect: |head| head.has_part("word/document.xml") || head.has_type("wordprocessingml.document.main"),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    read_properties(&mut archive, context)?;
    let names = archive.names();
    let main = main_part(&names, &mut archive)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let inside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };

    let styles = match xml_part(&mut archive, &inside("styles.xml"), context)? {
        Some(xml) => Styles::read(xml)?,
        None => Styles::default(),
    };
    let mut lists = match xml_part(&mut archive, &inside("numbering.xml"), context)? {
        Some(xml) => Lists::read(xml)?,
        None => Lists::default(),
    };
    let numbered = |kind: &str| {
        let start = inside(kind);
        let mut parts: Vec<String> =
            names.iter().filter(|name| name.starts_with(&start) && name.ends_with(".xml")).cloned().collect();
        parts.sort();
        parts
    };
    let mut parts = numbered("header");
    parts.push(main.clone());
    parts.extend(["footnotes.xml", "endnotes.xml", "comments.xml"].map(inside));
    parts.extend(numbered("footer"));
    let all = parts.len() as u32;
    let mut seen: Vec<String> = vec![];
    let mut followed = vec![];
    for (index, part) in parts.iter().enumerate() {
        context.progress("text", index as u32, all);
        if seen.contains(part) || sink.is_full() {
            continue;
        }
        seen.push(part.clone());
        let others = related(&mut archive, part, context)?;
        let links = links_in(&others);
        let Some(xml) = xml_part(&mut archive, part, context)? else { continue };
        let mut shared = PartContext { styles: &styles, lists: &mut lists, links: &links, followed: &mut followed };
        read_part(xml, &mut shared, sink)?;
        for drawing in others.iter().filter(|other| DRAWINGS.iter().any(|kind| other.kind.ends_with(kind))) {
            if let Some(xml) = xml_part(&mut archive, &drawing.target, context)? {
                read_drawing(xml, sink)?;
            }
        }
    }
    sink.list_links(&followed);
    Ok(())
}

/// The main part is where the package says it is; nearly always at the usual place.
fn main_part(names: &[String], archive: &mut Archive<'_>) -> Result<String, Error> {
    const USUAL: &str = "word/document.xml";
    if names.iter().any(|name| name == USUAL) {
        return Ok(USUAL.into());
    }
    let types = archive.small_part("[Content_Types].xml")?.unwrap_or_default();
    let types = String::from_utf8_lossy(&types);
    let main = types.split("<Override").find(|entry| entry.contains("wordprocessingml.document.main"));
    let name = main.and_then(|entry| entry.split("PartName=\"/").nth(1)?.split('"').next());
    let name = name.filter(|name| names.iter().any(|other| other == name));
    name.map(str::to_owned).ok_or_else(|| Error::malformed("The document has no text part."))
}

fn xml_part<'p>(archive: &'p mut Archive<'_>, name: &str, context: &ReadContext<'_>) -> Result<Option<Xml<'p>>, Error> {
    archive.part(name)?.map(|part| Xml::new(part, context.limits)).transpose()
}

/// What a part draws in parts of their own: their texts come after its own.
const DRAWINGS: [&str; 2] = ["/chart", "/diagramData"];
