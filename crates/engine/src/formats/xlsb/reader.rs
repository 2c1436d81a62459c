//! Binary spreadsheets since 2007: every sheet a page, its rows as they stream by.

use super::{Records, read_formats, read_sheet, read_sheet_list, read_strings};
use crate::containers::opc::{self, read_properties, related};
use crate::containers::zip::{Archive, Part};
use crate::formats::xlsx::{NumberFormats, read_sheets};
use crate::formats::{ArchiveFormat, Format, Reader};
use crate::{Error, ReadContext, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "xlsb",
    mime: "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    extensions: &["xlsb"],
    is_text: false,
    archive: Some(ArchiveFormat { marker: None, find_cover: opc::find_thumbnail }),
    detect: |head| head.has_part(WORKBOOK),
    reader: Reader::Document(read),
};

const WORKBOOK: &str = "xl/workbook.bin";

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut archive = Archive::open(input, context.limits)?;
    read_properties(&mut archive, context)?;
    let others = related(&mut archive, WORKBOOK, context)?;
    let target = |kind: &str| others.iter().find(|other| other.kind.ends_with(kind)).map(|other| other.target.clone());
    let strings = match part(&mut archive, target("/sharedStrings"))? {
        Some(records) => read_strings(records)?,
        None => vec![],
    };
    let formats = match part(&mut archive, target("/styles"))? {
        Some(records) => read_formats(records)?,
        None => NumberFormats::default(),
    };
    let workbook = part(&mut archive, Some(WORKBOOK.into()))?;
    let workbook = workbook.ok_or_else(|| Error::malformed("The file has no workbook."))?;
    let (sheets, is_1904) = read_sheet_list(workbook)?;
    read_sheets(
        &sheets,
        |sheet| &sheet.name,
        context,
        sink,
        |sheet, sink| {
            let target = others.iter().find(|other| other.id == sheet.id).map(|other| other.target.clone());
            let Some(records) = part(&mut archive, target)? else { return Ok(()) };
            read_sheet(records, (&strings, &formats, is_1904), sink)
        },
    )
}

fn part<'p>(archive: &'p mut Archive<'_>, name: Option<String>) -> Result<Option<Records<Part<'p>>>, Error> {
    let Some(name) = name else { return Ok(None) };
    Ok(archive.part(&name)?.map(Records::new))
}
