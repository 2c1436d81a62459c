//! Presentations: the text of the slides in their order, a page each, with tables and the speaker's notes.

use crate::package::{Package, read_properties, related};
use crate::text::Inline;
use crate::xml::{Node, Xml};
use crate::{Error, Format, Job, Reader, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "pptx",
    mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    extensions: &["pptx", "pptm", "ppsx", "ppsm", "potx"],
    detect: |head| head.has_part("ppt/presentation.xml"),
    reader: Reader::Document(read),
};

const PRESENTATION: &str = "ppt/presentation.xml";

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut package = Package::open(input, job.limits)?;
    read_properties(&mut package, job)?;
    let slides = slides(&mut package, job)?;
    let all = slides.len() as u32;
    job.facts.pages = Some(all);
    for (at, slide) in slides.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        job.progress("page", at as u32, all);
        sink.begin_page();
        let mut parts = vec![slide.clone()];
        let others = related(&mut package, slide, job)?;
        let of_kind = |kind: &str| {
            others
                .iter()
                .filter(|other| other.kind.ends_with(kind))
                .map(|other| other.target.clone())
                .collect::<Vec<_>>()
        };
        parts.extend(of_kind("/diagramData"));
        parts.extend(of_kind("/notesSlide"));
        parts.extend(of_kind("/comments"));
        for part in parts {
            let Some(part) = package.part(&part)? else { continue };
            read_slide(Xml::new(part, job.limits)?, sink)?;
        }
    }
    Ok(())
}

/// Parts of the slides in the order in which they are shown.
fn slides(package: &mut Package<'_>, job: &Job<'_>) -> Result<Vec<String>, Error> {
    let others = related(package, PRESENTATION, job)?;
    let part =
        package.part(PRESENTATION)?.ok_or_else(|| Error::malformed("The presentation has no list of slides."))?;
    let mut xml = Xml::new(part, job.limits)?;
    let mut slides: Vec<String> = vec![];
    while let Some(()) = xml.next(|node| {
        if let Node::Start(tag) = node
            && tag.name() == "sldId"
            && let Some(id) = tag.prefixed_attribute("r:id")
            && let Some(other) = others.iter().find(|other| other.id == id)
        {
            slides.push(other.target.clone());
        }
    })? {}
    Ok(slides)
}

fn read_slide(mut xml: Xml<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut text = Inline::default();
    let mut row: Option<Vec<Inline>> = None;
    let (mut rows, mut in_text, mut is_title, mut is_number) = (0, false, false, false);
    while let Some(()) = xml.next(|node| match node {
        Node::Start(tag) => match tag.name() {
            "sp" => (is_title, is_number) = (false, false),
            "ph" => {
                let kind = tag.attribute("type").unwrap_or_default();
                is_title = matches!(kind.as_str(), "title" | "ctrTitle");
                is_number = kind == "sldNum";
            }
            "t" | "text" => in_text = true,
            "br" => text.push("\n"),
            "tab" => text.push("\t"),
            "tr" => row = Some(vec![]),
            "tc" => row.iter_mut().for_each(|cells| cells.push(Inline::default())),
            _ => {}
        },
        Node::Text(piece) if in_text && !is_number => text.push(piece),
        Node::Text(_) => {}
        Node::End("t") => in_text = false,
        Node::End("p" | "cm" | "text") => {
            in_text = false;
            let text = std::mem::take(&mut text);
            match row.as_mut().and_then(|cells| cells.last_mut()) {
                Some(cell) => {
                    cell.push(if cell.is_blank() || text.is_blank() { "" } else { "\n" });
                    cell.append(&text);
                }
                None if is_title => sink.heading(2, &text),
                None => sink.paragraph(&text),
            }
        }
        Node::End("tr") => {
            if let Some(cells) = row.take()
                && !cells.iter().all(Inline::is_blank)
            {
                sink.row(&cells, rows == 0);
                rows += 1;
            }
        }
        Node::End("tbl") => {
            if std::mem::take(&mut rows) > 0 {
                sink.end_table();
            }
        }
        Node::End(_) => {}
    })? {}
    Ok(())
}
