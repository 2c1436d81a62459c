//! Presentations: the text of the slides in their order, a page each, with tables and the speaker's notes.

use super::{Inherited, Shapes, SlideContext, read_slide};
use crate::containers::opc::{self, links_in, read_properties, related};
use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::markup::drawing::read_drawing;
use crate::markup::xml::{Node, Xml};
use crate::{Error, ReadContext, Source, TextSink};
use std::collections::HashMap;

pub const FORMAT: Format = Format {
    name: "pptx",
    mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    extensions: &["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"],
    is_text: false,
    archive: Some(ArchiveFormat { marker: Some(b"ppt/"), find_cover: opc::find_thumbnail }),
    detect: |head| head.has_part("ppt/presentation.xml"),
    reader: Reader::Document(read),
};

const PRESENTATION: &str = "ppt/presentation.xml";

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    read_properties(&mut archive, context)?;
    let slides = slides(&mut archive, context)?;
    let all = slides.len() as u32;
    context.facts.pages = Some(all);
    let mut layouts: HashMap<String, Inherited> = HashMap::new();
    let mut seen_behind: Vec<String> = vec![];
    for (index, slide) in slides.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        context.progress("page", index as u32, all);
        sink.begin_page();
        let others = related(&mut archive, slide, context)?;
        let layout = others.iter().find(|other| other.kind.ends_with("/slideLayout")).map(|other| &other.target);
        let layout = layout.cloned().unwrap_or_default();
        if !layouts.contains_key(&layout) {
            layouts.insert(layout.clone(), inherited(&mut archive, &layout, context)?);
        }
        let links = links_in(&others);
        let slide_context = SlideContext { inherited: &layouts[&layout], links: &links };
        let shows_behind = match archive.part(slide)? {
            Some(part) => read_slide(Xml::new(part, context.limits)?, Shapes::All, &slide_context, sink)?,
            None => false,
        };
        if shows_behind {
            read_behind(&mut archive, &layout, &mut seen_behind, context, sink)?;
        }
        // What is beside the slide has its own links, and no layout.
        let beside = ["/diagramData", "/notesSlide", "/comments"];
        for part in beside.iter().flat_map(|kind| others.iter().filter(move |other| other.kind.ends_with(kind))) {
            let links = links_in(&related(&mut archive, &part.target, context)?);
            let slide_context = SlideContext { inherited: &Inherited::default(), links: &links };
            let Some(part) = archive.part(&part.target)? else { continue };
            read_slide(Xml::new(part, context.limits)?, Shapes::All, &slide_context, sink)?;
        }
        for chart in others.iter().filter(|other| other.kind.ends_with("/chart")) {
            let Some(part) = archive.part(&chart.target)? else { continue };
            read_drawing(Xml::new(part, context.limits)?, sink)?;
        }
    }
    Ok(())
}

/// What stands on every slide of a layout and of its master is said once, with the first of them.
fn read_behind(
    archive: &mut Archive<'_>,
    layout: &str,
    seen: &mut Vec<String>,
    context: &ReadContext<'_>,
    sink: &mut TextSink,
) -> Result<(), Error> {
    let mut behind = Some(layout.to_owned());
    while let Some(name) = behind.take().filter(|name| !seen.contains(name)) {
        let others = related(archive, &name, context)?;
        let links = links_in(&others);
        let slide_context = SlideContext { inherited: &Inherited::default(), links: &links };
        if let Some(part) = archive.part(&name)?
            && read_slide(Xml::new(part, context.limits)?, Shapes::Behind, &slide_context, sink)?
        {
            behind = others.into_iter().find(|other| other.kind.ends_with("/slideMaster")).map(|other| other.target);
        }
        seen.push(name);
    }
    Ok(())
}

/// What slides of a layout have from it and from its master.
fn inherited(archive: &mut Archive<'_>, layout: &str, context: &ReadContext<'_>) -> Result<Inherited, Error> {
    let mut inherited = Inherited::default();
    let others = related(archive, layout, context)?;
    if let Some(part) = archive.part(layout)? {
        inherited.read_layout(Xml::new(part, context.limits)?)?;
    }
    let master = others.into_iter().find(|other| other.kind.ends_with("/slideMaster"));
    if let Some(master) = master
        && let Some(part) = archive.part(&master.target)?
    {
        inherited.read_master(Xml::new(part, context.limits)?)?;
    }
    Ok(inherited)
}

/// Parts of the slides in the order in which they are shown.
fn slides(archive: &mut Archive<'_>, context: &ReadContext<'_>) -> Result<Vec<String>, Error> {
    let others = related(archive, PRESENTATION, context)?;
    let part =
        archive.part(PRESENTATION)?.ok_or_else(|| Error::malformed("The presentation has no list of slides."))?;
    let mut xml = Xml::new(part, context.limits)?;
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
