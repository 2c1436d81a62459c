//! Spreadsheets: every sheet a page, its rows as they stream by. Cells are never put into a grid, so two cells at
//! the far corners of a sheet cost no more than two cells.

use super::{NumberFormats, Sheet, read_sheets, read_strings};
use crate::containers::opc::{self, read_properties, related};
use crate::containers::zip::Archive;
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::markup::xml::{Node, Xml};
use crate::{Error, ReadContext, Source, TextSink};
use model::Limits;

pub const FORMAT: Format = Format {
    name: "xlsx",
    mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extensions: &["xlsx", "xlsm", "xltx", "xltm"],
    is_text: false,
    archive: Some(ArchiveFormat { marker: Some(b"xl/"), find_cover: opc::find_thumbnail }),
    detect: |head| {
        (head.has_type("spreadsheetml.") && !head.has_part("xl/workbook.bin")) || head.has_part("xl/workbook.xml")
    },
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    read_properties(&mut archive, context)?;
    let roots = related(&mut archive, "", context)?;
    let root = roots.into_iter().find(|other| other.kind.ends_with("/officeDocument"));
    let workbook = root.map_or_else(|| "xl/workbook.xml".into(), |root| root.target);
    let others = related(&mut archive, &workbook, context)?;
    let target = |kind: &str| others.iter().find(|other| other.kind.ends_with(kind)).map(|other| other.target.clone());
    let strings = match part(&mut archive, target("/sharedStrings"), context.limits)? {
        Some(xml) => read_strings(xml)?,
        None => vec![],
    };
    let formats = match part(&mut archive, target("/styles"), context.limits)? {
        Some(xml) => NumberFormats::read(xml)?,
        None => NumberFormats::default(),
    };
    let (sheets, is_1904) = sheets(&mut archive, &workbook, context)?;
    let limits = context.limits;
    read_sheets(
        &sheets,
        |(name, _)| name,
        context,
        sink,
        |(_, id), sink| {
            let target = others.iter().find(|other| other.id == *id).map(|other| other.target.clone());
            let Some(xml) = part(&mut archive, target, limits)? else { return Ok(()) };
            Sheet::new(&strings, &formats, is_1904).read(xml, sink)
        },
    )
}

fn part<'p>(archive: &'p mut Archive<'_>, name: Option<String>, limits: &Limits) -> Result<Option<Xml<'p>>, Error> {
    let Some(name) = name else { return Ok(None) };
    archive.part(&name)?.map(|part| Xml::new(part, limits)).transpose()
}

/// Names and ids of the sheets, and whether days are counted from 1904.
fn sheets(
    archive: &mut Archive<'_>,
    workbook: &str,
    context: &ReadContext<'_>,
) -> Result<(Vec<(String, String)>, bool), Error> {
    let xml = part(archive, Some(workbook.into()), context.limits)?;
    let mut xml = xml.ok_or_else(|| Error::malformed("The file has no workbook."))?;
    let (mut sheets, mut is_1904) = (vec![], false);
    while let Some(()) = xml.next(|node| {
        let Node::Start(tag) = node else { return };
        match tag.name() {
            "sheet" => {
                let id = tag.prefixed_attribute("r:id").or_else(|| tag.attribute("id"));
                sheets.extend(tag.attribute("name").zip(id));
            }
            "workbookPr" => is_1904 = tag.attribute("date1904").is_some_and(|value| value == "1" || value == "true"),
            _ => {}
        }
    })? {}
    Ok((sheets, is_1904))
}
