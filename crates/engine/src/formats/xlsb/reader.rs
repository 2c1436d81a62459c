//! Binary spreadsheets since 2007: every sheet a page, its rows as they stream by.

use super::{Records, read_formats, read_places, read_sheet, read_strings};
use crate::containers::opc::{read_properties, related};
use crate::containers::zip::{Package, Part};
use crate::formats::xlsx::Formats;
use crate::text::Inline;
use crate::{Error, Format, Job, Reader, Source, TextSink};

pub const FORMAT: Format = Format {
    name: "xlsb",
    mime: "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    extensions: &["xlsb"],
    detect: |head| head.has_part(WORKBOOK),
    reader: Reader::Document(read),
};

const WORKBOOK: &str = "xl/workbook.bin";

fn read(input: &mut dyn Source, job: &mut Job<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let mut package = Package::open(input, job.limits)?;
    read_properties(&mut package, job)?;
    let others = related(&mut package, WORKBOOK, job)?;
    let target = |kind: &str| others.iter().find(|other| other.kind.ends_with(kind)).map(|other| other.target.clone());
    let strings = match part(&mut package, target("/sharedStrings"))? {
        Some(records) => read_strings(records)?,
        None => vec![],
    };
    let formats = match part(&mut package, target("/styles"))? {
        Some(records) => read_formats(records)?,
        None => Formats::default(),
    };
    let workbook = part(&mut package, Some(WORKBOOK.into()))?;
    let workbook = workbook.ok_or_else(|| Error::malformed("The file has no workbook."))?;
    let (places, is_1904) = read_places(workbook)?;
    let all = places.len() as u32;
    job.facts.pages = Some(all);
    for (at, place) in places.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        job.progress("page", at as u32, all);
        sink.begin_page();
        let mut name = Inline::default();
        name.push(&place.name);
        sink.heading(2, &name);
        let target = others.iter().find(|other| other.id == place.id).map(|other| other.target.clone());
        let Some(records) = part(&mut package, target)? else { continue };
        read_sheet(records, (&strings, &formats, is_1904), sink)?;
    }
    Ok(())
}

fn part<'p>(package: &'p mut Package<'_>, name: Option<String>) -> Result<Option<Records<Part<'p>>>, Error> {
    let Some(name) = name else { return Ok(None) };
    Ok(package.part(&name)?.map(Records::new))
}
