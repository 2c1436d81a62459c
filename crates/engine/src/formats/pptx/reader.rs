//! Presentations: the text of the slides in their order, a page each, with tables and the speaker's notes.

use super::{Around, Inherited, Shapes, read_slide};
use crate::containers::opc::{Related, read_properties, related};
use crate::containers::zip::Package;
use crate::markup::xml::{Node, Xml};
use crate::{Error, Format, Job, Reader, Source, TextSink};
use std::collections::HashMap;

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
    let mut layouts: HashMap<String, Inherited> = HashMap::new();
    let mut seen_behind: Vec<String> = vec![];
    for (at, slide) in slides.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        job.progress("page", at as u32, all);
        sink.begin_page();
        let others = related(&mut package, slide, job)?;
        let layout = others.iter().find(|other| other.kind.ends_with("/slideLayout")).map(|other| &other.target);
        let layout = layout.cloned().unwrap_or_default();
        if !layouts.contains_key(&layout) {
            layouts.insert(layout.clone(), inherited(&mut package, &layout, job)?);
        }
        let links = links_in(&others);
        let around = Around { inherited: &layouts[&layout], links: &links };
        let shows_behind = match package.part(slide)? {
            Some(part) => read_slide(Xml::new(part, job.limits)?, Shapes::All, &around, sink)?,
            None => false,
        };
        if shows_behind {
            read_behind(&mut package, &layout, &mut seen_behind, job, sink)?;
        }
        // What is beside the slide has its own links, and no layout.
        let beside = ["/diagramData", "/notesSlide", "/comments"];
        for part in beside.iter().flat_map(|kind| others.iter().filter(move |other| other.kind.ends_with(kind))) {
            let links = links_in(&related(&mut package, &part.target, job)?);
            let around = Around { inherited: &Inherited::default(), links: &links };
            let Some(part) = package.part(&part.target)? else { continue };
            read_slide(Xml::new(part, job.limits)?, Shapes::All, &around, sink)?;
        }
    }
    Ok(())
}

/// What stands on every slide of a layout and of its master is said once, with the first of them.
fn read_behind(
    package: &mut Package<'_>,
    layout: &str,
    seen: &mut Vec<String>,
    job: &Job<'_>,
    sink: &mut TextSink,
) -> Result<(), Error> {
    let mut behind = Some(layout.to_owned());
    while let Some(name) = behind.take().filter(|name| !seen.contains(name)) {
        let others = related(package, &name, job)?;
        let links = links_in(&others);
        let around = Around { inherited: &Inherited::default(), links: &links };
        if let Some(part) = package.part(&name)?
            && read_slide(Xml::new(part, job.limits)?, Shapes::Behind, &around, sink)?
        {
            behind = others.into_iter().find(|other| other.kind.ends_with("/slideMaster")).map(|other| other.target);
        }
        seen.push(name);
    }
    Ok(())
}

/// What slides of a layout have from it and from its master.
fn inherited(package: &mut Package<'_>, layout: &str, job: &Job<'_>) -> Result<Inherited, Error> {
    let mut inherited = Inherited::default();
    let others = related(package, layout, job)?;
    if let Some(part) = package.part(layout)? {
        inherited.read_layout(Xml::new(part, job.limits)?)?;
    }
    let master = others.into_iter().find(|other| other.kind.ends_with("/slideMaster"));
    if let Some(master) = master
        && let Some(part) = package.part(&master.target)?
    {
        inherited.read_master(Xml::new(part, job.limits)?)?;
    }
    Ok(inherited)
}

fn links_in(others: &[Related]) -> HashMap<String, String> {
    let links = others.iter().filter(|other| other.kind.ends_with("/hyperlink"));
    links.map(|link| (link.id.clone(), link.target.clone())).collect()
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
