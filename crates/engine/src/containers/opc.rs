//! Open Packaging Conventions (ECMA-376, part 2): how the parts of a zip archive refer to each other, and what the whole says
//! of itself.

use super::properties::Properties;
use super::zip::Archive;
use crate::markup::xml::{Node, Xml};
use crate::{Error, ReadContext};
use std::collections::HashMap;

/// Title, author and dates of an Office Open XML package.
pub fn read_properties(archive: &mut Archive<'_>, context: &mut ReadContext<'_>) -> Result<(), Error> {
    let Some(part) = archive.part("docProps/core.xml")? else { return Ok(()) };
    let properties = Properties::read(Xml::new(part, context.limits)?, |properties, element| match element {
        "title" => Some(&mut properties.title),
        "creator" => Some(&mut properties.author),
        "created" => Some(&mut properties.created),
        "modified" => Some(&mut properties.modified),
        _ => None,
    })?;
    properties.note(&mut context.facts);
    Ok(())
}

/// A part that another one refers to.
pub struct Related {
    pub id: String,
    /// The type of the relation, a long address.
    pub kind: String,
    /// The name of the part, or an address outside.
    pub target: String,
}

/// What a part of an Office Open XML package refers to.
pub fn related(archive: &mut Archive<'_>, part: &str, context: &ReadContext<'_>) -> Result<Vec<Related>, Error> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let relations = resolve(folder, &format!("_rels/{name}.rels"));
    let Some(relations) = archive.part(&relations)? else { return Ok(vec![]) };
    let mut xml = Xml::new(relations, context.limits)?;
    let mut others = vec![];
    while let Some(()) = xml.next(|node| {
        if let Node::Start(tag) = node
            && let (Some(id), Some(kind), Some(target)) =
                (tag.attribute("Id"), tag.attribute("Type"), tag.attribute("Target"))
        {
            let is_outside = tag.attribute("TargetMode").is_some_and(|mode| mode == "External");
            let target = if is_outside { target } else { resolve(folder, &target) };
            others.push(Related { id, kind, target });
        }
    })? {}
    Ok(others)
}

/// Targets of a part's links, by id.
pub fn links_in(others: &[Related]) -> HashMap<String, String> {
    let links = others.iter().filter(|other| other.kind.ends_with("/hyperlink"));
    links.map(|link| (link.id.clone(), link.target.clone())).collect()
}

/// The name of a part, from a path relative to a folder. Nothing leads out of a package: what tries is not found.
pub fn resolve(folder: &str, path: &str) -> String {
    let from_top = path.starts_with('/');
    let mut parts: Vec<&str> =
        if from_top { vec![] } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The part that is a preview of the whole (ECMA-376, part 2, section 12).
pub fn find_thumbnail(archive: &mut Archive<'_>, context: &ReadContext<'_>) -> Result<Option<String>, Error> {
    let others = related(archive, "", context)?;
    Ok(others.into_iter().find(|other| other.kind.ends_with("/metadata/thumbnail")).map(|other| other.target))
}
