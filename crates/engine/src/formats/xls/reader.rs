//! Spreadsheets of Excel 2 to 2003: every sheet a page, its rows as they stream by.

use super::{Book, Records, is_loose, read_loose, read_sheet};
use crate::containers::compound::{Compound, is_compound_file, read_summary};
use crate::formats::xlsx::read_sheets;
use crate::formats::{Format, Reader};
use crate::{Error, ReadContext, Source, TextSink};
use std::io::{Read, Seek};

pub const FORMAT: Format = Format {
    name: "xls",
    mime: "application/vnd.ms-excel",
    extensions: &["xls", "xlt", "xla", "xlw"],
    is_text: false,
    archive: None,
    detect: |head| head.has_stream("Workbook") || head.has_stream("Book") || is_loose(head),
    reader: Reader::Document(read),
};

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    if !is_compound_file(input)? {
        let mut records = Records::new(input);
        let book = read_loose(&mut records)?;
        return read_book(records, &book, context, sink);
    }
    let mut file = Compound::open(input, context.limits)?;
    read_summary(&mut file, context)?;
    // Files for both versions have both streams.
    let at = file.find(0, "Workbook").or_else(|| file.find(0, "Book"));
    let at = at.ok_or_else(|| Error::malformed("The file has no workbook."))?;
    let mut records = Records::new(file.stream(at));
    let book = Book::read(&mut records)?;
    read_book(records, &book, context, sink)
}

fn read_book<R: Read + Seek>(
    mut records: Records<R>,
    book: &Book,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
) -> Result<(), Error> {
    read_sheets(
        &book.sheets,
        |sheet| &sheet.name,
        context,
        sink,
        |sheet, sink| {
            records.seek(sheet.offset)?;
            read_sheet(&mut records, book, sink)
        },
    )
}
